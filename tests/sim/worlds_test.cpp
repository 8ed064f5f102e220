// Simulated worlds: the promises hold, and they are broken where a bug was planted.
//
// scripts/sim runs as many as one likes and replays one.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "dice.hpp"
#include "world.hpp"

namespace chartroom::sim {
namespace {

constexpr std::uint64_t kSeed = 1;  // the first worlds of scripts/sim --seed 1
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kOrders = 1'000;
#else
constexpr std::uint64_t kOrders = 5'000;
#endif

/// Runs worlds until the orders are used up or a promise is broken.
WorldOutcome run_orders(std::uint64_t orders, WorldOptions options) {
  WorldOutcome all;
  for (std::uint64_t index = 0; all.figures.orders < orders; ++index) {
    options.seed = world_seed(kSeed, index);
    const WorldOutcome one = run_world(options);
    all.figures.add(one.figures);
    if (!one.violation.empty()) {
      all.violation = one.violation + " | scripts/sim --replay " + std::to_string(options.seed);
      return all;
    }
  }
  return all;
}

TEST(Worlds, KeepEveryPromise) {
  const WorldOutcome all = run_orders(kOrders, {});
  EXPECT_EQ(all.violation, "");
  // A world in which nothing happens keeps every promise too.
  const Figures& f = all.figures;
  for (std::size_t fault = 1; fault < kFaults; ++fault) {
    EXPECT_GT(f.faults.at(fault), kOrders / 250) << to_string(static_cast<Fault>(fault));
  }
  for (const std::uint64_t records : f.records) EXPECT_GT(records, kOrders / 250);
  for (const std::uint64_t count :
       {f.timed_out, f.suppressed, f.cancelled, f.conflicts, f.leases_lost, f.restarts,
        f.read_faults, f.clock_jumps, f.meanwhiles, f.tasks, f.reports, f.delivered_again, f.hung,
        f.calls_repeated, f.answers_compared}) {
    EXPECT_GT(count, kOrders / 250);
  }
}

TEST(Worlds, AreTheSameOnBothEngines) {
  WorldOptions options;
  options.people = 12;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    options.seed = seed;
    options.engine = Engine::model;
    const WorldOutcome model = run_world(options);
    options.engine = Engine::sqlite;
    const WorldOutcome sqlite = run_world(options);
    EXPECT_EQ(model.violation, "") << seed;
    EXPECT_EQ(sqlite.violation, "") << seed;
    EXPECT_EQ(model.fingerprint, sqlite.fingerprint) << seed;
    EXPECT_EQ(model.figures.jobs, sqlite.figures.jobs) << seed;
  }
}

TEST(Worlds, AreTheSameForTheSameSeed) {
  WorldOptions options;
  const std::uint64_t first = run_world(options).fingerprint;
  EXPECT_EQ(run_world(options).fingerprint, first);
  options.seed = 2;
  EXPECT_NE(run_world(options).fingerprint, first);
}

class PlantedBug : public ::testing::TestWithParam<Plant> {};

TEST_P(PlantedBug, IsFoundWithinTenThousandOrders) {
  WorldOptions options;
  options.plant = GetParam();
  const WorldOutcome all = run_orders(10'000, options);
  EXPECT_NE(all.violation, "") << "not found in " << all.figures.orders << " orders";
  std::cout << to_string(GetParam()) << ": found at order " << all.figures.orders << ": "
            << all.violation << '\n';
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBug,
                         ::testing::Values(Plant::lost_outbox, Plant::double_completion,
                                           Plant::dead_timer),
                         [](const auto& plant) {
                           std::string name = to_string(plant.param);
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

}  // namespace
}  // namespace chartroom::sim
