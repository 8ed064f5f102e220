#include "app/announcements.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "app/context.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// Tells an application's endpoints what a decision did, in the order in which it happened.
class Announcer {
 public:
  Announcer(const Announcing& in, Subject subject, std::vector<WebhookEndpoint> endpoints,
            Commit& writes)
      : in_(in), subject_(std::move(subject)), endpoints_(std::move(endpoints)), writes_(writes) {}

  void operator()(const order::StateChanged& change) {
    add(base::make_uuid_v7(in_.now, in_.random), kStatusEvent,
        order_status_body(subject_, change.to, in_.now, in_.public_url));
    const std::string id = base::make_uuid_v7(in_.now, in_.random);
    add(id, kSummaryEvent,
        order_summary_body(id, subject_, in_.decision.order, change.to, in_.reports, in_.now,
                           in_.public_url));
  }
  void operator()(const order::TaskOpened& opened) { task(opened.task_id, order::TaskState::open); }
  void operator()(const order::TaskClosed& closed) { task(closed.task_id, closed.state); }
  void operator()(const order::ChannelChanged& /*change*/) {}
  void operator()(const order::ReminderSent& /*reminder*/) {}

 private:
  void task(const std::string& task_id, order::TaskState state) {
    using Family = ApplicationSettings::TaskNotifications;
    const Family family = in_.settings.task_notifications;
    const order::Task* found = in_.decision.order.find_task(task_id);
    if (family == Family::off || found == nullptr) return;
    // One decision may open a task and close it: each of the two says what was so then.
    order::Task task = *found;
    task.state = state;
    if (state == order::TaskState::open) task.closed_at.reset();
    const std::string& order_id = in_.order.core.id;
    const std::string id = base::make_uuid_v7(in_.now, in_.random);
    add(id, kTaskEvent,
        family == Family::flat ? task_status_body(subject_, order_id, task, in_.now, in_.public_url)
                               : task_updated_body(id, subject_, order_id, task, in_.now));
  }
  void add(std::string id, const char* kind, std::string body) {
    publish({std::move(id), in_.order.core.id, kind, std::move(body), in_.now, 0}, endpoints_,
            in_.now, writes_);
  }

  const Announcing& in_;
  Subject subject_;
  std::vector<WebhookEndpoint> endpoints_;
  Commit& writes_;
};

bool is_told(const order::Event& event, const ApplicationSettings& settings) {
  if (std::holds_alternative<order::StateChanged>(event)) return true;
  return settings.task_notifications != ApplicationSettings::TaskNotifications::off &&
         (std::holds_alternative<order::TaskOpened>(event) ||
          std::holds_alternative<order::TaskClosed>(event));
}

/// The same note of the same order has the same id, in the shape that all event ids have.
std::string note_event_id(const std::string& order_id, order::Channel channel,
                          const VendorNote& note) {
  constexpr std::size_t kVersionDigit = 14;
  std::string id =
      base::make_uuid_from_name(order_id + "/note/" + order::to_string(channel) + "/" + note.id);
  id[kVersionDigit] = '4';
  return id;
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
  job.id = base::make_uuid_from_name(name, event.order_id);
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
  const auto& events = announcing.decision.events;
  const bool anything = std::any_of(events.begin(), events.end(), [&](const order::Event& event) {
    return is_told(event, announcing.settings);
  });
  if (!anything) return {};
  auto subject = subject_of(announcing.tenant, announcing.order);
  if (!subject) return base::pass_on(subject.error());
  auto endpoints = announcing.tenant.webhooks();
  if (!endpoints) return base::pass_on(endpoints.error());
  Announcer announcer(announcing, std::move(*subject), std::move(*endpoints), writes);
  for (const order::Event& event : events) std::visit(announcer, event);
  return {};
}

base::Result<void> announce_notes(const NotesToAnnounce& in, Commit& writes) {
  if (!in.settings.vendor_notes || in.notes.empty() || order::is_final(in.order.core.state)) {
    return {};
  }
  const auto subject = subject_of(in.tenant, in.order);
  if (!subject) return base::pass_on(subject.error());
  const auto endpoints = in.tenant.webhooks();
  if (!endpoints) return base::pass_on(endpoints.error());
  std::set<std::string> told;  // a vendor may say the same twice in one answer
  for (const VendorNote& note : in.notes) {
    const std::string id = note_event_id(in.order.core.id, in.channel, note);
    const auto known = in.tenant.find_event(id);
    if (!known) return base::pass_on(known.error());
    if (*known || !told.insert(id).second) continue;
    const std::string body = vendor_note_body(id, *subject, in.order.core.id, in.channel, note,
                                              in.now, in.settings.legacy_timestamps);
    publish({id, in.order.core.id, kVendorNoteEvent, body, in.now, 0}, *endpoints, in.now, writes);
    writes.emplace_back(InsertAudit{{in.order.core.id, "worker", "vendor.note", id, in.now}});
  }
  return {};
}

}  // namespace chartroom::app
