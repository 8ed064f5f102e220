// Routes that tell how often and how fast they answer.
#pragma once

#include <vector>

#include "http/message.hpp"
#include "metrics/metrics.hpp"

namespace chartroom::metrics {

/// The same routes; a handler's time is that of the handler, not of the connection. `metrics` must
/// outlive them.
[[nodiscard]] std::vector<http::Route> observe(std::vector<http::Route> routes, Metrics& metrics);

}  // namespace chartroom::metrics
