// What all engines share about bringing a database to the schema of this binary.
//
// Nodes are replaced one after the other, so for a while a release works on a schema that the next
// one has made. A migration therefore says in `works_with` which binaries may go on: those that
// know at least that schema version. What it adds they leave alone; what they need it leaves. Only
// a change that cannot be made so says nothing, and then older binaries are refused.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/session.hpp"

namespace chartroom::store {

struct Migration {
  int version;            ///< 1, 2, 3 … in order
  std::string_view name;  ///< its file
  std::string_view sql;
  int works_with = 0;  ///< the lowest schema version of a binary that may go on; 0: its own
};

/// A line of the table schema_migrations.
struct AppliedMigration {
  int version = 0;
  std::string name;
  std::string sha256;
};

/// In order. Reads the table, which is there.
base::Result<std::vector<AppliedMigration>> applied_migrations(Session& db);

/// Those of `known` that are not among the applied ones. Errors as below.
base::Result<std::span<const Migration>> missing_from(const std::vector<AppliedMigration>& applied,
                                                      std::span<const Migration> known);

/// The migrations that `db` still lacks; none when it is newer and works with this binary. Reads
/// the table schema_migrations, which is there.
/// Errors: corrupt (one that was applied is not the one in this binary), conflict (the database is
/// too new for this binary), and those of the session.
base::Result<std::span<const Migration>> missing_migrations(Session& db,
                                                            std::span<const Migration> known);

/// Applies the missing ones inside the caller's transaction and notes them; gives their number.
/// `script` runs several statements.
base::Result<int> apply_migrations(
    Session& db, std::span<const Migration> known, base::TimePoint now,
    const std::function<base::Result<void>(const std::string&)>& script);

[[nodiscard]] std::vector<std::string> names_of(std::span<const Migration> migrations);

}  // namespace chartroom::store
