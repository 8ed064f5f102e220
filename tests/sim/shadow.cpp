#include "shadow.hpp"

#include <algorithm>
#include <functional>

#include "app/context.hpp"

namespace chartroom::sim {

std::string member_of(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":\"";
  const auto at = body.find(mark);
  if (at == std::string::npos) return {};
  const auto begin = at + mark.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

void Shadow::knows_person(const std::string& client_user_id, const std::string& suppression_key) {
  people_[client_user_id].suppression_key = suppression_key;
}

void Shadow::knows_endpoint(const std::string& id, bool always, std::vector<std::string> kinds) {
  EndpointBooks& endpoint = endpoints_[id];
  endpoint.always = always;
  endpoint.kinds = std::move(kinds);
}

const OrderBooks* Shadow::newest_order_of(const std::string& client_user_id) const {
  const auto person = people_.find(client_user_id);
  if (person == people_.end() || person->second.newest_order.empty()) return nullptr;
  return &orders_.at(person->second.newest_order);
}

bool Shadow::is_listed(const std::string& client_user_id) const {
  const auto person = people_.find(client_user_id);
  return person != people_.end() && listed_.contains(person->second.suppression_key);
}

std::optional<base::TimePoint> Shadow::next_lease_end() const {
  if (leases_.empty()) return std::nullopt;
  return leases_.begin()->first;
}

// ── the queue ───────────────────────────────────────────────────────────────────────────────────

void Shadow::claimed(const std::vector<app::Job>& jobs, base::TimePoint now, base::Duration lease) {
  while (!leases_.empty() && leases_.begin()->first <= now) {
    jobs_.at(leases_.begin()->second).lease_until.reset();
    leases_.erase(leases_.begin());
    ++figures_.leases_lost;
  }
  for (const app::Job& job : jobs) {
    JobBooks& books = jobs_.at(job.id);
    if (books.done) violated("a finished job was claimed again: " + books.kind);
    if (books.lease_until) violated("a job was claimed twice: " + books.kind);
    books.lease_until = now + lease;
    leases_.insert({now + lease, job.id});
  }
}

void Shadow::prolonged(const std::vector<std::string>& jobs, base::TimePoint until) {
  for (const std::string& id : jobs) {
    JobBooks& books = jobs_.at(id);
    if (!books.lease_until) violated("a lease that had ended was prolonged: " + books.kind);
    leases_.erase({*books.lease_until, id});
    books.lease_until = until;
    leases_.insert({until, id});
  }
}

void Shadow::job_ends(const std::string& id) {
  JobBooks& books = jobs_.at(id);
  if (books.done) violated("a job ended twice: " + books.kind);
  books.done = true;
  if (books.lease_until) leases_.erase({*books.lease_until, id});
  books.lease_until.reset();
  if (books.kind != app::kPurgeJob) --open_jobs_;
  const auto order = orders_.find(books.order_id);
  if (order != orders_.end()) order->second.jobs.erase(id);
}

// ── deliveries ──────────────────────────────────────────────────────────────────────────────────

bool Shadow::wants(const EndpointBooks& endpoint, const std::string& kind) const {
  return endpoint.kinds.empty() ||
         std::find(endpoint.kinds.begin(), endpoint.kinds.end(), kind) != endpoint.kinds.end();
}

void Shadow::delivered(const std::string& endpoint_id, const app::StoredEvent& event) {
  ++figures_.deliveries;
  const auto known = events_.find(event.id);
  if (known == events_.end()) violated("something was sent that was never committed");
  if (known->second.body_hash != std::hash<std::string>{}(event.body)) {
    violated("equal id, other body: " + event.kind);
  }
  EndpointBooks& endpoint = endpoints_[endpoint_id];
  if (!endpoint.seen.insert(event.id).second) {
    ++figures_.delivered_again;
    return;
  }
  if (event.order_id.empty()) return;
  const std::size_t place = known->second.place;
  std::size_t& next = endpoint.next[event.order_id];
  if (place < next) violated("first deliveries out of order: " + event.kind);
  if (endpoint.always) {
    const auto& log = orders_.at(event.order_id).events;
    for (std::size_t i = next; i < place; ++i) {
      if (wants(endpoint, log[i].kind)) {
        violated("an event was passed over: " + log[i].kind + " before " + event.kind);
      }
    }
  }
  next = place + 1;
}

// ── time ────────────────────────────────────────────────────────────────────────────────────────

void Shadow::look_around() const {
  for (const std::string& id : open_orders_) check_overdue(orders_.at(id));
}

void Shadow::check_overdue(const OrderBooks& order) const {
  if (order::is_final(order.core.state)) return;
  if (is_overdue(order.core.deadline)) {
    violated("an order is open after its deadline, " + std::string(title_case(order.core.state)));
  }
  if (order.core.state == order::State::created) {
    if (is_overdue(order.core.created_at)) violated("an order was not taken up");
    return;
  }
  if (order.core.building_reports) {
    if (is_overdue(order.core.updated_at)) violated("reports were not built");
    return;
  }
  for (const order::Task& task : order.core.tasks) {
    if (task.state != order::TaskState::open) continue;
    if (is_overdue(task.due_at)) violated("a task is open after its time");
    if (task.assignee != order::Assignee::applicant) continue;
    const auto sent = order.reminders.find(task.id);
    unsigned due = 0;
    for (const base::Duration after : order.core.type.reminders) {
      if (after < order.core.type.task_time && is_overdue(task.opened_at + after)) ++due;
    }
    if (due > (sent == order.reminders.end() ? 0 : sent->second)) {
      violated("a reminder was not sent");
    }
  }
  for (const order::ChannelPlan& plan : order.core.type.channels) {
    const order::ChannelProgress* progress = order.core.progress(plan.channel);
    const bool begun = plan.trigger == order::Trigger::at_start &&
                       progress->state == order::ChannelState::waiting &&
                       plan.delay > base::Duration::zero();
    if (begun && is_overdue(order.started_at + plan.delay)) {
      violated("a channel was not asked when its time had come");
    }
  }
}

// ── the end ─────────────────────────────────────────────────────────────────────────────────────

void Shadow::look_back(app::TenantStore& tenant) const {
  for (const auto& [name, person] : people_) {
    if (person.placed != person.intended) violated("an order was not placed");
  }
  for (const auto& [id, books] : orders_) {
    if (!order::is_final(books.core.state)) violated("an order never ended");
    for (const auto& [endpoint_id, endpoint] : endpoints_) {
      if (!endpoint.always) continue;
      for (const LoggedEvent& event : books.events) {
        if (wants(endpoint, event.kind) && !endpoint.seen.contains(event.id)) {
          violated("an event was never delivered: " + event.kind);
        }
      }
    }
    const auto stored = tenant.find_order(id);
    if (!stored || !*stored || (*stored)->version != books.version ||
        order::to_json((*stored)->core) != order::to_json(books.core)) {
      violated("the store's order is not what was committed");
    }
    const auto audit = tenant.audit_of(id);
    const auto same_entry = [](const app::AuditEntry& entry, const auto& pair) {
      return entry.action == pair.first && entry.subject == pair.second;
    };
    if (!audit || !std::equal(audit->begin(), audit->end(), books.audit.begin(), books.audit.end(),
                              same_entry)) {
      violated("the store's audit trail is not what was committed");
    }
    const auto events = tenant.events(id, 0, 10'000);
    const auto same_event = [](const app::StoredEvent& event, const LoggedEvent& logged) {
      return event.id == logged.id && event.kind == logged.kind;
    };
    if (!events || !std::equal(events->begin(), events->end(), books.events.begin(),
                               books.events.end(), same_event)) {
      violated("the store's event log is not what was committed");
    }
    if (!books.purged) violated("an order's data outlived their time");
    const auto records = tenant.records_of(id, true);
    if (!records) violated("records cannot be read");
    for (const app::RawRecord& record : *records) {
      if (!record.bytes.reveal().empty()) violated("a record outlived its time");
    }
  }
}

}  // namespace chartroom::sim
