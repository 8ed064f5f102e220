#include "store/migrations.hpp"

#include "base/bytes.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;

base::Result<void> check(std::span<const AppliedMigration> applied,
                         std::span<const Migration> known) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i >= known.size()) {
      return base::fail(ErrorCode::conflict,
                        "the database has schema version " +
                            std::to_string(applied.back().version) + ", this binary knows only " +
                            std::to_string(known.back().version) +
                            " and does not work with it; start the newer Chartroom that wrote it, "
                            "or restore a backup made before the upgrade");
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

/// Whether everything that was applied after `known` lets a binary go on that knows no more. There
/// is the column then: whoever applied it knows more than we do.
base::Result<bool> works_with(Session& db, int known) {
  const auto refusing = db.number(
      "SELECT count(*) FROM schema_migrations WHERE version > ?1 "
      "AND (works_with IS NULL OR works_with > ?1)",
      known);
  if (!refusing) return base::pass_on(refusing.error());
  return refusing->value_or(1) == 0;
}

}  // namespace

base::Result<std::vector<AppliedMigration>> applied_migrations(Session& db) {
  return db.all<AppliedMigration>(
      "SELECT version, name, sha256 FROM schema_migrations ORDER BY version",
      [](const Row& row) -> base::Result<AppliedMigration> {
        return AppliedMigration{static_cast<int>(row.integer(0)), row.text(1), row.text(2)};
      });
}

base::Result<std::span<const Migration>> missing_from(const std::vector<AppliedMigration>& applied,
                                                      std::span<const Migration> known) {
  if (auto checked = check(applied, known); !checked) return base::pass_on(checked.error());
  return known.subspan(applied.size());
}

base::Result<std::span<const Migration>> missing_migrations(Session& db,
                                                            std::span<const Migration> known) {
  const auto applied = applied_migrations(db);
  if (!applied) return base::pass_on(applied.error());
  if (applied->size() > known.size()) {
    const auto common = std::span(*applied).first(known.size());
    if (auto checked = check(common, known); !checked) return base::pass_on(checked.error());
    const auto works = works_with(db, known.back().version);
    if (!works) return base::pass_on(works.error());
    if (*works) return known.last(0);
  }
  return missing_from(*applied, known);
}

base::Result<int> apply_migrations(
    Session& db, std::span<const Migration> known, base::TimePoint now,
    const std::function<base::Result<void>(const std::string&)>& script) {
  const auto missing = missing_migrations(db, known);
  if (!missing) return base::pass_on(missing.error());
  for (const Migration& migration : *missing) {
    if (auto run = script(std::string(migration.sql)); !run) {
      return base::fail(run.error().code,
                        "migration " + std::string(migration.name) +
                            " failed, nothing was changed: " + run.error().message);
    }
    auto noted = db.run(
        "INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (?, ?, ?, ?)",
        migration.version, migration.name, base::sha256_hex(migration.sql), now);
    if (!noted) return base::pass_on(noted.error());
    if (migration.works_with == 0) continue;  // the first ones came before the column
    auto said = db.run("UPDATE schema_migrations SET works_with = ? WHERE version = ?",
                       migration.works_with, migration.version);
    if (!said) return base::pass_on(said.error());
  }
  return static_cast<int>(missing->size());
}

std::vector<std::string> names_of(std::span<const Migration> migrations) {
  std::vector<std::string> names;
  for (const Migration& migration : migrations) names.emplace_back(migration.name);
  return names;
}

}  // namespace chartroom::store
