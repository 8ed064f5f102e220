// The master key: where it lives, and the keys that are derived from it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports.hpp"
#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::auth {

inline constexpr std::size_t kMasterKeyBytes = 32;
inline constexpr std::size_t kKeyIdBytes = 4;
inline constexpr std::size_t kMasterKeys = 16;  ///< most keys of one ring

/// The keys in use, newest first. Immutable, so thread-safe; cheap to copy.
///
/// Rotation: put a new key before the others. The first key seals and signs, all of them open and
/// verify. A key may be dropped once nothing is sealed with it any more.
class KeyRing {
 public:
  /// What one master key gives. Each purpose has its own key (HKDF-SHA256, RFC 5869), so that a
  /// value made for one of them proves nothing to another.
  struct Keys {
    std::string id;                        ///< kKeyIdBytes raw bytes, derived from the master key
    base::Sensitive<std::string> sealing;  ///< 32 bytes
    base::Sensitive<std::string> hashing;  ///< 32 bytes
    base::Sensitive<std::string> links;    ///< 32 bytes
  };

  /// Errors: invalid_input (no key, too many, a wrong length, the same key twice).
  [[nodiscard]] static base::Result<KeyRing> from_master_keys(
      const std::vector<base::Sensitive<std::string>>& master_keys);

  [[nodiscard]] const Keys& current() const { return keys_.front(); }
  /// Keyed hashes are made with this one: those stored before a rotation must go on matching.
  [[nodiscard]] const Keys& oldest() const { return keys_.back(); }
  /// Null for an unknown id.
  [[nodiscard]] const Keys* find(std::string_view id) const;

 private:
  explicit KeyRing(std::vector<Keys> keys) : keys_(std::move(keys)) {}
  std::vector<Keys> keys_;
};

/// Reads a key file: 32 raw bytes, or text with one key per line (64 hex digits or base64 of 32
/// bytes), newest first; blank lines and lines that begin with # are skipped. At most 4 KiB.
/// Errors: not_found, invalid_input (content), forbidden (the group or others have any permission
/// on the file; the message says how to mend it), internal (cannot be read).
[[nodiscard]] base::Result<KeyRing> load_key_ring(const std::filesystem::path& file);

/// Makes a key file with mode 0600. It appears whole or not at all and never replaces another.
/// Errors: conflict (the file exists), internal (cannot be written).
[[nodiscard]] base::Result<void> create_key_file(const std::filesystem::path& file,
                                                 base::Random& random);

/// For the sandbox: loads the file, makes it first where it is absent. Safe when two processes
/// start at once: both get the same key.
[[nodiscard]] base::Result<KeyRing> load_or_create_key_ring(const std::filesystem::path& file,
                                                            base::Random& random);

}  // namespace chartroom::auth
