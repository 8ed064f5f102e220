// Request bodies as JSON (RFC 8259), stricter than the RFC where it leaves a choice.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/validation.hpp"

namespace chartroom::api {

struct JsonBody {
  boost::json::object object;
  /// How the numbers directly in clientData (or customer_metadata) are spelled, in their order:
  /// a parsed number has forgotten whether it was 1.0 or 1.
  std::vector<std::string> client_data_numbers;
};

/// The hapi framework's words for a body that is not JSON.
inline constexpr std::string_view kBrokenJson = "Invalid request payload JSON format";

/// Reads an object. Not taken: anything that is not valid JSON in UTF-8, nesting deeper than 32,
/// and an object that names a key twice, since readers disagree on which of the two counts.
[[nodiscard]] std::optional<JsonBody> parse_body(std::string_view text, Validation& why_not);

}  // namespace chartroom::api
