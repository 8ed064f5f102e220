// What an HTTP answer means where it is no success. Private to this room.
#pragma once

#include <string>

#include "base/result.hpp"

namespace chartroom::delivery {

[[nodiscard]] inline const char* words_for_status(int status) {
  if (status >= 300 && status < 400) return "redirect";
  if (status >= 400 && status < 500) return "refused";
  if (status >= 500 && status < 600) return "endpoint failed";
  return "unexpected status";
}

[[nodiscard]] inline bool is_success(int status) { return status >= 200 && status < 300; }

/// Fixed words of a request that got no answer.
[[nodiscard]] inline std::string words_for(const base::Error& error) {
  return error.code == base::ErrorCode::invalid_input ? "invalid url" : error.message;
}

}  // namespace chartroom::delivery
