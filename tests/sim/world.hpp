// A simulated world: the real use cases, jobs and order core on a store, in one thread, under a
// virtual clock, with everything around them played from one seed. See docs/testing.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "figures.hpp"
#include "sabotage.hpp"

namespace chartroom::sim {

enum class Engine { model, sqlite };

struct WorldOptions {
  std::uint64_t seed = 1;
  Engine engine = Engine::model;
  std::optional<Plant> plant;
  unsigned people = 42;  ///< at most 99; some order twice, so that a world has about 50 orders
  bool trace = false;    ///< says on stderr what happens
};

struct WorldOutcome {
  Figures figures;
  std::string violation;  ///< empty: every promise was kept
  std::uint64_t fingerprint = 0;
};

/// Runs one world to its end or to the first broken promise. Same options, same outcome.
[[nodiscard]] WorldOutcome run_world(const WorldOptions& options);

}  // namespace chartroom::sim
