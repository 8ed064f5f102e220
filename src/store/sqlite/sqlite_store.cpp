#include "store/sqlite/sqlite_store.hpp"

#include <sys/stat.h>

#include <system_error>
#include <utility>

#include "store/sqlite/columns.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/jobs.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/tenant_store.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;
using sqlite::Bytes;
using sqlite::Connection;
using sqlite::Engine;
using sqlite::FileLock;
using sqlite::Row;

constexpr const char* kDatabaseFile = "chartroom.db";
constexpr const char* kWriteLockFile = "chartroom.write.lock";
constexpr const char* kServerLockFile = "chartroom.server.lock";
constexpr std::chrono::milliseconds kLockPatience{10'000};

class SqliteStore final : public app::Store {
 public:
  explicit SqliteStore(Engine engine) : engine_(std::move(engine)) {}

  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<sqlite::SqliteTenantStore>(engine_, client_id);
  }

  Result<void> insert_application(const app::Application& application) override {
    return engine_.writer->run([&](Connection& db) -> Result<void> {
      auto inserted = db.run(
          "INSERT INTO applications (client_id, name, secret_hash, sandbox, enabled, "
          "default_order_type, clock_offset_ms, created_at_ms, previous_secret_hash, "
          "previous_secret_until_ms, tokens_valid_from_ms, settings) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          application.client_id, application.name, application.secret_hash, application.sandbox,
          application.enabled, application.default_order_type, application.clock_offset,
          application.created_at, application.previous_secret_hash,
          application.previous_secret_until, application.tokens_valid_from,
          app::settings_to_json(application.settings));
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  /// The clock is AdvanceClock's alone: an Application that was read before it moved must not turn
  /// it back.
  Result<void> update_application(const app::Application& application) override {
    return engine_.writer->run([&](Connection& db) -> Result<void> {
      auto updated = db.run(
          "UPDATE applications SET name = ?, secret_hash = ?, sandbox = ?, enabled = ?, "
          "default_order_type = ?, previous_secret_hash = ?, previous_secret_until_ms = ?, "
          "tokens_valid_from_ms = ?, settings = ?, version = version + 1 "
          "WHERE client_id = ? AND version = ?",
          application.name, application.secret_hash, application.sandbox, application.enabled,
          application.default_order_type, application.previous_secret_hash,
          application.previous_secret_until, application.tokens_valid_from,
          app::settings_to_json(application.settings), application.client_id, application.version);
      if (!updated) return base::pass_on(updated.error());
      if (*updated == 0) {
        return base::fail(
            ErrorCode::conflict,
            "the application was changed by somebody else at the same time; try again");
      }
      return {};
    });
  }

  Result<std::optional<app::Application>> find_application(const std::string& client_id) override {
    return engine_.read([&](Connection& db) {
      return db.one<app::Application>(
          "SELECT client_id, name, secret_hash, sandbox, enabled, default_order_type, "
          "clock_offset_ms, created_at_ms, previous_secret_hash, previous_secret_until_ms, "
          "tokens_valid_from_ms, settings, version FROM applications WHERE client_id = ?",
          read_application, client_id);
    });
  }

  Result<std::vector<app::Application>> applications() override {
    return engine_.read([&](Connection& db) {
      return db.all<app::Application>(
          "SELECT client_id, name, secret_hash, sandbox, enabled, default_order_type, "
          "clock_offset_ms, created_at_ms, previous_secret_hash, previous_secret_until_ms, "
          "tokens_valid_from_ms, settings, version FROM applications ORDER BY created_at_ms, "
          "client_id",
          read_application);
    });
  }

  Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                      std::size_t limit) override {
    // Most polls find nothing: they must not cost a write transaction.
    auto due = engine_.read([&](Connection& db) { return sqlite::anything_due(db, now); });
    if (!due) return base::pass_on(due.error());
    if (!*due || limit == 0) return std::vector<app::Job>{};
    return engine_.write<std::vector<app::Job>>(
        [&](Connection& db) { return sqlite::claim_jobs(db, engine_.random, now, lease, limit); });
  }

  Result<std::vector<std::string>> heartbeat(const std::vector<sqlite::JobAndLease>& job_and_lease,
                                             base::TimePoint now, base::Duration lease) override {
    if (job_and_lease.empty()) return std::vector<std::string>{};
    return engine_.write<std::vector<std::string>>(
        [&](Connection& db) { return sqlite::prolong_leases(db, job_and_lease, now + lease); });
  }

  Result<std::optional<base::TimePoint>> next_due() override {
    return engine_.read([](Connection& db) { return sqlite::next_due_of_all(db); });
  }

  Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    return engine_.read([&](Connection& db) { return sqlite::dead_jobs(db, limit); });
  }

  Result<std::vector<app::SigningKey>> signing_keys() override {
    const auto read_key = [this](const Row& row) -> Result<app::SigningKey> {
      app::SigningKey key;
      key.kid = row.text(0);
      key.created_at = row.time(1);
      if (!row.is_null(2)) key.retired_at = row.time(2);
      auto pem = engine_.sealer.open(row.view(3), key_context(key.kid));
      if (!pem) return base::pass_on(pem.error());
      key.private_pem = base::Sensitive<std::string>(std::move(*pem));
      return key;
    };
    return engine_.read([&](Connection& db) {
      return db.all<app::SigningKey>(
          "SELECT kid, created_at_ms, retired_at_ms, private_pem_sealed FROM signing_keys "
          "ORDER BY created_at_ms, kid",
          read_key);
    });
  }

  Result<void> insert_signing_key(const app::SigningKey& key) override {
    const std::string sealed = engine_.sealer.seal(key.private_pem.reveal(), key_context(key.kid));
    return engine_.writer->run([&](Connection& db) -> Result<void> {
      auto inserted = db.run(
          "INSERT INTO signing_keys (kid, created_at_ms, retired_at_ms, "
          "private_pem_sealed) VALUES (?, ?, ?, ?)",
          key.kid, key.created_at, key.retired_at, Bytes{sealed});
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  Result<void> rotate_signing_key(const app::SigningKey& key,
                                  base::TimePoint others_retire_at) override {
    const std::string sealed = engine_.sealer.seal(key.private_pem.reveal(), key_context(key.kid));
    return engine_.writer->run([&](Connection& db) -> Result<void> {
      auto retired = db.run(
          "UPDATE signing_keys SET retired_at_ms = ?1 "
          "WHERE retired_at_ms IS NULL OR retired_at_ms > ?1",
          others_retire_at);
      if (!retired) return base::pass_on(retired.error());
      auto inserted = db.run(
          "INSERT INTO signing_keys (kid, created_at_ms, retired_at_ms, "
          "private_pem_sealed) VALUES (?, ?, ?, ?)",
          key.kid, key.created_at, key.retired_at, Bytes{sealed});
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  Result<void> ping() override {
    return engine_.read([](Connection& db) -> Result<void> {
      auto answer = db.number("SELECT count(*) FROM schema_migrations");
      if (!answer) return base::pass_on(answer.error());
      return {};
    });
  }

 private:
  static Result<app::Application> read_application(const Row& row) {
    app::Application application;
    application.client_id = row.text(0);
    application.name = row.text(1);
    application.secret_hash = row.text(2);
    application.sandbox = row.flag(3);
    application.enabled = row.flag(4);
    application.default_order_type = row.text(5);
    application.clock_offset = base::Duration{row.integer(6)};
    application.created_at = row.time(7);
    application.previous_secret_hash = row.text(8);
    application.previous_secret_until = row.optional_time(9);
    application.tokens_valid_from = row.optional_time(10);
    auto settings = app::settings_from_json(row.view(11));
    if (!settings) return base::pass_on(settings.error());
    application.settings = std::move(*settings);
    application.version = row.integer(12);
    return application;
  }

  static std::string key_context(std::string_view kid) {
    return sqlite::Place{"", "signing_keys", "private_pem", kid}.context();
  }

  Engine engine_;
};

Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  if (directory.has_parent_path()) {
    std::filesystem::create_directories(directory.parent_path(), error);
  }
  if (::mkdir(directory.c_str(), 0700) != 0 && !std::filesystem::is_directory(directory, error)) {
    return base::fail(ErrorCode::unavailable, "cannot create the data directory " +
                                                  directory.string() +
                                                  "; check its parent's permissions");
  }
  return {};
}

/// SQLite's own words, followed by what an operator can do about it.
base::Error explain(base::Error error, const std::filesystem::path& file) {
  if (error.code == ErrorCode::corrupt && error.message.starts_with("database: ")) {
    error.message = file.string() + " is damaged or not a database; restore it from a backup (" +
                    error.message + ")";
  } else if (error.code == ErrorCode::unavailable) {
    error.message += "; is " + file.parent_path().string() + " writable and the disk not full?";
  }
  return error;
}

Result<void> check_integrity(Connection& db) {
  auto verdict = db.one<std::string>(
      "PRAGMA quick_check(1)", [](const Row& row) -> Result<std::string> { return row.text(0); });
  if (!verdict) return base::pass_on(verdict.error());
  if (*verdict != std::optional<std::string>("ok")) {
    return base::fail(ErrorCode::corrupt, "database: quick_check found damage");
  }
  return {};
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
    auto connection = Connection::open(file, Connection::Kind::writer, true);
    if (!connection) return base::pass_on(explain(connection.error(), file));
    if (check) {
      if (auto checked = check_integrity(**connection); !checked) {
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

/// Data sealed with another master key would be found out one answer after the other, and new data
/// would be sealed with the wrong one: it is asked once, before anything is done.
Result<void> check_master_key(Connection& db, const app::Sealer& sealer) {
  constexpr std::string_view kWord = "chartroom";
  const std::string context = sqlite::Place{"", "key_check", "sealed", "1"}.context();
  auto stored = db.one<std::string>(
      "SELECT sealed FROM key_check WHERE id = 1",
      [](const Row& row) -> Result<std::string> { return std::string(row.view(0)); });
  if (!stored) return base::pass_on(stored.error());
  if (*stored) {
    const auto opened = sealer.open(**stored, context);
    if (opened && *opened == kWord) return {};
    return base::fail(
        ErrorCode::invalid_input,
        "the master key is not the one that the data were sealed with; name the right file in "
        "CHARTROOM_KEY_FILE (or key_file)");
  }
  const std::string sealed = sealer.seal(kWord, context);
  auto inserted = db.run("INSERT INTO key_check (id, sealed) VALUES (1, ?)", Bytes{sealed});
  if (!inserted) return base::pass_on(inserted.error());
  return {};
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
    upkeep.tidy = [&clock](Connection& db) { return sqlite::tidy(db, clock.now()); };
  }
  auto writer = std::make_unique<sqlite::Writer>(
      std::move(opened->connection), std::move(opened->write_lock), clock, std::move(upkeep));
  auto known = writer->run([&sealer](Connection& db) { return check_master_key(db, sealer); });
  if (!known) return base::pass_on(known.error());
  auto readers = sqlite::ReaderPool::open(directory / kDatabaseFile);
  if (!readers) return base::pass_on(explain(readers.error(), directory / kDatabaseFile));
  return std::make_unique<SqliteStore>(Engine{sealer, clock, random, std::move(server_lock),
                                              std::move(writer), std::move(*readers)});
}

Result<int> migrate_sqlite(const std::filesystem::path& directory, const base::Clock& clock) {
  if (auto made = make_directory(directory); !made) return base::pass_on(made.error());
  auto opened = open_database(directory, clock.now(), false);
  if (!opened) return base::pass_on(opened.error());
  opened->connection->never_checkpoint_on_close();
  return opened->migrated;
}

}  // namespace chartroom::store
