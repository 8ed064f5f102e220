// The suite's part about who gets how much of the queue, and about work that never ends.
#include <algorithm>
#include <map>

#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

TEST_P(StoreTest, ABacklogOfOneTenantDoesNotDelayAnother) {
  add_tenant("flood", 2'000);
  add_tenant("quiet", 3, 0, 1ms);  // behind all of it
  bench_->clock.advance(1ms);
  const auto counts = claim_by_tenant(8);
  EXPECT_EQ(counts.at("quiet"), 3U);
  EXPECT_EQ(counts.at("flood"), 5U);
}

TEST_P(StoreTest, TenantsShareEquallyAndTheRestGoesToThoseWhoHaveMore) {
  for (const char* id : {"t1", "t2", "t3", "t4"}) add_tenant(id, 60);
  add_tenant("small", 1);
  for (int round = 0; round < 5; ++round) {
    std::size_t sum = 0;
    for (const auto& [id, count] : claim_by_tenant(17)) {
      sum += count;
      if (id == "small") continue;
      EXPECT_GE(count, 4U) << id;
      EXPECT_LE(count, 5U) << id;
    }
    EXPECT_EQ(sum, 17U);
  }
}

TEST_P(StoreTest, EveryTenantHasItsTurnEvenWhenThereAreMoreThanAClaimTakes) {
  constexpr std::size_t kTenants = 25;
  for (std::size_t i = 0; i < kTenants; ++i) add_tenant("t" + std::to_string(10 + i), 20);
  std::map<std::string, std::size_t> sums;
  for (std::size_t i = 0; i < kTenants; ++i) {
    for (const auto& [id, count] : claim_by_tenant(4)) sums[id] += count;
    const auto spread = std::minmax_element(
        sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    EXPECT_LE(spread.second->second - spread.first->second, 1U);
  }
  EXPECT_EQ(sums.size(), kTenants);
  for (const auto& [id, count] : sums) EXPECT_EQ(count, 4U) << id;
}

TEST_P(StoreTest, TimersOfManyOthersHideNobodysWork) {
  add_tenant("flood", 50);
  for (std::size_t i = 0; i < kTenantsLooked + 50; ++i) {
    add_tenant("waits" + std::to_string(i), 1, 0, 720h);
  }
  add_tenant("zz", 1, 0, 1ms);
  bench_->clock.advance(1ms);
  std::map<std::string, std::size_t> sums;
  for (int claim = 0; claim < 3; ++claim) {
    for (const auto& [id, count] : claim_by_tenant(4)) sums[id] += count;
  }
  EXPECT_EQ(sums["zz"], 1U);
  EXPECT_EQ(sums["flood"] + sums["zz"], 12U) << "a claim takes what it may";
  EXPECT_EQ(sums.size(), 2U);
}

TEST_P(StoreTest, AClaimerThatHoldsEnoughOfATenantGetsNoMoreOfIt) {
  add_tenant("flood", 50);
  add_tenant("quiet", 50);
  app::ClaimLimits limits(10);
  limits.per_tenant = 6;
  limits.held = {{"flood", 5}, {"elsewhere", 9}};
  const auto counts = claim_by_tenant(limits);
  EXPECT_EQ(counts.at("flood"), 1U);
  EXPECT_EQ(counts.at("quiet"), 6U);
  limits.held = {{"flood", 6}, {"quiet", 7}};
  EXPECT_TRUE(claim_by_tenant(limits).empty());
}

TEST_P(StoreTest, NoPriorityStarves) {
  add_tenant("high", 400, 5);
  add_tenant("middle", 100, 1);
  add_tenant("low", 100, -3);
  std::map<int, std::size_t> sums;
  for (int claim = 0; claim < 16; ++claim) {
    for (const auto& [priority, count] : claim_by_priority(10)) sums[priority] += count;
  }
  EXPECT_EQ(sums[5], 140U);
  EXPECT_EQ(sums[1], 10U);
  EXPECT_EQ(sums[-3], 10U);
}

TEST_P(StoreTest, WhatIsGivenBackUntouchedIsDueAtOnceAndUncounted) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("a", "lane")}, app::InsertJob{job("b", "lane")}}));
  ASSERT_EQ(claim_ids(), Ids{"a"});
  const std::string lease = claimed_.at("a").lease;
  ASSERT_TRUE(store_->give_back({{"a", "other"}, {"gone", "x"}}, now(), app::GiveBack::untouched));
  EXPECT_EQ(claim_ids(), Ids{}) << "another's lease is left alone";
  ASSERT_TRUE(store_->give_back({{"a", lease}}, now(), app::GiveBack::untouched));
  ASSERT_EQ(claim_ids(), Ids{"a"}) << "it keeps its place in the lane";
  EXPECT_EQ(claimed_.at("a").attempts, 0U);
  EXPECT_EQ(claimed_.at("a").crashes, 0U);
  EXPECT_FALSE(alpha_->commit({app::FinishJob{"a", lease}}));
  ASSERT_TRUE(store_->give_back({{"a", claimed_.at("a").lease}}, now(), app::GiveBack::failed));
  ASSERT_EQ(claim_ids(), Ids{"a"});
  EXPECT_EQ(claimed_.at("a").crashes, 1U);
}

TEST_P(StoreTest, WorkThatKillsItsWorkerWaitsLongerAndLonger) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("poison")}}));
  for (unsigned crash = 0; crash <= app::kCrashesAtOnce; ++crash) {
    ASSERT_EQ(claim_ids(), Ids{"poison"}) << "the first times it may be chance: at once";
    EXPECT_EQ(claimed_.at("poison").crashes, crash);
    bench_->clock.advance(kLease);
  }
  base::Duration least = 1s;
  for (unsigned crash = app::kCrashesAtOnce + 1; crash < app::kCrashesMost; ++crash) {
    EXPECT_EQ(claim_ids(), Ids{}) << crash;
    const auto pause = alpha_->next_due().value().value() - now();
    EXPECT_GE(pause, least) << crash;
    EXPECT_LE(pause, 2 * least) << crash;
    least = std::min<base::Duration>(2 * least, app::kCrashBackOffMost / 2);
    bench_->clock.advance(pause);
    ASSERT_EQ(claim_ids(), Ids{"poison"});
    EXPECT_EQ(claimed_.at("poison").crashes, crash);
    bench_->clock.advance(kLease);
  }
  // What gets anywhere begins to count anew.
  EXPECT_EQ(claim_ids(), Ids{});
  bench_->clock.advance(app::kCrashBackOffMost);
  ASSERT_EQ(claim_ids(), Ids{"poison"});
  EXPECT_EQ(claimed_.at("poison").crashes, app::kCrashesMost);
  ASSERT_TRUE(alpha_->commit({app::RetryJob{"poison", claimed_.at("poison").lease, 0s, "later"}}));
  ASSERT_EQ(claim_ids(), Ids{"poison"});
  EXPECT_EQ(claimed_.at("poison").crashes, 0U);
}

TEST_P(StoreTest, FiguresCountOpenOrdersByStateAndDeadLetters) {
  app::StoredOrder open = order("o1", "h1");
  app::StoredOrder ended = order("o2", "h2");
  ASSERT_TRUE(alpha_->commit({app::InsertOrder{open}, app::InsertOrder{ended}}));
  ASSERT_TRUE(beta_->commit({app::InsertOrder{order("o1", "h1")}, app::InsertJob{job("j")}}));
  const auto first = order::lower_case(open.core.state);
  EXPECT_EQ(store_->figures().value().open_orders.at(first), 3U);
  EXPECT_EQ(store_->figures().value().dead_jobs, 0U);
  ended.version = open.version = 1;
  ended.core.state = order::State::completed;
  open.core.state = order::State::pended;
  ASSERT_TRUE(alpha_->commit({app::UpdateOrder{open}, app::UpdateOrder{ended}}));
  ASSERT_EQ(claim_ids(), Ids{"j"});
  ASSERT_TRUE(beta_->commit({app::BuryJob{"j", claimed_.at("j").lease, "x"}}));
  const auto figures = store_->figures().value();
  EXPECT_EQ(figures.open_orders, (std::map<std::string, std::uint64_t>{{first, 1}, {"pended", 1}}));
  EXPECT_EQ(figures.dead_jobs, 1U);
}

TEST_P(StoreTest, AJobKeepsTheTraceOfWhatCausedIt) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  app::Job own = job("own");
  own.trace = "00-aaaa2f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  {
    const base::WorkScope scope({"", "", "", base::parse_traceparent(trace)});
    ASSERT_TRUE(alpha_->commit({app::InsertJob{job("caused")}, app::InsertJob{own}}));
  }
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("plain")}}));
  ASSERT_EQ(claim_ids(), (Ids{"caused", "own", "plain"}));
  EXPECT_EQ(claimed_.at("caused").trace, trace);
  EXPECT_EQ(claimed_.at("own").trace, own.trace);
  EXPECT_EQ(claimed_.at("plain").trace, "");
}

}  // namespace
}  // namespace chartroom::store::testing
