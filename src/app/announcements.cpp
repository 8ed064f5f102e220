#include "app/announcements.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/context.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// Order status and order summary, for every state that the decision went through.
base::Result<void> announce_states(const Announcing& in, Commit& writes) {
  std::vector<order::State> states;
  for (const order::Event& event : in.decision.events) {
    if (const auto* change = std::get_if<order::StateChanged>(&event)) states.push_back(change->to);
  }
  if (states.empty()) return {};
  const auto subject = subject_of(in.tenant, in.order);
  if (!subject) return base::pass_on(subject.error());
  const auto endpoints = in.tenant.webhooks();
  if (!endpoints) return base::pass_on(endpoints.error());
  for (const order::State state : states) {
    publish({base::make_uuid_v4(in.random), in.order.core.id, kStatusEvent,
             order_status_body(*subject, state, in.now, in.public_url), in.now, 0},
            *endpoints, in.now, writes);
    const std::string id = base::make_uuid_v4(in.random);
    publish({id, in.order.core.id, kSummaryEvent,
             order_summary_body(id, *subject, in.decision.order, state, in.reports, in.now,
                                in.public_url),
             in.now, 0},
            *endpoints, in.now, writes);
  }
  return {};
}

}  // namespace

bool wants(const WebhookEndpoint& endpoint, const std::string& kind) {
  if (!endpoint.enabled) return false;
  if (endpoint.kinds.empty()) return true;
  return std::find(endpoint.kinds.begin(), endpoint.kinds.end(), kind) != endpoint.kinds.end();
}

Job delivery_job(const StoredEvent& event, const WebhookEndpoint& endpoint, base::TimePoint now,
                 const std::string& occasion) {
  std::string name = event.id + "/deliver/" + endpoint.id;
  if (!occasion.empty()) name += "/" + occasion;
  Job job;
  job.id = base::make_uuid_from_name(name);
  job.kind = kDeliverJob;
  job.order_id = event.order_id;
  job.payload = json::serialize(json::object{{"eventId", event.id}, {"endpointId", endpoint.id}});
  job.lane = endpoint.id + "/" + (event.order_id.empty() ? event.id : event.order_id);
  job.due_at = now;
  return job;
}

void publish(StoredEvent event, const std::vector<WebhookEndpoint>& endpoints, base::TimePoint now,
             Commit& writes) {
  for (const WebhookEndpoint& endpoint : endpoints) {
    if (wants(endpoint, event.kind)) {
      writes.emplace_back(InsertJob{delivery_job(event, endpoint, now)});
    }
  }
  writes.emplace_back(InsertEvent{std::move(event)});
}

base::Result<Subject> subject_of(TenantStore& tenant, const StoredOrder& order) {
  const auto user = tenant.find_user(order.human_id);
  if (!user) return base::pass_on(user.error());
  if (!*user) return base::fail(base::ErrorCode::corrupt, "an order has lost its user");
  return Subject{tenant.client_id(), order.human_id, (*user)->user_id, order.client_user_id,
                 order.request.client_data_json};
}

base::Result<void> announce(const Announcing& announcing, Commit& writes) {
  return announce_states(announcing, writes);
}

}  // namespace chartroom::app
