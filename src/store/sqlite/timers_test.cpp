// What a tick costs: the same whether a thousand timers wait or a hundred thousand.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/jobs.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using namespace std::chrono_literals;

/// Steps of one claim and one look at the next due time, with so many timers of ten applications
/// waiting and `due` jobs due.
std::int64_t steps_of_a_tick(std::size_t timers, std::size_t due) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("chartroom-timers-" + std::to_string(::getpid()));
  HandClock clock;
  base::SystemRandom random;
  EXPECT_TRUE(migrate_sqlite(folder, clock));
  std::int64_t steps = 0;
  {
    auto db =
        sqlite::Connection::open(folder / "chartroom.db", sqlite::Connection::Kind::writer, false);
    EXPECT_TRUE(db);
    const auto now = std::to_string(base::to_unix_ms(clock.now()));
    const auto add = [&](const char* id, std::size_t count, const std::string& due_at) {
      return (*db)->script(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
          std::to_string(count) +
          ") INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, state, "
          "due_at_ms) SELECT 'tenant' || i % 10, '" +
          id + "' || i, 'order.command', 'o' || i, '{}', '', i % 3, 0, " + due_at + " FROM n");
    };
    EXPECT_TRUE(add("timer", timers, now + " + 1000 * i"));
    EXPECT_TRUE(add("due", due, now + " - i"));
    Turns turns;
    const std::int64_t before = (*db)->steps_taken();
    EXPECT_EQ(sqlite::claim_jobs(**db, turns, random, clock.now(), 9s, 16).value().size(),
              std::min<std::size_t>(due, 16));
    EXPECT_TRUE(sqlite::next_due_of_all(**db));
    steps = (*db)->steps_taken() - before;
  }
  std::filesystem::remove_all(folder);
  return steps;
}

TEST(SqliteTimers, ATickCostsTheSameHoweverManyWait) {
  base::start_crypto();
  for (const std::size_t due : {1U, 5U, 1'000U}) {
    const std::int64_t few = steps_of_a_tick(1'000, due);
    const std::int64_t many = steps_of_a_tick(100'000, due);
    EXPECT_GT(few, 0);
    EXPECT_LE(many, few + few / 10) << due << " due";
  }
  // Nor does a backlog: what is due beyond the claim is not looked at.
  EXPECT_LE(steps_of_a_tick(1'000, 50'000), steps_of_a_tick(1'000, 1'000) * 11 / 10);
}

}  // namespace
}  // namespace chartroom::store::testing
