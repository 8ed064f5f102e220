// The API's routes, all in one list.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/context.hpp"
#include "http/message.hpp"

namespace chartroom::api {

/// What `ports` refers to must outlive the routes. Handlers are thread-safe and may block.
[[nodiscard]] std::vector<http::Route> make_routes(ApiPorts ports);

/// Method and pattern of each: what api/openapi.yaml must describe, no more and no less.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> operation_names();

}  // namespace chartroom::api
