// Repeatable chance: the same key gives the same numbers on every machine and in every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chartroom::channel {

/// A stream of pseudo-random numbers named by a key (splitmix64 over a SHA-256 of the key). Not
/// for secrets. The standard library's distributions are avoided: they differ between
/// implementations, and synthetic records must not.
class Chance {
 public:
  Chance(std::string_view seed, std::string_view stream);

  [[nodiscard]] std::uint64_t next();
  /// Uniform in [0, 1).
  [[nodiscard]] double unit();
  /// Uniform in [low, high].
  [[nodiscard]] int between(int low, int high);
  [[nodiscard]] bool likely(double probability) { return unit() < probability; }
  /// Roughly normal (sum of twelve uniforms), never further than six deviations away.
  [[nodiscard]] double normal(double mean, double deviation);

  template <typename Container>
  [[nodiscard]] const auto& pick(const Container& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<int>(std::size(choices)) - 1))];
  }

 private:
  std::uint64_t state_;
};

/// `digits` hex digits that depend on the text alone.
[[nodiscard]] std::string stable_hex(std::string_view text, std::size_t digits);
/// A UUID (version 8: "made our own way", RFC 9562 §5.8) that depends on the text alone.
[[nodiscard]] std::string stable_uuid(std::string_view text);
/// "5.7" with exactly `decimals` digits after the point, never in another locale's way.
[[nodiscard]] std::string decimal(double value, int decimals);

}  // namespace chartroom::channel
