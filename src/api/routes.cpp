#include "api/routes.hpp"

#include <memory>
#include <utility>

#include "api/idempotency.hpp"
#include "api/resources.hpp"

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
    return operation(*ports, *application, request);
  };
}

/// The same for a POST, which may carry an Idempotency-Key.
http::Handler once(const SharedPorts& ports, const SharedCalls& calls, PostOperation operation) {
  return [ports, calls, operation](const http::Request& request) {
    const auto token = bearer_token(request);
    if (!token) return unauthorized(request, kBadToken);
    const auto application = ports->desk.authenticate(*token);
    if (!application) return error_answer(*ports, request, application.error());
    return answer_once(*ports, *calls, *application, request, [&](const Once& call) {
      return operation(*ports, *application, request, call);
    });
  };
}

}  // namespace

std::vector<http::Route> make_routes(ApiPorts ports) {
  const auto p = std::make_shared<const ApiPorts>(std::move(ports));
  const auto c = std::make_shared<CallsInFlight>();
  return {
      {"POST", "/v1/admin/token", open(p, post_token)},
      {"GET", "/api/v1/order-types", with_token(p, get_order_types)},
      {"POST", "/api/v1/users", once(p, c, post_user)},
      {"GET", "/api/v1/users", with_token(p, get_users)},
      {"GET", "/api/v1/users/{humanId}", with_token(p, get_user)},
      {"POST", "/api/v1/users/actions", once(p, c, post_user_action)},
      {"GET", "/api/v1/user/reports", with_token(p, get_reports)},
      {"GET", "/api/v1/user/reports/{reportId}", with_token(p, get_report)},
      {"POST", "/api/v1/resources/consumer-link", once(p, c, post_consumer_link)},
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
  };
}

}  // namespace chartroom::api
