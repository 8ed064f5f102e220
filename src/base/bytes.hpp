// Bytes as text and back, and the one hash that names content.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chartroom::base {

[[nodiscard]] std::span<const std::byte> as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(std::span<const std::byte> bytes);

/// Lower case.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

/// RFC 4648 §4, padded.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// RFC 4648 §4. Padding may be missing, white space is ignored (RFC 2045 lines); any other
/// character makes the text invalid.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// RFC 4648 §5, not padded.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// SHA-256 as 64 hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// SHA-256 as 32 raw bytes.
[[nodiscard]] std::string sha256_raw(std::string_view bytes);

/// The same of bytes that come in parts. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Once, when all has been added: 64 hex digits.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Compares in a time that depends on the lengths alone.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace chartroom::base
