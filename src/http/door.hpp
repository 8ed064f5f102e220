// Who may come in, asked before a request waits for a thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace chartroom::http {

struct Admission {
  std::string caller;  ///< whose share of the threads the request takes; see HandlerPool
  std::optional<Response> refusal{};  ///< then no handler runs
  /// What the answer tells besides, whatever it is.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// Called on the thread that reads and writes all connections: quick, never waits. Must not throw.
using Door = std::function<Admission(const Request&)>;

}  // namespace chartroom::http
