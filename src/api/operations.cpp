// Probes, metrics and the public keys (contract §15, RFC 7517).
#include <boost/json.hpp>

#include "api/resources.hpp"
#include "base/bytes.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response get_jwks(const ApiPorts& ports, const http::Request& request) {
  auto keys = ports.tokens.jwks();
  if (!keys) return error_answer(ports, request, keys.error());
  auto response = http::json_response(200, *std::move(keys));
  response.with("cache-control", "public, max-age=300");
  return response;
}

http::Response get_livez(const ApiPorts& /*ports*/, const http::Request& /*request*/) {
  return http::json_response(200, R"({"status":"live"})");
}

http::Response get_readyz(const ApiPorts& ports, const http::Request& request) {
  const auto unavailable = [&](const base::Error& error) {
    return error_answer(ports, request, {base::ErrorCode::unavailable, error.message});
  };
  const auto schema = ports.desk.ready();
  if (!schema) return unavailable(schema.error());
  boost::json::object body{{"status", "ready"}, {"store", "answers"}, {"schema", *schema}};
  if (ports.queue_lag) {
    const auto lag = ports.queue_lag();
    if (!lag) return unavailable(lag.error());
    // Not an error: taking the node away would make the queue no shorter.
    if (*lag >= ports.queue_lag_degraded) body["status"] = "degraded";
    body["queueLagSeconds"] = std::chrono::floor<std::chrono::seconds>(*lag).count();
  }
  return http::json_response(200, boost::json::serialize(body));
}

http::Response get_metrics(const ApiPorts& ports, const http::Request& request) {
  if (!ports.metrics) return http::plain_error(request, 404);
  const std::string& wanted = ports.metrics_token.reveal();
  if (!wanted.empty()) {
    const auto given = bearer_token(request);
    if (!given || !base::equal_constant_time(*given, wanted)) {
      return unauthorized(request, kBadToken);
    }
  }
  http::Response response;
  response.with("content-type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = ports.metrics();
  return response;
}

}  // namespace chartroom::api
