// Probes, metrics and the public keys (contract §15, RFC 7517).
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
  if (const auto ready = ports.desk.ready(); !ready) {
    return error_answer(ports, request, {base::ErrorCode::unavailable, ready.error().message});
  }
  return http::json_response(200, R"({"status":"ready"})");
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
