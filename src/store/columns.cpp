#include "store/columns.hpp"

#include <boost/json.hpp>

#include "base/text.hpp"

namespace chartroom::store {

namespace json = boost::json;

namespace {

/// Runs `read` over a stored JSON object; whatever Boost.JSON throws means a broken value.
template <typename Read>
base::Result<void> read_stored(std::string_view text, const char* what, Read read) {
  try {
    read(json::parse(text).as_object());
    return {};
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::corrupt, what);
  }
}

std::optional<std::string> optional_text(const json::object& in, const char* name) {
  const json::value* value = in.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value->as_string());
}

}  // namespace

std::string Place::context() const {
  std::string text;
  for (const std::string_view part : {client_id, table, column}) text.append(part).push_back('|');
  return text.append(row_id);
}

std::string subscriber_to_json(const app::Subscription& subscription) {
  json::object out{{"email", subscription.email}};
  if (subscription.office) out["office"] = *subscription.office;
  if (subscription.first_name) out["firstName"] = *subscription.first_name;
  if (subscription.last_name) out["lastName"] = *subscription.last_name;
  return json::serialize(out);
}

base::Result<void> subscriber_from_json(std::string_view text, app::Subscription& subscription) {
  return read_stored(text, "a stored subscription cannot be read", [&](const json::object& in) {
    subscription.email = in.at("email").as_string();
    subscription.office = optional_text(in, "office");
    subscription.first_name = optional_text(in, "firstName");
    subscription.last_name = optional_text(in, "lastName");
  });
}

std::string subscriber_key(const app::Sealer& sealer, std::string_view email) {
  return sealer.keyed_hash("subscriber|" + base::to_lower_ascii(email));
}

std::string webhook_options_to_json(const app::WebhookEndpoint& endpoint) {
  json::array headers;
  for (const auto& [name, value] : endpoint.headers) {
    headers.push_back(json::object{{"name", name}, {"value", value.reveal()}});
  }
  json::object out{{"previousSecret", endpoint.previous_secret.reveal()},
                   {"headers", std::move(headers)}};
  if (endpoint.authentication != app::OutgoingAuth{}) {
    out["authentication"] = app::auth_to_json(endpoint.authentication);
  }
  return json::serialize(out);
}

base::Result<void> webhook_options_from_json(std::string_view text,
                                             app::WebhookEndpoint& endpoint) {
  return read_stored(text, "a stored webhook cannot be read", [&](const json::object& in) {
    endpoint.previous_secret =
        base::Sensitive<std::string>(std::string(in.at("previousSecret").as_string()));
    for (const json::value& header : in.at("headers").as_array()) {
      endpoint.headers.emplace_back(
          std::string(header.at("name").as_string()),
          base::Sensitive<std::string>(std::string(header.at("value").as_string())));
    }
    // Rows of earlier releases have none.
    if (const json::value* auth = in.if_contains("authentication")) {
      endpoint.authentication = app::auth_from_json(auth->as_string()).value();
    }
  });
}

std::string list_to_json(const std::vector<std::string>& list) {
  boost::json::array array;
  for (const std::string& entry : list) array.emplace_back(entry);
  return boost::json::serialize(array);
}

base::Result<std::vector<std::string>> list_from_json(std::string_view json) {
  const auto broken = [] {
    return base::fail(base::ErrorCode::corrupt, "the store holds a broken list");
  };
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array()) return broken();
  std::vector<std::string> list;
  for (const boost::json::value& entry : value.get_array()) {
    if (!entry.is_string()) return broken();
    list.emplace_back(entry.get_string());
  }
  return list;
}

}  // namespace chartroom::store
