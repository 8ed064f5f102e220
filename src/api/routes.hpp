// The API's routes, all in one list.
#pragma once

#include <vector>

#include "api/context.hpp"
#include "http/message.hpp"

namespace chartroom::api {

/// What `ports` refers to must outlive the routes. Handlers are thread-safe and may block.
[[nodiscard]] std::vector<http::Route> make_routes(ApiPorts ports);

}  // namespace chartroom::api
