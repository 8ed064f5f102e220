// POST and GET /api/v1/users, GET /api/v1/users/{humanId} (contract §3.2, §3.3, §3.5).
#include <algorithm>
#include <functional>

#include "api/new_order_reader.hpp"
#include "api/paging.hpp"
#include "api/resources.hpp"
#include "api/user_json.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

NewOrderRules rules_for(const ApiPorts& ports, const app::Application& application,
                        const std::vector<order::OrderType>& types) {
  NewOrderRules rules;
  rules.today = base::Date::from(ports.clock.now() + application.clock_offset);
  for (const auto& type : types) rules.order_types.push_back(type.code);
  rules.address = address_rule(application);
  rules.email_required = [&types, &application](const std::optional<std::string>& code) {
    const auto& wanted = code ? *code : application.default_order_type;
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const auto& candidate) { return candidate.code == wanted; });
    return type == types.end() || type->email_required;
  };
  return rules;
}

std::function<app::RenderedAnswer(const app::UserView&)> render_for(
    const app::Application& application) {
  return [with_order_id = application.settings.order_id_in_answer](const app::UserView& view) {
    return app::RenderedAnswer{202, kJson, created_user_json(view, with_order_id)};
  };
}

http::Response place_error(const ApiPorts& ports, const http::Request& request,
                           const base::Error& error, const NewOrderRules& rules) {
  if (error.code == base::ErrorCode::invalid_input && error.field == "orderType") {
    std::string codes;
    for (const auto& code : rules.order_types) codes += (codes.empty() ? "" : ", ") + code;
    return http::invalid_input(request, "\"orderType\" must be one of [" + codes + "]",
                               {"orderType"});
  }
  if (error.code == base::ErrorCode::invalid_input && error.field == "clientUserEmail") {
    return http::invalid_input(request, R"("clientUserEmail" is required)", {"clientUserEmail"});
  }
  return error_answer(ports, request, error);
}

http::Response list_answer(const ApiPorts& ports, const http::Request& request,
                           const std::vector<app::UserView>& views, const Window& window,
                           std::uint64_t total) {
  auto response = http::json_response(200, users_json(views));
  add_paging(response, request, ports.public_url, window, total);
  return response;
}

/// The list filtered by an id has one entry; both ids must then mean the same user.
http::Response filtered(const ApiPorts& ports, const app::Application& application,
                        const http::Request& request, const Window& window) {
  const auto human_id = request.query_value("humanId");
  const auto client_user_id = request.query_value("clientUserId");
  app::UserKey key;
  (human_id ? key.human_id : key.client_user_id) = human_id ? human_id : client_user_id;
  auto view = ports.desk.user(application, key);
  if (!view) return error_answer(ports, request, view.error());
  if (human_id && client_user_id && view->user.client_user_id != *client_user_id) {
    return http::plain_error(request, 404);
  }
  std::vector<app::UserView> views;
  if (window.offset == 0) views.push_back(*std::move(view));
  return list_answer(ports, request, views, {0, window.limit}, 1);
}

}  // namespace

http::Response post_user(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request, const Once& once) {
  if (!is_json(request)) return http::plain_error(request, 415);
  const auto types = ports.desk.order_types(application);
  if (!types) return error_answer(ports, request, types.error());
  const auto rules = rules_for(ports, application, *types);
  const auto order = read_new_order(request.body, rules);
  if (!order) return http::invalid_input(request, order.error().message, order.error().keys);
  auto placed = ports.desk.place_order(application, *order, {render_for(application), once});
  if (!placed) return place_error(ports, request, placed.error(), rules);
  return to_response(std::move(placed->answer));
}

http::Response get_users(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request) {
  const auto window = read_window(request);
  if (!window) return http::plain_error(request, 400);
  if (request.query_value("humanId") || request.query_value("clientUserId")) {
    return filtered(ports, application, request, *window);
  }
  const auto page = ports.desk.users(application, window->offset, window->limit);
  if (!page) return error_answer(ports, request, page.error());
  return list_answer(ports, request, page->items, *window, page->total);
}

http::Response get_user(const ApiPorts& ports, const app::Application& application,
                        const http::Request& request) {
  const auto view =
      ports.desk.user(application, {request.path_parameters.at("humanId"), std::nullopt});
  if (!view) return error_answer(ports, request, view.error());
  return http::json_response(200, user_json(*view));
}

}  // namespace chartroom::api
