#include "store/sqlite/sqlite_store.hpp"

#include <system_error>
#include <utility>

#include "store/database.hpp"
#include "store/sqlite/folder.hpp"
#include "store/sqlite/jobs.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/own_writes.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/writer.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;
using sqlite::Connection;
using sqlite::explain;
using sqlite::FileLock;
using sqlite::kDatabaseFile;
using sqlite::kServerLockFile;
using sqlite::kWriteLockFile;
using sqlite::make_directory;

constexpr std::chrono::milliseconds kLockPatience{10'000};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const app::Sealer& sealer, const base::Clock& clock, base::Random& random,
                 std::optional<FileLock> server_lock, std::unique_ptr<sqlite::Writer> writer,
                 std::unique_ptr<sqlite::ReaderPool> readers)
      : Database(sealer, clock, random),
        server_lock_(std::move(server_lock)),
        writer_(std::move(writer)),
        readers_(std::move(readers)) {}

  void observe(app::StoreObserver& observer) override {
    Database::observe(observer);
    writer_->watch([&observer](std::size_t commits) { observer.gathered(commits); });
  }

  Result<void> read(const Use& use) override {
    auto reader = readers_->borrow();
    if (!reader) return base::pass_on(reader.error());
    return use(**reader);
  }

  Result<void> change(const Use& use) override { return writer_->run(use); }

  Result<void> commit(const std::string& client_id, const std::vector<Prepared>& writes,
                      std::size_t bytes) override {
    return writer_->run(
        [&](Connection& db) { return sqlite::apply_all(db, client_id, clock().now(), writes); },
        bytes);
  }

  Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                      const app::ClaimLimits& limits) override {
    // Most polls find nothing: they must not cost a write transaction.
    const auto due = fetch([&](Session& db) { return sqlite::anything_due(db, now); });
    if (!due) return base::pass_on(due.error());
    if (!*due) return std::vector<app::Job>{};
    return changed<std::vector<app::Job>>(
        [&](Session& db) { return sqlite::claim_jobs(db, turns(), random(), now, lease, limits); });
  }

  Result<void> give_back(const std::vector<JobAndLease>& jobs, base::TimePoint now,
                         app::GiveBack how) override {
    return writer_->run([&](Connection& db) { return sqlite::give_back_jobs(db, jobs, now, how); });
  }

  Result<std::vector<std::string>> heartbeat(const std::vector<JobAndLease>& jobs,
                                             base::TimePoint until) override {
    return changed<std::vector<std::string>>(
        [&](Session& db) { return sqlite::prolong_leases(db, jobs, until); });
  }

  Result<std::optional<base::TimePoint>> next_due() override {
    return fetch([](Session& db) { return sqlite::next_due_of_all(db); });
  }

  Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    return fetch([&](Session& db) { return store::dead_jobs(db, limit); });
  }

 private:
  /// Runs `change(Session&) -> Result<T>` in the writer; the value counts only when the transaction
  /// is durable.
  template <typename T, typename Change>
  Result<T> changed(Change&& change) {
    std::optional<T> value;
    auto stored = writer_->run([&](Connection& db) -> Result<void> {
      Result<T> result = change(db);
      if (!result) return base::pass_on(result.error());
      value = std::move(*result);
      return {};
    });
    if (!stored) return base::pass_on(stored.error());
    return std::move(*value);
  }

  std::optional<FileLock> server_lock_;  ///< held as long as a server has the directory open
  // The writer closes last: its close may checkpoint, which needs all readers gone.
  std::unique_ptr<sqlite::Writer> writer_;
  std::unique_ptr<sqlite::ReaderPool> readers_;
};

/// Damage that is found within `patience`.
Result<void> check_integrity(Connection& db, std::chrono::milliseconds patience) {
  db.limit_time(std::chrono::steady_clock::now() + patience);
  auto verdict = db.one<std::string>(
      "PRAGMA quick_check(1)", [](const Row& row) -> Result<std::string> { return row.text(0); });
  const bool enough = db.timed_out();
  db.limit_time(std::nullopt);
  if (enough) return {};
  if (!verdict) return base::pass_on(verdict.error());
  if (*verdict != std::optional<std::string>("ok")) {
    return base::fail(ErrorCode::corrupt, "database: quick_check found damage");
  }
  return {};
}

/// A server that ends by itself leaves no log.
bool ended_by_itself(const std::filesystem::path& database) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(database.string() + "-wal", error);
  return error || bytes == 0;
}

struct Opened {
  std::unique_ptr<Connection> connection;
  FileLock write_lock;
  int migrated = 0;
};

/// Opens the writer's connection under the write lock, checks it and brings the schema up to date.
Result<Opened> open_database(const std::filesystem::path& directory, base::TimePoint now,
                             bool check) {
  const auto file = directory / kDatabaseFile;
  auto lock = FileLock::open(directory / kWriteLockFile);
  if (!lock) return base::pass_on(lock.error());
  if (auto locked = lock->lock(kLockPatience); !locked) return base::pass_on(locked.error());
  Result<Opened> result = [&]() -> Result<Opened> {
    const sqlite::LockedScope scope(*lock);
    const auto patience = ended_by_itself(file) ? kCheckAfterStop : kCheckAfterCrash;
    auto connection = Connection::open(file, Connection::Kind::writer, true);
    if (!connection) return base::pass_on(explain(connection.error(), file));
    if (check) {
      if (auto checked = check_integrity(**connection, patience); !checked) {
        return base::pass_on(explain(checked.error(), file));
      }
    }
    auto migrated = sqlite::migrate(**connection, sqlite::migrations(), now);
    if (!migrated) return base::pass_on(explain(migrated.error(), file));
    return Opened{std::move(*connection), FileLock(), *migrated};
  }();
  if (result) result->write_lock.swap(*lock);
  return result;
}

}  // namespace

Result<std::unique_ptr<app::Store>> open_sqlite_store(const std::filesystem::path& directory,
                                                      const app::Sealer& sealer,
                                                      const base::Clock& clock,
                                                      base::Random& random,
                                                      const SqliteOptions& options) {
  if (auto made = make_directory(directory); !made) return base::pass_on(made.error());
  const bool server = options.role == SqliteOptions::Role::server;
  std::optional<FileLock> server_lock;
  if (server) {
    auto lock = FileLock::open(directory / kServerLockFile);
    if (!lock) return base::pass_on(lock.error());
    if (!lock->try_lock()) {
      return base::fail(ErrorCode::conflict, "another Chartroom server uses the data directory " +
                                                 directory.string() + "; stop it first");
    }
    server_lock.emplace(std::move(*lock));
  }
  auto opened = open_database(directory, clock.now(), server && options.check_integrity);
  if (!opened) return base::pass_on(opened.error());

  sqlite::Writer::Upkeep upkeep;
  upkeep.checkpoints = server;
  if (server) {
    upkeep.tidy = [&clock](Connection& db) { return tidy(db, clock.now()); };
  }
  auto writer = std::make_unique<sqlite::Writer>(
      std::move(opened->connection), std::move(opened->write_lock), clock, std::move(upkeep));
  auto known = writer->run([&sealer](Connection& db) { return check_master_key(db, sealer); });
  if (!known) return base::pass_on(known.error());
  auto readers = sqlite::ReaderPool::open(directory / kDatabaseFile);
  if (!readers) return base::pass_on(explain(readers.error(), directory / kDatabaseFile));
  return make_store(std::make_unique<SqliteDatabase>(sealer, clock, random, std::move(server_lock),
                                                     std::move(writer), std::move(*readers)));
}

Result<int> migrate_sqlite(const std::filesystem::path& directory, const base::Clock& clock) {
  if (auto made = make_directory(directory); !made) return base::pass_on(made.error());
  auto opened = open_database(directory, clock.now(), false);
  if (!opened) return base::pass_on(opened.error());
  opened->connection->never_checkpoint_on_close();
  return opened->migrated;
}

Result<std::vector<std::string>> plan_sqlite(const std::filesystem::path& directory) {
  const auto file = directory / kDatabaseFile;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return names_of(sqlite::migrations());
  auto connection = Connection::open(file, Connection::Kind::reader, false);
  if (!connection) return base::pass_on(explain(connection.error(), file));
  (*connection)->never_checkpoint_on_close();
  const auto missing = missing_migrations(**connection, sqlite::migrations());
  if (!missing) return base::pass_on(explain(missing.error(), file));
  return names_of(*missing);
}

}  // namespace chartroom::store
