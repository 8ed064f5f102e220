#include "api/webhook_reader.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "api/object_reader.hpp"
#include "app/outgoing_rules.hpp"
#include "app/webhook_rules.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;
using Headers = app::SecretHeaders;

std::optional<std::string> read_url(ObjectReader& reader, bool required, bool sandbox) {
  auto url = required ? reader.required_text("url", app::kWebhookUrlCharacters)
                      : reader.text("url", app::kWebhookUrlCharacters);
  if (!url) return std::nullopt;
  if (const auto rule = app::broken_url_rule(*url, sandbox)) {
    reader.refuse("url", *rule);
    return std::nullopt;
  }
  return url;
}

std::optional<std::vector<std::string>> read_kinds(ObjectReader& reader, std::string_view name,
                                                   Findings& findings) {
  const auto* values = reader.array(name, base::limits::kListEntries);
  if (values == nullptr) return std::nullopt;
  const std::vector<std::string> known(app::kEventKinds.begin(), app::kEventKinds.end());
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const auto where = join_path(reader.path(name), std::to_string(i));
    auto kind = read_text((*values)[i], where, base::limits::kFieldCodePoints, findings);
    if (!kind) continue;
    if (!app::is_event_kind(*kind)) {
      findings.add(where, "must be one of [" + base::join(known, ", ") + "]");
    } else if (std::find(kinds.begin(), kinds.end(), *kind) != kinds.end()) {
      findings.add(where, "contains a duplicate value");
    } else {
      kinds.push_back(*std::move(kind));
    }
  }
  return kinds;
}

/// Nullopt and a finding for a header that cannot be sent.
std::optional<std::string> read_header(std::string_view name, const json::value& value,
                                       const std::string& where, Findings& findings) {
  const auto* text = value.if_string();
  if (text == nullptr) {
    findings.add(where, "must be a string");
    return std::nullopt;
  }
  const std::string_view content(text->data(), text->size());
  if (base::trim(content).empty()) {
    findings.add(where, "is not allowed to be empty");
    return std::nullopt;
  }
  if (const auto rule = app::broken_header_rule(name, content)) {
    findings.add(where, *rule);
    return std::nullopt;
  }
  return std::string(content);
}

std::optional<Headers> read_headers(ObjectReader& reader, Findings& findings) {
  const auto* object = reader.object("headers");
  if (object == nullptr) return std::nullopt;
  if (object->size() > app::kWebhookHeadersMost) {
    reader.refuse("headers", "must have less than or equal to " +
                                 std::to_string(app::kWebhookHeadersMost) + " keys");
    return std::nullopt;
  }
  Headers headers;
  for (const auto& member : *object) {
    const std::string name(member.key().data(), member.key().size());
    const auto where = join_path(reader.path("headers"), name);
    auto value = read_header(name, member.value(), where, findings);
    if (!value) continue;
    const bool twice = std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
      return base::equals_ignoring_case_ascii(header.first, name);
    });
    if (twice) {
      findings.add(where, "contains a duplicate value");
    } else {
      headers.emplace_back(name, base::Sensitive<std::string>(*std::move(value)));
    }
  }
  return headers;
}

/// A text that keeps to `rule`.
template <typename Rule>
std::string read_ruled(ObjectReader& reader, std::string_view name, bool required, Rule rule) {
  const auto text =
      required ? reader.required_text(name, app::kPemBytes) : reader.text(name, app::kPemBytes);
  if (!text) return {};
  if (const auto broken = rule(*text)) reader.refuse(name, *broken);
  return *text;
}

/// {"type":"none"}, or with the members of its type alone.
std::optional<app::OutgoingAuth> read_authentication(ObjectReader& outer, bool sandbox,
                                                     Findings& findings) {
  using Type = app::OutgoingAuth::Type;
  const auto* object = outer.object("authentication");
  if (object == nullptr) return std::nullopt;
  ObjectReader reader(*object, outer.path("authentication"), findings);
  app::OutgoingAuth auth;
  const auto type = reader.choice("type", {"none", "basic", "oauth2"}, true);
  if (!type) return std::nullopt;
  auth.type = *app::auth_type_from(*type);
  if (auth.type == Type::basic) {
    auth.user = read_ruled(reader, "user", true, app::broken_user_rule);
    auth.password =
        base::Sensitive<std::string>(read_ruled(reader, "password", true, app::broken_secret_rule));
  }
  if (auth.type == Type::oauth2) {
    auth.token_url = read_ruled(reader, "tokenUrl", true, [&](const std::string& url) {
      return app::broken_url_rule(url, sandbox);
    });
    auth.client_id = read_ruled(reader, "clientId", true, app::broken_secret_rule);
    auth.client_secret = base::Sensitive<std::string>(
        read_ruled(reader, "clientSecret", true, app::broken_secret_rule));
    auth.scope = read_ruled(reader, "scope", false, app::broken_scope_rule);
    auth.secret_in_body =
        reader.choice("secretIn", {"header", "body"}).value_or("header") == "body";
  }
  reader.refuse_unknown();
  return auth;
}

/// {} takes a certificate away.
std::optional<std::optional<app::ClientCertificate>> read_certificate(ObjectReader& outer,
                                                                      Findings& findings) {
  const auto* object = outer.object("clientCertificate");
  if (object == nullptr) return std::nullopt;
  if (object->empty()) return std::optional<app::ClientCertificate>();
  ObjectReader reader(*object, outer.path("clientCertificate"), findings);
  app::ClientCertificate certificate;
  certificate.certificate = reader.required_text("certificate", app::kPemBytes).value_or("");
  certificate.private_key =
      base::Sensitive<std::string>(reader.required_text("privateKey", app::kPemBytes).value_or(""));
  reader.refuse_unknown();
  return std::optional(std::move(certificate));
}

std::optional<base::TimePoint> read_time(ObjectReader& reader, std::string_view name) {
  const auto text = reader.required_text(name);
  if (!text) return std::nullopt;
  const auto at = base::parse_iso(*text);
  if (!at) reader.refuse(name, "must be a valid date");
  return at;
}

}  // namespace

app::NewWebhook read_new_webhook(const json::object& body, bool sandbox, Findings& findings) {
  ObjectReader reader(body, "", findings);
  app::NewWebhook webhook;
  webhook.url = read_url(reader, true, sandbox).value_or("");
  webhook.kinds = read_kinds(reader, "events", findings).value_or(std::vector<std::string>());
  webhook.description = reader.text("description").value_or("");
  webhook.enabled = reader.boolean("enabled").value_or(true);
  webhook.legacy_signature = reader.boolean("legacySignature").value_or(false);
  webhook.headers = read_headers(reader, findings).value_or(Headers());
  webhook.authentication =
      read_authentication(reader, sandbox, findings).value_or(app::OutgoingAuth());
  webhook.authentication.certificate =
      read_certificate(reader, findings).value_or(std::optional<app::ClientCertificate>());
  reader.refuse_unknown();
  return webhook;
}

app::WebhookChange read_webhook_change(const json::object& body, bool sandbox, Findings& findings) {
  ObjectReader reader(body, "", findings);
  app::WebhookChange change;
  change.url = read_url(reader, false, sandbox);
  change.kinds = read_kinds(reader, "events", findings);
  change.description = reader.text("description");
  change.enabled = reader.boolean("enabled");
  change.legacy_signature = reader.boolean("legacySignature");
  change.headers = read_headers(reader, findings);
  change.authentication = read_authentication(reader, sandbox, findings);
  change.certificate = read_certificate(reader, findings);
  reader.refuse_unknown();
  if (body.empty()) findings.add("", "must have at least 1 key");
  return change;
}

base::Duration read_rotation(const json::object& body, Findings& findings) {
  ObjectReader reader(body, "", findings);
  const auto text = reader.text("overlap");
  reader.refuse_unknown();
  if (!text) return app::kRotationOverlap;
  const auto overlap = base::parse_duration(*text);
  if (overlap && *overlap >= base::Duration::zero() && *overlap <= app::kRotationOverlapMost) {
    return *overlap;
  }
  reader.refuse("overlap", "must be a duration from 0s to 7d, such as 90s, 15m, 8h or 2d");
  return app::kRotationOverlap;
}

void refuse_members(const json::object& body, Findings& findings) {
  ObjectReader(body, "", findings).refuse_unknown();
}

std::optional<std::string> read_redelivery(const json::object& body, Findings& findings) {
  ObjectReader reader(body, "", findings);
  auto webhook_id = reader.text("webhookId", base::limits::kIdCodePoints);
  reader.refuse_unknown();
  return webhook_id;
}

app::ReplayRequest read_replay(const json::object& body, Findings& findings) {
  ObjectReader reader(body, "", findings);
  app::ReplayRequest replay;
  replay.filter.since = read_time(reader, "since");
  replay.filter.until = read_time(reader, "until");
  replay.kinds = read_kinds(reader, "kinds", findings).value_or(std::vector<std::string>());
  replay.filter.order_id = reader.text("orderId", base::limits::kIdCodePoints);
  replay.endpoint_id = reader.text("webhookId", base::limits::kIdCodePoints);
  replay.dry_run = reader.boolean("dryRun").value_or(true);
  reader.refuse_unknown();
  if (replay.filter.since && replay.filter.until && *replay.filter.since >= *replay.filter.until) {
    reader.refuse("until", "must be later than \"since\"");
  }
  return replay;
}

}  // namespace chartroom::api
