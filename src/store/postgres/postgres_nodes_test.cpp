// Several nodes on one database: what must hold when transactions run side by side.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>
#include <thread>

#include "store/postgres/pool.hpp"
#include "store/postgres/postgres_bench.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

/// Two stores on one database, as two nodes have it.
class NodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base::start_crypto();
    bench_ = std::make_unique<PostgresBench>();
    need_engine(*bench_);
    if (IsSkipped() || HasFatalFailure()) return;
    for (auto& node : nodes_) {
      auto opened = bench_->open();
      ASSERT_TRUE(opened) << opened.error().message;
      node = std::move(*opened);
    }
    app::Application application;
    application.client_id = "alpha";
    ASSERT_TRUE(nodes_[0]->insert_application(application));
  }

  [[nodiscard]] std::unique_ptr<app::TenantStore> tenant(int node) const {
    return nodes_.at(static_cast<std::size_t>(node) % nodes_.size())->tenant("alpha");
  }
  [[nodiscard]] base::TimePoint now() const { return bench_->clock.now(); }
  [[nodiscard]] app::Job job(std::string id, std::string lane = {}) const {
    app::Job job;
    job.id = std::move(id);
    job.kind = "retrieve";
    job.payload = "{}";
    job.lane = std::move(lane);
    job.due_at = now();
    return job;
  }
  /// Runs `work(i)` in `count` threads.
  template <typename Work>
  static void in_threads(int count, const Work& work) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }

  /// Waits for a condition, with a limit.
  static bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// How many sessions of this database wait for a lock. pg_stat_activity's wait_event would blink:
  /// a waiting session that looks around (for a deadlock, for its client) names none meanwhile.
  static std::int64_t waiting(postgres::Connection& watcher) {
    return watcher
        .number(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN "
            "(SELECT pid FROM pg_stat_activity WHERE datname = current_database())")
        .value()
        .value();
  }

  std::unique_ptr<PostgresBench> bench_;
  std::array<std::unique_ptr<app::Store>, 2> nodes_;
};

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

// ── one node's transaction stands still while another one's goes on ─────────────────────────────

/// Lets a commit that appends the event "held" stand still after all it did before.
class StandstillTest : public NodesTest {
 protected:
  [[nodiscard]] app::InsertEvent event(const char* id) const {
    return {{id, "o", "task", "[]", now(), 0}};
  }

  /// Runs `first`, which ends with event("held"), until it stands still; then `second` on the other
  /// node until it is through or has to wait; then `look`; then lets them end.
  void run(
      const app::Commit& first, const app::Commit& second,
      const std::function<void()>& look = [] {}) {
    watcher_ = bench_->connect();
    const auto holder = bench_->connect();
    ASSERT_TRUE(holder->run("BEGIN"));
    ASSERT_TRUE(
        holder->run("INSERT INTO events (client_id, id, order_id, kind, created_at_ms, "
                    "body_sealed) VALUES ('alpha', 'held', '', '', 0, '')"));
    std::thread one([&] { EXPECT_TRUE(tenant(0)->commit(first)); });
    EXPECT_TRUE(eventually([&] { return waiting(*watcher_) >= 1; })) << "it does not stand still";
    std::atomic<bool> through{false};
    std::thread other([&] {
      EXPECT_TRUE(tenant(1)->commit(second));
      through = true;
    });
    EXPECT_TRUE(eventually([&] { return through || waiting(*watcher_) >= 2; }));
    look();
    EXPECT_TRUE(holder->run("ROLLBACK"));
    one.join();
    other.join();
  }

  std::unique_ptr<postgres::Connection> watcher_;
};

TEST_F(StandstillTest, NoEventBecomesVisibleBeforeAnEarlierOne) {
  std::vector<std::string> seen;
  std::int64_t after = 0;
  const auto follow = [&] {
    const auto page = tenant(1)->events("", after, 10).value();
    for (const app::StoredEvent& stored : page) {
      seen.push_back(stored.id);
      after = stored.sequence;
    }
  };
  run({event("first"), event("held")}, {event("second")}, follow);
  follow();
  EXPECT_EQ(seen, (std::vector<std::string>{"first", "held", "second"}));
}

TEST_F(StandstillTest, AJobThatComesIntoALaneWhileTheOneBeforeItEndsIsNotForgotten) {
  ASSERT_TRUE(tenant(0)->commit({app::InsertJob{job("l1", "lane")}}));
  const auto claimed = nodes_[0]->claim(now(), kLease, 1).value();
  ASSERT_EQ(claimed.size(), 1U);
  run({app::FinishJob{"l1", claimed[0].lease}, event("held")}, {app::InsertJob{job("l2", "lane")}});
  const auto next = nodes_[1]->claim(now(), kLease, 5).value();
  ASSERT_EQ(next.size(), 1U) << "the lane is stuck";
  EXPECT_EQ(next[0].id, "l2");
}

TEST_F(StandstillTest, TwoJobsThatComeIntoAnEmptyLaneAtOnceStayOneByOne) {
  run({app::InsertJob{job("l1", "lane")}, event("held")}, {app::InsertJob{job("l2", "lane")}});
  const auto next = nodes_[1]->claim(now(), kLease, 5).value();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].id, "l1");
}

TEST_F(StandstillTest, AClaimPassesByWhatIsLocked) {
  ASSERT_TRUE(tenant(0)->commit({app::InsertJob{job("j1")}, app::InsertJob{job("j2")}}));
  const auto claimed = nodes_[0]->claim(now(), kLease, 1).value();
  ASSERT_EQ(claimed.size(), 1U);
  run({app::FinishJob{"j1", claimed[0].lease}, event("held")}, {event("other")}, [&] {
    // Its lease has run out, and its row is locked by the one who ends it after all.
    const auto next = nodes_[1]->claim(now() + 2 * kLease, kLease, 5).value();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].id, "j2");
    EXPECT_TRUE(nodes_[1]->heartbeat({{"j1", claimed[0].lease}}, now(), kLease).value().empty());
  });
}

// ── connections that go ─────────────────────────────────────────────────────────────────────────

TEST_F(NodesTest, EndedSessionsAreReplacedUnnoticed) {
  const auto alpha = tenant(0);
  for (int round = 0; round < 5; ++round) {
    const std::string id = std::to_string(round);
    ASSERT_TRUE(alpha->commit({app::InsertEvent{{id, "o", "task", "[]", now(), 0}}}));
    ASSERT_TRUE(alpha->find_event(id).value());
    const auto db = bench_->connect();
    const auto left = [&] {
      return db
          ->number(
              "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
              "AND pid <> pg_backend_pid()")
          .value()
          .value();
    };
    ASSERT_GT(left(), 0);
    ASSERT_TRUE(
        db->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"));
    ASSERT_TRUE(eventually([&] { return left() == 0; }));
    const auto stored = alpha->commit({app::InsertEvent{{id + "b", "o", "task", "[]", now(), 0}}});
    EXPECT_TRUE(stored) << stored.error().message;
    const auto found = alpha->find_event(id + "b");
    EXPECT_TRUE(found && *found);
  }
}

TEST_F(NodesTest, AServerThatCrashesLosesAndDoublesNothing) {
  PostgresServer& server = PostgresBench::server();
  if (!server.is_own()) GTEST_SKIP() << "SKIPPED: the server is not this test's to restart";
  constexpr int kWriters = 6;
  constexpr int kEach = 150;
  std::atomic<int> done{0};
  std::atomic<int> gaps{0};
  std::thread breaker([&] {
    for (int at = 1; at <= 2; ++at) {
      while (done < at * kWriters * kEach / 3) std::this_thread::yield();
      server.restart();
    }
  });
  in_threads(kWriters, [&](int writer) {
    const auto alpha = tenant(writer);
    for (int n = 0; n < kEach; ++n) {
      const std::string id = std::to_string(writer) + "-" + std::to_string(n);
      const app::Commit commit{app::InsertEvent{{id, "o", "task", "[]", now(), 0}}};
      // What callers do: try again, and take a conflict for the answer that was lost.
      auto stored = alpha->commit(commit);
      for (; !stored && stored.error().code == ErrorCode::unavailable;
           stored = alpha->commit(commit))
        ++gaps;
      EXPECT_TRUE(stored || stored.error().code == ErrorCode::conflict) << stored.error().message;
      ++done;
    }
  });
  breaker.join();
  EXPECT_GT(gaps, 0) << "the server was never away";
  const auto events = tenant(0)->events("o", 0, 10'000).value();
  EXPECT_EQ(events.size(), std::size_t{kWriters} * kEach);
}

TEST_F(NodesTest, AStatementThatWaitsTooLongIsGivenUpAndChangesNothing) {
  PostgresOptions options = bench_->options();
  options.statement_timeout = 200ms;
  auto store = open_postgres_store(options, bench_->sealer, bench_->clock, bench_->random, false);
  ASSERT_TRUE(store);
  app::WebhookEndpoint endpoint;
  endpoint.id = "w1";
  ASSERT_TRUE(tenant(0)->commit({app::InsertWebhook{endpoint}}));
  const auto holder = bench_->connect();
  ASSERT_TRUE(holder->run("BEGIN"));
  ASSERT_TRUE(holder->run("UPDATE webhooks SET failures = 5"));
  const auto alpha = (*store)->tenant("alpha");
  const auto late = alpha->commit({app::NoteDelivery{"w1", false, now()}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unavailable);
  EXPECT_NE(late.error().message.find("database_statement_timeout"), std::string::npos);
  ASSERT_TRUE(holder->run("ROLLBACK"));
  EXPECT_TRUE(alpha->commit({app::NoteDelivery{"w1", false, now()}}));
  EXPECT_EQ(alpha->find_webhook("w1").value()->failures, 1U);
}

TEST_F(NodesTest, AForgottenTransactionHoldsUpNobodyElse) {
  const auto alpha = tenant(0);
  for (const char* id : {"held", "free"}) {
    app::WebhookEndpoint endpoint;
    endpoint.id = id;
    ASSERT_TRUE(alpha->commit({app::InsertWebhook{endpoint}}));
  }
  const auto holder = bench_->connect();
  ASSERT_TRUE(holder->run("SET idle_in_transaction_session_timeout = 0"));
  ASSERT_TRUE(holder->run("BEGIN"));
  ASSERT_TRUE(holder->run("UPDATE webhooks SET failures = 5 WHERE id = 'held'"));
  std::atomic<int> stored{0};
  std::atomic<int> refused{0};
  // More that wait than there are batches at a time, and others among them.
  in_threads(8, [&](int i) {
    const auto mine = tenant(0);
    if (i % 2 == 0) {
      const auto late = mine->commit({app::NoteDelivery{"held", false, now()}});
      ASSERT_FALSE(late);
      EXPECT_EQ(late.error().code, ErrorCode::unavailable);
      EXPECT_NE(late.error().message.find("holds a lock"), std::string::npos)
          << late.error().message;
      ++refused;
    } else {
      const auto done = mine->commit({app::NoteDelivery{"free", false, now()}});
      EXPECT_TRUE(done) << done.error().message;
      stored += done.has_value() ? 1 : 0;
    }
  });
  EXPECT_EQ(stored, 4);
  EXPECT_EQ(refused, 4);
  ASSERT_TRUE(holder->run("ROLLBACK"));
  EXPECT_TRUE(alpha->commit({app::NoteDelivery{"held", false, now()}}));
  EXPECT_EQ(alpha->find_webhook("held").value()->failures, 1U);
}

TEST_F(NodesTest, ASessionWhoseClientHasDiedDoesNotWaitForALock) {
  app::WebhookEndpoint endpoint;
  endpoint.id = "w1";
  ASSERT_TRUE(tenant(0)->commit({app::InsertWebhook{endpoint}}));
  const auto holder = bench_->connect();
  ASSERT_TRUE(holder->run("SET idle_in_transaction_session_timeout = 0"));
  ASSERT_TRUE(holder->run("BEGIN"));
  ASSERT_TRUE(holder->run("UPDATE webhooks SET failures = 5"));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto db = postgres::Connection::open(bench_->options());
    if (db) (void)(*db)->run("UPDATE webhooks SET failures = 6");
    ::_exit(0);
  }
  const auto watcher = bench_->connect();
  EXPECT_TRUE(eventually([&] { return waiting(*watcher) == 1; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  // Well before its statement_timeout, and while the lock is still held.
  const auto deadline = std::chrono::steady_clock::now() + bench_->options().statement_timeout / 2;
  while (waiting(*watcher) != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(waiting(*watcher), 0);
}

TEST_F(NodesTest, WithALostConnectionGoThoseThatLieUnused) {
  PostgresOptions options = bench_->options();
  options.url = base::Sensitive<std::string>(options.url.reveal() + "?application_name=pool");
  postgres::Pool pool(options, 4);
  {
    std::vector<postgres::Pool::Lease> all;
    all.reserve(4);
    for (int i = 0; i < 4; ++i) all.push_back(std::move(pool.borrow().value()));
  }
  const auto watcher = bench_->connect();
  const auto sessions = [&] {
    return watcher->number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pool'")
        .value()
        .value();
  };
  ASSERT_EQ(sessions(), 4);
  {
    auto lease = pool.borrow();
    ASSERT_TRUE(lease);
    EXPECT_FALSE((*lease)->run("SELECT pg_terminate_backend(pg_backend_pid())"));
    ASSERT_TRUE((*lease)->is_lost());
  }
  EXPECT_TRUE(eventually([&] { return sessions() == 0; }));
  EXPECT_TRUE(pool.borrow());
}

TEST_F(NodesTest, ManyThreadsShareASmallPool) {
  PostgresOptions options = bench_->options();
  options.pool_size = 3;
  auto store = open_postgres_store(options, bench_->sealer, bench_->clock, bench_->random, false);
  ASSERT_TRUE(store);
  in_threads(24, [&](int i) {
    const auto alpha = (*store)->tenant("alpha");
    for (int n = 0; n < 10; ++n) {
      const std::string id = std::to_string(i) + "-" + std::to_string(n);
      EXPECT_TRUE(alpha->commit({app::InsertEvent{{id, "o", "task", "[]", now(), 0}}}));
      EXPECT_TRUE(alpha->find_event(id).value());
    }
  });
  const auto db = bench_->connect();
  // Two writers and one reader of this store, the like of the two others, and ours.
  EXPECT_LE(db->number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                .value()
                .value(),
            3 + 4 + 1);
}

}  // namespace
}  // namespace chartroom::store::testing
