// POST /v1/admin/token (contract §2.1).
#include <boost/json.hpp>

#include "api/limits.hpp"
#include "api/object_reader.hpp"
#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response token_error(const ApiPorts& ports, const http::Request& request,
                           const std::string& client_id, const base::Error& error) {
  if (error.code != base::ErrorCode::unauthenticated) return error_answer(ports, request, error);
  ports.limits->note_token_failure(request, client_id);
  return http::plain_error(request, 401, "Cannot authenticate you with these credentials");
}

http::Response post_token(const ApiPorts& ports, const http::Request& request) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  ObjectReader reader(*body.json, "", findings);
  const auto client_id = reader.required_text("client_id");
  const auto secret = reader.required_text("client_secret");
  (void)reader.choice("type", {"client"}, true);
  if (!findings.empty()) {
    const auto& found = findings.validation();
    return http::invalid_input(request, found.message, found.keys);
  }
  const auto wait = ports.limits->before_token(request, *client_id);
  if (wait != base::Duration::zero()) return too_many_requests(request, wait);
  const auto grant = ports.desk.grant_token(*client_id, base::Sensitive<std::string>(*secret));
  if (!grant) return token_error(ports, request, *client_id, grant.error());
  boost::json::object out;
  out["expires_in"] = grant->expires_in_seconds;
  out["client_token"] = grant->client_token;
  return http::json_response(200, boost::json::serialize(out));
}

}  // namespace chartroom::api
