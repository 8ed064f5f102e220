// The pages that people see: the applicant's Task Manager behind a consumerLink.
#pragma once

#include <string>
#include <vector>

#include "app/desk.hpp"
#include "app/ports.hpp"
#include "base/logger.hpp"
#include "base/ports.hpp"
#include "http/message.hpp"

namespace chartroom::pages {

struct PagePorts {
  app::Desk& desk;
  app::LinkSigner& links;
  base::Clock& clock;
  base::Logger& logger;
  std::string public_url;  ///< no trailing slash
  bool sandbox = false;
};

/// What `ports` refers to must outlive the routes. Handlers are thread-safe and may block.
[[nodiscard]] std::vector<http::Route> make_routes(PagePorts ports);

}  // namespace chartroom::pages
