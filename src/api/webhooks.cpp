// Webhook endpoints (contract §15): /api/v1/webhooks and what lies below it.
#include <limits>

#include "api/paging.hpp"
#include "api/resources.hpp"
#include "api/webhook_json.hpp"
#include "api/webhook_reader.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

const std::string& webhook_id(const http::Request& request) {
  return request.path_parameters.at("webhookId");
}

http::Response refused(const http::Request& request, const Findings& findings) {
  const auto& found = findings.validation();
  return http::invalid_input(request, found.message, found.keys);
}

app::Answering<app::WebhookEndpoint> with_secret(int status, const Once& once) {
  return {[status](const app::WebhookEndpoint& endpoint) {
            return app::RenderedAnswer{status, kJson, webhook_json(endpoint, true)};
          },
          once};
}

http::Response send(const ApiPorts& ports, const http::Request& request,
                    base::Result<app::RenderedAnswer> done) {
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

}  // namespace

http::Response post_webhook(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto webhook = read_new_webhook(*body.json, application.sandbox, findings);
  if (!findings.empty()) return refused(request, findings);
  return send(ports, request, ports.desk.add_webhook(application, webhook, with_secret(201, once)));
}

http::Response get_webhooks(const ApiPorts& ports, const app::Application& application,
                            const http::Request& request) {
  const auto endpoints = ports.desk.webhooks(application);
  if (!endpoints) return error_answer(ports, request, endpoints.error());
  return http::json_response(200, webhooks_json(*endpoints));
}

http::Response get_webhook(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request) {
  const auto endpoint = ports.desk.webhook(application, webhook_id(request));
  if (!endpoint) return error_answer(ports, request, endpoint.error());
  return http::json_response(200, webhook_json(*endpoint, false));
}

http::Response patch_webhook(const ApiPorts& ports, const app::Application& application,
                             const http::Request& request) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto change = read_webhook_change(*body.json, application.sandbox, findings);
  if (!findings.empty()) return refused(request, findings);
  const auto endpoint = ports.desk.change_webhook(application, webhook_id(request), change);
  if (!endpoint) return error_answer(ports, request, endpoint.error());
  return http::json_response(200, webhook_json(*endpoint, false));
}

http::Response delete_webhook(const ApiPorts& ports, const app::Application& application,
                              const http::Request& request) {
  const auto removed = ports.desk.remove_webhook(application, webhook_id(request));
  if (!removed) return error_answer(ports, request, removed.error());
  return http::Response{.status = 204};
}

http::Response post_webhook_rotation(const ApiPorts& ports, const app::Application& application,
                                     const http::Request& request, const Once& once) {
  const auto body = read_json_or_nothing(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto overlap = read_rotation(*body.json, findings);
  if (!findings.empty()) return refused(request, findings);
  return send(ports, request,
              ports.desk.rotate_webhook_secret(application, webhook_id(request), overlap,
                                               with_secret(200, once)));
}

http::Response post_webhook_test(const ApiPorts& ports, const app::Application& application,
                                 const http::Request& request, const Once& once) {
  const auto body = read_json_or_nothing(request);
  if (!body.json) return body.answer;
  Findings findings;
  refuse_members(*body.json, findings);
  if (!findings.empty()) return refused(request, findings);
  const app::Answering<app::StoredEvent> answering{[](const app::StoredEvent& event) {
                                                     return app::RenderedAnswer{
                                                         202, kJson, event_id_json(event)};
                                                   },
                                                   once};
  return send(ports, request, ports.desk.test_webhook(application, webhook_id(request), answering));
}

http::Response get_webhook_attempts(const ApiPorts& ports, const app::Application& application,
                                    const http::Request& request) {
  const std::string list = "attempts/" + webhook_id(request);
  const auto window = read_list_window(request, list);
  if (!window) return http::plain_error(request, 400);
  const auto before = window->position.value_or(std::numeric_limits<std::int64_t>::max());
  // One more than is shown tells whether there is a next page.
  auto attempts = ports.desk.attempts(application, webhook_id(request), before, window->limit + 1);
  if (!attempts) return error_answer(ports, request, attempts.error());
  std::string next;
  if (attempts->size() > window->limit) {
    attempts->pop_back();
    next = make_cursor(list, attempts->back().sequence);
  }
  return http::json_response(200, attempts_json(*attempts, next));
}

}  // namespace chartroom::api
