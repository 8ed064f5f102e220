// Boost.JSON values as text with plain decimals.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace chartroom::channel {

/// As boost::json::serialize, except that numbers are written as people write them: 5.7 and not
/// 5.7E0, which a reader that keeps a source's digits would have to show.
[[nodiscard]] std::string json_text(const boost::json::value& value);

}  // namespace chartroom::channel
