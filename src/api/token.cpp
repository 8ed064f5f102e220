// POST /v1/admin/token (contract §2.1).
#include <boost/json.hpp>

#include "api/object_reader.hpp"
#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

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
  const auto grant = ports.desk.grant_token(*client_id, base::Sensitive<std::string>(*secret));
  if (!grant && grant.error().code == base::ErrorCode::unauthenticated) {
    return http::plain_error(request, 401, "Cannot authenticate you with these credentials");
  }
  if (!grant) return error_answer(ports, request, grant.error());
  boost::json::object out;
  out["expires_in"] = grant->expires_in_seconds;
  out["client_token"] = grant->client_token;
  return http::json_response(200, boost::json::serialize(out));
}

}  // namespace chartroom::api
