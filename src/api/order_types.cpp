// GET /api/v1/order-types (contract §3.1).
#include "api/resources.hpp"
#include "api/user_json.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response get_order_types(const ApiPorts& ports, const app::Application& application,
                               const http::Request& request) {
  const auto types = ports.desk.order_types(application);
  if (!types) return error_answer(ports, request, types.error());
  return http::json_response(200, order_types_json(*types));
}

}  // namespace chartroom::api
