// /api/v1/subscriptions: who is kept informed about an order (contract §3.7 to §3.10).
#include <boost/json.hpp>

#include "api/field_rules.hpp"
#include "api/object_reader.hpp"
#include "api/paging.hpp"
#include "api/resources.hpp"
#include "api/subscription_list.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;

void put(json::object& out, const char* name, const std::optional<std::string>& value) {
  if (value) out[name] = *value;
}

json::object subscription_object(const app::Subscription& subscription) {
  json::object out;
  put(out, "subscriberFirstName", subscription.first_name);
  put(out, "subscriberLastName", subscription.last_name);
  put(out, "subscriberOffice", subscription.office);
  out["clientUserId"] = subscription.client_user_id;
  out["subscriberEmail"] = subscription.email;
  out["id"] = subscription.id;
  out["createdAt"] = base::format_iso(subscription.created_at);
  out["role"] = subscription.role;
  return out;
}

app::RenderedAnswer render(const app::Subscription& subscription) {
  return {201, kJson, json::serialize(json::array{subscription_object(subscription)})};
}

app::NewSubscription read_subscription(const json::object& body, Findings& findings) {
  ObjectReader reader(body, "", findings);
  app::NewSubscription wanted;
  wanted.client_user_id =
      reader.required_text("clientUserId", base::limits::kIdCodePoints).value_or("");
  if (auto email = reader.required_text("subscriberEmail")) {
    if (!is_email(*email)) reader.refuse("subscriberEmail", "must be a valid email");
    wanted.email = *std::move(email);
  }
  wanted.role = reader.choice("role", {kProducer}, true).value_or("");
  wanted.office = reader.text("subscriberOffice");
  wanted.first_name = reader.text("subscriberFirstName");
  wanted.last_name = reader.text("subscriberLastName");
  reader.refuse_unknown();
  return wanted;
}

}  // namespace

http::Response post_subscription(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto wanted = read_subscription(*body.json, findings);
  if (!findings.empty()) {
    const auto& found = findings.validation();
    return http::invalid_input(request, found.message, found.keys);
  }
  auto done = ports.desk.subscribe(application, wanted, {render, once});
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

http::Response get_subscriptions(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request) {
  const auto window = read_window(request);
  const auto wanted = read_subscription_query(request);
  if (!window || !wanted) return http::plain_error(request, 400);
  auto all = ports.desk.subscriptions(application, wanted->client_user_id);
  if (!all) return error_answer(ports, request, all.error());
  const auto chosen = choose_subscriptions(*std::move(all), *wanted);
  json::array out;
  for (auto i = window->offset; i < chosen.size() && out.size() < window->limit; ++i) {
    out.push_back(subscription_object(chosen[i]));
  }
  auto response = http::json_response(200, json::serialize(out));
  add_paging(response, request, ports.public_url, *window, chosen.size());
  return response;
}

http::Response get_subscription(const ApiPorts& ports, const app::Application& application,
                                const http::Request& request) {
  const auto subscription =
      ports.desk.subscription(application, request.path_parameters.at("subscriptionId"));
  if (!subscription) return error_answer(ports, request, subscription.error());
  return http::json_response(200, json::serialize(subscription_object(*subscription)));
}

http::Response delete_subscription(const ApiPorts& ports, const app::Application& application,
                                   const http::Request& request) {
  const auto removed =
      ports.desk.unsubscribe(application, request.path_parameters.at("subscriptionId"));
  if (!removed) return error_answer(ports, request, removed.error());
  return {};
}

}  // namespace chartroom::api
