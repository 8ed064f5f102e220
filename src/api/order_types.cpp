// GET /api/v1/order-types (contract §3.1).
#include "api/resources.hpp"
#include "api/user_json.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response get_order_types(const ApiPorts& ports, const app::Application& application,
                               const http::Request& /*request*/) {
  return http::json_response(200, order_types_json(ports.desk.order_types(application)));
}

}  // namespace chartroom::api
