#include "store/sqlite/connection.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

/// How long a statement waits for another process of ours before it gives up.
constexpr int kBusyTimeoutMs = 5'000;

ErrorCode code_of(int extended) {
  if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return ErrorCode::conflict;
  }
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return ErrorCode::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    default:
      return ErrorCode::internal;
  }
}

/// sqlite3_errstr() gives fixed words. sqlite3_errmsg() could repeat parts of a statement.
std::string message_of(int extended) {
  return std::string("database: ") + sqlite3_errstr(extended) + " (SQLite result " +
         std::to_string(extended) + ")";
}

/// SQLite would create the file with the mode that umask leaves, and gives -wal and -shm the mode
/// of the database: so the mode is set before SQLite sees the file.
base::Result<void> create_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return base::fail(ErrorCode::unavailable, "cannot open or create " + file.string());
  }
  const bool tightened = ::fchmod(descriptor, 0600) == 0;
  ::close(descriptor);
  if (!tightened) {
    return base::fail(ErrorCode::unavailable,
                      "cannot set the mode of " + file.string() + " to 0600");
  }
  return {};
}

// Checkpoints run by the Writer's rule alone, hence wal_autocheckpoint = 0.
constexpr const char* kCommonPragmas =
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA cache_size = -16000;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA trusted_schema = OFF;";
constexpr const char* kWriterPragmas =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;";
constexpr const char* kReaderPragmas = "PRAGMA query_only = ON;";

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::string_view view(int column) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

/// Bound without a copy: values outlive the run.
bool bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (value.is_null) return sqlite3_bind_null(statement, index) == SQLITE_OK;
  // A null pointer would bind NULL.
  const char* data = value.view.data() == nullptr ? "" : value.view.data();
  switch (value.kind) {
    case Value::Kind::integer:
      return sqlite3_bind_int64(statement, index, value.number) == SQLITE_OK;
    case Value::Kind::text:
      return sqlite3_bind_text64(statement, index, data, value.view.size(), SQLITE_STATIC,
                                 SQLITE_UTF8) == SQLITE_OK;
    case Value::Kind::bytes:
      return sqlite3_bind_blob64(statement, index, data, value.view.size(), SQLITE_STATIC) ==
             SQLITE_OK;
  }
  return false;
}

}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file,
                                                           Kind kind, bool create) {
  if (create) {
    if (auto made = create_private_file(file); !made) return base::pass_on(made.error());
  }
  sqlite3* handle = nullptr;
  const int opened =
      sqlite3_open_v2(file.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (opened != SQLITE_OK) return base::fail(code_of(opened), message_of(opened));
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  const char* own = kind == Kind::writer ? kWriterPragmas : kReaderPragmas;
  if (auto set = connection->script(std::string(own) + kCommonPragmas); !set) {
    return base::pass_on(set.error());
  }
  // After the pragmas: wal_autocheckpoint is built upon the same hook and would replace it.
  sqlite3_wal_hook(
      handle,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      connection.get());
  return connection;
}

Connection::~Connection() {
  for (const auto& entry : statements_) sqlite3_finalize(entry.second);
  sqlite3_close(handle_);
}

base::Result<sqlite3_stmt*> Connection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (prepared != SQLITE_OK) return failure();
  statements_.emplace(sql, statement);
  return statement;
}

base::Result<bool> Connection::step(sqlite3_stmt* statement) {
  const int stepped = sqlite3_step(statement);
  if (stepped == SQLITE_ROW) return true;
  if (stepped == SQLITE_DONE) return false;
  return failure();
}

tl::unexpected<base::Error> Connection::failure() const {
  const int extended = sqlite3_extended_errcode(handle_);
  return base::fail(code_of(extended), message_of(extended));
}

base::Result<void> Connection::script(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

base::Result<std::int64_t> Connection::execute(std::string_view sql, std::span<const Value> values,
                                               const OnRow& on_row) {
  auto prepared = prepare(sql);
  if (!prepared) return base::pass_on(prepared.error());
  const Running running(*prepared);
  int index = 0;
  for (const Value& value : values) {
    if (!bind(*prepared, ++index, value)) return failure();
  }
  for (;;) {
    auto more = step(*prepared);
    if (!more) return base::pass_on(more.error());
    if (!*more) return sqlite3_changes64(handle_);
    if (auto taken = on_row(SqliteRow(*prepared)); !taken) return base::pass_on(taken.error());
  }
}

std::int64_t Connection::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Connection::steps_taken() const {
  std::int64_t steps = 0;
  for (const auto& [sql, statement] : statements_) {
    steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
  }
  return steps;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

base::Result<void> Connection::checkpoint() {
  const int done =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (done != SQLITE_OK) return failure();
  return {};
}

void Connection::limit_time(std::optional<std::chrono::steady_clock::time_point> until) {
  constexpr int kStepsBetweenLooks = 1'000;  // of SQLite's machine: microseconds
  timed_out_ = false;
  if (!until) {
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
    return;
  }
  until_ = *until;
  sqlite3_progress_handler(
      handle_, kStepsBetweenLooks,
      [](void* self) {
        auto* connection = static_cast<Connection*>(self);
        connection->timed_out_ = std::chrono::steady_clock::now() >= connection->until_;
        return connection->timed_out_ ? 1 : 0;
      },
      this);
}

void Connection::never_checkpoint_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Connection::Running::~Running() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

}  // namespace chartroom::store::sqlite
