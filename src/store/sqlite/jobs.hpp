// The queue of durable work, as the store's own calls see it. The writes of a commit that concern
// jobs are in own_writes.cpp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/types.hpp"
#include "base/ports.hpp"
#include "store/database.hpp"
#include "store/jobs.hpp"

namespace chartroom::store::sqlite {

/// Whether claim_jobs() would find anything. Reads only.
base::Result<bool> anything_due(Session& db, base::TimePoint now);

/// See app::Store::claim. Reads as many jobs as it may claim from the front of every priority in
/// use; where that is not all, one look-up for each application, up to kTenantsLooked. How many
/// jobs wait does not matter.
base::Result<std::vector<app::Job>> claim_jobs(Session& db, Turns& turns, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               const app::ClaimLimits& limits);

base::Result<void> give_back_jobs(Session& db, const std::vector<JobAndLease>& jobs,
                                  base::TimePoint now, app::GiveBack how);

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until);

/// Earliest due time among ready jobs of all applications (real time).
base::Result<std::optional<base::TimePoint>> next_due_of_all(Session& db);

}  // namespace chartroom::store::sqlite
