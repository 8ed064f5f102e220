// The suite's part about the queue of durable work.
#include <set>
#include <thread>

#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

TEST_P(StoreTest, ClaimTakesDueJobsByPriorityThenAge) {
  app::Job late = job("late");
  late.due_at = now() + 1h;
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("a1")}, app::InsertJob{late}}));
  ASSERT_TRUE(beta_->commit({app::InsertJob{job("b1")}, app::InsertJob{job("b9", "", 9)}}));
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("a2")}}));
  EXPECT_EQ(claim_ids(3), (Ids{"b9", "a1", "b1"}));
  EXPECT_EQ(claim_ids(), Ids{"a2"});
  EXPECT_EQ(claim_ids(), Ids{});
  EXPECT_EQ(claimed_.at("b1").client_id, "beta");
  EXPECT_EQ(store_->next_due().value(), late.due_at);
  EXPECT_EQ(alpha_->busy_jobs(now()).value(), 2U);
  bench_->clock.advance(1h - 1ms);
  EXPECT_FALSE(claim_ids() == Ids{"late"});
}

TEST_P(StoreTest, AKnownJobIsNotStoredTwiceEvenWhenDone) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}, app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), Ids{"j"});
  ASSERT_TRUE(finish("j"));
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), Ids{});
  // Another application's job may have the same id.
  ASSERT_TRUE(beta_->commit({app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), Ids{"j"});
}

TEST_P(StoreTest, ALeaseThatRanOutGoesToAnotherWorker) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), Ids{"j"});
  const std::string old_lease = claimed_.at("j").lease;
  bench_->clock.advance(kLease - 1ms);
  EXPECT_EQ(claim_ids(), Ids{});
  // A sign of life prolongs it; a foreign lease prolongs nothing.
  EXPECT_EQ(store_->heartbeat({{"j", old_lease}, {"j", "other"}}, now(), kLease).value(), Ids{"j"});
  bench_->clock.advance(1ms);
  EXPECT_EQ(claim_ids(), Ids{});
  bench_->clock.advance(kLease);
  EXPECT_EQ(claim_ids(), Ids{"j"});
  EXPECT_NE(claimed_.at("j").lease, old_lease);
  const std::vector<app::Commit> stale{{app::FinishJob{"j", old_lease}},
                                       {app::RetryJob{"j", old_lease, 1s, "late"}},
                                       {app::BuryJob{"j", old_lease, "late"}}};
  for (const app::Commit& commit : stale) {
    auto refused = alpha_->commit(commit);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  }
  EXPECT_TRUE(store_->heartbeat({{"j", old_lease}}, now(), kLease).value().empty());
  EXPECT_FALSE(beta_->commit({app::FinishJob{"j", claimed_.at("j").lease}}));
  EXPECT_TRUE(finish("j"));
  EXPECT_FALSE(finish("j")) << "a job ends once";
}

TEST_P(StoreTest, RetryWaitsAndCountsAndBuryEnds) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), Ids{"j"});
  ASSERT_TRUE(alpha_->commit({app::RetryJob{"j", claimed_.at("j").lease, 10s, "timeout"}}));
  EXPECT_EQ(alpha_->next_due().value(), now() + 10s);
  EXPECT_EQ(beta_->next_due().value(), std::nullopt);
  EXPECT_EQ(claim_ids(), Ids{});
  bench_->clock.advance(10s);
  EXPECT_EQ(claim_ids(), Ids{"j"});
  EXPECT_EQ(claimed_.at("j").attempts, 1U);
  ASSERT_TRUE(alpha_->commit({app::BuryJob{"j", claimed_.at("j").lease, "gave up"}}));
  EXPECT_EQ(claim_ids(), Ids{});
  const auto dead = store_->dead_jobs(10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].id, "j");
  EXPECT_EQ(dead[0].attempts, 2U);
  EXPECT_EQ(alpha_->busy_jobs(now()).value(), 0U);
}

TEST_P(StoreTest, WhatIsPutOffUntriedIsNotCounted) {
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}}));
  ASSERT_EQ(claim_ids(), Ids{"j"});
  ASSERT_TRUE(alpha_->commit({app::RetryJob{"j", claimed_.at("j").lease, 1s, "busy", false}}));
  EXPECT_EQ(claim_ids(), Ids{});
  bench_->clock.advance(1s);
  ASSERT_EQ(claim_ids(), Ids{"j"});
  EXPECT_EQ(claimed_.at("j").attempts, 0U);
}

TEST_P(StoreTest, ALaneRunsOneByOneInOrder) {
  ASSERT_TRUE(
      alpha_->commit({app::InsertJob{job("l1", "lane")}, app::InsertJob{job("l2", "lane", 9)},
                      app::InsertJob{job("l3", "lane")}, app::InsertJob{job("free")}}));
  ASSERT_TRUE(beta_->commit({app::InsertJob{job("other", "lane")}}));
  EXPECT_EQ(claim_ids(), (Ids{"l1", "free", "other"}));
  EXPECT_EQ(claim_ids(), Ids{});
  // A retry keeps its place: those behind it wait with it, and count neither as due nor as busy.
  ASSERT_TRUE(finish("free"));
  ASSERT_TRUE(alpha_->commit({app::RetryJob{"l1", claimed_.at("l1").lease, 1min, "x"}}));
  EXPECT_EQ(claim_ids(), Ids{});
  EXPECT_EQ(alpha_->next_due().value(), now() + 1min);
  EXPECT_EQ(alpha_->busy_jobs(now()).value(), 0U);
  bench_->clock.advance(1min);
  ASSERT_TRUE(store_->heartbeat({{"other", claimed_.at("other").lease}}, now(), kLease));
  EXPECT_EQ(claim_ids().front(), "l1");
  ASSERT_TRUE(alpha_->commit({app::BuryJob{"l1", claimed_.at("l1").lease, "x"}}));
  EXPECT_EQ(claim_ids(), Ids{"l2"}) << "a dead job does not block its lane";
  ASSERT_TRUE(finish("l2"));
  EXPECT_EQ(claim_ids(), Ids{"l3"});
  ASSERT_TRUE(finish("l3"));
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("l4", "lane")}}));
  EXPECT_EQ(claim_ids(), Ids{"l4"});
}

TEST_P(StoreTest, ManyJobsEndInOneCommitOrNoneDoes) {
  app::Commit added;
  for (int i = 0; i < 70; ++i) {
    const std::string name = std::to_string(i);
    added.emplace_back(app::InsertJob{job("first-" + name, "lane-" + name)});
    added.emplace_back(app::InsertJob{job("second-" + name, "lane-" + name)});
    added.emplace_back(app::InsertJob{job("free-" + name)});
  }
  ASSERT_TRUE(alpha_->commit(added));
  ASSERT_EQ(claim_ids(500).size(), 140U);

  app::Commit ended;
  for (const auto& [id, claimed] : claimed_) ended.emplace_back(app::FinishJob{id, claimed.lease});
  ended.emplace_back(app::BuryJob{"second-3", "not ours", "why"});
  const auto refused = alpha_->commit(ended);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "BuryJob");
  EXPECT_EQ(claim_ids(500).size(), 0U);

  ended.pop_back();
  ASSERT_TRUE(alpha_->commit(ended));
  const auto seconds = claim_ids(500);
  EXPECT_EQ(seconds.size(), 70U);
  for (const std::string& id : seconds) EXPECT_TRUE(id.starts_with("second-")) << id;
}

TEST_P(StoreTest, DroppedJobsFreeTheirLane) {
  const auto of_order = [&](const char* id, const char* kind, const char* lane) {
    app::Job made = job(id, lane);
    made.order_id = "o1";
    made.kind = kind;
    return app::InsertJob{made};
  };
  app::Job foreign = job("foreign", "lane");
  ASSERT_TRUE(alpha_->commit({of_order("r", "retrieve", "lane"), of_order("d", "deliver", ""),
                              of_order("m", "mail", ""), of_order("s", "ship", ""),
                              app::InsertJob{foreign}, of_order("t", "timer", "")}));
  ASSERT_TRUE(beta_->commit({app::DropJobs{"o1", ""}}));
  ASSERT_TRUE(alpha_->commit({app::DropJobs{"o1", "timer"}}));
  EXPECT_EQ(alpha_->busy_jobs(now()).value(), 4U);
  ASSERT_TRUE(alpha_->commit({app::DropJobs{"o1", ""}}));
  EXPECT_EQ(claim_ids(), (Ids{"d", "m", "s", "foreign"}));
  ASSERT_TRUE(alpha_->commit({of_order("r", "retrieve", "")}));
  EXPECT_EQ(claim_ids(), Ids{}) << "a dropped job does not come back";
}

TEST_P(StoreTest, TheClockOfAnApplicationMovesWhatWaits) {
  app::Job timer = job("timer");
  timer.due_at = now() + 720h;
  ASSERT_TRUE(alpha_->commit({app::InsertJob{timer}}));
  ASSERT_TRUE(beta_->commit({app::InsertJob{timer}}));
  ASSERT_TRUE(alpha_->commit({app::AdvanceClock{719h}}));
  EXPECT_EQ(claim_ids(), Ids{});
  EXPECT_EQ(alpha_->next_due().value(), now() + 1h);
  ASSERT_TRUE(alpha_->commit({app::AdvanceClock{1h}}));
  EXPECT_EQ(alpha_->clock_offset().value(), 720h);
  EXPECT_EQ(beta_->clock_offset().value(), 0h);
  EXPECT_EQ(claim_ids(), Ids{"timer"});
  EXPECT_EQ(claimed_.at("timer").client_id, "alpha");
  EXPECT_EQ(claimed_.at("timer").due_at, timer.due_at);
  EXPECT_EQ(claimed_.at("timer").clock_offset, 720h);
  // Given in the application's time, stored in real time.
  app::Job next = job("next");
  next.due_at = now() + 720h + 5s;
  ASSERT_TRUE(alpha_->commit({app::InsertJob{next}}));
  EXPECT_EQ(alpha_->next_due().value(), now() + 5s);
  EXPECT_FALSE(alpha_->commit({app::AdvanceClock{-1h}}));
  // An update with what was read before does not turn the clock back.
  auto application = store_->find_application("alpha").value().value();
  application.clock_offset = 0h;
  ASSERT_TRUE(store_->update_application(application));
  EXPECT_EQ(alpha_->clock_offset().value(), 720h);
}

TEST_P(StoreTest, WorkersNeverShareAJob) {
  constexpr std::size_t kJobs = 300;
  app::Commit commit;
  for (std::size_t i = 0; i < kJobs; ++i) commit.push_back(app::InsertJob{job(std::to_string(i))});
  ASSERT_TRUE(alpha_->commit(commit));
  std::vector<Ids> taken(4);
  std::vector<std::thread> workers;
  for (Ids& mine : taken) {
    workers.emplace_back([&] {
      for (;;) {
        const auto jobs = store_->claim(now(), kLease, 7);
        if (!jobs || jobs->empty()) return;
        for (const app::Job& job : *jobs) mine.push_back(job.id);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  std::set<std::string> all;
  std::size_t sum = 0;
  for (const Ids& mine : taken) {
    sum += mine.size();
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(sum, kJobs);
  EXPECT_EQ(all.size(), kJobs);
}

}  // namespace
}  // namespace chartroom::store::testing
