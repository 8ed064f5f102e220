// One SQLite connection with its prepared statements: the only place that calls sqlite3_*.
//
// Not thread-safe: whoever holds a Connection uses it alone (Writer, ReaderPool).
// Errors: conflict (a UNIQUE or PRIMARY KEY rule), unavailable (busy, locked, full, I/O),
// corrupt (the file is damaged or no database), internal. Messages name SQLite's result code and
// never contain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace chartroom::store::sqlite {

/// Bytes for a BLOB column.
struct Bytes {
  std::string_view view;
};

/// The current row of a running statement. Valid inside the callback of Connection::each alone.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] bool is_null(int column) const;
  /// TEXT or BLOB. The view ends with the row.
  [[nodiscard]] std::string_view view(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
  [[nodiscard]] base::TimePoint time(int column) const {
    return base::from_unix_ms(integer(column));
  }
  [[nodiscard]] std::optional<base::TimePoint> optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }

 private:
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  enum class Kind {
    writer,  ///< writes and, when its process is the server, checkpoints
    reader,  ///< query_only
  };

  /// Opens an existing file; with `create`, makes it (mode 0600) when absent.
  static base::Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                        Kind kind, bool create);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs one statement to its end, ignoring rows; gives the number of rows it changed.
  /// `sql` must be a constant: it is the key of the statement cache.
  template <typename... Args>
  base::Result<std::int64_t> run(std::string_view sql, const Args&... args) {
    auto none = [](const Row&) { return base::Result<void>{}; };
    if (auto done = each(sql, none, args...); !done) return base::pass_on(done.error());
    return changes();
  }

  /// Calls `on_row(const Row&) -> Result<void>` for every row; stops at its first error.
  template <typename OnRow, typename... Args>
  base::Result<void> each(std::string_view sql, OnRow&& on_row, const Args&... args) {
    auto prepared = prepare(sql);
    if (!prepared) return base::pass_on(prepared.error());
    const Running running(*prepared);
    int index = 0;
    if (!(bind(*prepared, ++index, args) && ...)) return failure();
    for (;;) {
      auto more = step(*prepared);
      if (!more) return base::pass_on(more.error());
      if (!*more) return {};
      if (base::Result<void> taken = on_row(Row(*prepared)); !taken) return taken;
    }
  }

  /// All rows through `map(const Row&) -> Result<T>`.
  template <typename T, typename Map, typename... Args>
  base::Result<std::vector<T>> all(std::string_view sql, Map&& map, const Args&... args) {
    std::vector<T> items;
    auto done = each(
        sql,
        [&](const Row& row) -> base::Result<void> {
          base::Result<T> item = map(row);
          if (!item) return base::pass_on(item.error());
          items.push_back(std::move(*item));
          return {};
        },
        args...);
    if (!done) return base::pass_on(done.error());
    return items;
  }

  /// The first row, if there is one.
  template <typename T, typename Map, typename... Args>
  base::Result<std::optional<T>> one(std::string_view sql, Map&& map, const Args&... args) {
    auto items = all<T>(sql, std::forward<Map>(map), args...);
    if (!items) return base::pass_on(items.error());
    if (items->empty()) return std::optional<T>{};
    return std::optional<T>(std::move(items->front()));
  }

  /// The first column of the first row, as a number.
  template <typename... Args>
  base::Result<std::optional<std::int64_t>> number(std::string_view sql, const Args&... args) {
    return one<std::int64_t>(
        sql, [](const Row& row) -> base::Result<std::int64_t> { return row.integer(0); }, args...);
  }

  /// Runs a script of several statements without parameters; not cached.
  base::Result<void> script(const std::string& sql);

  [[nodiscard]] std::int64_t last_row_id() const;
  [[nodiscard]] bool in_transaction() const;
  /// Pages in the write-ahead log after the newest commit of this connection.
  [[nodiscard]] int wal_pages() const { return wal_pages_; }
  /// Copies what no reader needs any more from the log into the database; never waits for readers.
  base::Result<void> checkpoint();
  /// Closing the last connection of a database checkpoints it, unless this was called.
  void never_checkpoint_on_close();

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
  [[nodiscard]] std::int64_t changes() const;

  // Values are bound without a copy: they outlive the run, since each() holds references to them.
  static bool bind(sqlite3_stmt* statement, int index, std::int64_t value);
  static bool bind(sqlite3_stmt* statement, int index, int value) {
    return bind(statement, index, std::int64_t{value});
  }
  static bool bind(sqlite3_stmt* statement, int index, unsigned value) {
    return bind(statement, index, std::int64_t{value});
  }
  static bool bind(sqlite3_stmt* statement, int index, bool value) {
    return bind(statement, index, std::int64_t{value ? 1 : 0});
  }
  static bool bind(sqlite3_stmt* statement, int index, std::size_t value) {
    return bind(statement, index, static_cast<std::int64_t>(value));
  }
  static bool bind(sqlite3_stmt* statement, int index, base::TimePoint value) {
    return bind(statement, index, base::to_unix_ms(value));
  }
  static bool bind(sqlite3_stmt* statement, int index, base::Duration value) {
    return bind(statement, index, std::int64_t{value.count()});
  }
  static bool bind(sqlite3_stmt* statement, int index, std::string_view value);
  static bool bind(sqlite3_stmt* statement, int index, const std::string& value) {
    return bind(statement, index, std::string_view(value));
  }
  static bool bind(sqlite3_stmt* statement, int index, const char* value) {
    return bind(statement, index, std::string_view(value));
  }
  static bool bind(sqlite3_stmt* statement, int index, Bytes value);
  template <typename T>
  static bool bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
    return value ? bind(statement, index, *value) : bind_null(statement, index);
  }
  static bool bind_null(sqlite3_stmt* statement, int index);

  sqlite3* handle_;
  int wal_pages_ = 0;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace chartroom::store::sqlite
