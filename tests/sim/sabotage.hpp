// Bugs planted on purpose, to see whether a simulation finds them. They stand between the product
// and the store: what comes out is what a product with that bug would commit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "app/store.hpp"

namespace chartroom::sim {

enum class Plant {
  lost_outbox,        ///< now and then a delivery is missing from the commit of its event
  double_completion,  ///< nobody looks at the order's version and the job's lease
  dead_timer,         ///< now and then a wake-up is never queued
};
[[nodiscard]] const char* to_string(Plant plant);
[[nodiscard]] std::optional<Plant> plant_from(std::string_view text);

/// `inner` must outlive it.
[[nodiscard]] std::unique_ptr<app::Store> make_sabotaged_store(app::Store& inner, Plant plant,
                                                               std::uint64_t seed);

}  // namespace chartroom::sim
