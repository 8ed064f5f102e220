#include "store/sqlite/migrate.hpp"

#include <array>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "store/sqlite_migrations.hpp"

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

constexpr std::array kMigrations{
    Migration{1, "0001_initial.sql", k0001InitialSql},
    Migration{2, "0002_contract.sql", k0002ContractSql},
    Migration{3, "0003_shipping.sql", k0003ShippingSql},
};

struct AppliedMigration {
  int version;
  std::string name;
  std::string sha256;
};

/// An empty file is ours to fill; a file with tables but without our list of migrations is not.
base::Result<void> claim_file(Connection& connection) {
  auto ours = connection.number(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
  if (!ours) return base::pass_on(ours.error());
  if (ours->value_or(0) != 0) return {};
  auto others = connection.number("SELECT count(*) FROM sqlite_schema");
  if (!others) return base::pass_on(others.error());
  if (others->value_or(0) != 0) {
    return base::fail(ErrorCode::corrupt,
                      "the database file holds tables of another program; give Chartroom a data "
                      "directory of its own");
  }
  return connection.script(
      "CREATE TABLE schema_migrations ("
      "version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, "
      "applied_at_ms INTEGER NOT NULL) STRICT");
}

base::Result<void> check(const std::vector<AppliedMigration>& applied,
                         std::span<const Migration> known) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i >= known.size()) {
      return base::fail(ErrorCode::conflict,
                        "the database has schema version " +
                            std::to_string(applied.back().version) + ", this binary knows only " +
                            std::to_string(known.size()) +
                            "; start the newer Chartroom that wrote it, or restore a backup made "
                            "before the upgrade");
    }
    if (applied[i].version != known[i].version ||
        applied[i].sha256 != base::sha256_hex(known[i].sql)) {
      return base::fail(ErrorCode::corrupt,
                        "migration " + applied[i].name +
                            " was applied to this database in another form than the one in this "
                            "binary; use the Chartroom release that created the database, or "
                            "restore a backup");
    }
  }
  return {};
}

base::Result<int> migrate_in_transaction(Connection& connection, std::span<const Migration> known,
                                         base::TimePoint now) {
  if (auto claimed = claim_file(connection); !claimed) return base::pass_on(claimed.error());
  auto applied = connection.all<AppliedMigration>(
      "SELECT version, name, sha256 FROM schema_migrations ORDER BY version",
      [](const Row& row) -> base::Result<AppliedMigration> {
        return AppliedMigration{static_cast<int>(row.integer(0)), row.text(1), row.text(2)};
      });
  if (!applied) return base::pass_on(applied.error());
  if (auto checked = check(*applied, known); !checked) return base::pass_on(checked.error());
  for (const Migration& migration : known.subspan(applied->size())) {
    if (auto run = connection.script(std::string(migration.sql)); !run) {
      return base::fail(run.error().code,
                        "migration " + std::string(migration.name) +
                            " failed, nothing was changed: " + run.error().message);
    }
    auto noted = connection.run(
        "INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (?, ?, ?, ?)",
        migration.version, migration.name, base::sha256_hex(migration.sql), now);
    if (!noted) return base::pass_on(noted.error());
  }
  return static_cast<int>(known.size() - applied->size());
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

base::Result<int> migrate(Connection& connection, std::span<const Migration> known,
                          base::TimePoint now) {
  if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return base::pass_on(begun.error());
  auto result = migrate_in_transaction(connection, known, now);
  if (result) {
    if (auto done = connection.run("COMMIT"); done)
      return result;
    else
      result = base::pass_on(done.error());
  }
  // A failed ROLLBACK means that SQLite has rolled back already.
  if (connection.in_transaction()) (void)connection.run("ROLLBACK");
  return result;
}

}  // namespace chartroom::store::sqlite
