// A sandbox application's clock as the desk reads it, while real time goes on.
#include <gtest/gtest.h>

#include "house.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;

/// Keeps where the clock was asked to go.
class ClockTest : public testing::Test {
 protected:
  ClockTest() {
    house_.desk().set_clock_mover([this](const app::Application&, base::TimePoint target) {
      asked_ = target;
      return base::Result<app::ClockView>(app::ClockView{target, std::nullopt});
    });
    house_.clock.pass_at_every_look(1ms);
  }

  House house_;
  std::optional<base::TimePoint> asked_;
};

TEST_F(ClockTest, AnAdvanceIsCountedFromTheMomentItIsCarriedOut) {
  for (const base::Duration by : {base::Duration(0ms), base::Duration(1h)}) {
    asked_.reset();
    const base::TimePoint before = house_.clock.now();
    ASSERT_TRUE(house_.desk().move_clock(house_.application(), by));
    EXPECT_GE(asked_.value() - before, by);
  }
}

TEST_F(ClockTest, AMomentThatHasPassedIsRefused) {
  const auto moved = house_.desk().move_clock(house_.application(), house_.clock.now());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, base::ErrorCode::invalid_input);
  EXPECT_FALSE(asked_);
}

}  // namespace
}  // namespace chartroom::sim
