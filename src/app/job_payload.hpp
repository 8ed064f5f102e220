// Reading a job's payload. Private to this room.
#pragma once

#include <string>

namespace chartroom::app {

/// The value of a member of a job's payload; empty when it is not there.
[[nodiscard]] std::string payload_text(const std::string& payload, const char* name);

}  // namespace chartroom::app
