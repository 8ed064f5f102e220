#include <gtest/gtest.h>

#include "order/ride_test.hpp"

namespace chartroom::order {
namespace {

using namespace testing;

/// kStart is 14 November 2023.
ChannelAnswered found(std::set<unsigned> named, std::optional<base::Date> newest) {
  ChannelAnswered answer;
  answer.sources = 1;
  answer.facts = 1;
  answer.named = std::move(named);
  answer.newest_encounter = newest;
  return answer;
}

/// What happens to a type that asks the portal only when the network was not enough.
bool portal_is_asked(const Sufficiency& sufficiency, unsigned named,
                     const ChannelAnswered& answer) {
  Ride ride("healthcheck");
  ride.order_.type.sufficiency = sufficiency;
  ride.order_.named_providers = named;
  EXPECT_TRUE(ride.apply(Start{}));
  EXPECT_TRUE(ride.apply(answer));
  EXPECT_NE(ride.order_.building_reports, ride.order_.has_open_task());
  return ride.open(TaskKind::connect_portal) != nullptr;
}

TEST(Sufficiency, EveryNamedProviderIsEnoughWhereThatIsAsked) {
  const Sufficiency many{5, 1, false, 0};
  const Sufficiency named{5, 1, true, 0};
  EXPECT_TRUE(portal_is_asked(many, 2, found({0, 1}, {})));
  EXPECT_FALSE(portal_is_asked(named, 2, found({0, 1}, {})));
  EXPECT_TRUE(portal_is_asked(named, 2, found({1}, {})));
  EXPECT_TRUE(portal_is_asked(named, 0, found({}, {}))) << "an order that names nobody";
  EXPECT_FALSE(portal_is_asked({1, 1, true, 0}, 2, found({}, {})))
      << "so many sources will do, too";
}

TEST(Sufficiency, AnOldNewestEncounterIsNotEnough) {
  const Sufficiency within{1, 1, false, 12};
  EXPECT_TRUE(portal_is_asked(within, 0, found({}, {})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2023, 11, 13})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2022, 11, 14})));
  EXPECT_TRUE(portal_is_asked(within, 0, found({}, base::Date{2022, 11, 13})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2024, 1, 1})));
}

TEST(Sufficiency, IsKeptWithTheOrder) {
  Ride ride("healthcheck");
  ride.order_.type.sufficiency = {2, 3, true, 24};
  ride.order_.named_providers = 2;
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(found({1}, base::Date{2023, 5, 6})));
  const auto again = order_from_json(to_json(ride.order_));
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(ride.order_));
  EXPECT_TRUE(again->type.sufficiency.named_providers);
  EXPECT_EQ(again->type.sufficiency.months, 24U);
  EXPECT_EQ(again->named_providers, 2U);
  EXPECT_EQ(again->progress(Channel::ehr)->named, std::set<unsigned>{1});
  EXPECT_EQ(again->progress(Channel::ehr)->newest_encounter, (base::Date{2023, 5, 6}));
}

}  // namespace
}  // namespace chartroom::order
