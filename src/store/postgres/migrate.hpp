// Brings a PostgreSQL database to the schema of this binary.
#pragma once

#include <span>

#include "store/migrations.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

/// All migrations that this binary contains, in order.
[[nodiscard]] std::span<const Migration> migrations();

/// Those that the database lacks. Changes nothing.
base::Result<std::span<const Migration>> plan(Connection& db, std::span<const Migration> known);

/// Applies what is missing, all in one transaction under a lock that keeps other nodes waiting.
/// Gives the number of migrations applied. A database that lacks nothing needs no right to create.
/// Errors: corrupt (a migration that was applied is not the one in this binary; or tables of
/// another program), conflict (the database is newer than this binary), invalid_input (missing
/// rights), and those of Connection. Nothing has been changed then.
base::Result<int> migrate(Connection& db, std::span<const Migration> known, base::TimePoint now);

}  // namespace chartroom::store::postgres
