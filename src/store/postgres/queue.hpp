// The queue of durable work: claiming by FOR UPDATE SKIP LOCKED.
#pragma once

#include "store/database.hpp"
#include "store/jobs.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

/// See app::Store::claim. One round trip; costs as much as it claims, plus one look-up per priority
/// in use, whatever the number of waiting jobs.
base::Result<std::vector<app::Job>> claim_jobs(Connection& db, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               std::size_t limit);

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until);

/// Earliest due time among ready jobs of all applications (real time).
base::Result<std::optional<base::TimePoint>> next_due_of_all(Session& db);

}  // namespace chartroom::store::postgres
