// What each write does to the model store's tables.
#include <algorithm>
#include <string_view>
#include <type_traits>

#include "base/text.hpp"
#include "base/work_context.hpp"
#include "model_data.hpp"

namespace chartroom::sim {
namespace {

using base::ErrorCode;
using Applied = base::Result<void>;

/// "InsertUser" for app::InsertUser: what a failed write is named by.
template <typename T>
std::string name_of() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return std::string(text.substr(text.rfind(':') + 1));
}

Applied taken() { return base::fail(ErrorCode::conflict, "the key is taken"); }
Applied unknown() { return base::fail(ErrorCode::not_found, "unknown"); }
Applied no_dead_letter() {
  return base::fail(ErrorCode::conflict, "the job is not among the dead letters any more");
}

Applied lost() {
  return base::fail(ErrorCode::conflict, "the job's lease has passed to another worker");
}

/// Attachments are no part of a stored request.
app::NewOrder as_stored(app::NewOrder request) {
  request.attachments.clear();
  return request;
}

class Applier {
 public:
  Applier(ModelData& data, std::string client_id, base::TimePoint now, Undo& undo)
      : client_id_(std::move(client_id)),
        tables_(data.tenants.at(client_id_)),
        queue_(data.queue),
        now_(now),
        undo_(undo) {}

  // ── users, orders ──

  Applied operator()(const app::InsertUser& write) {
    app::User user = write.user;
    user.profile = as_stored(std::move(user.profile));
    user.version = 1;
    const auto link = [&](auto& index, const std::string& key) {
      if (!index.try_emplace(key, user.human_id).second) return false;
      undo_.then([&index, key] { index.erase(key); });
      return true;
    };
    if (!link(tables_.humans_of_users, user.user_id) ||
        !link(tables_.humans_of_client_users, user.client_user_id) ||
        !tables_.users.add(user.human_id, user, undo_)) {
      return taken();
    }
    return {};
  }
  Applied operator()(const app::UpdateUser& write) {
    app::User* user = tables_.users.find(write.user.human_id);
    if (user == nullptr || user->version != write.user.version) {
      return base::fail(ErrorCode::conflict, "the user has changed meanwhile");
    }
    change(*user, [&](app::User& changed) {
      ++changed.version;
      changed.profile = as_stored(write.user.profile);
      changed.updated_at = write.user.updated_at;
    });
    return {};
  }
  Applied operator()(const app::InsertOrder& write) {
    app::StoredOrder order = write.order;
    order.version = 1;
    order.request = as_stored(std::move(order.request));
    const std::size_t place = tables_.orders.all.size();
    if (!tables_.orders.add(order.core.id, order, undo_)) return taken();
    add_place(tables_.orders_of_humans, order.human_id, place, undo_);
    put_tasks(order);
    return {};
  }
  Applied operator()(const app::UpdateOrder& write) {
    app::StoredOrder* order = tables_.orders.find(write.order.core.id);
    if (order == nullptr || order->version != write.order.version) {
      return base::fail(ErrorCode::conflict, "the order has changed meanwhile");
    }
    change(*order, [&](app::StoredOrder& changed) {
      changed.core = write.order.core;
      changed.request = as_stored(write.order.request);
      changed.questions = write.order.questions;
      ++changed.version;
    });
    put_tasks(*tables_.orders.find(write.order.core.id));
    return {};
  }
  Applied operator()(const app::InsertBlob& write) {
    const std::size_t place = tables_.blobs.all.size();
    if (!tables_.blobs.add(write.blob.id, write.blob, undo_)) return taken();
    add_place(tables_.blobs_of_orders, write.blob.order_id, place, undo_);
    return {};
  }

  // ── records, reports ──

  Applied operator()(const app::InsertRecord& write) {
    const std::size_t place = tables_.records.all.size();
    if (tables_.records.add(write.record.id, write.record, undo_)) {
      add_place(tables_.records_of_orders, write.record.order_id, place, undo_);
    }
    return {};
  }
  Applied operator()(const app::UpdateRecordVerdict& write) {
    app::RawRecord* record = tables_.records.find(write.record_id);
    if (record == nullptr) return unknown();
    change(*record, [&](app::RawRecord& changed) {
      changed.verdict = write.verdict;
      changed.decision_json = write.decision_json;
      if (write.purge_bytes) changed.bytes = {};
    });
    return {};
  }
  Applied operator()(const app::PurgeOrderData& write) {
    for (const std::size_t place : tables_.records_of_orders[write.order_id]) {
      app::RawRecord& record = tables_.records.all[place];
      if (record.bytes.reveal().empty()) continue;
      change(record, [](app::RawRecord& changed) { changed.bytes = {}; });
    }
    const auto meant = [&](const app::StoredReport& r) { return r.order_id == write.order_id; };
    erase(tables_.reports, meant);
    return {};
  }
  Applied operator()(const app::InsertReport& write) {
    for (const app::StoredReport& report : tables_.reports) {
      if (report.id == write.report.id) return taken();
    }
    append(tables_.reports, write.report);
    return {};
  }

  // ── events, audit, answers, suppressions ──

  Applied operator()(const app::InsertEvent& write) {
    app::StoredEvent event = write.event;
    const std::size_t place = tables_.events.all.size();
    event.sequence = static_cast<std::int64_t>(place) + 1;
    if (!tables_.events.add(event.id, event, undo_)) return taken();
    add_place(tables_.events_of_orders, event.order_id, place, undo_);
    return {};
  }
  Applied operator()(const app::InsertAudit& write) {
    append(tables_.audit[write.entry.order_id], write.entry);
    return {};
  }
  Applied operator()(const app::InsertIdempotentAnswer& write) {
    const std::string& key = write.answer.key;
    const auto known = tables_.answers.find(key);
    if (known != tables_.answers.end()) {
      if (known->second.expires_at > now_) return taken();
      change(known->second, [&](app::IdempotentAnswer& changed) { changed = write.answer; });
      return {};
    }
    tables_.answers.emplace(key, write.answer);
    undo_.then([this_answers = &tables_.answers, key] { this_answers->erase(key); });
    return {};
  }
  Applied operator()(const app::InsertSuppression& write) {
    if (tables_.suppressions.insert(write.person_key).second) {
      undo_.then([list = &tables_.suppressions, key = write.person_key] { list->erase(key); });
    }
    return {};
  }
  Applied operator()(const app::RemoveSuppression& write) {
    if (tables_.suppressions.erase(write.person_key) > 0) {
      undo_.then([list = &tables_.suppressions, key = write.person_key] { list->insert(key); });
    }
    return {};
  }

  // ── jobs ──

  Applied operator()(const app::InsertJob& write) {
    app::Job job = write.job;
    const auto& trace = base::current_work().trace;
    if (job.trace.empty() && trace) job.trace = base::to_traceparent(*trace);
    queue_.insert(client_id_, job, job.due_at - tables_.application.clock_offset, undo_);
    return {};
  }
  Applied operator()(const app::FinishJob& write) {
    return queue_.finish(client_id_, write.job_id, write.lease, now_, undo_) ? Applied{} : lost();
  }
  Applied operator()(const app::RetryJob& write) {
    return queue_.retry(client_id_, write, now_ + write.delay, undo_) ? Applied{} : lost();
  }
  Applied operator()(const app::BuryJob& write) {
    return queue_.bury(client_id_, write.job_id, write.lease, write.error, now_, undo_) ? Applied{}
                                                                                        : lost();
  }
  Applied operator()(const app::RedriveJob& write) {
    return queue_.redrive(client_id_, write.job_id, now_, undo_) ? Applied{} : no_dead_letter();
  }
  Applied operator()(const app::DiscardJob& write) {
    return queue_.discard(client_id_, write.job_id, write.reason, now_, undo_) ? Applied{}
                                                                               : no_dead_letter();
  }
  Applied operator()(const app::DropJobs& write) {
    queue_.drop(client_id_, write.order_id, write.kind, now_, undo_);
    return {};
  }
  Applied operator()(const app::AdvanceClock& write) {
    if (write.by < base::Duration::zero()) {
      return base::fail(ErrorCode::invalid_input, "a clock moves forward only");
    }
    change(tables_.application, [&](app::Application& a) { a.clock_offset += write.by; });
    queue_.advance(client_id_, write.by, undo_);
    return {};
  }

  // ── webhooks ──

  Applied operator()(const app::InsertWebhook& write) {
    if (webhook(write.endpoint.id) != nullptr) return taken();
    app::WebhookEndpoint endpoint = write.endpoint;
    endpoint.version = 1;
    endpoint.failures = 0;
    endpoint.failing_since.reset();
    endpoint.suspended_at.reset();
    append(tables_.webhooks, std::move(endpoint));
    return {};
  }
  Applied operator()(const app::UpdateWebhook& write) {
    app::WebhookEndpoint* known = webhook(write.endpoint.id);
    if (known == nullptr || known->version != write.endpoint.version) {
      return base::fail(ErrorCode::conflict, "the webhook has changed meanwhile");
    }
    change(*known, [&](app::WebhookEndpoint& changed) {
      app::WebhookEndpoint next = write.endpoint;
      const bool fresh = next.enabled && !changed.enabled;  // starts with a clean record
      next.created_at = changed.created_at;
      ++next.version;
      next.failures = fresh ? 0 : changed.failures;
      next.failing_since = fresh ? std::nullopt : changed.failing_since;
      next.suspended_at = next.enabled ? std::nullopt : changed.suspended_at;
      changed = std::move(next);
    });
    return {};
  }
  Applied operator()(const app::DeleteWebhook& write) {
    const auto meant = [&](const app::WebhookEndpoint& e) { return e.id == write.id; };
    return erase(tables_.webhooks, meant) ? Applied{} : unknown();
  }
  Applied operator()(const app::InsertAttempt& write) {
    app::DeliveryAttempt attempt = write.attempt;
    attempt.sequence = static_cast<std::int64_t>(tables_.attempts.size()) + 1;
    append(tables_.attempts, std::move(attempt));
    return {};
  }
  Applied operator()(const app::NoteDelivery& write) {
    app::WebhookEndpoint* endpoint = webhook(write.endpoint_id);
    if (endpoint == nullptr || (write.accepted && endpoint->failures == 0)) return {};
    change(*endpoint, [&](app::WebhookEndpoint& changed) {
      changed.failures = write.accepted ? 0 : changed.failures + 1;
      if (write.accepted) changed.failing_since.reset();
      if (!write.accepted && !changed.failing_since) changed.failing_since = write.at;
    });
    return {};
  }
  Applied operator()(const app::SuspendWebhook& write) {
    app::WebhookEndpoint* endpoint = webhook(write.endpoint_id);
    if (endpoint == nullptr || !endpoint->enabled) return {};
    change(*endpoint, [&](app::WebhookEndpoint& changed) {
      changed.enabled = false;
      ++changed.version;
      changed.suspended_at = write.at;
    });
    return {};
  }

  // ── subscriptions, destinations, order types ──

  Applied operator()(const app::InsertDestination& write) {
    for (const app::Destination& known : tables_.destinations) {
      if (known.id == write.destination.id || known.name == write.destination.name) return taken();
    }
    append(tables_.destinations, write.destination);
    return {};
  }
  Applied operator()(const app::DeleteDestination& write) {
    const auto meant = [&](const app::Destination& known) { return known.id == write.id; };
    return erase(tables_.destinations, meant) ? Applied{} : unknown();
  }
  Applied operator()(const app::InsertSubscription& write) {
    const app::Subscription& wanted = write.subscription;
    for (const app::Subscription& known : tables_.subscriptions) {
      const bool same = known.human_id == wanted.human_id && known.role == wanted.role &&
                        base::to_lower_ascii(known.email) == base::to_lower_ascii(wanted.email);
      if (same || known.id == wanted.id) return taken();
    }
    append(tables_.subscriptions, wanted);
    return {};
  }
  Applied operator()(const app::DeleteSubscription& write) {
    const auto meant = [&](const app::Subscription& known) { return known.id == write.id; };
    return erase(tables_.subscriptions, meant) ? Applied{} : unknown();
  }
  Applied operator()(const app::DeleteSubscriptionsOf& write) {
    erase(tables_.subscriptions,
          [&](const app::Subscription& known) { return known.human_id == write.human_id; });
    return {};
  }
  Applied operator()(const app::PutOrderType& write) {
    change(tables_.order_types, [&](auto& types) { types[write.type.code] = write.type; });
    return {};
  }
  Applied operator()(const app::RemoveOrderType& write) {
    if (!tables_.order_types.contains(write.code)) return unknown();
    change(tables_.order_types, [&](auto& types) { types.erase(write.code); });
    return {};
  }

 private:
  /// Changes one thing and keeps what it was. A row may lie elsewhere by the time it is taken back,
  /// when its table grew meanwhile: so it is found again by its place. Tables themselves stay.
  template <typename T, typename Change>
  void change(T& thing, Change apply_change) {
    T before = thing;
    apply_change(thing);
    undo_.then([find = finder(thing), before = std::move(before)]() mutable {
      find() = std::move(before);
    });
  }
  template <typename T>
  std::function<T&()> finder(T& thing) {
    return [&thing]() -> T& { return thing; };
  }
  template <typename T>
  static std::function<T&()> row_finder(std::vector<T>& rows, T& row) {
    return [&rows, place = static_cast<std::size_t>(&row - rows.data())]() -> T& {
      return rows[place];
    };
  }
  std::function<app::User&()> finder(app::User& row) { return row_finder(tables_.users.all, row); }
  std::function<app::StoredOrder&()> finder(app::StoredOrder& row) {
    return row_finder(tables_.orders.all, row);
  }
  std::function<app::RawRecord&()> finder(app::RawRecord& row) {
    return row_finder(tables_.records.all, row);
  }
  std::function<app::WebhookEndpoint&()> finder(app::WebhookEndpoint& row) {
    return row_finder(tables_.webhooks, row);
  }
  std::function<app::TaskRow&()> finder(app::TaskRow& row) {
    return row_finder(tables_.tasks.all, row);
  }

  /// False when no row is meant.
  template <typename T, typename Meant>
  bool erase(std::vector<T>& rows, const Meant& meant) {
    if (std::none_of(rows.begin(), rows.end(), meant)) return false;
    change(rows, [&](std::vector<T>& changed) { std::erase_if(changed, meant); });
    return true;
  }
  template <typename T>
  void append(std::vector<T>& rows, T row) {
    rows.push_back(std::move(row));
    undo_.then([&rows] { rows.pop_back(); });
  }

  app::WebhookEndpoint* webhook(const std::string& id) {
    for (app::WebhookEndpoint& endpoint : tables_.webhooks) {
      if (endpoint.id == id) return &endpoint;
    }
    return nullptr;
  }

  void put_tasks(const app::StoredOrder& order) {
    for (const order::Task& task : order.core.tasks) {
      if (app::TaskRow* row = tables_.tasks.find(task.id)) {
        if (row->state == task.state) continue;
        change(*row, [&](app::TaskRow& changed) { changed.state = task.state; });
        continue;
      }
      const auto sequence = static_cast<std::int64_t>(tables_.tasks.all.size()) + 1;
      tables_.tasks.add(task.id, {task.id, order.core.id, order.human_id, task.state, sequence},
                        undo_);
    }
  }

  const std::string client_id_;
  TenantTables& tables_;
  ModelQueue& queue_;
  base::TimePoint now_;
  Undo& undo_;
};

}  // namespace

base::Result<void> apply_commit(ModelData& data, const std::string& client_id, base::TimePoint now,
                                const app::Commit& writes) {
  if (!data.tenants.contains(client_id)) {
    return base::fail(ErrorCode::not_found, "unknown application", "client_id");
  }
  Undo undo;
  Applier applier(data, client_id, now, undo);
  for (const app::Write& write : writes) {
    auto applied = std::visit(applier, write);
    if (applied) continue;
    undo.roll_back();
    base::Error error = std::move(applied.error());
    error.field =
        std::visit([](const auto& w) { return name_of<std::decay_t<decltype(w)>>(); }, write);
    return base::pass_on(std::move(error));
  }
  return {};
}

}  // namespace chartroom::sim
