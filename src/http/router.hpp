// Finds the handler for a method and a path. Immutable once built, so thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace chartroom::http {

/// Literal segments win over parameters, segment by segment from the left, with backtracking. A
/// parameter never matches an empty segment. HEAD is answered by a GET route where it has none of
/// its own.
class Router {
 public:
  /// A pattern that is malformed or registered twice for a method is a bug: it aborts.
  explicit Router(std::vector<Route> routes);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  struct Match {
    const Route* route = nullptr;  ///< null: see `allow`
    std::map<std::string, std::string> path_parameters;
    std::string allow;  ///< without a route: the path's methods ("GET, HEAD"); empty: unknown path
  };
  /// `segments` as Target has them.
  [[nodiscard]] Match find(std::string_view method, const std::vector<std::string>& segments) const;

  /// Every route, as registered: for checks against the API document.
  [[nodiscard]] const std::vector<Route>& routes() const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace chartroom::http
