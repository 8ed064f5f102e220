// POST /api/v1/resources/consumer-link (contract §3.13).
#include <boost/json.hpp>

#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response post_consumer_link(const ApiPorts& ports, const app::Application& application,
                                  const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  const auto key = user_key(*body.json);
  if (!key || !has_only(*body.json, {"humanId", "clientUserId"})) {
    return http::plain_error(request, 400);
  }
  const auto link = ports.desk.consumer_link(application, *key);
  if (!link) return error_answer(ports, request, link.error());
  boost::json::object out;
  out["consumerLink"] = link->url;
  out["clientId"] = link->client_id;
  return keep_and_send(ports, application, request, once,
                       {200, kJson, boost::json::serialize(out)});
}

}  // namespace chartroom::api
