// What the kinds of jobs share. Private to this room.
#pragma once

#include <string>

#include "base/result.hpp"

namespace chartroom::app {

/// The value of a member of a job's payload; empty when it is not there.
[[nodiscard]] std::string payload_text(const std::string& payload, const char* name);

/// What a job ends with that was cancelled because the process stops.
inline base::Result<void> stopping() {
  return base::fail(base::ErrorCode::unavailable, "the server is stopping");
}

}  // namespace chartroom::app
