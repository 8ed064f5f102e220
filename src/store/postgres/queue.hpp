// The queue of durable work: claiming by FOR UPDATE SKIP LOCKED.
#pragma once

#include "store/database.hpp"
#include "store/jobs.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

/// See app::Store::claim. Reads as many jobs as it may claim from the front of every priority in
/// use; where that is not all, one look-up for each application, up to kTenantsLooked. How many
/// jobs wait does not matter. One round trip when nothing is due, two when something is, one more
/// for each priority of which more is due than can be claimed.
base::Result<std::vector<app::Job>> claim_jobs(Connection& db, Turns& turns, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               const app::ClaimLimits& limits);

base::Result<void> give_back_jobs(Session& db, const std::vector<JobAndLease>& jobs,
                                  base::TimePoint now, app::GiveBack how);

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until);

/// Earliest due time among ready jobs of all applications (real time).
base::Result<std::optional<base::TimePoint>> next_due_of_all(Connection& db);

}  // namespace chartroom::store::postgres
