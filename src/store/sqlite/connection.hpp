// One SQLite connection with its prepared statements: the only place that calls sqlite3_*.
//
// Not thread-safe: whoever holds a Connection uses it alone (Writer, ReaderPool).
// Errors: conflict (a UNIQUE or PRIMARY KEY rule), unavailable (busy, locked, full, I/O),
// corrupt (the file is damaged or no database), internal. Messages name SQLite's result code and
// never contain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/session.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace chartroom::store::sqlite {

class Connection final : public Session {
 public:
  enum class Kind {
    writer,  ///< writes and, when its process is the server, checkpoints
    reader,  ///< query_only
  };

  /// Opens an existing file; with `create`, makes it (mode 0600) when absent.
  static base::Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                        Kind kind, bool create);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs a script of several statements without parameters; not cached.
  base::Result<void> script(const std::string& sql);

  [[nodiscard]] std::int64_t last_row_id() const;
  [[nodiscard]] bool in_transaction() const;
  /// Pages in the write-ahead log after the newest commit of this connection.
  [[nodiscard]] int wal_pages() const { return wal_pages_; }
  /// Steps that SQLite's machine has taken for this connection's statements so far, for tests.
  [[nodiscard]] std::int64_t steps_taken() const;
  /// Copies what no reader needs any more from the log into the database; never waits for readers.
  base::Result<void> checkpoint();
  /// Ends statements that still run then: they fail, and timed_out() is true. Nothing: no limit.
  void limit_time(std::optional<std::chrono::steady_clock::time_point> until);
  [[nodiscard]] bool timed_out() const { return timed_out_; }
  /// Closing the last connection of a database checkpoints it, unless this was called.
  void never_checkpoint_on_close();

 protected:
  base::Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values,
                                     const OnRow& on_row) override;

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}

  /// Resets a statement when its run ends, so that no read transaction and no bound value stays.
  class Running {
   public:
    explicit Running(sqlite3_stmt* statement) : statement_(statement) {}
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    sqlite3_stmt* statement_;
  };

  base::Result<sqlite3_stmt*> prepare(std::string_view sql);
  base::Result<bool> step(sqlite3_stmt* statement);
  [[nodiscard]] tl::unexpected<base::Error> failure() const;

  sqlite3* handle_;
  int wal_pages_ = 0;
  std::chrono::steady_clock::time_point until_{};
  bool timed_out_ = false;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace chartroom::store::sqlite
