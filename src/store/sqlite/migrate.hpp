// Brings a database to the schema of this binary.
#pragma once

#include <span>

#include "base/ports.hpp"
#include "store/migrations.hpp"
#include "store/sqlite/connection.hpp"

namespace chartroom::store::sqlite {

/// All migrations that this binary contains, in order.
[[nodiscard]] std::span<const Migration> migrations();

/// Applies what is missing, all in one transaction; the caller holds the write lock. Gives the
/// number of migrations applied.
/// Errors: corrupt (a migration that was applied is not the one in this binary; or the file is a
/// database of another program), conflict (the database is newer than this binary), and those of
/// Connection. Nothing has been changed then.
base::Result<int> migrate(Connection& connection, std::span<const Migration> known,
                          base::TimePoint now);

}  // namespace chartroom::store::sqlite
