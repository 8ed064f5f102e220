// Connections that go, a server that ends, rows that stay locked.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "store/postgres/nodes_testing.hpp"
#include "store/postgres/pool.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

class FailuresTest : public NodesTest {};

TEST_F(FailuresTest, EndedSessionsAreReplacedUnnoticed) {
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

TEST_F(FailuresTest, AServerThatCrashesLosesAndDoublesNothing) {
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

TEST_F(FailuresTest, AStatementThatWaitsTooLongIsGivenUpAndChangesNothing) {
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

TEST_F(FailuresTest, AForgottenTransactionHoldsUpNobodyElse) {
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

TEST_F(FailuresTest, ASessionWhoseClientHasDiedDoesNotWaitForALock) {
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

TEST_F(FailuresTest, WithALostConnectionGoThoseThatLieUnused) {
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

TEST_F(FailuresTest, ManyThreadsShareASmallPool) {
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
