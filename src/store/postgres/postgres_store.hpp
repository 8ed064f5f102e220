// The engine for many nodes: app::Store in a PostgreSQL database.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::store {

/// Signs in and applies the migrations that are missing. Any number of processes may have the
/// database open, with the same master key. `sealer`, `clock` and `random` must outlive the store,
/// and the store its TenantStores.
///
/// Connections are made when they are needed. One that is lost (server restarted, failover, session
/// ended) is replaced; reads are repeated, a commit whose answer was lost is `unavailable`: it may
/// or may not have been stored, and trying it again is safe.
///
/// Housekeeping is done by every process with `tidies`, in small steps between its commits:
/// finished jobs are kept for 7 days, expired idempotent answers are removed, attempts after 90
/// days.
///
/// Errors: invalid_input (URL, password, server too old, missing rights, a master key other than
/// the data's), unavailable (nobody answers), conflict (the database is newer than this binary),
/// corrupt (tables of another program, changed migration). Messages are sentences for an operator,
/// say what to do and never hold the password.
[[nodiscard]] base::Result<std::unique_ptr<app::Store>> open_postgres_store(
    const PostgresOptions& options, const app::Sealer& sealer, const base::Clock& clock,
    base::Random& random, bool tidies);

/// `chartroom migrate`: only brings the schema up to date. Gives the number of migrations applied.
[[nodiscard]] base::Result<int> migrate_postgres(const PostgresOptions& options,
                                                 const base::Clock& clock);
/// `chartroom migrate --plan`: the files that migrate_postgres() would apply.
[[nodiscard]] base::Result<std::vector<std::string>> plan_postgres(const PostgresOptions& options);

}  // namespace chartroom::store
