// The suite's part about what an operator sees of the queue, and does to dead letters.
#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;
using JobIds = std::vector<std::string>;

constexpr std::int64_t kFromTheNewest = std::numeric_limits<std::int64_t>::max();

JobIds ids_of(const std::vector<app::JobView>& views) {
  JobIds ids;
  for (const app::JobView& view : views) ids.push_back(view.job.id);
  return ids;
}

TEST_P(StoreTest, AllStatesAreListedAndCounted) {
  app::Job later = job("waits");
  later.kind = "order.command";
  later.order_id = "o1";
  later.due_at = now() + 1h;
  bury(job("dead"));
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("done")}}));
  ASSERT_EQ(claim_ids(), JobIds{"done"});
  ASSERT_TRUE(finish("done"));
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("runs", "lane")}, app::InsertJob{later},
                              app::InsertJob{job("behind", "lane")}}));
  ASSERT_TRUE(beta_->commit({app::InsertJob{job("other")}}));
  ASSERT_EQ(claim_ids(), (JobIds{"runs", "other"}));

  const auto all = store_->list_jobs({}, kFromTheNewest, 10).value();
  EXPECT_EQ(ids_of(all), (JobIds{"other", "behind", "waits", "runs", "dead"}));
  EXPECT_EQ(all[0].job.client_id, "beta");
  EXPECT_EQ(all[1].state, app::JobState::blocked);
  EXPECT_EQ(all[2].state, app::JobState::waiting);
  EXPECT_EQ(all[2].due_at, later.due_at);
  EXPECT_EQ(all[3].state, app::JobState::running);
  EXPECT_EQ(all[3].lease_until, now() + kLease);
  EXPECT_EQ(all[4].state, app::JobState::dead);
  EXPECT_EQ(all[4].ended_at, now());
  EXPECT_EQ(all[4].error, "gave up");
  EXPECT_EQ(all[4].job.attempts, 1U);

  EXPECT_EQ(ids_of(store_->list_jobs({}, kFromTheNewest, 2).value()), (JobIds{"other", "behind"}));
  EXPECT_EQ(ids_of(store_->list_jobs({}, all[1].sequence, 2).value()), (JobIds{"waits", "runs"}));
  app::JobFilter filter;
  filter.client_id = "alpha";
  filter.kind = "retrieve";
  EXPECT_EQ(ids_of(store_->list_jobs(filter, kFromTheNewest, 10).value()),
            (JobIds{"behind", "runs", "dead"}));
  filter.state = app::JobState::done;
  EXPECT_EQ(ids_of(store_->list_jobs(filter, kFromTheNewest, 10).value()), JobIds{"done"});
  app::JobFilter of_order;
  of_order.order_id = "o1";
  EXPECT_EQ(ids_of(store_->list_jobs(of_order, kFromTheNewest, 10).value()), JobIds{"waits"});

  const auto counts = store_->count_jobs(std::nullopt).value();
  ASSERT_EQ(counts.size(), 4U);
  EXPECT_EQ(counts[0].kind, "order.command");
  EXPECT_EQ(counts[0].oldest_due, later.due_at);
  EXPECT_EQ(counts[1].state, app::JobState::running);
  EXPECT_EQ(counts[1].count, 2U);
  EXPECT_EQ(counts[2].state, app::JobState::blocked);
  EXPECT_EQ(counts[3].state, app::JobState::dead);
  EXPECT_EQ(store_->count_jobs("beta").value().size(), 1U);
  EXPECT_TRUE(store_->find_jobs("nothing").value().empty());
}

TEST_P(StoreTest, ARedrivenJobHasItsWholeLifeAgain) {
  bury(job("j"));
  bench_->clock.advance(1h);
  EXPECT_FALSE(beta_->commit({app::RedriveJob{"j"}})) << "another application's";
  ASSERT_TRUE(alpha_->commit({app::RedriveJob{"j"}}));
  EXPECT_EQ(view("j").state, app::JobState::waiting);
  EXPECT_EQ(view("j").due_at, now());
  EXPECT_EQ(view("j").error, "");
  EXPECT_TRUE(store_->dead_jobs(10).value().empty());
  const auto again = alpha_->commit({app::RedriveJob{"j"}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(again.error().field, "RedriveJob");
  ASSERT_EQ(claim_ids(), JobIds{"j"});
  EXPECT_EQ(claimed_.at("j").attempts, 0U);
  EXPECT_TRUE(finish("j"));
}

TEST_P(StoreTest, ADeadLetterHoldsUpNobodyOfItsLane) {
  ASSERT_TRUE(
      alpha_->commit({app::InsertJob{job("l1", "lane")}, app::InsertJob{job("l2", "lane")}}));
  ASSERT_EQ(claim_ids(), JobIds{"l1"});
  ASSERT_TRUE(alpha_->commit({app::BuryJob{"l1", claimed_.at("l1").lease, "gave up"}}));
  EXPECT_EQ(claim_ids(), JobIds{"l2"});
}

TEST_P(StoreTest, ARedrivenJobIsTheNextOfItsLane) {
  bury(job("l1", "lane"));
  ASSERT_TRUE(
      alpha_->commit({app::InsertJob{job("l2", "lane")}, app::InsertJob{job("l3", "lane")}}));
  ASSERT_EQ(claim_ids(), JobIds{"l2"});
  ASSERT_TRUE(alpha_->commit({app::RedriveJob{"l1"}}));
  EXPECT_EQ(view("l1").state, app::JobState::blocked);
  EXPECT_EQ(claim_ids(), JobIds{}) << "one of a lane at a time";
  ASSERT_TRUE(finish("l2"));
  EXPECT_EQ(claim_ids(), JobIds{"l1"}) << "it is older than l3";
  ASSERT_TRUE(finish("l1"));
  EXPECT_EQ(claim_ids(), JobIds{"l3"});
}

TEST_P(StoreTest, ADiscardedJobIsDoneAndStaysKnown) {
  bury(job("j"));
  bench_->clock.advance(1s);
  ASSERT_TRUE(alpha_->commit({app::DiscardJob{"j", "case-17"}}));
  EXPECT_EQ(view("j").state, app::JobState::done);
  EXPECT_EQ(view("j").error, "gave up; discarded: case-17");
  EXPECT_EQ(view("j").ended_at, now());
  EXPECT_TRUE(store_->dead_jobs(10).value().empty());
  const auto again = alpha_->commit({app::DiscardJob{"j", "case-17"}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  // Its id does not come to life again.
  ASSERT_TRUE(alpha_->commit({app::InsertJob{job("j")}}));
  EXPECT_EQ(claim_ids(), JobIds{});
}

TEST_P(StoreTest, ACommitThatFailsRedrivesNothing) {
  bury(job("a"));
  EXPECT_FALSE(alpha_->commit({app::RedriveJob{"a"}, app::RedriveJob{"nothing"}}));
  EXPECT_EQ(view("a").state, app::JobState::dead);
  EXPECT_FALSE(alpha_->commit({app::DiscardJob{"a", "x"}, app::RedriveJob{"nothing"}}));
  EXPECT_EQ(view("a").state, app::JobState::dead);
  EXPECT_EQ(view("a").error, "gave up");
}

}  // namespace
}  // namespace chartroom::store::testing
