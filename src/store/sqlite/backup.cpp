#include "store/sqlite/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <system_error>
#include <utility>

#include "store/database.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/folder.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/wal_mark.hpp"
#include "store/sqlite/write_lock.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;
using sqlite::Connection;
using sqlite::explain;
using sqlite::FileLock;
using sqlite::kDatabaseFile;
using sqlite::WalMark;

std::filesystem::path log_of(const std::filesystem::path& database) {
  return database.string() + "-wal";
}
std::filesystem::path index_of(const std::filesystem::path& database) {
  return database.string() + "-shm";
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

Result<std::string> first_text(Connection& db, std::string_view sql) {
  auto text =
      db.one<std::string>(sql, [](const Row& row) -> Result<std::string> { return row.text(0); });
  if (!text) return base::pass_on(text.error());
  return text->value_or("");
}

Result<void> check_all_pages(Connection& db) {
  const auto verdict = first_text(db, "PRAGMA integrity_check(1)");
  if (!verdict) return base::pass_on(verdict.error());
  if (*verdict != "ok") return base::fail(ErrorCode::corrupt, "integrity_check found damage");
  return {};
}

struct Schema {
  int version = 0;
  int missing = 0;  ///< migrations that this binary has and the database has not
};

Result<Schema> check_schema(Connection& db) {
  const auto ours = db.number(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
  if (!ours) return base::pass_on(ours.error());
  if (ours->value_or(0) == 0) {
    return base::fail(ErrorCode::corrupt, "this is no database of Chartroom");
  }
  const auto missing = missing_migrations(db, sqlite::migrations());
  if (!missing) return base::pass_on(missing.error());
  const auto version = db.number("SELECT max(version) FROM schema_migrations");
  if (!version) return base::pass_on(version.error());
  return Schema{static_cast<int>(version->value_or(0)), static_cast<int>(missing->size())};
}

/// Makes a finished copy durable.
Result<void> sync(const std::filesystem::path& path) {
  auto file = OpenFile::to_read(path);
  if (!file) return base::pass_on(file.error());
  return file->sync();
}

/// Steps 1 to 3: copies a database that others use.
class LiveCopy {
 public:
  LiveCopy(std::filesystem::path source, std::filesystem::path copy, const base::Clock& clock,
           const Progress& progress)
      : source_(std::move(source)), copy_(std::move(copy)), clock_(clock), progress_(progress) {}

  Result<void> run() {
    auto begun = begin();
    if (begun) begun = copy_database();
    for (int tries = 0; begun; ++tries) {
      auto copied = copy_log();
      if (!copied) return base::pass_on(copied.error());
      if (*copied) return {};
      if (tries == kLogTries) break;
    }
    if (!begun) return begun;
    return base::fail(ErrorCode::unavailable, "the database's log kept starting anew; try again");
  }

  [[nodiscard]] base::TimePoint contains_until() const { return contains_until_; }
  [[nodiscard]] std::uint32_t frames() const { return frames_; }

 private:
  /// It starts anew once at most while a reader lives.
  static constexpr int kLogTries = 5;

  Result<void> begin() {
    auto database = OpenFile::to_read(source_);
    if (!database) return base::pass_on(database.error());
    database_.emplace(std::move(*database));
    auto reader = Connection::open(source_, Connection::Kind::reader, false);
    if (!reader) return base::pass_on(explain(reader.error(), source_));
    (*reader)->never_checkpoint_on_close();
    reader_ = std::move(*reader);
    if (auto begun = reader_->run("BEGIN"); !begun) return base::pass_on(begun.error());
    // The transaction begins with its first read.
    if (auto checked = check_schema(*reader_); !checked) {
      return base::pass_on(explain(checked.error(), source_));
    }
    auto index = OpenFile::to_read(index_of(source_));
    if (!index) return base::pass_on(index.error());
    index_.emplace(std::move(*index));
    return {};
  }

  Result<void> copy_database() {
    auto copy = OpenFile::create(copy_);
    if (!copy) return base::pass_on(copy.error());
    const auto size = database_->size();
    if (!size) return base::pass_on(size.error());
    return copy_bytes(*database_, *copy, *size, "copying the database", progress_);
  }

  /// False: the log was started anew meanwhile.
  Result<bool> copy_log() {
    contains_until_ = clock_.now();
    const auto mark = sqlite::read_wal_mark(*index_);
    if (!mark) return base::pass_on(mark.error());
    frames_ = mark->frames;
    if (mark->frames == 0) return true;
    auto log = OpenFile::to_read(log_of(source_));
    if (!log) return base::pass_on(log.error());
    std::error_code ignored;
    std::filesystem::remove(log_of(copy_), ignored);
    auto copy = OpenFile::create(log_of(copy_));
    if (!copy) return base::pass_on(copy.error());
    auto copied = copy_bytes(*log, *copy, mark->bytes(), "copying the log", progress_);
    if (!copied) return base::pass_on(copied.error());
    // A new life of the log begins with its header, and then overwrites frames.
    for (const OpenFile* file : {&*log, &*copy}) {
      const auto salt = sqlite::read_wal_salt(*file);
      if (!salt) return base::pass_on(salt.error());
      if (*salt != mark->salt) return false;
    }
    return true;
  }

  std::filesystem::path source_;
  std::filesystem::path copy_;
  const base::Clock& clock_;
  const Progress& progress_;
  base::TimePoint contains_until_{};
  std::uint32_t frames_ = 0;
  // Closed after the reader, whose locks would end with them.
  std::optional<OpenFile> database_;
  std::optional<OpenFile> index_;
  std::unique_ptr<Connection> reader_;
};

/// Step 4: replays the log, checks the copy and leaves one file.
Result<Schema> finish_copy(const std::filesystem::path& copy, std::uint32_t frames,
                           const Progress& progress) {
  auto opened = Connection::open(copy, Connection::Kind::writer, false);
  if (!opened) return base::pass_on(opened.error());
  Connection& db = **opened;
  // Columns: busy, frames in the log, frames copied into the database.
  const auto replayed =
      db.one<std::int64_t>("PRAGMA wal_checkpoint(PASSIVE)",
                           [](const Row& row) -> Result<std::int64_t> { return row.integer(1); });
  if (!replayed) return base::pass_on(replayed.error());
  if (replayed->value_or(-1) != std::int64_t{frames}) {
    return base::fail(ErrorCode::corrupt, "the copy of the log is not whole");
  }
  progress("checking the copy", 0, 0);
  if (auto checked = check_all_pages(db); !checked) return base::pass_on(checked.error());
  auto schema = check_schema(db);
  if (!schema) return schema;
  const auto mode = first_text(db, "PRAGMA journal_mode = DELETE");
  if (!mode) return base::pass_on(mode.error());
  if (*mode != "delete") return base::fail(ErrorCode::internal, "the copy stays in two files");
  return schema;
}

/// A stranger's file may be anything, so SQLite says what is wrong with it in its own way.
base::Error explain_backup(base::Error error, const std::filesystem::path& file) {
  if (error.code == ErrorCode::corrupt) {
    error.message = file.string() + " is no whole backup of a Chartroom store: " + error.message;
  }
  return error;
}

Result<void> refuse_present_store(const std::filesystem::path& directory) {
  const auto database = directory / kDatabaseFile;
  for (const auto& path : {database, log_of(database), index_of(database)}) {
    if (!is_there(path)) continue;
    return base::fail(ErrorCode::conflict,
                      "there is a store already: " + path.string() +
                          ". Nothing is ever overwritten; restore into another directory, or move "
                          "this one away");
  }
  return {};
}

Result<FileLock> hold_directory(const std::filesystem::path& directory) {
  if (auto made = sqlite::make_directory(directory); !made) return base::pass_on(made.error());
  auto lock = FileLock::open(directory / sqlite::kServerLockFile);
  if (!lock) return base::pass_on(lock.error());
  if (!lock->try_lock()) {
    return base::fail(ErrorCode::conflict, "a Chartroom server uses the data directory " +
                                               directory.string() + "; stop it first");
  }
  return lock;
}

Result<SqliteRestored> restore_copy(const std::filesystem::path& file,
                                    const std::filesystem::path& copy, const app::Sealer& sealer,
                                    const std::optional<std::string>& sha256,
                                    const Progress& progress) {
  SqliteRestored restored;
  {
    const auto from = OpenFile::to_read(file);
    if (!from) return base::pass_on(from.error());
    const auto size = from->size();
    if (!size) return base::pass_on(size.error());
    restored.bytes = *size;
    auto to = OpenFile::create(copy);
    if (!to) return base::pass_on(to.error());
    base::Sha256 sum;
    auto copied = copy_bytes(*from, *to, *size, "copying the backup", progress, &sum);
    if (!copied) return base::pass_on(copied.error());
    restored.sha256 = sum.finish();
  }
  if (sha256 && *sha256 != restored.sha256) {
    return base::fail(ErrorCode::invalid_input,
                      "--sha256: the file has another one, " + restored.sha256);
  }
  progress("checking the copy", 0, 0);
  auto schema = finish_copy(copy, 0, progress);
  if (!schema) return base::pass_on(explain_backup(schema.error(), file));
  restored.schema_version = schema->version;
  restored.migrations_missing = schema->missing;
  auto db = Connection::open(copy, Connection::Kind::reader, false);
  if (!db) return base::pass_on(db.error());
  if (auto known = find_master_key(**db, sealer); !known) return base::pass_on(known.error());
  return restored;
}

}  // namespace

Result<SqliteBackup> backup_sqlite(const std::filesystem::path& directory,
                                   const std::filesystem::path& target, const base::Clock& clock,
                                   const Progress& progress) {
  const auto source = directory / kDatabaseFile;
  if (!is_there(source)) {
    return base::fail(ErrorCode::invalid_input, "--data: there is no store in " +
                                                    directory.string() + " (" + source.string() +
                                                    " is missing)");
  }
  if (is_there(target)) {
    return base::fail(ErrorCode::conflict,
                      target.string() + " exists already; nothing is ever overwritten");
  }
  const auto copy = unfinished_name(target);
  RemoveUnlessKept unfinished(copy);
  SqliteBackup made;
  std::uint32_t frames = 0;
  {
    LiveCopy live(source, copy, clock, progress);
    if (auto copied = live.run(); !copied) return base::pass_on(copied.error());
    made.contains_until = live.contains_until();
    frames = live.frames();
  }
  const auto schema = finish_copy(copy, frames, progress);
  if (!schema) return base::pass_on(schema.error());
  made.schema_version = schema->version;
  auto sum = sha256_of(copy, "reading the copy", progress);
  if (!sum) return base::pass_on(sum.error());
  made.sha256 = std::move(*sum);
  std::error_code ignored;
  made.bytes = std::filesystem::file_size(copy, ignored);
  if (auto synced = sync(copy); !synced) return base::pass_on(synced.error());
  if (auto named = publish(copy, target); !named) return base::pass_on(named.error());
  unfinished.keep();
  return made;
}

Result<SqliteRestored> restore_sqlite(const std::filesystem::path& file,
                                      const std::filesystem::path& directory,
                                      const app::Sealer& sealer,
                                      const std::optional<std::string>& sha256,
                                      const Progress& progress) {
  const auto lock = hold_directory(directory);
  if (!lock) return base::pass_on(lock.error());
  if (auto empty = refuse_present_store(directory); !empty) return base::pass_on(empty.error());
  if (is_there(log_of(file))) {
    return base::fail(ErrorCode::invalid_input,
                      "beside " + file.string() + " lies its log, " + log_of(file).string() +
                          ": that is a store in use, or a copy made by hand. Make a backup of it "
                          "with 'chartroom backup'");
  }
  const auto target = directory / kDatabaseFile;
  const auto copy = unfinished_name(target);
  RemoveUnlessKept unfinished(copy);
  auto restored = restore_copy(file, copy, sealer, sha256, progress);
  if (!restored) return restored;
  if (auto synced = sync(copy); !synced) return base::pass_on(synced.error());
  if (auto named = publish(copy, target); !named) return base::pass_on(named.error());
  unfinished.keep();
  return restored;
}

Result<int> check_sqlite(const std::filesystem::path& directory, const app::Sealer& sealer) {
  const auto file = directory / kDatabaseFile;
  if (!is_there(file)) {
    return base::fail(ErrorCode::invalid_input,
                      "--data: there is no store in " + directory.string());
  }
  auto db = Connection::open(file, Connection::Kind::reader, false);
  if (!db) return base::pass_on(explain(db.error(), file));
  (*db)->never_checkpoint_on_close();
  if (auto checked = check_all_pages(**db); !checked) {
    return base::pass_on(base::Error{
        checked.error().code,
        file.string() + ": " + checked.error().message + "; stop the server and restore a backup"});
  }
  const auto schema = check_schema(**db);
  if (!schema) return base::pass_on(explain(schema.error(), file));
  if (auto known = find_master_key(**db, sealer); !known) return base::pass_on(known.error());
  return schema->version;
}

}  // namespace chartroom::store
