#include "http/router.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/text.hpp"

namespace chartroom::http {
namespace {

[[noreturn]] void refuse(const Route& route, const char* why) {
  std::fprintf(stderr, "route %s %s: %s\n", route.method.c_str(), route.pattern.c_str(), why);
  std::abort();
}

struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::map<std::string, const Route*, std::less<>> methods;
};

using Values = std::vector<std::string_view>;

/// The methods of every pattern that fits, most literal first; stops at the first that has
/// `method`. `values` holds the parameters of the pattern found.
const Route* search(const Node& node, const std::vector<std::string>& segments, std::size_t at,
                    std::string_view method, Values& values, std::map<std::string, bool>& seen) {
  if (at == segments.size()) {
    for (const auto& [name, route] : node.methods) seen[name] = true;
    auto found = node.methods.find(method);
    if (found == node.methods.end() && method == "HEAD") found = node.methods.find("GET");
    return found == node.methods.end() ? nullptr : found->second;
  }
  const auto literal = node.literals.find(segments[at]);
  if (literal != node.literals.end()) {
    if (const auto* route = search(*literal->second, segments, at + 1, method, values, seen)) {
      return route;
    }
    // The path is known with literal segments: a less literal one must not answer for it.
    if (!seen.empty()) return nullptr;
  }
  if (!node.parameter || segments[at].empty()) return nullptr;
  values.push_back(segments[at]);
  const auto* route = search(*node.parameter, segments, at + 1, method, values, seen);
  if (route == nullptr) values.pop_back();
  return route;
}

std::vector<std::string> pattern_segments(const Route& route) {
  if (!route.pattern.starts_with('/')) refuse(route, "must begin with /");
  return base::split(std::string_view(route.pattern).substr(1), '/');
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

struct Router::Tree {
  std::vector<Route> routes;
  Node root;

  void insert(const Route& route) {
    Node* node = &root;
    for (const auto& segment : pattern_segments(route)) {
      auto& next = is_parameter(segment) ? node->parameter : node->literals[segment];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
    }
    if (!route.handler) refuse(route, "has no handler");
    if (!node->methods.emplace(route.method, &route).second) refuse(route, "registered twice");
  }
};

Router::Router(std::vector<Route> routes) : tree_(std::make_unique<Tree>()) {
  tree_->routes = std::move(routes);
  for (const auto& route : tree_->routes) tree_->insert(route);
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Router::Match Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
  Match match;
  Values values;
  std::map<std::string, bool> seen;
  match.route = search(tree_->root, segments, 0, method, values, seen);
  if (match.route != nullptr) {
    std::size_t next = 0;
    for (const auto& segment : pattern_segments(*match.route)) {
      if (!is_parameter(segment)) continue;
      match.path_parameters.emplace(segment.substr(1, segment.size() - 2), values[next++]);
    }
    return match;
  }
  if (seen.contains("GET")) seen["HEAD"] = true;
  std::vector<std::string> names;
  names.reserve(seen.size());
  for (const auto& [name, known] : seen) names.push_back(name);
  match.allow = base::join(names, ", ");
  return match;
}

const std::vector<Route>& Router::routes() const { return tree_->routes; }

}  // namespace chartroom::http
