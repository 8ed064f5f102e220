// Chance of a simulated world: same seed, same world, on every platform.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ports.hpp"
#include "base/time.hpp"

namespace chartroom::sim {

/// SplitMix64 (public domain, Sebastiano Vigna): small, fast and good enough for weather.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0 to sides - 1.
  unsigned roll(unsigned sides) { return static_cast<unsigned>(next() % sides); }
  bool one_in(unsigned n) { return roll(n) == 0; }
  /// With a chance of `parts` in ten thousand.
  bool chance(unsigned parts) { return roll(10'000) < parts; }
  base::Duration between(base::Duration least, base::Duration most) {
    const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + base::Duration{static_cast<std::int64_t>(next() % span)};
  }
  template <typename T>
  const T& of(const std::vector<T>& values) {
    return values[roll(static_cast<unsigned>(values.size()))];
  }
  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[roll(static_cast<unsigned>(i))]);
    }
  }

 private:
  std::uint64_t state_;
};

/// The world number `index` of a run with this seed.
[[nodiscard]] inline std::uint64_t world_seed(std::uint64_t seed, std::uint64_t index) {
  return Dice(seed * 0x100000001B3ULL + index).next();
}

class DiceRandom final : public base::Random {
 public:
  explicit DiceRandom(std::uint64_t seed) : dice_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (std::size_t i = 0; i < out.size();) {
      std::uint64_t bits = dice_.next();
      for (int byte = 0; byte < 8 && i < out.size(); ++byte, bits >>= 8U) {
        out[i++] = static_cast<std::byte>(bits & 0xFFU);
      }
    }
  }

 private:
  Dice dice_;
};

/// Turned by the world alone.
class WorldClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return now_; }
  void set(base::TimePoint to) { now_ = to; }
  void pass(base::Duration by) { now_ += by; }

 private:
  base::TimePoint now_ = base::from_unix_ms(1'800'000'000'000);
};

}  // namespace chartroom::sim
