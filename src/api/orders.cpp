// GET /api/v1/orders/{orderId} and its timeline (contract §15).
#include "api/resources.hpp"
#include "api/task_json.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response get_order(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request) {
  const auto detail = ports.desk.order(application, request.path_parameters.at("orderId"));
  if (!detail) return error_answer(ports, request, detail.error());
  return http::json_response(200, order_json(*detail));
}

http::Response get_timeline(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request) {
  const auto& order_id = request.path_parameters.at("orderId");
  const auto entries = ports.desk.timeline(application, order_id);
  if (!entries) return error_answer(ports, request, entries.error());
  return http::json_response(200, timeline_json(order_id, *entries));
}

}  // namespace chartroom::api
