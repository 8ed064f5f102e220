// The log: one JSON object a line on standard error.
#pragma once

#include <memory>

#include "base/logger.hpp"
#include "base/ports.hpp"

namespace chartroom::cli {

/// Lines below `least` are dropped. Thread-safe; writing never blocks on the reader of a pipe for
/// longer than the operating system does.
[[nodiscard]] std::unique_ptr<base::Logger> make_json_logger(const base::Clock& clock,
                                                             base::LogLevel least);

}  // namespace chartroom::cli
