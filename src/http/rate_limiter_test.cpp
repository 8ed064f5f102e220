#include "http/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace chartroom::http {
namespace {

using namespace std::chrono_literals;

class ManualClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return base::from_unix_ms(ms_.load()); }
  void advance(base::Duration by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'123};
};

unsigned take_all(RateLimiter& limiter, const std::string& key, unsigned tries = 1'000) {
  unsigned taken = 0;
  for (unsigned i = 0; i < tries; ++i) taken += limiter.take(key) == base::Duration::zero() ? 1 : 0;
  return taken;
}

TEST(RateLimiter, GivesTheWholeBucketAndThenOneAtATime) {
  ManualClock clock;
  RateLimiter limiter(clock, 10, 1min);
  EXPECT_EQ(take_all(limiter, "a"), 10U);
  EXPECT_EQ(limiter.take("a"), 6s);
  EXPECT_EQ(limiter.wait("a"), 6s);
  clock.advance(5999ms);
  EXPECT_EQ(limiter.take("a"), 1ms);
  clock.advance(1ms);
  EXPECT_EQ(limiter.wait("a"), 0s);
  EXPECT_EQ(take_all(limiter, "a"), 1U);
  clock.advance(30s);
  EXPECT_EQ(take_all(limiter, "a"), 5U);
  clock.advance(24h);
  EXPECT_EQ(take_all(limiter, "a"), 10U) << "never more than the bucket holds";
}

TEST(RateLimiter, LookingTakesNothing) {
  ManualClock clock;
  RateLimiter limiter(clock, 3, 1min);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.wait("a"), 0s);
  EXPECT_EQ(limiter.keys_known(), 0U);
  EXPECT_EQ(take_all(limiter, "a"), 3U);
}

TEST(RateLimiter, TellsWhatIsLeft) {
  ManualClock clock;
  RateLimiter limiter(clock, 3, 1min);
  auto standing = limiter.take_and_tell("a");
  EXPECT_EQ(standing.wait, 0s);
  EXPECT_EQ(standing.left, 2);
  EXPECT_EQ(standing.full_in, 20s);
  (void)limiter.take("a");
  (void)limiter.take("a");
  standing = limiter.take_and_tell("a");
  EXPECT_EQ(standing.wait, 20s);
  EXPECT_EQ(standing.left, 0);
  EXPECT_EQ(standing.full_in, 1min);
  clock.advance(30s);
  standing = limiter.take_and_tell("a");
  EXPECT_EQ(standing.left, 0);
  EXPECT_EQ(standing.full_in, 50s);
}

TEST(RateLimiter, KeysDoNotShare) {
  ManualClock clock;
  RateLimiter limiter(clock, 2, 1min);
  EXPECT_EQ(take_all(limiter, "a"), 2U);
  EXPECT_EQ(take_all(limiter, "b"), 2U);
  EXPECT_EQ(take_all(limiter, std::string("a\0b", 3)), 2U);
  EXPECT_EQ(take_all(limiter, ""), 2U);
}

TEST(RateLimiter, CountsThatDoNotDivideThePeriodAreExact) {
  ManualClock clock;
  RateLimiter limiter(clock, 7, 1min);
  unsigned taken = take_all(limiter, "a");
  for (int ms = 0; ms < 600'000; ms += 50) {  // ten minutes
    clock.advance(50ms);
    taken += take_all(limiter, "a", 3);
  }
  EXPECT_EQ(taken, 7U + 70U);
}

TEST(RateLimiter, SpentKeysStaySpentWhenOthersAreForgotten) {
  ManualClock clock;
  RateLimiter limiter(clock, 60, 1min);
  clock.advance(59s);
  EXPECT_EQ(take_all(limiter, "a"), 60U);
  clock.advance(2s);  // into the next period
  EXPECT_EQ(take_all(limiter, "b"), 60U);
  EXPECT_EQ(take_all(limiter, "a"), 2U);
}

TEST(RateLimiter, ForgetsKeysThatAreFullAgain) {
  ManualClock clock;
  RateLimiter limiter(clock, 5, 1min);
  for (int i = 0; i < 1'000; ++i) (void)limiter.take(std::to_string(i));
  EXPECT_EQ(limiter.keys_known(), 1'000U);
  clock.advance(1min);
  (void)limiter.take("x");
  clock.advance(1min);
  (void)limiter.take("y");
  EXPECT_EQ(limiter.keys_known(), 2U);
}

TEST(RateLimiter, MemoryIsBoundedWhateverTheKeysAre) {
  ManualClock clock;
  RateLimiter limiter(clock, 5, 1min);
  for (std::size_t i = 0; i < 5 * RateLimiter::kKeysMost; ++i) {
    (void)limiter.take("made up " + std::to_string(i));
  }
  EXPECT_LE(limiter.keys_known(), 2 * RateLimiter::kKeysMost);
}

TEST(RateLimiter, AClockThatIsSetBackLocksNobodyOut) {
  ManualClock clock;
  RateLimiter limiter(clock, 10, 1min);
  EXPECT_EQ(take_all(limiter, "a"), 10U);
  clock.advance(-24h);
  EXPECT_LE(limiter.take("a"), 1min);
  clock.advance(1min);
  EXPECT_EQ(limiter.take("a"), 0s);
}

TEST(RateLimiter, ManyThreadsTakeExactlyWhatThereIs) {
  ManualClock clock;
  RateLimiter limiter(clock, 500, 1min);
  std::atomic<unsigned> taken{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { taken += take_all(limiter, "a", 400); });
  }
  EXPECT_EQ(taken, 500U);
}

}  // namespace
}  // namespace chartroom::http
