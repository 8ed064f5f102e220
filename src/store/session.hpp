// What the statements of all engines are written against: a session with a database.
//
// Statements are written once for all engines, in a common tongue: parameters are `?` or `?1`, ids
// are text, times and flags are integers, `INDEXED BY name` says which index must serve (PostgreSQL
// is told by its settings instead). What one engine says in words of its own stands in its folder.
//
// A Session is used by one thread at a time. Errors of all calls: conflict (a unique rule),
// unavailable (busy, full, connection lost), corrupt, internal. Messages never contain values.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chartroom::store {

/// Bytes for a column of bytes.
struct Bytes {
  std::string_view view;
};

/// A bound parameter. It refers to what it was made from, which must outlive its use.
struct Value {
  enum class Kind { integer, text, bytes };
  Kind kind = Kind::integer;
  bool is_null = false;
  std::int64_t number = 0;
  std::string_view view{};
};

[[nodiscard]] inline Value to_value(std::int64_t number) {
  return {Value::Kind::integer, false, number, {}};
}
[[nodiscard]] inline Value to_value(int number) { return to_value(std::int64_t{number}); }
[[nodiscard]] inline Value to_value(unsigned number) { return to_value(std::int64_t{number}); }
[[nodiscard]] inline Value to_value(bool flag) { return to_value(std::int64_t{flag ? 1 : 0}); }
[[nodiscard]] inline Value to_value(std::size_t number) {
  return to_value(static_cast<std::int64_t>(number));
}
[[nodiscard]] inline Value to_value(base::TimePoint time) {
  return to_value(base::to_unix_ms(time));
}
[[nodiscard]] inline Value to_value(base::Duration time) {
  return to_value(std::int64_t{time.count()});
}
[[nodiscard]] inline Value to_value(std::string_view text) {
  return {Value::Kind::text, false, 0, text};
}
[[nodiscard]] inline Value to_value(const std::string& text) {
  return to_value(std::string_view(text));
}
[[nodiscard]] inline Value to_value(const char* text) { return to_value(std::string_view(text)); }
[[nodiscard]] inline Value to_value(Bytes bytes) {
  return {Value::Kind::bytes, false, 0, bytes.view};
}
template <typename T>
[[nodiscard]] Value to_value(const std::optional<T>& value) {
  Value made = to_value(value ? *value : T{});
  made.is_null = !value.has_value();
  return made;
}

/// The current row of a running statement. Valid inside the callback of Session::each alone.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  /// Text or bytes. The view ends with the row.
  [[nodiscard]] virtual std::string_view view(int column) const = 0;

  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
  [[nodiscard]] base::TimePoint time(int column) const {
    return base::from_unix_ms(integer(column));
  }
  [[nodiscard]] std::optional<base::TimePoint> optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
};

class Session {
 public:
  using OnRow = std::function<base::Result<void>(const Row&)>;

  virtual ~Session() = default;

  /// Runs one statement to its end, ignoring rows; gives the number of rows it changed.
  /// `sql` must be a constant: it is the key of the statement cache.
  template <typename... Args>
  base::Result<std::int64_t> run(std::string_view sql, const Args&... args) {
    return run_with(sql, values_of(args...));
  }
  base::Result<std::int64_t> run_with(std::string_view sql, std::span<const Value> values) {
    return execute(sql, values, [](const Row&) { return base::Result<void>{}; });
  }

  /// Calls `on_row(const Row&) -> Result<void>` for every row; stops at its first error.
  template <typename... Args>
  base::Result<void> each(std::string_view sql, const OnRow& on_row, const Args&... args) {
    auto done = execute(sql, values_of(args...), on_row);
    if (!done) return base::pass_on(done.error());
    return {};
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

 protected:
  /// `values` outlive the call. Gives the number of rows changed.
  virtual base::Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values,
                                             const OnRow& on_row) = 0;

 private:
  template <typename... Args>
  static std::array<Value, sizeof...(Args)> values_of(const Args&... args) {
    return {to_value(args)...};
  }
};

/// What a write needs to have happened, beyond that its statement ran.
struct Need {
  base::ErrorCode otherwise;  ///< when it did not change exactly one row
  const char* message;
};

/// Takes the statements of a commit, in order. An engine runs them at once or later, in one go; so
/// an error may come at once or as the commit's own, and no statement's result can be asked for.
class Script {
 public:
  virtual ~Script() = default;

  template <typename... Args>
  base::Result<void> run(std::string_view sql, const Args&... args) {
    const std::array<Value, sizeof...(Args)> values{to_value(args)...};
    return add(sql, nullptr, values);
  }
  /// The statement must change exactly one row.
  template <typename... Args>
  base::Result<void> run_once(const Need& need, std::string_view sql, const Args&... args) {
    const std::array<Value, sizeof...(Args)> values{to_value(args)...};
    return add(sql, &need, values);
  }

 protected:
  virtual base::Result<void> add(std::string_view sql, const Need* need,
                                 std::span<const Value> values) = 0;
};

}  // namespace chartroom::store
