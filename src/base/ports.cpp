#include "base/ports.hpp"

#include <sodium.h>

#include <cstdlib>

namespace chartroom::base {

TimePoint SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemRandom::fill(std::span<std::byte> out) { randombytes_buf(out.data(), out.size()); }

void start_crypto() {
  if (sodium_init() < 0) std::abort();
}

}  // namespace chartroom::base
