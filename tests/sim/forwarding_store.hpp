// A store that hands everything on to another: what fault injection and sabotage are made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/store.hpp"

namespace chartroom::sim {

/// Hands on. before_read() may say that a read fails instead.
class ForwardingTenant : public app::TenantStore {
 public:
  explicit ForwardingTenant(std::unique_ptr<app::TenantStore> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] const std::string& client_id() const override { return inner_->client_id(); }
  base::Result<void> commit(const app::Commit& writes) override { return inner_->commit(writes); }

  base::Result<std::optional<app::User>> find_user(const std::string& human_id) override {
    return read([&] { return inner_->find_user(human_id); });
  }
  base::Result<std::optional<app::User>> find_user_by_client_user_id(
      const std::string& client_user_id) override {
    return read([&] { return inner_->find_user_by_client_user_id(client_user_id); });
  }
  base::Result<app::Page<app::User>> list_users(std::size_t offset, std::size_t limit) override {
    return read([&] { return inner_->list_users(offset, limit); });
  }
  base::Result<std::optional<app::StoredOrder>> find_order(const std::string& order_id) override {
    return read([&] { return inner_->find_order(order_id); });
  }
  base::Result<std::vector<app::StoredOrder>> orders_of(const std::string& human_id) override {
    return read([&] { return inner_->orders_of(human_id); });
  }
  base::Result<std::vector<app::Blob>> blobs_of(const std::string& order_id) override {
    return read([&] { return inner_->blobs_of(order_id); });
  }
  base::Result<std::vector<app::RawRecord>> records_of(const std::string& order_id,
                                                       bool with_bytes) override {
    return read([&] { return inner_->records_of(order_id, with_bytes); });
  }
  base::Result<std::vector<app::StoredReport>> reports_of(const std::string& human_id) override {
    return read([&] { return inner_->reports_of(human_id); });
  }
  base::Result<std::optional<app::StoredReport>> find_report(
      const std::string& report_id) override {
    return read([&] { return inner_->find_report(report_id); });
  }
  base::Result<std::optional<app::StoredEvent>> find_event(const std::string& event_id) override {
    return read([&] { return inner_->find_event(event_id); });
  }
  base::Result<std::vector<app::StoredEvent>> events(const std::string& order_id,
                                                     std::int64_t after,
                                                     std::size_t limit) override {
    return read([&] { return inner_->events(order_id, after, limit); });
  }
  base::Result<std::vector<app::StoredEvent>> find_events(const app::EventFilter& filter,
                                                          std::int64_t after,
                                                          std::size_t limit) override {
    return read([&] { return inner_->find_events(filter, after, limit); });
  }
  base::Result<std::vector<app::WebhookEndpoint>> webhooks() override {
    return read([&] { return inner_->webhooks(); });
  }
  base::Result<std::optional<app::WebhookEndpoint>> find_webhook(const std::string& id) override {
    return read([&] { return inner_->find_webhook(id); });
  }
  base::Result<std::vector<app::DeliveryAttempt>> attempts(const std::string& endpoint_id,
                                                           std::size_t limit,
                                                           std::int64_t before) override {
    return read([&] { return inner_->attempts(endpoint_id, limit, before); });
  }
  base::Result<std::vector<app::TaskRow>> list_tasks(const app::TaskFilter& filter,
                                                     std::int64_t before,
                                                     std::size_t limit) override {
    return read([&] { return inner_->list_tasks(filter, before, limit); });
  }
  base::Result<std::optional<app::TaskRow>> find_task(const std::string& task_id) override {
    return read([&] { return inner_->find_task(task_id); });
  }
  base::Result<std::vector<app::Subscription>> subscriptions_of(
      const std::string& human_id) override {
    return read([&] { return inner_->subscriptions_of(human_id); });
  }
  base::Result<std::vector<app::Destination>> destinations() override {
    return read([&] { return inner_->destinations(); });
  }
  base::Result<std::optional<app::Destination>> find_destination(const std::string& id) override {
    return read([&] { return inner_->find_destination(id); });
  }
  base::Result<std::optional<app::Subscription>> find_subscription(const std::string& id) override {
    return read([&] { return inner_->find_subscription(id); });
  }
  base::Result<std::vector<order::OrderType>> own_order_types() override {
    return read([&] { return inner_->own_order_types(); });
  }
  base::Result<std::optional<app::IdempotentAnswer>> find_idempotent_answer(
      const std::string& key, base::TimePoint now) override {
    return read([&] { return inner_->find_idempotent_answer(key, now); });
  }
  base::Result<bool> is_suppressed(const std::string& person_key) override {
    return read([&] { return inner_->is_suppressed(person_key); });
  }
  base::Result<std::vector<app::AuditEntry>> audit_of(const std::string& order_id) override {
    return read([&] { return inner_->audit_of(order_id); });
  }
  base::Result<app::ApplicationSettings> settings() override {
    return read([&] { return inner_->settings(); });
  }
  base::Result<base::Duration> clock_offset() override {
    return read([&] { return inner_->clock_offset(); });
  }
  base::Result<std::uint64_t> busy_jobs(base::TimePoint now) override {
    return read([&] { return inner_->busy_jobs(now); });
  }
  base::Result<std::optional<base::TimePoint>> next_due() override {
    return read([&] { return inner_->next_due(); });
  }

 protected:
  virtual base::Result<void> before_read() { return {}; }
  app::TenantStore& inner() { return *inner_; }

 private:
  template <typename Read>
  auto read(const Read& ask) -> decltype(ask()) {
    if (auto may = before_read(); !may) return base::pass_on(may.error());
    return ask();
  }
  std::unique_ptr<app::TenantStore> inner_;
};

/// `inner` must outlive it. tenant() is the heir's.
class ForwardingStore : public app::Store {
 public:
  explicit ForwardingStore(app::Store& inner) : inner_(inner) {}

  base::Result<void> insert_application(const app::Application& application) override {
    return inner_.insert_application(application);
  }
  base::Result<void> update_application(const app::Application& application) override {
    return inner_.update_application(application);
  }
  base::Result<std::optional<app::Application>> find_application(
      const std::string& client_id) override {
    return inner_.find_application(client_id);
  }
  base::Result<std::vector<app::Application>> applications() override {
    return inner_.applications();
  }
  base::Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                            const app::ClaimLimits& limits) override {
    return inner_.claim(now, lease, limits);
  }
  base::Result<std::vector<std::string>> heartbeat(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      base::Duration lease) override {
    return inner_.heartbeat(job_and_lease, now, lease);
  }
  base::Result<void> give_back(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      app::GiveBack how) override {
    return inner_.give_back(job_and_lease, now, how);
  }
  base::Result<std::optional<base::TimePoint>> next_due() override { return inner_.next_due(); }
  base::Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    return inner_.dead_jobs(limit);
  }
  base::Result<std::vector<app::JobView>> list_jobs(const app::JobFilter& filter,
                                                    std::int64_t before,
                                                    std::size_t limit) override {
    return inner_.list_jobs(filter, before, limit);
  }
  base::Result<std::vector<app::JobView>> find_jobs(const std::string& job_id) override {
    return inner_.find_jobs(job_id);
  }
  base::Result<std::vector<app::JobCount>> count_jobs(
      const std::optional<std::string>& client_id) override {
    return inner_.count_jobs(client_id);
  }
  base::Result<std::vector<app::SigningKey>> signing_keys() override {
    return inner_.signing_keys();
  }
  base::Result<void> insert_signing_key(const app::SigningKey& key) override {
    return inner_.insert_signing_key(key);
  }
  base::Result<void> rotate_signing_key(const app::SigningKey& key,
                                        base::TimePoint others_retire_at) override {
    return inner_.rotate_signing_key(key, others_retire_at);
  }
  base::Result<app::StoreFigures> figures() override { return inner_.figures(); }
  base::Result<int> ping() override { return inner_.ping(); }

 protected:
  app::Store& inner() { return inner_; }

 private:
  app::Store& inner_;
};

}  // namespace chartroom::sim
