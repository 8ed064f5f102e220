// How often something may happen, by key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ports.hpp"

namespace chartroom::http {

/// A token bucket for every key: full at first, it holds `count`, and `count` flow back in a
/// `period`, one at a time. A clock that is set back never makes anyone wait longer than a period.
///
/// Memory is bounded whatever the keys are: they are kept as hashes, a key untouched for a period
/// is forgotten (its bucket is full again), and of more than twice kKeysMost the older go early.
/// Thread-safe; `clock` must outlive the limiter.
class RateLimiter {
 public:
  static constexpr std::size_t kKeysMost = 20'000;

  RateLimiter(const base::Clock& clock, unsigned count, base::Duration period);

  /// Takes one when there is one. Zero: taken; otherwise how long until there is one.
  [[nodiscard]] base::Duration take(std::string_view key);
  struct Standing {
    base::Duration wait{};     ///< as of take()
    std::int64_t left = 0;     ///< that could be taken at once
    base::Duration full_in{};  ///< until the bucket is full
  };
  /// The same, and what is left then.
  [[nodiscard]] Standing take_and_tell(std::string_view key);
  /// How long until there is one; zero: now. Takes nothing.
  [[nodiscard]] base::Duration wait(std::string_view key);

  [[nodiscard]] std::size_t keys_known() const;

 private:
  using Buckets = std::unordered_map<std::string, std::int64_t>;

  [[nodiscard]] std::int64_t ticks(base::TimePoint now) const;
  [[nodiscard]] base::Duration wait_for(std::int64_t full_at, std::int64_t now) const;
  void turn_over(base::TimePoint now);
  [[nodiscard]] std::int64_t full_at(const std::string& name, std::int64_t now) const;

  const base::Clock& clock_;
  const std::int64_t count_;
  const base::Duration period_;
  mutable std::mutex mutex_;
  // When the bucket of a key is full again, in ticks: `count` of them are a millisecond, so that
  // one unit is exactly as many ticks as a period has milliseconds.
  Buckets young_;  ///< touched since turned_at_
  Buckets old_;    ///< touched in the period before
  base::TimePoint turned_at_{};
};

}  // namespace chartroom::http
