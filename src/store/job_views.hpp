// The queue as an operator sees it. See app::Store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/store.hpp"
#include "store/session.hpp"

namespace chartroom::store {

base::Result<std::vector<app::JobView>> list_jobs(Session& db, const app::JobFilter& filter,
                                                  std::int64_t before, std::size_t limit);
base::Result<std::vector<app::JobView>> find_jobs(Session& db, const std::string& job_id);
base::Result<std::vector<app::JobCount>> count_jobs(Session& db,
                                                    const std::optional<std::string>& client_id);

}  // namespace chartroom::store
