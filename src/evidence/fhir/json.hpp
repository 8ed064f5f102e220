// A JSON text as an immutable tree that keeps numbers as they were written.
//
// simdjson's DOM turns "12.50" into a double, and its On-Demand front end can be walked only once
// and forwards, while FHIR references point everywhere. So we walk On-Demand once and keep a tree
// of views into its buffers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chartroom::evidence::fhir {

/// More values than this in one item are refused: about three times of what 50 MB of FHIR hold.
inline constexpr std::size_t kJsonNodesMost = 4'000'000;

/// A value. Members that do not exist are of type `missing`, so that paths can be chained:
/// resource["code"]["coding"][0]["display"].text().
class Json {
 public:
  enum class Type : unsigned char { missing, null, boolean, number, string, array, object };

  Type type = Type::missing;
  std::string_view key;     ///< name of this member in its object
  std::string_view scalar;  ///< string, digits of a number, "true" or "false"
  std::vector<Json> children;

  /// The first member of that name; a missing value when this is no object or has none.
  [[nodiscard]] const Json& operator[](std::string_view name) const;
  /// The nth item of an array. A value that is no array counts as an array of itself: senders
  /// sometimes forget the brackets.
  [[nodiscard]] const Json& operator[](std::size_t position) const;
  /// Items of an array; a single object, for the reason above; else nothing.
  [[nodiscard]] const Json* begin() const;
  [[nodiscard]] const Json* end() const;

  [[nodiscard]] bool exists() const { return type != Type::missing && type != Type::null; }
  [[nodiscard]] bool is_object() const { return type == Type::object; }
  [[nodiscard]] bool is_true() const { return type == Type::boolean && scalar == "true"; }
  /// Scalar as text; empty for everything else.
  [[nodiscard]] std::string text() const { return std::string(scalar); }
  /// Only of strings.
  [[nodiscard]] std::string_view string() const {
    return type == Type::string ? scalar : std::string_view{};
  }
};

/// Owns the buffers that a tree points into. Movable; trees stay valid when it is moved.
class JsonDocument {
 public:
  /// `nodes_left` is shared by the documents of one item and counted down.
  /// Errors: corrupt (syntax, encoding, depth over limits::kJsonDepth), too_large.
  [[nodiscard]] static base::Result<JsonDocument> parse(std::string_view bytes,
                                                        std::size_t& nodes_left);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  [[nodiscard]] const Json& root() const;

 private:
  struct Buffers;
  explicit JsonDocument(std::unique_ptr<Buffers> buffers);
  std::unique_ptr<Buffers> buffers_;
};

/// Whether `token` is a number by RFC 8259 §6.
[[nodiscard]] bool is_json_number(std::string_view token);

}  // namespace chartroom::evidence::fhir
