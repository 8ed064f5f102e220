// Several nodes on one database: what must hold when transactions run side by side.
#include <algorithm>
#include <atomic>
#include <set>

#include "store/postgres/nodes_testing.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

TEST_F(NodesTest, WhoeverFollowsTheEventLogMissesNothing) {
  constexpr int kWriters = 8;
  constexpr int kEach = 40;
  std::atomic<int> running{kWriters};
  std::set<std::string> seen;
  std::thread follower([&] {
    const auto alpha = tenant(1);
    std::int64_t after = 0;
    for (bool last = false;;) {
      // What was written when the last writer had ended is read by the round after.
      const bool over = running == 0;
      const auto page = alpha->events("", after, 7).value();
      for (const app::StoredEvent& event : page) {
        EXPECT_GT(event.sequence, after);
        after = event.sequence;
        seen.insert(event.id);
      }
      if (page.empty() && last) return;
      last = over;
    }
  });
  in_threads(kWriters, [&](int writer) {
    const auto alpha = tenant(writer);
    for (int i = 0; i < kEach; ++i) {
      const std::string id = std::to_string(writer) + "-" + std::to_string(i);
      app::Commit commit{app::InsertEvent{{id, "o", app::kStatusEvent, "[]", now(), 0}}};
      // Some transactions have more to do between their event and their end.
      for (int more = 0; more < writer * 4; ++more)
        commit.push_back(app::InsertAudit{{"o", "api", "x", std::to_string(more), now()}});
      EXPECT_TRUE(alpha->commit(commit));
    }
    --running;
  });
  follower.join();
  EXPECT_EQ(seen.size(), std::size_t{kWriters} * kEach);
}

TEST_F(NodesTest, WorkersOfTwoNodesNeverShareAJob) {
  constexpr std::size_t kJobs = 600;
  app::Commit commit;
  for (std::size_t i = 0; i < kJobs; ++i) commit.push_back(app::InsertJob{job(std::to_string(i))});
  ASSERT_TRUE(tenant(0)->commit(commit));
  std::mutex mutex;
  std::multiset<std::string> taken;
  in_threads(8, [&](int worker) {
    for (;;) {
      const auto jobs =
          nodes_.at(static_cast<std::size_t>(worker) % 2)->claim(now(), kLease, 7).value();
      if (jobs.empty()) return;
      const std::scoped_lock lock(mutex);
      for (const app::Job& job : jobs) taken.insert(job.id);
    }
  });
  // A round may find what others hold locked and go home early; nothing is claimed twice, and what
  // is left is there for the next round.
  const auto left = nodes_[0]->claim(now(), kLease, kJobs).value();
  for (const app::Job& job : left) taken.insert(job.id);
  EXPECT_EQ(taken.size(), kJobs);
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), kJobs);
}

TEST_F(NodesTest, ALaneStaysOneByOneWhileNodesFillAndEmptyIt) {
  constexpr int kLanes = 3;
  constexpr int kWriters = 4;
  constexpr int kEach = 30;
  std::atomic<int> finished{0};
  std::array<std::atomic<int>, kLanes> busy{};
  std::atomic<bool> shared{false};
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  in_threads(kWriters + 4, [&](int i) {
    const auto alpha = tenant(i);
    if (i < kWriters) {
      for (int n = 0; n < kEach; ++n) {
        EXPECT_TRUE(alpha->commit({app::InsertJob{
            job(std::to_string(i) + "-" + std::to_string(n), std::to_string(n % kLanes))}}));
      }
      return;
    }
    while (finished < kWriters * kEach && std::chrono::steady_clock::now() < deadline) {
      const auto jobs = nodes_.at(static_cast<std::size_t>(i) % 2)->claim(now(), kLease, 4).value();
      for (const app::Job& one : jobs) {
        auto& lane = busy.at(static_cast<std::size_t>(std::stoi(one.lane)));
        if (++lane != 1) shared = true;
        --lane;
        EXPECT_TRUE(alpha->commit({app::FinishJob{one.id, one.lease}}));
        ++finished;
      }
    }
  });
  EXPECT_FALSE(shared) << "two jobs of one lane ran at the same time";
  EXPECT_EQ(finished, kWriters * kEach) << "a lane got stuck";
}

TEST_F(NodesTest, TheClockMovesEveryJobOrNoneThatIsAddedMeanwhile) {
  const base::TimePoint due = now() + 1000h;
  constexpr int kEach = 40;
  in_threads(4, [&](int i) {
    const auto alpha = tenant(i);
    for (int n = 0; n < kEach; ++n) {
      if (i == 0) {
        EXPECT_TRUE(alpha->commit({app::AdvanceClock{1min}}));
        continue;
      }
      app::Job timer = job(std::to_string(i) + "-" + std::to_string(n));
      timer.due_at = due;
      EXPECT_TRUE(alpha->commit({app::InsertJob{timer}}));
    }
  });
  EXPECT_EQ(tenant(0)->clock_offset().value(), kEach * 1min);
  const auto jobs = nodes_[1]->claim(now() + 2000h, kLease, 1000).value();
  ASSERT_EQ(jobs.size(), std::size_t{3} * kEach);
  for (const app::Job& one : jobs) EXPECT_EQ(one.due_at, due) << "in the application's time";
}

TEST_F(NodesTest, NodesChangeOneOrderWithoutLosingAChange) {
  app::StoredOrder order;
  order.core = order::make_order("o1", order::default_order_types().front(), {}, now());
  ASSERT_TRUE(tenant(0)->commit({app::InsertOrder{order}}));
  constexpr int kThreads = 8;
  constexpr int kEach = 10;
  in_threads(kThreads, [&](int i) {
    const auto alpha = tenant(i);
    for (int done = 0; done < kEach;) {
      auto read = alpha->find_order("o1").value().value();
      read.core.channels.at(0).facts += 1;
      const auto stored = alpha->commit({app::UpdateOrder{read}});
      if (stored) ++done;
      if (!stored) {
        EXPECT_EQ(stored.error().code, ErrorCode::conflict);
      }
    }
  });
  EXPECT_EQ(tenant(0)->find_order("o1").value()->core.channels.at(0).facts,
            unsigned{kThreads * kEach});
}

TEST_F(NodesTest, ManyFailuresFailNobodyElse) {
  ASSERT_TRUE(tenant(0)->commit({app::InsertSubscription{}}));
  constexpr int kThreads = 40;
  std::atomic<int> stored{0};
  std::atomic<int> refused{0};
  in_threads(kThreads, [&](int i) {
    const auto alpha = tenant(0);
    for (int n = 0; n < 6; ++n) {
      const std::string id = std::to_string(i) + "-" + std::to_string(n);
      app::Commit commit{app::InsertEvent{{id, "o", "task", "[]", now(), 0}}};
      // More than half of all: each stores its event first and then fails.
      if (i % 3 != 0) commit.push_back(app::InsertSubscription{});
      const auto done = alpha->commit(commit);
      ++(done ? stored : refused);
      if (!done) {
        EXPECT_EQ(done.error().field, "InsertSubscription");
      }
    }
  });
  EXPECT_EQ(stored, 14 * 6);
  EXPECT_EQ(refused, 26 * 6);
  EXPECT_EQ(tenant(1)->events("o", 0, 1000).value().size(), std::size_t{14} * 6);
}

TEST_F(NodesTest, RowsLockedInBothOrdersAreStoredAllTheSame) {
  // Two webhooks in one commit, in either order: the statements are brought into one.
  for (const char* id : {"w1", "w2"}) {
    app::WebhookEndpoint endpoint;
    endpoint.id = id;
    ASSERT_TRUE(tenant(0)->commit({app::InsertWebhook{endpoint}}));
  }
  constexpr int kEach = 30;
  in_threads(6, [&](int i) {
    const auto alpha = tenant(i);
    for (int n = 0; n < kEach; ++n) {
      app::Commit commit{app::NoteDelivery{"w1", false, now()},
                         app::NoteDelivery{"w2", false, now()}};
      if (i % 2 == 1) std::swap(commit[0], commit[1]);
      EXPECT_TRUE(alpha->commit(commit));
    }
  });
  EXPECT_EQ(tenant(0)->find_webhook("w1").value()->failures, unsigned{6 * kEach});
  EXPECT_EQ(tenant(0)->find_webhook("w2").value()->failures, unsigned{6 * kEach});
}

TEST_F(NodesTest, TwoNodesMayStartForTheFirstTimeAtOnce) {
  const std::string name = bench_->name + "_empty";
  PostgresBench::server().admin("CREATE DATABASE " + name);
  std::atomic<int> opened{0};
  in_threads(4, [&](int) {
    auto store = open_postgres_store(PostgresBench::server().options(name), bench_->sealer,
                                     bench_->clock, bench_->random, true);
    if (store) ++opened;
    EXPECT_TRUE(store) << store.error().message;
  });
  EXPECT_EQ(opened, 4);
  PostgresBench::server().admin("DROP DATABASE " + name + " WITH (FORCE)");
}

}  // namespace
}  // namespace chartroom::store::testing
