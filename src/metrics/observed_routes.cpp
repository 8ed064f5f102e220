#include "metrics/observed_routes.hpp"

#include <utility>

namespace chartroom::metrics {

std::vector<http::Route> observe(std::vector<http::Route> routes, Metrics& metrics) {
  for (http::Route& route : routes) {
    route.handler = [&metrics, method = route.method, pattern = route.pattern,
                     handler = std::move(route.handler)](const http::Request& request) {
      const auto begun = std::chrono::steady_clock::now();
      http::Response response = handler(request);
      metrics.answered(method, pattern, response.status, std::chrono::steady_clock::now() - begun);
      return response;
    };
  }
  return routes;
}

}  // namespace chartroom::metrics
