#include "api/door.hpp"

#include <gtest/gtest.h>

namespace chartroom::api {
namespace {

using namespace std::chrono_literals;

class DoorClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return now_; }
  void advance(base::Duration by) { now_ += by; }

 private:
  base::TimePoint now_ = base::from_unix_ms(1'700'000'000'000);
};

http::Request with_token_of(const char* token, const char* address = "192.0.2.1") {
  http::Request request;
  request.path = "/api/v1/users";
  request.remote_address = address;
  if (*token != '\0') request.headers.emplace_back("authorization", std::string("Bearer ") + token);
  return request;
}

std::string told(const http::Admission& admission, const char* name) {
  for (const auto& [header, value] : admission.headers) {
    if (header == name) return value;
  }
  return {};
}

TEST(Door, KnowsAnApplicationOnlyByATokenThatWasGood) {
  DoorClock clock;
  Door door(clock, {});
  const std::string stranger = door.admit(with_token_of("token")).caller;
  EXPECT_EQ(stranger, door.admit(with_token_of("")).caller);
  EXPECT_NE(stranger, door.admit(with_token_of("token", "192.0.2.2")).caller);
  door.learn("token", "acme");
  door.learn("other", "acme");
  EXPECT_EQ(door.admit(with_token_of("token")).caller, "application acme");
  EXPECT_EQ(door.admit(with_token_of("other", "192.0.2.2")).caller, "application acme");
  EXPECT_EQ(door.admit(with_token_of("forged")).caller, stranger);
}

TEST(Door, LetsAnApplicationHaveItsAllowanceAndNoMore) {
  DoorClock clock;
  Door door(clock, {3, {}});
  door.learn("a", "acme");
  door.learn("b", "best");
  for (const char* left : {"2", "1", "0"}) {
    const auto admission = door.admit(with_token_of("a"));
    EXPECT_FALSE(admission.refusal);
    EXPECT_EQ(told(admission, "ratelimit-limit"), "3");
    EXPECT_EQ(told(admission, "ratelimit-remaining"), left);
    EXPECT_EQ(told(admission, "ratelimit-reset"), "1");
  }
  const auto refused = door.admit(with_token_of("a"));
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->status, 429);
  EXPECT_EQ(told(refused, "ratelimit-remaining"), "0");
  EXPECT_FALSE(door.admit(with_token_of("b")).refusal);
  EXPECT_FALSE(door.admit(with_token_of("unknown")).refusal);
  clock.advance(334ms);
  EXPECT_FALSE(door.admit(with_token_of("a")).refusal);
  EXPECT_TRUE(door.admit(with_token_of("a")).refusal);
}

TEST(Door, ProbesHaveAShareOfTheirOwn) {
  DoorClock clock;
  Door door(clock, {1, {}});
  door.learn("a", "acme");
  for (int i = 0; i < 5; ++i) {
    auto request = with_token_of("a");
    request.path = "/readyz";
    EXPECT_FALSE(door.admit(request).refusal);
    EXPECT_EQ(door.admit(request).caller, "probe");
  }
}

TEST(Door, RemembersABoundedNumberOfTokens) {
  DoorClock clock;
  Door door(clock, {});
  for (std::size_t i = 0; i < 2 * Door::kTokensMost + 1; ++i) {
    door.learn("t" + std::to_string(i), "acme");
  }
  EXPECT_NE(door.admit(with_token_of("t0")).caller, "application acme");
  EXPECT_EQ(door.admit(with_token_of(("t" + std::to_string(2 * Door::kTokensMost)).c_str())).caller,
            "application acme");
}

}  // namespace
}  // namespace chartroom::api
