// One PostgreSQL connection with its prepared statements: the only place that calls libpq.
//
// It is always in pipeline mode: statements go out together and their results come back together,
// one round trip for any number of them.
//
// Not thread-safe: whoever holds a Connection uses it alone (Pool, Writer).
// Errors: conflict (a unique rule), unavailable (connection lost, server stopping, time-outs, disk
// full, a standby), corrupt (the server found damage), internal. Messages name the SQLSTATE and
// never contain values: the server's own words may quote them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/postgres/options.hpp"
#include "store/postgres/statement.hpp"
#include "store/session.hpp"

struct pg_conn;
struct pg_result;

namespace chartroom::store::postgres {

using Statements = std::span<const Statement* const>;

/// What became of statements that were sent together.
struct Outcome {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t failed = kNone;  ///< the first that failed; kNone: the connection itself did
  base::Error error{};
  bool is_retryable = false;  ///< a deadlock or the like: the same again may well succeed
  bool is_locked = false;     ///< waited in vain for a lock
};

class Connection final : public Session {
 public:
  /// Connects and checks that the server can serve us. Error messages are sentences for an operator
  /// and never hold the password.
  static base::Result<std::unique_ptr<Connection>> open(const Options& options);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends all statements, waits for all results; nullopt when every one succeeded. In a
  /// transaction only when the statements say so. `on_row` hears of the rows of all of them.
  std::optional<Outcome> run_all(Statements statements, const OnRow& on_row);

  /// Whether the connection seems alive, without asking the server: a server that has stopped or
  /// ended this session has said so by now.
  [[nodiscard]] bool seems_alive();
  /// After an error that leaves nothing to hope for. Such a connection is thrown away.
  [[nodiscard]] bool is_lost() const { return lost_; }
  [[nodiscard]] bool in_transaction() const;
  /// Process id of the server's side, for tests.
  [[nodiscard]] int server_process() const;

  /// Runs a script of several statements without parameters.
  base::Result<void> script(const std::string& sql);

 protected:
  base::Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values,
                                     const OnRow& on_row) override;

 private:
  /// What libpq will report, in this order.
  struct Expected {
    enum class Kind { prepare, statement } kind;
    std::size_t index = 0;  ///< of the statement
  };

  Connection(pg_conn* handle, const Options& options);

  base::Result<void> set_up(const std::string& settings);
  /// Empty: not prepared yet.
  std::string& name_of(const Statement& statement);
  bool send(Statements statements, std::vector<Expected>& expected);
  bool send_one(const Statement& statement, std::size_t index, std::vector<Expected>& expected);
  std::optional<Outcome> receive(Statements statements, const std::vector<Expected>& expected,
                                 const OnRow& on_row);
  std::optional<Outcome> take(const Statement& statement, std::size_t index, pg_result* result,
                              const OnRow& on_row);
  /// The next result; waits. nullptr: the end of one statement's results, or the connection died.
  pg_result* next_result();
  bool flush();
  bool wait(bool for_write);
  Outcome lost();

  pg_conn* handle_;
  std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point give_up_{};
  bool lost_ = false;
  std::int64_t changed_ = 0;  ///< rows of the last statement
  /// Names of prepared statements, by the constant, its kind and its rows.
  std::unordered_map<std::string_view,
                     std::map<std::pair<Statement::Kind, std::size_t>, std::string>>
      names_;
  std::size_t next_name_ = 0;
};

}  // namespace chartroom::store::postgres
