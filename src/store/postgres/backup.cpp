#include "store/postgres/backup.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "store/database.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/facts.hpp"
#include "store/postgres/migrate.hpp"
#include "store/postgres/programs.hpp"

namespace chartroom::store {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using postgres::BackupFacts;
using postgres::Connection;
using postgres::Ended;
using postgres::ProgramAccess;

constexpr const char* kFactsFile = "chartroom-backup.json";
constexpr const char* kDataFolder = "data";

tl::unexpected<base::Error> told_by(const std::string& program, const Ended& ended,
                                    ErrorCode code = ErrorCode::unavailable) {
  return base::fail(code, program + " failed (exit code " + std::to_string(ended.exit_code) +
                              "): " + ended.errors);
}

Result<void> refuse_present(const std::filesystem::path& target) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(target, ignored))) return {};
  return base::fail(ErrorCode::conflict,
                    target.string() + " exists already; nothing is ever overwritten");
}

/// Keeps asking the server how far its log has come.
class LogWatch {
 public:
  LogWatch(Connection& db, const base::Clock& clock) : db_(db), clock_(clock) {}

  Result<void> sample() {
    const base::TimePoint before = clock_.now();
    const auto position = db_.number("SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint");
    if (!position) return base::pass_on(position.error());
    samples_.emplace_back(before, position->value_or(0));
    return {};
  }
  void sample_now_and_then() {
    constexpr std::chrono::milliseconds kPause{100};
    const auto now = std::chrono::steady_clock::now();
    if (failed_ || now < next_) return;
    next_ = now + kPause;
    failed_ = !sample();  // what was seen so far counts
  }
  /// The last time at which the log had not come further than that.
  [[nodiscard]] std::optional<base::TimePoint> last_before(std::int64_t end) const {
    std::optional<base::TimePoint> last;
    for (const auto& [time, position] : samples_) {
      if (position <= end) last = time;
    }
    return last;
  }

 private:
  Connection& db_;
  const base::Clock& clock_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point next_{};
  std::vector<std::pair<base::TimePoint, std::int64_t>> samples_;
};

base::Error explain_base_backup(const Ended& ended) {
  const std::string& words = ended.errors;
  std::string advice;
  if (words.find("replication role") != std::string::npos ||
      words.find("permission denied to start WAL sender") != std::string::npos) {
    advice = "let the user replicate (ALTER ROLE name REPLICATION), or take --logical";
  } else if (words.find("pg_hba.conf") != std::string::npos) {
    advice =
        "let the user in for replication (a line 'host replication name address method' in "
        "pg_hba.conf), or take --logical";
  } else if (words.find("number of requested standby connections") != std::string::npos ||
             words.find("max_wal_senders") != std::string::npos) {
    advice = "raise the server's max_wal_senders, or take --logical";
  }
  base::Error error = told_by("pg_basebackup", ended).value();
  if (!advice.empty()) {
    error.code = ErrorCode::invalid_input;
    error.message += ". What to do: " + advice;
  }
  return error;
}

/// The position at which the backup ends, from its manifest.
Result<std::int64_t> end_of_backup(const std::filesystem::path& data) {
  const auto text = postgres::read_whole(data / "backup_manifest");
  if (!text) return base::pass_on(text.error());
  boost::system::error_code error;
  const json::value manifest = json::parse(*text, error);
  std::int64_t end = 0;
  const json::value* ranges = error ? nullptr : manifest.find_pointer("/WAL-Ranges", error);
  if (ranges != nullptr && ranges->is_array()) {
    for (const json::value& range : ranges->get_array()) {
      const json::value* position = range.find_pointer("/End-LSN", error);
      if (position == nullptr || !position->is_string()) continue;
      end = std::max(end, postgres::log_position(std::string(position->get_string())).value_or(0));
    }
  }
  if (end == 0) return base::fail(ErrorCode::corrupt, "the backup's manifest names no end");
  return end;
}

/// Whether the log was read, too.
Result<bool> verify(const std::filesystem::path& data, const Progress& progress) {
  const auto program = postgres::find_program("pg_verifybackup", postgres::release_of(data));
  if (!program) return base::pass_on(program.error());
  // It asks the one that lies beside it.
  std::error_code ignored;
  const bool reads_log = std::filesystem::exists(program->parent_path() / "pg_waldump", ignored);
  std::vector<std::string> arguments{"--quiet"};
  if (!reads_log) arguments.emplace_back("--no-parse-wal");
  arguments.push_back(data.string());
  const auto ended =
      postgres::run_program(*program, arguments, {}, [&] { progress("checking the copy", 0, 0); });
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) return told_by("pg_verifybackup", *ended, ErrorCode::corrupt);
  return reads_log;
}

std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) bytes += entry->file_size(ignored);
  }
  return bytes;
}

Result<void> run_base_backup(int release, const ProgramAccess& access,
                             const std::filesystem::path& data, LogWatch& watch,
                             const Progress& progress) {
  const auto program = postgres::find_program("pg_basebackup", release);
  if (!program) return base::pass_on(program.error());
  const auto ended = postgres::run_program(
      *program,
      {"--pgdata=" + data.string(), "--format=plain", "--wal-method=stream", "--checkpoint=fast",
       "--no-password", "--label=chartroom", "--dbname=" + access.conninfo},
      access.password, [&] {
        watch.sample_now_and_then();
        progress("copying the database server", 0, 0);
      });
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) return base::pass_on(explain_base_backup(*ended));
  return {};
}

Result<void> require_empty(Connection& db) {
  const auto tables = db.number(
      "SELECT count(*) FROM pg_class WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace "
      "WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema') AND relkind IN ('r', 'p', "
      "'v', 'm', 'S')");
  if (!tables) return base::pass_on(tables.error());
  if (tables->value_or(0) == 0) return {};
  return base::fail(ErrorCode::conflict,
                    "the database is not empty. Nothing is ever overwritten; make an empty one "
                    "(createdb --owner=NAME NAME) and name it in --database");
}

/// Reads a dump to its end, which no list of contents does.
Result<void> read_dump(const std::filesystem::path& file, const Progress& progress) {
  const auto program = postgres::find_program("pg_restore");
  if (!program) return base::pass_on(program.error());
  const auto ended = postgres::run_program(*program, {"--file=/dev/null", file.string()}, {},
                                           [&] { progress("checking the dump", 0, 0); });
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) {
    auto told = told_by("pg_restore", *ended, ErrorCode::corrupt);
    return base::fail(ErrorCode::corrupt,
                      file.string() + " is no whole dump of a database: " + told.value().message);
  }
  return {};
}

/// The lines of one small table in a dump, in COPY's text format.
Result<std::vector<std::string>> rows_in_dump(const std::filesystem::path& file,
                                              const std::string& table) {
  const auto program = postgres::find_program("pg_restore");
  if (!program) return base::pass_on(program.error());
  const auto ended = postgres::run_program(
      *program, {"--data-only", "--table=" + table, "--file=-", file.string()}, {}, [] {});
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) return told_by("pg_restore", *ended, ErrorCode::corrupt);
  std::vector<std::string> rows;
  std::istringstream lines(ended->output);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (inside && line == "\\.") break;
    if (inside) rows.push_back(line);
    inside = inside || line.starts_with("COPY ");
  }
  return rows;
}

std::vector<std::string> columns_of(const std::string& row) {
  std::vector<std::string> columns;
  std::istringstream parts(row);
  for (std::string part; std::getline(parts, part, '\t');) columns.push_back(part);
  return columns;
}

Result<BackupFacts> facts_in_dump(const std::filesystem::path& file) {
  BackupFacts facts;
  const auto broken = [&] {
    return base::fail(ErrorCode::corrupt, file.string() + " is no dump of a Chartroom store");
  };
  const auto migrations = rows_in_dump(file, "schema_migrations");
  if (!migrations) return base::pass_on(migrations.error());
  for (const std::string& row : *migrations) {
    const auto columns = columns_of(row);
    int version = 0;
    if (columns.size() < 3) return broken();
    std::from_chars(columns[0].data(), columns[0].data() + columns[0].size(), version);
    facts.migrations.push_back({version, columns[1], columns[2]});
  }
  std::sort(facts.migrations.begin(), facts.migrations.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  const auto keys = rows_in_dump(file, "key_check");
  if (!keys) return base::pass_on(keys.error());
  for (const std::string& row : *keys) {
    const auto columns = columns_of(row);
    // A backslash is doubled in COPY's text, and bytes begin with "\x".
    constexpr std::string_view kHex = "\\\\x";
    if (columns.size() < 2 || !columns[1].starts_with(kHex)) return broken();
    const auto word = base::from_hex(columns[1].substr(kHex.size()));
    if (!word) return broken();
    facts.key_word = *word;
  }
  if (facts.migrations.empty()) return broken();
  return facts;
}

Result<PostgresRestored> check_facts(const BackupFacts& facts, const app::Sealer& sealer) {
  const auto missing = missing_from(facts.migrations, postgres::migrations());
  if (!missing) return base::pass_on(missing.error());
  if (!facts.key_word.empty()) {
    if (auto known = check_key_word(facts.key_word, sealer); !known)
      return base::pass_on(known.error());
  }
  PostgresRestored restored;
  restored.contains_until = facts.contains_until;
  restored.schema_version = facts.migrations.empty() ? 0 : facts.migrations.back().version;
  restored.migrations_missing = static_cast<int>(missing->size());
  return restored;
}

/// Copies a folder, its files durable and as closed as they were; as root, owned by `owner`.
Result<void> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                         std::optional<std::pair<unsigned, unsigned>> owner,
                         const Progress& progress) {
  const std::uint64_t total = bytes_below(from);
  std::uint64_t done = 0;
  std::error_code error;
  const auto take_over = [&](const std::filesystem::path& path) {
    if (owner && ::chown(path.c_str(), owner->first, owner->second) != 0 && !error) {
      error = std::error_code(errno, std::generic_category());
    }
  };
  std::filesystem::create_directory(to, from, error);
  take_over(to);
  for (std::filesystem::recursive_directory_iterator entry(from, error), end;
       !error && entry != end; entry.increment(error)) {
    const auto copy = to / std::filesystem::relative(entry->path(), from);
    if (entry->is_directory()) {
      std::filesystem::create_directory(copy, entry->path(), error);
    } else if (entry->is_regular_file()) {
      auto in = OpenFile::to_read(entry->path());
      if (!in) return base::pass_on(in.error());
      auto out = OpenFile::create(copy);
      if (!out) return base::pass_on(out.error());
      const auto quiet = [](const std::string&, std::uint64_t, std::uint64_t) {};
      auto copied = copy_bytes(*in, *out, entry->file_size(), "copying the backup", quiet);
      if (copied) copied = out->sync();
      if (!copied) return copied;
      done += entry->file_size();
      progress("copying the backup", done, total);
    } else {
      return base::fail(
          ErrorCode::invalid_input,
          entry->path().string() +
              " is neither file nor folder. A server with tablespaces is not restored "
              "by this command");
    }
    take_over(copy);
  }
  if (error) {
    return base::fail(ErrorCode::unavailable,
                      "cannot make " + to.string() + ": " + error.message());
  }
  return {};
}

/// An empty folder's owner, for root, who cannot run a server.
Result<std::optional<std::pair<unsigned, unsigned>>> make_room(
    const std::filesystem::path& data_directory) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(data_directory, error);
  std::optional<std::pair<unsigned, unsigned>> owner;
  if (!std::filesystem::exists(status)) return owner;
  if (!std::filesystem::is_directory(status) || !std::filesystem::is_empty(data_directory, error)) {
    return base::fail(ErrorCode::conflict,
                      data_directory.string() +
                          " is not empty. Nothing is ever overwritten; name an empty or a new "
                          "folder");
  }
  if (::geteuid() == 0) owner = postgres::owner_of(data_directory);
  if (!std::filesystem::remove(data_directory, error) || error) {
    return base::fail(ErrorCode::unavailable,
                      "cannot put " + data_directory.string() + " in place: " + error.message() +
                          ". A file system's own root cannot be it; name a folder inside");
  }
  return owner;
}

}  // namespace

Result<PostgresBackup> backup_postgres(const PostgresOptions& options,
                                       const std::filesystem::path& target,
                                       const base::Clock& clock, const Progress& progress) {
  if (auto absent = refuse_present(target); !absent) return base::pass_on(absent.error());
  const auto access = postgres::access_of(options);
  if (!access) return base::pass_on(access.error());
  const auto db = Connection::open(options);
  if (!db) return base::pass_on(db.error());
  auto facts = postgres::read_facts(**db);
  if (!facts) return base::pass_on(facts.error());
  const auto release = postgres::release_of(**db);
  if (!release) return base::pass_on(release.error());
  LogWatch watch(**db, clock);
  if (auto seen = watch.sample(); !seen) return base::pass_on(seen.error());

  const auto folder = unfinished_name(target);
  RemoveUnlessKept unfinished(folder);
  if (auto made = postgres::make_private_folder(folder); !made) return base::pass_on(made.error());
  const auto data = folder / kDataFolder;
  if (auto copied = run_base_backup(*release, *access, data, watch, progress); !copied)
    return base::pass_on(copied.error());
  const auto end = end_of_backup(data);
  if (!end) return base::pass_on(end.error());
  const auto until = watch.last_before(*end);
  if (!until) return base::fail(ErrorCode::internal, "the backup ends before it began");
  const auto log_was_read = verify(data, progress);
  if (!log_was_read) return base::pass_on(log_was_read.error());
  facts->contains_until = *until;
  if (auto noted = postgres::write_facts(folder / kFactsFile, *facts); !noted)
    return base::pass_on(noted.error());
  if (auto synced = sync_folder(folder); !synced) return base::pass_on(synced.error());
  PostgresBackup made{*until, bytes_below(folder), facts->schema_version(), *log_was_read};
  if (auto named = publish(folder, target); !named) return base::pass_on(named.error());
  unfinished.keep();
  return made;
}

Result<PostgresBackup> dump_postgres(const PostgresOptions& options,
                                     const std::filesystem::path& target, const base::Clock& clock,
                                     const Progress& progress) {
  if (auto absent = refuse_present(target); !absent) return base::pass_on(absent.error());
  const auto access = postgres::access_of(options);
  if (!access) return base::pass_on(access.error());
  const auto db = Connection::open(options);
  if (!db) return base::pass_on(db.error());
  const auto facts = postgres::read_facts(**db);
  if (!facts) return base::pass_on(facts.error());
  const auto release = postgres::release_of(**db);
  if (!release) return base::pass_on(release.error());
  const auto program = postgres::find_program("pg_dump", *release);
  if (!program) return base::pass_on(program.error());
  const auto file = unfinished_name(target);
  RemoveUnlessKept unfinished(file);
  // Made first, so that it is nobody else's to read.
  if (auto made = OpenFile::create(file); !made) return base::pass_on(made.error());
  const base::TimePoint started = clock.now();
  const auto ended =
      postgres::run_program(*program,
                            {"--format=custom", "--no-password", "--no-owner", "--no-privileges",
                             "--file=" + file.string(), "--dbname=" + access->conninfo},
                            access->password, [&] { progress("dumping the database", 0, 0); });
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) return told_by("pg_dump", *ended);
  if (auto read = read_dump(file, progress); !read) return base::pass_on(read.error());
  std::error_code ignored;
  PostgresBackup made{started, std::filesystem::file_size(file, ignored), facts->schema_version(),
                      true};
  if (auto named = publish(file, target); !named) return base::pass_on(named.error());
  unfinished.keep();
  return made;
}

Result<PostgresRestored> restore_postgres(const std::filesystem::path& folder,
                                          const std::filesystem::path& data_directory,
                                          const app::Sealer& sealer, const Progress& progress) {
  const auto facts = postgres::load_facts(folder / kFactsFile);
  if (!facts) return base::pass_on(facts.error());
  auto restored = check_facts(*facts, sealer);
  if (!restored) return restored;
  const auto owner = make_room(data_directory);
  if (!owner) return base::pass_on(owner.error());
  const auto copy = unfinished_name(data_directory);
  RemoveUnlessKept unfinished(copy);
  if (auto copied = copy_folder(folder / kDataFolder, copy, *owner, progress); !copied)
    return base::pass_on(copied.error());
  const auto log_was_read = verify(copy, progress);
  if (!log_was_read) return base::pass_on(log_was_read.error());
  restored->log_was_read = *log_was_read;
  if (auto named = publish(copy, data_directory); !named) return base::pass_on(named.error());
  unfinished.keep();
  return restored;
}

Result<PostgresRestored> load_postgres(const PostgresOptions& options,
                                       const std::filesystem::path& file, const app::Sealer& sealer,
                                       const Progress& progress) {
  if (auto read = read_dump(file, progress); !read) return base::pass_on(read.error());
  const auto facts = facts_in_dump(file);
  if (!facts) return base::pass_on(facts.error());
  auto restored = check_facts(*facts, sealer);
  if (!restored) return restored;
  const auto access = postgres::access_of(options);
  if (!access) return base::pass_on(access.error());
  const auto db = Connection::open(options);
  if (!db) return base::pass_on(db.error());
  if (auto empty = require_empty(**db); !empty) return base::pass_on(empty.error());
  const auto release = postgres::release_of(**db);
  if (!release) return base::pass_on(release.error());
  const auto program = postgres::find_program("pg_restore", *release);
  if (!program) return base::pass_on(program.error());
  const auto ended = postgres::run_program(
      *program,
      {"--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password",
       "--dbname=" + access->conninfo, file.string()},
      access->password, [&] { progress("loading the dump", 0, 0); });
  if (!ended) return base::pass_on(ended.error());
  if (ended->exit_code != 0) return told_by("pg_restore", *ended);
  return restored;
}

Result<int> check_postgres(const PostgresOptions& options, const app::Sealer& sealer) {
  const auto db = Connection::open(options);
  if (!db) return base::pass_on(db.error());
  const auto facts = postgres::read_facts(**db);
  if (!facts) return base::pass_on(facts.error());
  const auto checked = check_facts(*facts, sealer);
  if (!checked) return base::pass_on(checked.error());
  return checked->schema_version;
}

BackupKind kind_of_backup(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return std::filesystem::exists(path / kFactsFile, ignored) ? BackupKind::postgres_folder
                                                               : BackupKind::unknown;
  }
  const auto file = OpenFile::to_read(path);
  if (!file) return BackupKind::unknown;
  const std::string begin = file->read_at(0, 16).value_or("");
  if (begin.starts_with("SQLite format 3")) return BackupKind::sqlite_file;
  if (begin.starts_with("PGDMP")) return BackupKind::postgres_dump;
  return BackupKind::unknown;
}

}  // namespace chartroom::store
