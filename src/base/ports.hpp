// The two ports that even the purest code needs: time and chance.
#pragma once

#include <cstddef>
#include <span>

#include "base/time.hpp"

namespace chartroom::base {

/// Thread-safe in every implementation.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

/// Cryptographically strong in production, seeded in simulations. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

/// The machine's clock (CLOCK_REALTIME).
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

/// libsodium's generator (getrandom). The process must have called base::start_crypto().
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

/// Initialises libsodium; safe to call more than once. Aborts when the system has no entropy.
void start_crypto();

}  // namespace chartroom::base
