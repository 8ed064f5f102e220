// The event log: read, and delivered again.
#include <algorithm>

#include "app/announcements.hpp"
#include "app/desk_impl.hpp"
#include "app/webhook_rules.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

constexpr std::size_t kPage = 500;
/// A commit has a limit, and others wait for it: a large replay is committed in portions.
constexpr std::size_t kPortion = 5'000;

/// Who gets events again: the endpoint that was named, or every one that is switched on.
Result<std::vector<WebhookEndpoint>> receivers(TenantStore& tenant,
                                               const std::optional<std::string>& named) {
  if (!named) return tenant.webhooks();
  auto endpoint = tenant.find_webhook(*named);
  if (!endpoint) return pass_on(endpoint.error());
  if (!*endpoint) return fail(ErrorCode::not_found, "unknown webhook");
  if (!(*endpoint)->enabled) return fail(ErrorCode::conflict, "The webhook is switched off");
  return std::vector<WebhookEndpoint>{std::move(**endpoint)};
}

/// An endpoint that was named gets the event whatever kinds it asked for.
bool receives(const WebhookEndpoint& endpoint, const std::string& kind, bool named) {
  return named || wants(endpoint, kind);
}

/// The events that a replay is about, oldest first and without their bodies. Fails when there are
/// too many.
Result<std::vector<StoredEvent>> matching(TenantStore& tenant, const ReplayRequest& request) {
  EventFilter filter = request.filter;
  if (request.kinds.size() == 1) filter.kind = request.kinds.front();
  std::vector<StoredEvent> found;
  std::int64_t after = 0;
  for (;;) {
    auto page = tenant.find_events(filter, after, kPage);
    if (!page) return pass_on(page.error());
    for (StoredEvent& event : *page) {
      after = event.sequence;
      const bool wanted =
          request.kinds.empty() ||
          std::find(request.kinds.begin(), request.kinds.end(), event.kind) != request.kinds.end();
      if (!wanted) continue;
      if (found.size() == kReplayEventsMost) {
        return fail(ErrorCode::invalid_input,
                    "takes in more than " + std::to_string(kReplayEventsMost) + " events", "until");
      }
      event.body.clear();
      found.push_back(std::move(event));
    }
    if (page->size() < kPage) return found;
  }
}

}  // namespace

Result<std::vector<StoredEvent>> Desk::events(const Application& application,
                                              const EventFilter& filter, std::int64_t after,
                                              std::size_t limit) {
  return impl_->ports_.store.tenant(application.client_id)->find_events(filter, after, limit);
}

Result<StoredEvent> Desk::event(const Application& application, const std::string& event_id) {
  auto event = impl_->ports_.store.tenant(application.client_id)->find_event(event_id);
  if (!event) return pass_on(event.error());
  if (!*event) return fail(ErrorCode::not_found, "unknown event");
  return std::move(**event);
}

Result<RenderedAnswer> Desk::redeliver(const Application& application, const std::string& event_id,
                                       const std::optional<std::string>& endpoint_id,
                                       const Answering<Redelivery>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto event = this->event(application, event_id);
  if (!event) return pass_on(event.error());
  const auto endpoints = receivers(*tenant, endpoint_id);
  if (!endpoints) return pass_on(endpoints.error());
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  const std::string occasion = base::make_uuid_v4(impl_->ports_.random);
  Redelivery redelivery{event_id, {}};
  Commit writes{InsertAudit{{event->order_id, "api", "event.redelivered", event_id, *now}}};
  for (const WebhookEndpoint& endpoint : *endpoints) {
    if (!receives(endpoint, event->kind, endpoint_id.has_value())) continue;
    redelivery.endpoint_ids.push_back(endpoint.id);
    writes.emplace_back(InsertJob{delivery_job(*event, endpoint, *now, occasion)});
  }
  RenderedAnswer answer = impl_->answer(answering, redelivery, writes);
  const auto committed = tenant->commit(writes);
  if (!committed) return pass_on(committed.error());
  impl_->wake();
  return answer;
}

Result<RenderedAnswer> Desk::replay_events(const Application& application,
                                           const ReplayRequest& request,
                                           const Answering<ReplayOutcome>& answering) {
  if (!request.filter.since || !request.filter.until ||
      *request.filter.since >= *request.filter.until) {
    return fail(ErrorCode::invalid_input, "must be later than since", "until");
  }
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto endpoints = receivers(*tenant, request.endpoint_id);
  if (!endpoints) return pass_on(endpoints.error());
  const auto events = matching(*tenant, request);
  if (!events) return pass_on(events.error());
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());

  const std::string occasion = base::make_uuid_v4(impl_->ports_.random);
  ReplayOutcome outcome{events->size(), 0, request.dry_run};
  Commit writes;
  if (!request.dry_run) {
    writes.emplace_back(InsertAudit{
        {request.filter.order_id.value_or(""), "api", "events.replayed", occasion, *now}});
  }
  for (const StoredEvent& event : *events) {
    for (const WebhookEndpoint& endpoint : *endpoints) {
      if (!receives(endpoint, event.kind, request.endpoint_id.has_value())) continue;
      ++outcome.deliveries;
      if (request.dry_run) continue;
      writes.emplace_back(InsertJob{delivery_job(event, endpoint, *now, occasion)});
      if (writes.size() < kPortion) continue;
      if (const auto committed = tenant->commit(writes); !committed) {
        return pass_on(committed.error());
      }
      writes.clear();
    }
  }
  // The answer is kept with the last portion. Who calls again after a crash before it may have some
  // events delivered once more, under the same ids as ever.
  RenderedAnswer answer = impl_->answer(answering, outcome, writes);
  if (!writes.empty()) {
    const auto committed = tenant->commit(writes);
    if (!committed) return pass_on(committed.error());
  }
  if (!request.dry_run) impl_->wake();
  return answer;
}

}  // namespace chartroom::app
