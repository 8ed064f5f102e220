// The queue of durable work, as the store's own calls see it. The writes of a commit that concern
// jobs are in apply_jobs.cpp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/types.hpp"
#include "base/ports.hpp"
#include "store/sqlite/connection.hpp"

namespace chartroom::store::sqlite {

enum class JobState { ready = 0, claimed = 1, blocked = 2, done = 3, dead = 4 };

/// How long a finished job stays, so that inserting its id again changes nothing (real time).
inline constexpr base::Duration kDoneJobsKept = std::chrono::days(7);
/// How long attempts of deliveries stay in the list (application's time).
inline constexpr base::Duration kAttemptsKept = std::chrono::days(90);
/// Rows that one round of housekeeping removes from each table at most.
inline constexpr int kTidyRows = 500;

/// Whether claim_jobs() would find anything. Reads only.
base::Result<bool> anything_due(Connection& db, base::TimePoint now);

/// See app::Store::claim. Costs as much as it claims, plus one look-up per priority in use,
/// whatever the number of waiting jobs.
base::Result<std::vector<app::Job>> claim_jobs(Connection& db, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               std::size_t limit);

using JobAndLease = std::pair<std::string, std::string>;
base::Result<std::vector<std::string>> prolong_leases(Connection& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until);

/// Earliest due time among ready jobs of all applications (real time).
base::Result<std::optional<base::TimePoint>> next_due_of_all(Connection& db);

base::Result<std::vector<app::Job>> dead_jobs(Connection& db, std::size_t limit);

/// Removes old done jobs, expired answers and old attempts; says whether there is more.
base::Result<bool> tidy(Connection& db, base::TimePoint now);

}  // namespace chartroom::store::sqlite
