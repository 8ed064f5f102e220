#include "store/postgres/statement.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace chartroom::store::postgres {
namespace {

// Object ids of the types that parameters have (pg_type.dat).
constexpr unsigned kByteaType = 17;
constexpr unsigned kBigintType = 20;
constexpr unsigned kTextType = 25;

/// PostgreSQL's text takes no zero byte and nothing but valid UTF-8. Neither is in what we store on
/// purpose; where it comes in from outside (a name in a retrieved record), it becomes U+FFFD.
bool is_storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && base::is_valid_utf8(text);
}

std::string storable(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    const auto first = static_cast<unsigned char>(text.front());
    if (first >= 0xF0U) {
      length = 4;
    } else if (first >= 0xE0U) {
      length = 3;
    } else if (first >= 0xC0U) {
      length = 2;
    }
    const std::string_view point = text.substr(0, length);
    if (is_storable(point)) {
      out.append(point);
      text.remove_prefix(point.size());
    } else {
      out.append(kReplacement);
      text.remove_prefix(1);
    }
  }
  return out;
}

constexpr std::string_view kValues = "VALUES (";

/// The row behind VALUES, in its parentheses: where it begins and ends. Empty when there is none.
std::string_view row_in(std::string_view sql) {
  const std::size_t found = sql.find(kValues);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + kValues.size() - 1;
  int depth = 0;
  for (std::size_t at = begin; at < sql.size(); ++at) {
    if (sql[at] == '(') ++depth;
    if (sql[at] == ')' && --depth == 0) return sql.substr(begin, at - begin + 1);
  }
  return {};
}

/// Parameters with their number: `?` is the next one. Gives the highest.
template <typename OnText, typename OnParameter>
std::size_t each_parameter(std::string_view sql, const OnText& on_text,
                           const OnParameter& on_parameter) {
  std::size_t last = 0;
  std::size_t highest = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'') quoted = !quoted;
    if (quoted || sql[at] != '?') {
      on_text(sql[at++]);
      continue;
    }
    std::size_t number = 0;
    for (++at; at < sql.size() && sql[at] >= '0' && sql[at] <= '9'; ++at) {
      number = number * 10 + static_cast<std::size_t>(sql[at] - '0');
    }
    last = number == 0 ? last + 1 : number;
    highest = std::max(highest, last);
    on_parameter(last);
  }
  return highest;
}

/// All parameters numbered, the row written as often as there are rows.
std::string repeat_row(std::string_view sql, std::size_t rows) {
  const std::string_view row = row_in(sql);
  const auto begin = static_cast<std::size_t>(row.data() - sql.data());
  const std::size_t each = each_parameter(row, [](char) {}, [](std::size_t) {});
  std::string out(sql.substr(0, begin));
  for (std::size_t i = 0; i < rows; ++i) {
    if (i > 0) out += ", ";
    each_parameter(
        row, [&](char c) { out += c; },
        [&](std::size_t number) { out += '?' + std::to_string(i * each + number); });
  }
  out += sql.substr(begin + row.size());
  return out;
}

/// Without what only the embedded engine is told.
std::string without_hints(std::string_view sql) {
  constexpr std::string_view kHint = " INDEXED BY ";
  std::string out;
  for (;;) {
    const std::size_t hint = sql.find(kHint);
    out += sql.substr(0, hint);
    if (hint == std::string_view::npos) return out;
    sql.remove_prefix(std::min(sql.find(' ', hint + kHint.size()), sql.size()));
  }
}

}  // namespace

Statement::Statement(std::string_view sql, Kind kind, std::optional<Need> need,
                     std::span<const Value> values)
    : sql_(sql), kind_(kind), need_(need) {
  std::size_t bytes = 0;
  for (const Value& value : values) bytes += std::max(value.view.size(), sizeof(std::int64_t));
  buffer_.reserve(bytes);
  parameters_.reserve(values.size());
  for (const Value& value : values) {
    Parameter parameter{kTextType, -1, buffer_.size()};
    if (value.kind == Value::Kind::integer) parameter.type = kBigintType;
    if (value.kind == Value::Kind::bytes) parameter.type = kByteaType;
    if (!value.is_null) {
      if (value.kind == Value::Kind::integer) {
        const auto number = static_cast<std::uint64_t>(value.number);
        for (int shift = 56; shift >= 0; shift -= 8) {
          buffer_.push_back(static_cast<char>((number >> static_cast<unsigned>(shift)) & 0xFFU));
        }
      } else if (value.kind == Value::Kind::text && !is_storable(value.view)) {
        buffer_.append(storable(value.view));
      } else {
        buffer_.append(value.view);
      }
      parameter.length = static_cast<int>(buffer_.size() - parameter.offset);
    }
    parameters_.push_back(parameter);
  }
}

Statement Statement::merged(std::span<const Statement* const> parts) {
  Statement all(parts.front()->sql_, parts.front()->kind_, parts.front()->need_, {});
  all.rows_ = parts.size();
  for (const Statement* part : parts) {
    for (Parameter parameter : part->parameters_) {
      parameter.offset += all.buffer_.size();
      all.parameters_.push_back(parameter);
    }
    all.buffer_ += part->buffer_;
  }
  return all;
}

bool Statement::may_merge() const {
  if (kind_ == Kind::once) return false;
  if (kind_ == Kind::plain && !sql_.starts_with("INSERT INTO ")) return false;
  const std::string_view row = row_in(sql_);
  if (row.empty() || sql_.find("DO UPDATE") != std::string_view::npos) return false;
  // Whatever stands outside the row would have to be the same for all.
  const auto parameters = [](std::string_view text) {
    return std::count(text.begin(), text.end(), '?');
  };
  return parameters(row) > 0 && parameters(row) == parameters(sql_);
}

std::string translate(std::string_view sql, Statement::Kind kind, std::size_t rows) {
  std::string out;
  if (kind == Statement::Kind::once) out += "WITH done AS (";
  each_parameter(
      without_hints(rows > 1 ? repeat_row(sql, rows) : std::string(sql)), [&](char c) { out += c; },
      [&](std::size_t number) { out += '$' + std::to_string(number); });
  // Dividing by no rows is an error, so what came before is undone without another round trip.
  if (kind == Statement::Kind::once) out += " RETURNING 1) SELECT 1 / count(*) FROM done";
  return out;
}

}  // namespace chartroom::store::postgres
