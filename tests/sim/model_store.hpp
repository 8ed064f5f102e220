// The Store port in memory: the rules of the port and nothing else, so that a simulated order costs
// no fsync. Held to them by the suite of store tests. Nothing is sealed: there is no disk.
#pragma once

#include <memory>

#include "app/store.hpp"
#include "base/ports.hpp"

namespace chartroom::sim {

struct ModelData;
[[nodiscard]] std::shared_ptr<ModelData> make_model_data();

/// A store on data that outlive it, as a database outlives its server. Thread-safe.
[[nodiscard]] std::unique_ptr<app::Store> open_model_store(std::shared_ptr<ModelData> data,
                                                           const base::Clock& clock,
                                                           base::Random& random);

}  // namespace chartroom::sim
