#include "store/postgres/migrate.hpp"

#include <array>

#include "store/postgres_migrations.hpp"

namespace chartroom::store::postgres {
namespace {

using base::ErrorCode;

constexpr std::array kMigrations{
    Migration{1, "0001_initial.sql", k0001InitialSql},
    Migration{2, "0002_fairness.sql", k0002FairnessSql},
    Migration{3, "0003_turns.sql", k0003TurnsSql},
    Migration{4, "0004_compatible.sql", k0004CompatibleSql},
};

base::Result<bool> has_table(Session& db, std::string_view name) {
  auto found = db.number("SELECT 1 FROM pg_class WHERE oid = to_regclass(?)", name);
  if (!found) return base::pass_on(found.error());
  return found->has_value();
}

/// An empty schema is ours to fill; one with tables but without our list of migrations is not.
base::Result<void> claim_schema(Connection& db) {
  const auto ours = has_table(db, "schema_migrations");
  if (!ours) return base::pass_on(ours.error());
  if (*ours) return {};
  const auto others = db.number(
      "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
      "AND relkind IN ('r', 'p')");
  if (!others) return base::pass_on(others.error());
  if (others->value_or(0) != 0) {
    return base::fail(ErrorCode::corrupt,
                      "the database holds tables of another program; give Chartroom a database of "
                      "its own");
  }
  return db.script(
      "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, name text NOT NULL, "
      "sha256 text NOT NULL, applied_at_ms bigint NOT NULL)");
}

base::Result<int> migrate_in_transaction(Connection& db, std::span<const Migration> known,
                                         base::TimePoint now) {
  // Whoever comes second waits here and then finds nothing to do. What is done here may take long.
  auto locked =
      db.script("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(482914, 1)");
  if (!locked) return base::pass_on(locked.error());
  if (auto claimed = claim_schema(db); !claimed) return base::pass_on(claimed.error());
  return apply_migrations(db, known, now, [&](const std::string& sql) { return db.script(sql); });
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

base::Result<std::span<const Migration>> plan(Connection& db, std::span<const Migration> known) {
  const auto ours = has_table(db, "schema_migrations");
  if (!ours) return base::pass_on(ours.error());
  if (!*ours) return known;
  return missing_migrations(db, known);
}

base::Result<int> migrate(Connection& db, std::span<const Migration> known, base::TimePoint now) {
  const auto missing = plan(db, known);
  if (!missing) return base::pass_on(missing.error());
  if (missing->empty()) return 0;
  if (auto begun = db.run("BEGIN ISOLATION LEVEL READ COMMITTED"); !begun)
    return base::pass_on(begun.error());
  auto result = migrate_in_transaction(db, known, now);
  if (result) {
    if (auto done = db.run("COMMIT"); !done) result = base::pass_on(done.error());
  }
  if (db.in_transaction()) (void)db.run("ROLLBACK");
  if (!result && result.error().message.find("42501") != std::string::npos) {
    return base::fail(ErrorCode::invalid_input,
                      "the database user may not create tables. Let it: GRANT CREATE, USAGE ON "
                      "SCHEMA public TO its name; or run 'chartroom migrate' as the owner (" +
                          result.error().message + ")");
  }
  return result;
}

}  // namespace chartroom::store::postgres
