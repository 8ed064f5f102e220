#include "model_store.hpp"

#include <algorithm>

#include "model_data.hpp"

namespace chartroom::sim {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kWritesMost = 10'000;

template <typename T>
std::optional<T> copy_of(const T* found) {
  return found == nullptr ? std::nullopt : std::optional<T>(*found);
}

class ModelTenant final : public app::TenantStore {
 public:
  ModelTenant(std::shared_ptr<ModelData> data, const base::Clock& clock, std::string client_id)
      : data_(std::move(data)), clock_(clock), client_id_(std::move(client_id)) {}

  [[nodiscard]] const std::string& client_id() const override { return client_id_; }

  Result<void> commit(const app::Commit& writes) override {
    if (writes.empty()) return {};
    if (writes.size() > kWritesMost) {
      return base::fail(ErrorCode::too_large, "a commit holds at most 10000 writes");
    }
    const std::lock_guard lock(data_->mutex);
    return apply_commit(*data_, client_id_, clock_.now(), writes);
  }

  // ── users, orders ──

  Result<std::optional<app::User>> find_user(const std::string& human_id) override {
    return read<std::optional<app::User>>(
        [&](TenantTables& t) { return copy_of(t.users.find(human_id)); });
  }
  Result<std::optional<app::User>> find_user_by_client_user_id(
      const std::string& client_user_id) override {
    return read<std::optional<app::User>>([&](TenantTables& t) {
      const auto known = t.humans_of_client_users.find(client_user_id);
      return known == t.humans_of_client_users.end() ? std::nullopt
                                                     : copy_of(t.users.find(known->second));
    });
  }
  Result<app::Page<app::User>> list_users(std::size_t offset, std::size_t limit) override {
    return read<app::Page<app::User>>([&](TenantTables& t) {
      app::Page<app::User> page;
      page.total = t.users.all.size();
      for (std::size_t i = offset; i < t.users.all.size() && page.items.size() < limit; ++i) {
        page.items.push_back(t.users.all[t.users.all.size() - 1 - i]);
      }
      return page;
    });
  }
  Result<std::optional<app::StoredOrder>> find_order(const std::string& order_id) override {
    return read<std::optional<app::StoredOrder>>(
        [&](TenantTables& t) { return copy_of(t.orders.find(order_id)); });
  }
  Result<std::vector<app::StoredOrder>> orders_of(const std::string& human_id) override {
    auto orders = rows_of(&TenantTables::orders, &TenantTables::orders_of_humans, human_id);
    if (orders) std::reverse(orders->begin(), orders->end());
    return orders;
  }

  // ── documents ──

  Result<std::vector<app::Blob>> blobs_of(const std::string& order_id) override {
    return rows_of(&TenantTables::blobs, &TenantTables::blobs_of_orders, order_id);
  }
  Result<std::vector<app::RawRecord>> records_of(const std::string& order_id,
                                                 bool with_bytes) override {
    auto records = rows_of(&TenantTables::records, &TenantTables::records_of_orders, order_id);
    if (!records || with_bytes) return records;
    for (app::RawRecord& record : *records) record.bytes = {};
    return records;
  }
  Result<std::vector<app::StoredReport>> reports_of(const std::string& human_id) override {
    return read<std::vector<app::StoredReport>>([&](TenantTables& t) {
      std::vector<app::StoredReport> found;
      for (const app::StoredReport& report : t.reports) {
        if (report.human_id != human_id) continue;
        found.push_back(report);
        found.back().bytes = {};
      }
      return found;
    });
  }
  Result<std::optional<app::StoredReport>> find_report(const std::string& report_id) override {
    return find_in(&TenantTables::reports, report_id);
  }

  // ── events, webhooks ──

  Result<std::optional<app::StoredEvent>> find_event(const std::string& event_id) override {
    return read<std::optional<app::StoredEvent>>(
        [&](TenantTables& t) { return copy_of(t.events.find(event_id)); });
  }
  Result<std::vector<app::StoredEvent>> events(const std::string& order_id, std::int64_t after,
                                               std::size_t limit) override {
    app::EventFilter filter;
    if (!order_id.empty()) filter.order_id = order_id;
    return find_events(filter, after, limit);
  }
  Result<std::vector<app::StoredEvent>> find_events(const app::EventFilter& filter,
                                                    std::int64_t after,
                                                    std::size_t limit) override {
    return read<std::vector<app::StoredEvent>>([&](TenantTables& t) {
      std::vector<app::StoredEvent> found;
      const auto look_at = [&](const app::StoredEvent& event) {
        const bool meant = event.sequence > after && found.size() < limit &&
                           (!filter.kind || event.kind == *filter.kind) &&
                           (!filter.since || event.created_at >= *filter.since) &&
                           (!filter.until || event.created_at < *filter.until);
        if (meant) found.push_back(event);
      };
      if (filter.order_id) {
        for (const std::size_t place : t.events_of_orders[*filter.order_id]) {
          look_at(t.events.all[place]);
        }
      } else {
        for (const app::StoredEvent& event : t.events.all) look_at(event);
      }
      return found;
    });
  }
  Result<std::vector<app::WebhookEndpoint>> webhooks() override {
    return read<std::vector<app::WebhookEndpoint>>([](TenantTables& t) { return t.webhooks; });
  }
  Result<std::optional<app::WebhookEndpoint>> find_webhook(const std::string& id) override {
    return find_in(&TenantTables::webhooks, id);
  }
  Result<std::vector<app::DeliveryAttempt>> attempts(const std::string& endpoint_id,
                                                     std::size_t limit,
                                                     std::int64_t before) override {
    return read<std::vector<app::DeliveryAttempt>>([&](TenantTables& t) {
      std::vector<app::DeliveryAttempt> found;
      for (auto row = t.attempts.rbegin(); row != t.attempts.rend(); ++row) {
        if (row->endpoint_id == endpoint_id && row->sequence < before && found.size() < limit) {
          found.push_back(*row);
        }
      }
      return found;
    });
  }

  // ── tasks, subscriptions, order types ──

  Result<std::vector<app::TaskRow>> list_tasks(const app::TaskFilter& filter, std::int64_t before,
                                               std::size_t limit) override {
    return read<std::vector<app::TaskRow>>([&](TenantTables& t) {
      std::vector<app::TaskRow> found;
      for (auto row = t.tasks.all.rbegin(); row != t.tasks.all.rend(); ++row) {
        const bool meant = row->sequence < before && found.size() < limit &&
                           (!filter.order_id || row->order_id == *filter.order_id) &&
                           (!filter.human_id || row->human_id == *filter.human_id) &&
                           (!filter.state || row->state == *filter.state);
        if (meant) found.push_back(*row);
      }
      return found;
    });
  }
  Result<std::optional<app::TaskRow>> find_task(const std::string& task_id) override {
    return read<std::optional<app::TaskRow>>(
        [&](TenantTables& t) { return copy_of(t.tasks.find(task_id)); });
  }
  Result<std::vector<app::Subscription>> subscriptions_of(const std::string& human_id) override {
    return read<std::vector<app::Subscription>>([&](TenantTables& t) {
      std::vector<app::Subscription> found;
      for (auto row = t.subscriptions.rbegin(); row != t.subscriptions.rend(); ++row) {
        if (row->human_id == human_id) found.push_back(*row);
      }
      return found;
    });
  }
  Result<std::optional<app::Subscription>> find_subscription(const std::string& id) override {
    return find_in(&TenantTables::subscriptions, id);
  }
  Result<std::vector<app::Destination>> destinations() override {
    return read<std::vector<app::Destination>>([](TenantTables& t) { return t.destinations; });
  }
  Result<std::optional<app::Destination>> find_destination(const std::string& id) override {
    return find_in(&TenantTables::destinations, id);
  }
  Result<std::vector<order::OrderType>> own_order_types() override {
    return read<std::vector<order::OrderType>>([](TenantTables& t) {
      std::vector<order::OrderType> types;
      for (const auto& [code, type] : t.order_types) types.push_back(type);
      return types;
    });
  }

  // ── the rest ──

  Result<std::optional<app::IdempotentAnswer>> find_idempotent_answer(
      const std::string& key, base::TimePoint now) override {
    return read<std::optional<app::IdempotentAnswer>>(
        [&](TenantTables& t) -> std::optional<app::IdempotentAnswer> {
          const auto known = t.answers.find(key);
          if (known == t.answers.end() || known->second.expires_at <= now) return std::nullopt;
          return known->second;
        });
  }
  Result<bool> is_suppressed(const std::string& person_key) override {
    return read<bool>([&](TenantTables& t) { return t.suppressions.contains(person_key); });
  }
  Result<std::vector<app::AuditEntry>> audit_of(const std::string& order_id) override {
    return read<std::vector<app::AuditEntry>>([&](TenantTables& t) {
      const auto known = t.audit.find(order_id);
      return known == t.audit.end() ? std::vector<app::AuditEntry>{} : known->second;
    });
  }
  Result<app::ApplicationSettings> settings() override {
    return of_application<app::ApplicationSettings>(&app::Application::settings);
  }
  Result<base::Duration> clock_offset() override {
    return of_application<base::Duration>(&app::Application::clock_offset);
  }
  Result<std::uint64_t> busy_jobs(base::TimePoint now) override {
    const std::lock_guard lock(data_->mutex);
    return data_->queue.busy(client_id_, now);
  }
  Result<std::optional<base::TimePoint>> next_due() override {
    const std::lock_guard lock(data_->mutex);
    return data_->queue.next_due(&client_id_);
  }

 private:
  /// An unknown application has nothing.
  template <typename T, typename Look>
  Result<T> read(const Look& look) {
    const std::lock_guard lock(data_->mutex);
    const auto tables = data_->tenants.find(client_id_);
    if (tables == data_->tenants.end()) return T{};
    return look(tables->second);
  }
  template <typename T>
  Result<std::vector<T>> rows_of(Rows<T> TenantTables::* rows, Places TenantTables::* places,
                                 const std::string& key) {
    return read<std::vector<T>>([&](TenantTables& t) {
      std::vector<T> found;
      const auto known = (t.*places).find(key);
      if (known == (t.*places).end()) return found;
      for (const std::size_t place : known->second) found.push_back((t.*rows).all[place]);
      return found;
    });
  }
  template <typename T>
  Result<std::optional<T>> find_in(std::vector<T> TenantTables::* rows, const std::string& id) {
    return read<std::optional<T>>([&](TenantTables& t) -> std::optional<T> {
      for (const T& row : t.*rows) {
        if (row.id == id) return row;
      }
      return std::nullopt;
    });
  }
  template <typename T>
  Result<T> of_application(T app::Application::* member) {
    const std::lock_guard lock(data_->mutex);
    const auto tables = data_->tenants.find(client_id_);
    if (tables == data_->tenants.end()) {
      return base::fail(ErrorCode::not_found, "unknown application", "client_id");
    }
    return tables->second.application.*member;
  }

  std::shared_ptr<ModelData> data_;
  const base::Clock& clock_;
  std::string client_id_;
};

class ModelStore final : public app::Store {
 public:
  ModelStore(std::shared_ptr<ModelData> data, const base::Clock& clock, base::Random& random)
      : data_(std::move(data)), clock_(clock), random_(random) {}

  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<ModelTenant>(data_, clock_, client_id);
  }

  Result<void> insert_application(const app::Application& application) override {
    const std::lock_guard lock(data_->mutex);
    const auto [added, fresh] = data_->tenants.try_emplace(application.client_id);
    if (!fresh) return base::fail(ErrorCode::conflict, "the key is taken");
    added->second.application = application;
    added->second.application.version = 0;
    return {};
  }
  Result<void> update_application(const app::Application& application) override {
    const std::lock_guard lock(data_->mutex);
    const auto known = data_->tenants.find(application.client_id);
    if (known == data_->tenants.end() || known->second.application.version != application.version) {
      return base::fail(ErrorCode::conflict, "the application was changed by somebody else");
    }
    app::Application& stored = known->second.application;
    app::Application next = application;
    next.clock_offset = stored.clock_offset;  // AdvanceClock's alone
    next.created_at = stored.created_at;
    ++next.version;
    stored = std::move(next);
    return {};
  }
  Result<std::optional<app::Application>> find_application(const std::string& client_id) override {
    const std::lock_guard lock(data_->mutex);
    const auto known = data_->tenants.find(client_id);
    if (known == data_->tenants.end()) return std::optional<app::Application>();
    return std::optional(known->second.application);
  }
  Result<std::vector<app::Application>> applications() override {
    const std::lock_guard lock(data_->mutex);
    std::vector<app::Application> all;
    for (const auto& [id, tables] : data_->tenants) all.push_back(tables.application);
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
    return all;
  }

  Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                      const app::ClaimLimits& limits) override {
    const std::lock_guard lock(data_->mutex);
    if (limits.jobs == 0) return std::vector<app::Job>{};
    return with_clocks(data_->queue.claim(now, now + lease, limits, random_));
  }
  Result<std::vector<std::string>> heartbeat(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      base::Duration lease) override {
    const std::lock_guard lock(data_->mutex);
    std::vector<std::string> ours;
    for (const auto& [id, held] : job_and_lease) {
      if (data_->queue.heartbeat(id, held, now + lease)) ours.push_back(id);
    }
    return ours;
  }
  Result<void> give_back(const std::vector<std::pair<std::string, std::string>>& job_and_lease,
                         base::TimePoint now, app::GiveBack how) override {
    const std::lock_guard lock(data_->mutex);
    for (const auto& [id, lease] : job_and_lease) data_->queue.give_back(id, lease, now, how);
    return {};
  }
  Result<std::optional<base::TimePoint>> next_due() override {
    const std::lock_guard lock(data_->mutex);
    return data_->queue.next_due(nullptr);
  }
  Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    const std::lock_guard lock(data_->mutex);
    return with_clocks(data_->queue.dead(limit));
  }
  Result<std::vector<app::JobView>> list_jobs(const app::JobFilter& filter, std::int64_t before,
                                              std::size_t limit) override {
    const std::lock_guard lock(data_->mutex);
    return with_clocks(data_->queue.list(filter, before, limit));
  }
  Result<std::vector<app::JobView>> find_jobs(const std::string& job_id) override {
    const std::lock_guard lock(data_->mutex);
    return with_clocks(data_->queue.find(job_id));
  }
  Result<std::vector<app::JobCount>> count_jobs(
      const std::optional<std::string>& client_id) override {
    const std::lock_guard lock(data_->mutex);
    return data_->queue.count(client_id);
  }

  Result<std::vector<app::SigningKey>> signing_keys() override {
    const std::lock_guard lock(data_->mutex);
    return data_->keys;
  }
  Result<void> insert_signing_key(const app::SigningKey& key) override {
    const std::lock_guard lock(data_->mutex);
    return add_key(key);
  }
  Result<void> rotate_signing_key(const app::SigningKey& key,
                                  base::TimePoint others_retire_at) override {
    const std::lock_guard lock(data_->mutex);
    const std::vector<app::SigningKey> before = data_->keys;
    for (app::SigningKey& other : data_->keys) {
      other.retired_at = std::min(other.retired_at.value_or(others_retire_at), others_retire_at);
    }
    auto added = add_key(key);
    if (!added) data_->keys = before;
    return added;
  }
  Result<app::StoreFigures> figures() override {
    const std::lock_guard lock(data_->mutex);
    app::StoreFigures figures;
    for (const auto& [id, tables] : data_->tenants) {
      for (const app::StoredOrder& order : tables.orders.all) {
        if (order::is_final(order.core.state)) continue;
        ++figures.open_orders[order::lower_case(order.core.state)];
      }
    }
    figures.dead_jobs = data_->queue.dead(std::numeric_limits<std::size_t>::max()).size();
    return figures;
  }
  Result<int> ping() override { return 0; }

 private:
  std::vector<app::Job> with_clocks(std::vector<app::Job> jobs) {
    for (app::Job& job : jobs) {
      job.clock_offset = data_->tenants.at(job.client_id).application.clock_offset;
      job.due_at += job.clock_offset;
    }
    return jobs;
  }
  std::vector<app::JobView> with_clocks(std::vector<app::JobView> views) {
    for (app::JobView& view : views) {
      view.job.clock_offset = data_->tenants.at(view.job.client_id).application.clock_offset;
      view.job.due_at = view.due_at + view.job.clock_offset;
    }
    return views;
  }
  Result<void> add_key(const app::SigningKey& key) {
    for (const app::SigningKey& known : data_->keys) {
      if (known.kid == key.kid) return base::fail(ErrorCode::conflict, "the key is taken");
    }
    data_->keys.push_back(key);
    std::stable_sort(data_->keys.begin(), data_->keys.end(),
                     [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
    return {};
  }

  std::shared_ptr<ModelData> data_;
  const base::Clock& clock_;
  base::Random& random_;
};

}  // namespace

std::shared_ptr<ModelData> make_model_data() { return std::make_shared<ModelData>(); }

std::unique_ptr<app::Store> open_model_store(std::shared_ptr<ModelData> data,
                                             const base::Clock& clock, base::Random& random) {
  return std::make_unique<ModelStore>(std::move(data), clock, random);
}

}  // namespace chartroom::sim
