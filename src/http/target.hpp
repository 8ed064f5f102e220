// A request target taken apart (RFC 9112 §3.2, RFC 3986 §3.3 and §3.4). Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace chartroom::http {

struct Target {
  std::string path;                   ///< decoded; for display and routing by eye, never for files
  std::vector<std::string> segments;  ///< decoded one by one: an encoded "/" stays in its segment
  std::string raw_query;
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order; "+" is a space
};

/// Takes origin-form ("/a/b?c=d") and absolute-form ("http://host/a/b?c=d").
/// Errors: invalid_input for anything else, a broken percent-escape, a control character, text that
/// is not UTF-8, and the segments "." and "..", encoded or not: nobody honest sends them.
[[nodiscard]] base::Result<Target> parse_target(std::string_view target);

}  // namespace chartroom::http
