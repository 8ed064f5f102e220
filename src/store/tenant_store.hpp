// app::TenantStore for all engines. Every statement binds the application's id.
#pragma once

#include <string>

#include "app/store.hpp"
#include "store/database.hpp"

namespace chartroom::store {

class SqlTenantStore final : public app::TenantStore {
 public:
  static constexpr std::size_t kWritesMost = 10'000;  ///< in one commit

  SqlTenantStore(Database& database, std::string client_id)
      : database_(database), client_id_(std::move(client_id)) {}

  [[nodiscard]] const std::string& client_id() const override { return client_id_; }
  base::Result<void> commit(const app::Commit& writes) override;

  base::Result<std::optional<app::User>> find_user(const std::string& human_id) override;
  base::Result<std::optional<app::User>> find_user_by_client_user_id(
      const std::string& client_user_id) override;
  base::Result<app::IntakeContext> intake_context(const std::string& client_user_id) override;
  base::Result<app::Page<app::User>> list_users(std::size_t offset, std::size_t limit) override;

  base::Result<std::optional<app::StoredOrder>> find_order(const std::string& order_id) override;
  base::Result<std::vector<app::StoredOrder>> orders_of(const std::string& human_id) override;

  base::Result<std::vector<app::Blob>> blobs_of(const std::string& order_id) override;
  base::Result<std::vector<app::RawRecord>> records_of(const std::string& order_id,
                                                       bool with_bytes) override;
  base::Result<std::vector<app::StoredReport>> reports_of(const std::string& human_id) override;
  base::Result<std::optional<app::StoredReport>> find_report(const std::string& report_id) override;

  base::Result<std::optional<app::StoredEvent>> find_event(const std::string& event_id) override;
  base::Result<std::vector<app::StoredEvent>> events(const std::string& order_id,
                                                     std::int64_t after,
                                                     std::size_t limit) override;

  base::Result<std::vector<app::StoredEvent>> find_events(const app::EventFilter& filter,
                                                          std::int64_t after,
                                                          std::size_t limit) override;

  base::Result<std::vector<app::WebhookEndpoint>> webhooks() override;
  base::Result<std::optional<app::WebhookEndpoint>> find_webhook(const std::string& id) override;
  base::Result<std::vector<app::DeliveryAttempt>> attempts(const std::string& endpoint_id,
                                                           std::size_t limit,
                                                           std::int64_t before) override;
  base::Result<std::vector<app::TaskRow>> list_tasks(const app::TaskFilter& filter,
                                                     std::int64_t before,
                                                     std::size_t limit) override;
  base::Result<std::optional<app::TaskRow>> find_task(const std::string& task_id) override;
  base::Result<std::vector<app::Subscription>> subscriptions_of(
      const std::string& human_id) override;
  base::Result<std::optional<app::Subscription>> find_subscription(const std::string& id) override;
  base::Result<std::vector<app::Destination>> destinations() override;
  base::Result<std::optional<app::Destination>> find_destination(const std::string& id) override;
  base::Result<std::vector<order::OrderType>> own_order_types() override;
  base::Result<std::optional<app::IdempotentAnswer>> find_idempotent_answer(
      const std::string& key, base::TimePoint now) override;
  base::Result<bool> is_suppressed(const std::string& person_key) override;
  base::Result<std::vector<app::AuditEntry>> audit_of(const std::string& order_id) override;

  base::Result<app::ApplicationSettings> settings() override;
  base::Result<base::Duration> clock_offset() override;
  base::Result<std::uint64_t> busy_jobs(base::TimePoint now) override;
  base::Result<std::optional<base::TimePoint>> next_due() override;

 private:
  base::Result<std::string> open(std::string_view table, std::string_view column,
                                 std::string_view row_id, std::string_view sealed) const;
  base::Result<app::User> read_user(const Row& row) const;
  base::Result<app::StoredOrder> read_order(const Row& row) const;
  base::Result<app::RawRecord> read_record(const Row& row, bool with_bytes) const;
  base::Result<app::StoredReport> read_report(const Row& row) const;
  base::Result<app::StoredEvent> read_event(const Row& row) const;
  base::Result<app::WebhookEndpoint> read_webhook(const Row& row) const;
  base::Result<app::Subscription> read_subscription(const Row& row) const;
  base::Result<app::Destination> read_destination(const Row& row) const;

  Database& database_;
  std::string client_id_;
};

}  // namespace chartroom::store
