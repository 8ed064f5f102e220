#include "store/sqlite/migrate.hpp"

#include <array>

#include "store/sqlite_migrations.hpp"

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

constexpr std::array kMigrations{
    Migration{1, "0001_initial.sql", k0001InitialSql},
    Migration{2, "0002_contract.sql", k0002ContractSql},
    Migration{3, "0003_shipping.sql", k0003ShippingSql},
    Migration{4, "0004_versions.sql", k0004VersionsSql},
    Migration{5, "0005_fairness.sql", k0005FairnessSql},
    Migration{6, "0006_compatible.sql", k0006CompatibleSql},
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

base::Result<int> migrate_in_transaction(Connection& connection, std::span<const Migration> known,
                                         base::TimePoint now) {
  if (auto claimed = claim_file(connection); !claimed) return base::pass_on(claimed.error());
  return apply_migrations(connection, known, now,
                          [&](const std::string& sql) { return connection.script(sql); });
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
