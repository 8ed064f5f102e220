// What a tick costs: the same whether a thousand timers wait or a hundred thousand.
#include <gtest/gtest.h>

#include "store/postgres/postgres_bench.hpp"
#include "store/postgres/queue.hpp"

namespace chartroom::store::testing {
namespace {

using namespace std::chrono_literals;

/// A queue and what a look at it costs.
class QueueCosts {
 public:
  /// So many jobs of so many applications, the i-th of them due `due_at` (SQL) from now.
  void add(const std::string& id, std::size_t count, const std::string& due_at,
           unsigned applications) {
    run("INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, state, "
        "due_at_ms) SELECT 'tenant' || i % " +
        std::to_string(applications) + ", '" + id +
        "' || i, 'order.command', 'o' || i, '{}', '', i % 3, 0, " +
        std::to_string(base::to_unix_ms(bench_.clock.now())) + due_at +
        " FROM generate_series(1, " + std::to_string(count) + ") i");
  }
  void run(const std::string& sql) { EXPECT_TRUE(db().script(sql)) << sql; }

  /// Pages of the queue's table and indexes that a claim and a look at the next due time touch.
  std::int64_t pages_of_a_tick() {
    // What a connection plans for the first time reads the catalogue and the statistics; it settles
    // on a plan for all values at the sixth.
    for (int i = 0; i < 6; ++i) tick();
    const std::int64_t before = pages();
    tick();
    return pages() - before;
  }

 private:
  postgres::Connection& db() {
    if (db_ == nullptr) {
      db_ = bench_.connect();
      EXPECT_TRUE(db_->script("SET stats_fetch_consistency = none"));
    }
    return *db_;
  }
  void tick() {
    EXPECT_TRUE(postgres::claim_jobs(db(), turns_, random_, bench_.clock.now(), 9s, 16));
    EXPECT_TRUE(postgres::next_due_of_all(db()));
  }
  std::int64_t pages() {
    run("SELECT pg_stat_force_next_flush()");
    return db()
        .number(
            "SELECT (SELECT heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read "
            "FROM pg_statio_user_tables WHERE relname = 'jobs')")
        .value()
        .value();
  }

  PostgresBench bench_;
  std::unique_ptr<postgres::Connection> db_;
  Turns turns_;
  base::SystemRandom random_;
};

class PostgresTimers : public ::testing::Test {
 protected:
  void SetUp() override {
    base::start_crypto();
    if (PostgresBench bench; !bench.why_not().empty()) need_engine(bench);
  }
};

TEST_F(PostgresTimers, ATickCostsTheSameHoweverManyWait) {
  const auto pages_of_a_tick = [](std::size_t timers, std::size_t due) {
    QueueCosts queue;
    queue.add("timer", timers, " + 1000 * i", 10);
    queue.add("due", due, " - i", 10);
    queue.run("VACUUM ANALYZE jobs");
    return queue.pages_of_a_tick();
  };
  // A B-tree over a hundred times as many rows is one or two pages deeper, for each look-up.
  for (const std::size_t due : {1U, 5U, 1'000U}) {
    const std::int64_t few = pages_of_a_tick(1'000, due);
    const std::int64_t many = pages_of_a_tick(100'000, due);
    EXPECT_GT(few, 0);
    EXPECT_LE(many, 2 * few + 20) << due << " due";
  }
}

/// A queue that has just filled up: the planner still thinks that it is all but empty.
TEST_F(PostgresTimers, AClaimCostsTheSameHoweverManyAreDue) {
  const auto pages_of_a_tick = [](std::size_t due) {
    QueueCosts queue;
    queue.add("old", 1'000, " - i", 1);
    queue.run("UPDATE jobs SET state = 3");
    queue.run("VACUUM ANALYZE jobs");
    queue.add("due", due, " - i", 1);
    return queue.pages_of_a_tick();
  };
  const std::int64_t few = pages_of_a_tick(1'000);
  const std::int64_t many = pages_of_a_tick(50'000);
  EXPECT_GT(few, 0);
  EXPECT_LE(many, 2 * few + 20);
}

}  // namespace
}  // namespace chartroom::store::testing
