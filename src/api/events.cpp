// The event log (contract §15): what was told, to be followed and to be told again.
#include "api/paging.hpp"
#include "api/resources.hpp"
#include "api/webhook_json.hpp"
#include "api/webhook_reader.hpp"
#include "app/webhook_rules.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

constexpr std::string_view kList = "events";

/// False for a value that is there and is no date.
bool read_time(const http::Request& request, std::string_view name,
               std::optional<base::TimePoint>& out) {
  const auto text = request.query_value(name);
  if (!text) return true;
  out = base::parse_iso(*text);
  return out.has_value();
}

std::optional<app::EventFilter> read_filter(const http::Request& request) {
  app::EventFilter filter;
  filter.order_id = request.query_value("orderId");
  filter.kind = request.query_value("kind");
  if (filter.order_id && filter.order_id->empty()) return std::nullopt;
  if (filter.kind && !app::is_event_kind(*filter.kind)) return std::nullopt;
  if (!read_time(request, "since", filter.since) || !read_time(request, "until", filter.until)) {
    return std::nullopt;
  }
  return filter;
}

http::Response refused(const http::Request& request, const Findings& findings) {
  const auto& found = findings.validation();
  return http::invalid_input(request, found.message, found.keys);
}

}  // namespace

http::Response get_events(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request) {
  const auto window = read_list_window(request, kList);
  const auto filter = read_filter(request);
  if (!window || !filter) return http::plain_error(request, 400);
  const auto events =
      ports.desk.events(application, *filter, window->position.value_or(0), window->limit);
  if (!events) return error_answer(ports, request, events.error());
  // A log has no last page: whoever follows it asks on from where it ended.
  const std::string next = events->empty() ? "" : make_cursor(kList, events->back().sequence);
  return http::json_response(200, events_json(*events, next));
}

http::Response get_event(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request) {
  const auto event = ports.desk.event(application, request.path_parameters.at("eventId"));
  if (!event) return error_answer(ports, request, event.error());
  return http::json_response(200, event_json(*event));
}

http::Response post_redelivery(const ApiPorts& ports, const app::Application& application,
                               const http::Request& request, const Once& once) {
  const auto body = read_json_or_nothing(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto endpoint_id = read_redelivery(*body.json, findings);
  if (!findings.empty()) return refused(request, findings);
  const app::Answering<app::Redelivery> answering{[](const app::Redelivery& redelivery) {
                                                    return app::RenderedAnswer{
                                                        202, kJson, redelivery_json(redelivery)};
                                                  },
                                                  once};
  auto done = ports.desk.redeliver(application, request.path_parameters.at("eventId"), endpoint_id,
                                   answering);
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

http::Response post_replay(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto replay = read_replay(*body.json, findings);
  if (!findings.empty()) return refused(request, findings);
  const app::Answering<app::ReplayOutcome> answering{[](const app::ReplayOutcome& outcome) {
                                                       return app::RenderedAnswer{
                                                           200, kJson, replay_json(outcome)};
                                                     },
                                                     once};
  auto done = ports.desk.replay_events(application, replay, answering);
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

}  // namespace chartroom::api
