#include "api/routes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/idempotency.hpp"
#include "api/limits.hpp"
#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

using SharedPorts = std::shared_ptr<const ApiPorts>;
using OpenOperation = http::Response (*)(const ApiPorts&, const http::Request&);
using Operation = http::Response (*)(const ApiPorts&, const app::Application&,
                                     const http::Request&);
using PostOperation = http::Response (*)(const ApiPorts&, const app::Application&,
                                         const http::Request&, const Once&);
using SharedCalls = std::shared_ptr<CallsInFlight>;

http::Handler open(const SharedPorts& ports, OpenOperation operation) {
  return [ports, operation](const http::Request& request) { return operation(*ports, request); };
}

/// Whoever asks is known before anything of the request is looked at.
http::Handler with_token(const SharedPorts& ports, Operation operation) {
  return [ports, operation](const http::Request& request) {
    const auto token = bearer_token(request);
    if (!token) return unauthorized(request, kBadToken);
    const auto application = ports->desk.authenticate(*token);
    if (!application) return error_answer(*ports, request, application.error());
    if (ports->door) ports->door->learn(*token, application->client_id);
    return operation(*ports, *application, request);
  };
}

/// Whether a request is about this user and nobody else. A request that names no user, or one in
/// two ways, is about nobody: the operation itself says what is wrong with it.
base::Result<bool> concerns_only(const ApiPorts& ports, const app::UserSession& session,
                                 const http::Request& request) {
  const auto report_id = request.path_parameters.find("reportId");
  if (report_id != request.path_parameters.end()) {
    const auto groups = ports.desk.reports(session.application, {session.human_id, {}}, "");
    if (!groups) return base::pass_on(groups.error());
    return std::any_of(groups->begin(), groups->end(), [&](const app::ReportGroup& group) {
      return std::any_of(group.reports.begin(), group.reports.end(),
                         [&](const auto& report) { return report.id == report_id->second; });
    });
  }
  const auto human_id = request.path_parameters.find("humanId");
  if (human_id != request.path_parameters.end()) return human_id->second == session.human_id;
  const auto key = user_key(request);
  if (!key) return true;
  const auto user = ports.desk.user(session.application, *key);
  if (!user) return base::pass_on(user.error());
  return user->user.human_id == session.human_id;
}

/// The same for what a user's own access token may read as well: for anybody else's data the answer
/// is that of an unknown id.
http::Handler with_users_token(const SharedPorts& ports, Operation operation) {
  return [ports, operation](const http::Request& request) {
    const auto token = bearer_token(request);
    if (!token) return unauthorized(request, kBadToken);
    const auto application = ports->desk.authenticate(*token);
    if (application) {
      if (ports->door) ports->door->learn(*token, application->client_id);
      return operation(*ports, *application, request);
    }
    if (application.error().code != base::ErrorCode::unauthenticated) {
      return error_answer(*ports, request, application.error());
    }
    const auto session = ports->desk.authenticate_user(*token);
    if (!session) return error_answer(*ports, request, session.error());
    if (ports->door) ports->door->learn(*token, session->application.client_id);
    const auto allowed = concerns_only(*ports, *session, request);
    if (!allowed) return error_answer(*ports, request, allowed.error());
    if (!*allowed) return http::plain_error(request, 404);
    return operation(*ports, session->application, request);
  };
}

/// As with_token() for a POST, which may carry an Idempotency-Key.
http::Handler once(const SharedPorts& ports, const SharedCalls& calls, PostOperation operation) {
  return [ports, calls, operation](const http::Request& request) {
    const auto token = bearer_token(request);
    if (!token) return unauthorized(request, kBadToken);
    const auto application = ports->desk.authenticate(*token);
    if (!application) return error_answer(*ports, request, application.error());
    if (ports->door) ports->door->learn(*token, application->client_id);
    return answer_once(*ports, *calls, *application, request, [&](const Once& call) {
      return operation(*ports, *application, request, call);
    });
  };
}

/// Both may be null for a caller that runs no handler.
std::vector<http::Route> table(const SharedPorts& p, const SharedCalls& c) {
  return {
      {"POST", "/v1/admin/token", open(p, post_token)},
      {"POST", "/v1/connect/token", open(p, post_connect_token)},
      {"GET", "/api/v1/order-types", with_token(p, get_order_types)},
      {"POST", "/api/v1/users", once(p, c, post_user)},
      {"GET", "/api/v1/users", with_token(p, get_users)},
      {"GET", "/api/v1/users/{humanId}", with_users_token(p, get_user)},
      {"GET", "/api/v1/users/providers", with_token(p, get_providers)},
      {"POST", "/api/v1/users/actions", once(p, c, post_user_action)},
      {"GET", "/api/v1/subscriptions", with_token(p, get_subscriptions)},
      {"POST", "/api/v1/subscriptions", once(p, c, post_subscription)},
      {"GET", "/api/v1/subscriptions/{subscriptionId}", with_token(p, get_subscription)},
      {"DELETE", "/api/v1/subscriptions/{subscriptionId}", with_token(p, delete_subscription)},
      {"GET", "/api/v1/user/reports", with_users_token(p, get_reports)},
      {"GET", "/api/v1/user/reports/{reportId}", with_users_token(p, get_report)},
      {"POST", "/api/v1/resources/consumer-link", once(p, c, post_consumer_link)},
      {"GET", "/api/v1/orders/{orderId}", with_token(p, get_order)},
      {"GET", "/api/v1/orders/{orderId}/timeline", with_token(p, get_timeline)},
      {"GET", "/api/v1/tasks", with_token(p, get_tasks)},
      {"GET", "/api/v1/tasks/{taskId}", with_token(p, get_task)},
      {"POST", "/api/v1/tasks/{taskId}/resolve", once(p, c, post_task_resolution)},
      {"POST", "/api/v1/webhooks", once(p, c, post_webhook)},
      {"GET", "/api/v1/webhooks", with_token(p, get_webhooks)},
      {"GET", "/api/v1/webhooks/{webhookId}", with_token(p, get_webhook)},
      {"PATCH", "/api/v1/webhooks/{webhookId}", with_token(p, patch_webhook)},
      {"DELETE", "/api/v1/webhooks/{webhookId}", with_token(p, delete_webhook)},
      {"POST", "/api/v1/webhooks/{webhookId}/rotate-secret", once(p, c, post_webhook_rotation)},
      {"POST", "/api/v1/webhooks/{webhookId}/test", once(p, c, post_webhook_test)},
      {"GET", "/api/v1/webhooks/{webhookId}/attempts", with_token(p, get_webhook_attempts)},
      {"GET", "/api/v1/events", with_token(p, get_events)},
      {"POST", "/api/v1/events/replay", once(p, c, post_replay)},
      {"GET", "/api/v1/events/{eventId}", with_token(p, get_event)},
      {"POST", "/api/v1/events/{eventId}/redeliver", once(p, c, post_redelivery)},
      {"GET", "/api/v1/sandbox/clock", with_token(p, get_clock)},
      {"POST", "/api/v1/sandbox/clock", once(p, c, post_clock)},
      {"GET", "/.well-known/jwks.json", open(p, get_jwks)},
      {"GET", "/livez", open(p, get_livez)},
      {"GET", "/readyz", open(p, get_readyz)},
      {"GET", "/metrics", open(p, get_metrics)},
      {"GET", "/openapi.json", open(p, get_openapi)},
      {"GET", "/docs", open(p, get_docs)},
  };
}

}  // namespace

std::vector<http::Route> make_routes(ApiPorts ports) {
  ports.limits = std::make_shared<Limits>(ports.clock, ports.limit_settings);
  return table(std::make_shared<const ApiPorts>(std::move(ports)),
               std::make_shared<CallsInFlight>());
}

std::vector<std::pair<std::string, std::string>> operation_names() {
  std::vector<std::pair<std::string, std::string>> names;
  for (auto& route : table(nullptr, nullptr)) {
    names.emplace_back(std::move(route.method), std::move(route.pattern));
  }
  return names;
}

}  // namespace chartroom::api
