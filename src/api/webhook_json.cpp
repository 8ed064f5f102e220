#include "api/webhook_json.hpp"

#include <boost/json.hpp>

#include "api/json_values.hpp"
#include "base/time.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;

/// What may be shown: never a password or a secret.
json::object authentication_object(const app::OutgoingAuth& auth) {
  using Type = app::OutgoingAuth::Type;
  json::object out{{"type", app::to_string(auth.type)}};
  if (auth.type == Type::basic) out["user"] = auth.user;
  if (auth.type == Type::oauth2) {
    out["tokenUrl"] = auth.token_url;
    out["clientId"] = auth.client_id;
    if (!auth.scope.empty()) out["scope"] = auth.scope;
    out["secretIn"] = auth.secret_in_body ? "body" : "header";
  }
  return out;
}

json::object webhook_object(const app::WebhookEndpoint& endpoint) {
  json::array names;
  for (const auto& header : endpoint.headers) names.emplace_back(header.first);
  json::object out;
  out["id"] = endpoint.id;
  out["url"] = endpoint.url;
  out["events"] = texts(endpoint.kinds);
  out["description"] = endpoint.description;
  out["enabled"] = endpoint.enabled;
  out["createdAt"] = base::format_iso(endpoint.created_at);
  out["updatedAt"] = base::format_iso(endpoint.updated_at);
  out["legacySignature"] = endpoint.legacy_signature;
  out["headers"] = std::move(names);
  out["authentication"] = authentication_object(endpoint.authentication);
  if (const auto& certificate = endpoint.authentication.certificate) {
    out["clientCertificate"] =
        json::object{{"subject", certificate->subject},
                     {"expiresAt", base::format_iso(certificate->expires_at)}};
  }
  if (endpoint.suspended_at) out["suspendedAt"] = base::format_iso(*endpoint.suspended_at);
  if (endpoint.previous_secret_until) {
    out["previousSecretExpiresAt"] = base::format_iso(*endpoint.previous_secret_until);
  }
  return out;
}

/// `,"nextCursor":"…"` for the end of a list; nothing without a cursor.
std::string cursor_member(const std::string& next_cursor) {
  if (next_cursor.empty()) return {};
  return ",\"nextCursor\":" + json::serialize(json::string(next_cursor));
}

}  // namespace

std::string webhook_json(const app::WebhookEndpoint& endpoint, bool with_secret) {
  json::object out = webhook_object(endpoint);
  if (with_secret) out["secret"] = endpoint.secret.reveal();
  return json::serialize(out);
}

std::string webhooks_json(const std::vector<app::WebhookEndpoint>& endpoints) {
  json::array out;
  for (const auto& endpoint : endpoints) out.push_back(webhook_object(endpoint));
  return json::serialize(out);
}

std::string attempts_json(const std::vector<app::DeliveryAttempt>& attempts,
                          const std::string& next_cursor) {
  json::array list;
  for (const auto& attempt : attempts) {
    json::object entry;
    entry["eventId"] = attempt.event_id;
    entry["number"] = attempt.number;
    entry["status"] = attempt.status;
    if (!attempt.error.empty()) entry["error"] = attempt.error;
    entry["at"] = base::format_iso(attempt.at);
    list.push_back(std::move(entry));
  }
  return "{\"attempts\":" + json::serialize(list) + cursor_member(next_cursor) + '}';
}

std::string event_id_json(const app::StoredEvent& event) {
  return json::serialize(json::object{{"eventId", event.id}});
}

std::string event_json(const app::StoredEvent& event) {
  json::object head;
  head["eventId"] = event.id;
  head["kind"] = event.kind;
  if (!event.order_id.empty()) head["orderId"] = event.order_id;
  head["createdAt"] = base::format_iso(event.created_at);
  // The body goes in as it is: parsed and written anew, a number might be spelled another way.
  std::string out = json::serialize(head);
  out.pop_back();
  return out + ",\"body\":" + event.body + '}';
}

std::string events_json(const std::vector<app::StoredEvent>& events,
                        const std::string& next_cursor) {
  std::string list;
  for (const auto& event : events) list += (list.empty() ? "" : ",") + event_json(event);
  return "{\"events\":[" + list + ']' + cursor_member(next_cursor) + '}';
}

std::string redelivery_json(const app::Redelivery& redelivery) {
  return json::serialize(
      json::object{{"eventId", redelivery.event_id}, {"webhooks", texts(redelivery.endpoint_ids)}});
}

std::string replay_json(const app::ReplayOutcome& outcome) {
  return json::serialize(json::object{{"matched", outcome.matched},
                                      {"deliveries", outcome.deliveries},
                                      {"dryRun", outcome.dry_run}});
}

}  // namespace chartroom::api
