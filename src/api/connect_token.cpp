// POST /v1/connect/token (contract §2.4): tokens for one user of an application.
#include <boost/json.hpp>
#include <utility>

#include "api/field_rules.hpp"
#include "api/limits.hpp"
#include "api/object_reader.hpp"
#include "api/resources.hpp"
#include "base/limits.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

using Kind = app::ConnectRequest::Kind;

constexpr std::size_t kTokenCharacters = 4096;

Kind kind_of(const std::string& type) {
  if (type == "id") return Kind::id;
  return type == "access" ? Kind::access : Kind::session;
}

/// A page in public must not mint tokens: the secret is required, though the published schema does
/// not say so. A refresh token stands in for it, where it could have come from.
void read_proof(ObjectReader& reader, app::ConnectRequest& out) {
  if (reader.has("refresh_token")) {
    if (out.kind != Kind::access || reader.has("client_secret")) {
      (void)reader.any("client_secret");
      (void)reader.any("refresh_token");
      reader.refuse("refresh_token", "is not allowed");
      return;
    }
    if (auto token = reader.text("refresh_token", kTokenCharacters)) {
      out.refresh_token = base::Sensitive<std::string>(*std::move(token));
    }
    return;
  }
  if (auto secret = reader.required_text("client_secret")) {
    out.client_secret = base::Sensitive<std::string>(*std::move(secret));
  }
}

app::ConnectRequest read(ObjectReader& reader) {
  app::ConnectRequest out;
  out.client_id = reader.required_text("client_id").value_or("");
  out.client_user_id =
      reader.required_text("client_user_id", base::limits::kIdCodePoints).value_or("");
  out.kind = kind_of(reader.choice("type", {"session", "id", "access"}, true).value_or("session"));
  read_proof(reader, out);
  out.client_user_email = reader.text("client_user_email");
  if (out.client_user_email && !is_email(*out.client_user_email)) {
    reader.refuse("client_user_email", "must be a valid email");
  }
  // Which scopes there are was never published: a token can do what its type can, whatever is
  // asked for here.
  (void)reader.texts("extra_scopes");
  reader.refuse_unknown();
  return out;
}

boost::json::object answer(const app::ConnectRequest& request, const app::ConnectGrant& grant) {
  boost::json::object out;
  switch (request.kind) {
    case Kind::session:
      out["session_token"] = grant.token;
      out["human_id"] = grant.human_id;
      out["expires_in"] = grant.expires_in_seconds;
      break;
    case Kind::id:
      out["id_token"] = grant.token;
      out["human_id"] = grant.human_id;
      out["expires_in"] = grant.expires_in_seconds;
      break;
    case Kind::access:
      out["access_token"] = grant.token;
      out["expires_in"] = grant.expires_in_seconds;
      out["token_type"] = "Bearer";
      out["refresh_token"] = grant.refresh_token;
      out["human_id"] = grant.human_id;
      break;
  }
  return out;
}

}  // namespace

http::Response post_connect_token(const ApiPorts& ports, const http::Request& request) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  ObjectReader reader(*body.json, "", findings);
  const auto wanted = read(reader);
  if (!findings.empty()) {
    const auto& found = findings.validation();
    return http::invalid_input(request, found.message, found.keys);
  }
  const auto wait = ports.limits->before_token(request, wanted.client_id);
  if (wait != base::Duration::zero()) return too_many_requests(request, wait);
  const auto grant = ports.desk.connect_user(wanted);
  if (!grant) return token_error(ports, request, wanted.client_id, grant.error());
  return http::json_response(200, boost::json::serialize(answer(wanted, *grant)));
}

}  // namespace chartroom::api
