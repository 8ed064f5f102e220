#include "http/rate_limiter.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace chartroom::http {

RateLimiter::RateLimiter(const base::Clock& clock, unsigned count, base::Duration period)
    : clock_(clock), count_(count), period_(period), turned_at_(clock.now()) {}

std::int64_t RateLimiter::ticks(base::TimePoint now) const {
  return base::to_unix_ms(now) * count_;
}

base::Duration RateLimiter::wait_for(std::int64_t full_at, std::int64_t now) const {
  // There is one as long as taking it leaves no more than a period to fill.
  const std::int64_t over = full_at + period_.count() - (now + period_.count() * count_);
  if (over <= 0) return base::Duration::zero();
  return base::Duration{(over + count_ - 1) / count_};
}

void RateLimiter::turn_over(base::TimePoint now) {
  const bool set_back = now < turned_at_;
  if (!set_back && now - turned_at_ < period_ && young_.size() < kKeysMost) return;
  // What is dropped was last touched a period ago, unless there are too many keys.
  const bool all_full = !set_back && now - turned_at_ >= 2 * period_;
  old_ = all_full ? Buckets{} : std::move(young_);
  young_.clear();
  turned_at_ = now;
}

std::int64_t RateLimiter::full_at(const std::string& name, std::int64_t now) const {
  std::int64_t at = now;
  for (const Buckets* buckets : {&young_, &old_}) {
    const auto found = buckets->find(name);
    if (found == buckets->end()) continue;
    at = std::max(at, found->second);
    break;
  }
  return std::min(at, now + period_.count() * count_);
}

base::Duration RateLimiter::take(std::string_view key) { return take_and_tell(key).wait; }

RateLimiter::Standing RateLimiter::take_and_tell(std::string_view key) {
  const std::string name = base::sha256_raw(key);
  const std::lock_guard lock(mutex_);
  const base::TimePoint time = clock_.now();
  turn_over(time);
  const std::int64_t now = ticks(time);
  std::int64_t at = full_at(name, now);
  const base::Duration wait = wait_for(at, now);
  if (wait == base::Duration::zero()) young_[name] = at += period_.count();
  const std::int64_t left = (now + period_.count() * count_ - at) / period_.count();
  return {wait, std::max<std::int64_t>(left, 0), base::Duration{(at - now + count_ - 1) / count_}};
}

base::Duration RateLimiter::wait(std::string_view key) {
  const std::string name = base::sha256_raw(key);
  const std::lock_guard lock(mutex_);
  const std::int64_t now = ticks(clock_.now());
  return wait_for(full_at(name, now), now);
}

std::size_t RateLimiter::keys_known() const {
  const std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace chartroom::http
