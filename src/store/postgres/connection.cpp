#include "store/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "store/postgres/connect.hpp"

namespace chartroom::store::postgres {
namespace {

using base::ErrorCode;

constexpr int kServerVersionLeast = 150'000;
/// Above the server's own time-out: it is the one to end a statement that takes too long.
constexpr std::chrono::milliseconds kServerAnswers{5'000};

struct FreeResult {
  void operator()(pg_result* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<pg_result, FreeResult>;

/// Rows come in binary: integers in network byte order, text and bytes as they are.
class PostgresRow final : public Row {
 public:
  PostgresRow(const pg_result* result, int row) : result_(result), row_(row) {}

  [[nodiscard]] std::int64_t integer(int column) const override {
    std::int64_t number = 0;
    const std::string_view bytes = view(column);
    if (bytes.empty()) return 0;
    // The sign comes with the first byte.
    number = static_cast<signed char>(bytes.front());
    for (const char byte : bytes.substr(1)) {
      number = static_cast<std::int64_t>((static_cast<std::uint64_t>(number) << 8U) |
                                         static_cast<unsigned char>(byte));
    }
    return number;
  }
  [[nodiscard]] bool is_null(int column) const override {
    return PQgetisnull(result_, row_, column) != 0;
  }
  [[nodiscard]] std::string_view view(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const pg_result* result_;
  int row_;
};

ErrorCode code_of(std::string_view state) {
  if (state == "23505") return ErrorCode::conflict;  // a unique rule
  const std::string_view kind = state.substr(0, 2);
  if (kind == "XX") return ErrorCode::corrupt;
  // 08 connection, 25 read-only or idle in a transaction, 40 rolled back (deadlock), 53 resources
  // (disk, memory, connections), 55 lock not to be had, 57 cancelled or stopping, 58 the system.
  for (const std::string_view passing : {"08", "25", "40", "53", "55", "57", "58"}) {
    if (kind == passing) return ErrorCode::unavailable;
  }
  return ErrorCode::internal;
}

std::string words_for(std::string_view state) {
  if (state == "23505") return "a unique rule";
  if (state == "55P03") return "another session holds a lock on what this changes";
  if (state == "57014") return "a statement took longer than database_statement_timeout";
  if (state == "25006") return "the server takes no writes (a standby?)";
  if (state == "40P01") return "deadlock";
  if (state == "42501") return "the database user lacks a right";
  if (state == "42P01") return "a table is missing: run 'chartroom migrate'";
  if (state == "53100") return "the disk is full";
  if (state == "53300") return "too many connections";
  if (state.starts_with("53")) return "the server is short of resources";
  if (state.starts_with("57P")) return "the server is stopping or starting";
  if (state.starts_with("XX")) return "the server found damaged data or a bug of its own";
  return "a statement failed";
}

/// Sent after connecting. A node that dies or whose network does must not leave a session behind
/// that waits for it with locks in its hands, so the server has to look. Plans must not hang on
/// statistics that are never right for a queue: each of our statements has its index, as the
/// embedded store says by INDEXED BY.
std::string settings_script(const Options& options) {
  return "SET statement_timeout = " + std::to_string(options.statement_timeout.count()) +
         "; SET idle_in_transaction_session_timeout = " +
         std::to_string(options.idle_in_transaction_timeout.count()) +
         "; SET client_min_messages = error; SET plan_cache_mode = force_generic_plan;"
         " SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off;"
         " SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
         " SET tcp_keepalives_count = 3; SET tcp_user_timeout = " +
         std::to_string(options.tcp_user_timeout.count()) +
         // Not every server's system can tell that a client has gone.
         "; DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '2s', false);"
         " EXCEPTION WHEN OTHERS THEN NULL; END $$;"
         " SELECT set_config('synchronous_commit', 'on', false)"
         " WHERE current_setting('synchronous_commit') = 'off'";
}

void ignore_notice(void*, const char*) {}

}  // namespace

// ── opening ─────────────────────────────────────────────────────────────────────────────────────

Connection::Connection(pg_conn* handle, const Options& options)
    : handle_(handle), patience_(options.statement_timeout + kServerAnswers) {}

Connection::~Connection() { PQfinish(handle_); }

base::Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
  auto handle = connect(options);
  if (!handle) return base::pass_on(handle.error());
  std::unique_ptr<Connection> connection(new Connection(*handle, options));
  if (auto ready = connection->set_up(settings_script(options)); !ready) {
    return base::pass_on(ready.error());
  }
  return connection;
}

base::Result<void> Connection::set_up(const std::string& settings) {
  PQsetNoticeProcessor(handle_, ignore_notice, nullptr);
  if (const int version = PQserverVersion(handle_); version < kServerVersionLeast) {
    return base::fail(ErrorCode::invalid_input,
                      "the database server is PostgreSQL " + std::to_string(version / 10'000) +
                          "; Chartroom needs 15 or newer: upgrade the server, or name another one "
                          "in --database");
  }
  const char* encoding = PQparameterStatus(handle_, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return base::fail(ErrorCode::invalid_input,
                      "the database's encoding is not UTF8; make one that is: "
                      "createdb --encoding=UTF8 --template=template0 NAME");
  }
  if (PQsetnonblocking(handle_, 1) != 0 || PQenterPipelineMode(handle_) == 0) {
    return base::pass_on(lost().error);
  }
  return script(settings);
}

bool Connection::in_transaction() const {
  const auto status = PQtransactionStatus(handle_);
  return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

int Connection::server_process() const { return PQbackendPID(handle_); }

bool Connection::seems_alive() {
  if (lost_ || PQstatus(handle_) != CONNECTION_OK) return false;
  // Nobody has asked anything: what lies there is the end or its announcement, hardly anything
  // else. A new connection costs little; a commit that was sent to nobody would have no answer.
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0;
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────

Outcome Connection::lost() {
  lost_ = true;
  return {Outcome::kNone, {ErrorCode::unavailable, "database: the connection was lost"}, false};
}

bool Connection::wait(bool for_write) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      give_up_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd socket{PQsocket(handle_), static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN), 0};
  const int ready = ::poll(&socket, 1, static_cast<int>(left.count()));
  if (ready < 0) return errno == EINTR;
  if (ready == 0) return false;
  // The server may not take more until its own answers are read.
  return (socket.revents & (POLLIN | POLLERR | POLLHUP)) == 0 || PQconsumeInput(handle_) != 0;
}

bool Connection::flush() {
  for (;;) {
    const int left = PQflush(handle_);
    if (left < 0) return false;
    if (left == 0) return true;
    if (!wait(true)) return false;
  }
}

pg_result* Connection::next_result() {
  while (PQisBusy(handle_) != 0) {
    if (!wait(false)) {
      lost_ = true;
      return nullptr;
    }
  }
  return PQgetResult(handle_);
}

std::string& Connection::name_of(const Statement& statement) {
  return names_[statement.sql()][{statement.kind(), statement.rows()}];
}

bool Connection::send_one(const Statement& statement, std::size_t index,
                          std::vector<Expected>& expected) {
  std::string& name = name_of(statement);
  const int count = static_cast<int>(statement.parameters_.size());
  if (name.empty()) {
    name = "s" + std::to_string(++next_name_);
    std::vector<Oid> types;
    for (const auto& parameter : statement.parameters_) types.push_back(parameter.type);
    const std::string sql = translate(statement.sql(), statement.kind(), statement.rows());
    if (PQsendPrepare(handle_, name.c_str(), sql.c_str(), count, types.data()) == 0) return false;
    expected.push_back({Expected::Kind::prepare, index});
  }
  std::vector<const char*> values;
  std::vector<int> lengths;
  const std::vector<int> formats(statement.parameters_.size(), 1);
  for (const auto& parameter : statement.parameters_) {
    const bool is_null = parameter.length < 0;
    values.push_back(is_null ? nullptr : statement.buffer_.data() + parameter.offset);
    lengths.push_back(is_null ? 0 : parameter.length);
  }
  if (PQsendQueryPrepared(handle_, name.c_str(), count, values.data(), lengths.data(),
                          formats.data(), 1) == 0) {
    return false;
  }
  expected.push_back({Expected::Kind::statement, index});
  return true;
}

bool Connection::send(Statements statements, std::vector<Expected>& expected) {
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!send_one(*statements[i], i, expected)) return false;
  }
  return PQpipelineSync(handle_) != 0 && flush();
}

/// The outcome of one statement, when it did not succeed.
std::optional<Outcome> Connection::take(const Statement& statement, std::size_t index,
                                        pg_result* result, const OnRow& on_row) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
    const char* changed = PQcmdTuples(result);
    changed_ = changed == nullptr ? 0 : std::atoll(changed);
    for (int row = 0; row < PQntuples(result); ++row) {
      if (auto taken = on_row(PostgresRow(result, row)); !taken) {
        return Outcome{index, taken.error(), false};
      }
    }
    return std::nullopt;
  }
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  if (state.empty()) return lost();
  if (state == "22012" && statement.need()) {
    return Outcome{index, {statement.need()->otherwise, statement.need()->message}, false};
  }
  // A standby, or a server that goes: the next connection finds the one that serves.
  const bool gone =
      state == "25006" || state.starts_with("57P") || state.starts_with("08") || state == "25P03";
  if (gone) lost_ = true;
  return Outcome{index,
                 {code_of(state), "database: " + words_for(state) + " (SQLSTATE " + state + ")"},
                 gone || state.starts_with("40"),
                 state == "55P03"};
}

std::optional<Outcome> Connection::receive(Statements statements,
                                           const std::vector<Expected>& expected,
                                           const OnRow& on_row) {
  std::optional<Outcome> outcome;
  for (const Expected& next : expected) {
    const Statement& statement = *statements[next.index];
    const ResultPtr result(next_result());
    if (lost_ || result == nullptr) return outcome ? outcome : lost();
    give_up_ = std::chrono::steady_clock::now() + patience_;
    const ExecStatusType status = PQresultStatus(result.get());
    if (next.kind == Expected::Kind::prepare) {
      if (status != PGRES_COMMAND_OK) {
        name_of(statement).clear();
      }
    }
    if (status != PGRES_PIPELINE_ABORTED && !outcome &&
        (next.kind == Expected::Kind::statement || status != PGRES_COMMAND_OK)) {
      outcome = take(statement, next.index, result.get(), on_row);
    }
    if (lost_) return outcome;
    // Each command's results end with a null.
    while (const ResultPtr more{next_result()}) {
    }
    if (lost_) return outcome ? outcome : lost();
  }
  // A command that was never prepared, because the pipeline had failed before it, reports an error
  // of its own on the next use; so the sync is what tells that all is over.
  const ResultPtr sync(next_result());
  if (lost_ || sync == nullptr || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) {
    return outcome ? outcome : lost();
  }
  return outcome;
}

std::optional<Outcome> Connection::run_all(Statements statements, const OnRow& on_row) {
  if (lost_) return lost();
  give_up_ = std::chrono::steady_clock::now() + patience_;
  std::vector<Expected> expected;
  if (!send(statements, expected)) {
    // What the server said before it hung up lies in the buffer; it is not asked for, since nobody
    // knows how far it came.
    return lost();
  }
  return receive(statements, expected, on_row);
}

base::Result<std::int64_t> Connection::execute(std::string_view sql, std::span<const Value> values,
                                               const OnRow& on_row) {
  const Statement statement(sql, Statement::Kind::plain, std::nullopt, values);
  const Statement* const only = &statement;
  if (auto outcome = run_all({&only, 1}, on_row)) {
    return base::pass_on(std::move(outcome->error));
  }
  return changed_;
}

base::Result<void> Connection::script(const std::string& sql) {
  if (PQexitPipelineMode(handle_) == 0) return base::pass_on(lost().error);
  const ResultPtr result(PQexec(handle_, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  base::Result<void> done;
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    const char* field = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    const std::string state = field == nullptr ? "" : field;
    if (state.empty() || PQstatus(handle_) != CONNECTION_OK) return base::pass_on(lost().error);
    done =
        base::fail(code_of(state), "database: " + words_for(state) + " (SQLSTATE " + state + ")");
  }
  if (PQenterPipelineMode(handle_) == 0) return base::pass_on(lost().error);
  return done;
}

}  // namespace chartroom::store::postgres
