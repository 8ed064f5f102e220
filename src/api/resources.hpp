// One function per operation of the contract; each file beside this one holds one resource.
#pragma once

#include "api/context.hpp"
#include "api/idempotency.hpp"
#include "app/types.hpp"
#include "http/message.hpp"

namespace chartroom::api {

// token.cpp
http::Response post_token(const ApiPorts& ports, const http::Request& request);
/// The answer of a token endpoint that issued nothing; counts what may be a guess.
http::Response token_error(const ApiPorts& ports, const http::Request& request,
                           const std::string& client_id, const base::Error& error);

// connect_token.cpp
http::Response post_connect_token(const ApiPorts& ports, const http::Request& request);

// order_types.cpp
http::Response get_order_types(const ApiPorts& ports, const app::Application& application,
                               const http::Request& request);

// users.cpp
http::Response post_user(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request, const Once& once);
http::Response get_users(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request);
http::Response get_user(const ApiPorts& ports, const app::Application& application,
                        const http::Request& request);

// providers.cpp
http::Response get_providers(const ApiPorts& ports, const app::Application& application,
                             const http::Request& request);

// user_actions.cpp
http::Response post_user_action(const ApiPorts& ports, const app::Application& application,
                                const http::Request& request, const Once& once);

// reports.cpp
http::Response get_reports(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request);
http::Response get_report(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request);

// consumer_link.cpp
http::Response post_consumer_link(const ApiPorts& ports, const app::Application& application,
                                  const http::Request& request, const Once& once);

// subscriptions.cpp
http::Response post_subscription(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request, const Once& once);
http::Response get_subscriptions(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request);
http::Response get_subscription(const ApiPorts& ports, const app::Application& application,
                                const http::Request& request);
http::Response delete_subscription(const ApiPorts& ports, const app::Application& application,
                                   const http::Request& request);

// orders.cpp
http::Response get_order(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request);
http::Response get_timeline(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request);

// tasks.cpp
http::Response get_tasks(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request);
http::Response get_task(const ApiPorts& ports, const app::Application& application,
                        const http::Request& request);
http::Response post_task_resolution(const ApiPorts& ports, const app::Application& application,
                                    const http::Request& request, const Once& once);

// webhooks.cpp
http::Response post_webhook(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request, const Once& once);
http::Response get_webhooks(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request);
http::Response get_webhook(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request);
http::Response patch_webhook(const ApiPorts& ports, const app::Application& application,
                             const http::Request& request);
http::Response delete_webhook(const ApiPorts& ports, const app::Application& application,
                              const http::Request& request);
http::Response post_webhook_rotation(const ApiPorts& ports, const app::Application& application,
                                     const http::Request& request, const Once& once);
http::Response post_webhook_test(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request, const Once& once);
http::Response get_webhook_attempts(const ApiPorts& ports, const app::Application& application,
                                    const http::Request& request);

// events.cpp
http::Response get_events(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request);
http::Response get_event(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request);
http::Response post_redelivery(const ApiPorts& ports, const app::Application& application,
                               const http::Request& request, const Once& once);
http::Response post_replay(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request, const Once& once);

// sandbox_clock.cpp
http::Response get_clock(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request);
http::Response post_clock(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request, const Once& once);

// operations.cpp
http::Response get_jwks(const ApiPorts& ports, const http::Request& request);
http::Response get_metrics(const ApiPorts& ports, const http::Request& request);
http::Response get_livez(const ApiPorts& ports, const http::Request& request);
http::Response get_readyz(const ApiPorts& ports, const http::Request& request);

// api_document.cpp
http::Response get_openapi(const ApiPorts& ports, const http::Request& request);
http::Response get_docs(const ApiPorts& ports, const http::Request& request);

}  // namespace chartroom::api
