// What a tick costs: the same whether a thousand timers wait or a hundred thousand.
#include "store/postgres/postgres_bench.hpp"
#include "store/postgres/queue.hpp"

namespace chartroom::store::testing {
namespace {

using namespace std::chrono_literals;

/// Pages of the queue's table and indexes that a claim and a look at the next due time touch, with
/// so many timers of ten applications waiting and `due` jobs due.
std::int64_t pages_of_a_tick(std::size_t timers, std::size_t due) {
  PostgresBench bench;
  const auto db = bench.connect();
  const auto now = std::to_string(base::to_unix_ms(bench.clock.now()));
  const auto add = [&](const char* id, std::size_t count, const std::string& due_at) {
    return db->script(
        "INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, state, "
        "due_at_ms) SELECT 'tenant' || i % 10, '" +
        std::string(id) + "' || i, 'order.command', 'o' || i, '{}', '', i % 3, 0, " + due_at +
        " FROM generate_series(1, " + std::to_string(count) + ") i");
  };
  EXPECT_TRUE(add("timer", timers, now + " + 1000 * i"));
  EXPECT_TRUE(add("due", due, now + " - i"));
  EXPECT_TRUE(db->script("VACUUM ANALYZE jobs"));
  EXPECT_TRUE(db->script("SET stats_fetch_consistency = none"));
  const auto pages = [&] {
    EXPECT_TRUE(db->script("SELECT pg_stat_force_next_flush()"));
    return db
        ->number(
            "SELECT (SELECT heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read "
            "FROM pg_statio_user_tables WHERE relname = 'jobs')")
        .value()
        .value();
  };
  Turns turns;
  base::SystemRandom random;
  const auto tick = [&] {
    const std::int64_t before = pages();
    EXPECT_TRUE(postgres::claim_jobs(*db, turns, random, bench.clock.now(), 9s, 16));
    EXPECT_TRUE(postgres::next_due_of_all(*db));
    return pages() - before;
  };
  (void)
      tick();  // what a connection plans for the first time reads the catalogue and the statistics
  return tick();
}

TEST(PostgresTimers, ATickCostsTheSameHoweverManyWait) {
  base::start_crypto();
  if (PostgresBench bench; !bench.why_not().empty()) {
    need_engine(bench);
    return;
  }
  // A B-tree over a hundred times as many rows is one or two pages deeper, for each look-up.
  for (const std::size_t due : {1U, 5U, 1'000U}) {
    const std::int64_t few = pages_of_a_tick(1'000, due);
    const std::int64_t many = pages_of_a_tick(100'000, due);
    EXPECT_GT(few, 0);
    EXPECT_LE(many, 2 * few + 20) << due << " due";
  }
}

}  // namespace
}  // namespace chartroom::store::testing
