// A statement with its parameters, in PostgreSQL's binary form and its words.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/session.hpp"

namespace chartroom::store::postgres {

/// A statement with its parameters, ready to be sent. Holds copies.
class Statement {
 public:
  enum class Kind {
    plain,
    once,     ///< fails inside the database unless it changes exactly one row
    checked,  ///< says so itself: it divides by the number of rows
  };

  /// `sql` in the common tongue (store/session.hpp), a constant. `need` goes with once and checked.
  Statement(std::string_view sql, Kind kind, std::optional<Need> need,
            std::span<const Value> values);

  /// One statement for the rows of several of the same text, whose may_merge() holds.
  [[nodiscard]] static Statement merged(std::span<const Statement* const> parts);
  /// Whether the statement is about one row of values, so that one of several rows does the same.
  /// That is one INSERT, or one that counts its rows itself.
  [[nodiscard]] bool may_merge() const;

  [[nodiscard]] std::string_view sql() const { return sql_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::optional<Need>& need() const { return need_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }  ///< more than one: merged
  [[nodiscard]] std::size_t bytes() const { return buffer_.size(); }

 private:
  friend class Connection;
  struct Parameter {
    unsigned type;  ///< object id of its type
    int length;     ///< -1: NULL
    std::size_t offset;
  };

  std::string_view sql_;
  Kind kind_;
  std::optional<Need> need_;
  std::size_t rows_ = 1;
  std::vector<Parameter> parameters_;
  std::string buffer_;
};

/// The common tongue in PostgreSQL's: `?` becomes `$1`, INDEXED BY goes. With more than one row
/// what stands behind VALUES is repeated.
[[nodiscard]] std::string translate(std::string_view sql, Statement::Kind kind,
                                    std::size_t rows = 1);

}  // namespace chartroom::store::postgres
