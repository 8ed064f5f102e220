// The writes that this engine says in words of its own, and how a whole commit is carried out.
#pragma once

#include <string>
#include <vector>

#include "store/apply.hpp"
#include "store/sqlite/connection.hpp"

namespace chartroom::store::sqlite {

/// All writes of one commit, in order, inside the writer's transaction; the first error ends it.
base::Result<void> apply_all(Connection& db, const std::string& client_id, base::TimePoint now,
                             const std::vector<Prepared>& writes);

Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertRecord& write,
                  const Prepared& prepared);
Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertReport& write,
                  const Prepared& prepared);
Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertJob& write,
                  const Prepared& prepared);
Applied apply_own(Connection& db, const Tenant& tenant, const app::FinishJob& write,
                  const Prepared& prepared);
Applied apply_own(Connection& db, const Tenant& tenant, const app::BuryJob& write,
                  const Prepared& prepared);
Applied apply_own(Connection& db, const Tenant& tenant, const app::DropJobs& write,
                  const Prepared& prepared);

}  // namespace chartroom::store::sqlite
