// Reads of what a customer sets up and follows: webhooks, tasks, subscriptions, order types,
// destinations.
#include "store/columns.hpp"
#include "store/tenant_store.hpp"

namespace chartroom::store {

using base::Result;

// ── webhooks ────────────────────────────────────────────────────────────────────────────────────

Result<app::WebhookEndpoint> SqlTenantStore::read_webhook(const Row& row) const {
  app::WebhookEndpoint endpoint;
  endpoint.id = row.text(0);
  endpoint.url = row.text(1);
  auto kinds = list_from_json(row.view(2));
  if (!kinds) return base::pass_on(kinds.error());
  endpoint.kinds = std::move(*kinds);
  endpoint.enabled = row.flag(3);
  endpoint.description = row.text(4);
  endpoint.created_at = row.time(5);
  endpoint.updated_at = row.time(6);
  endpoint.legacy_signature = row.flag(7);
  endpoint.previous_secret_until = row.optional_time(8);
  endpoint.failures = static_cast<unsigned>(row.integer(9));
  endpoint.failing_since = row.optional_time(10);
  endpoint.suspended_at = row.optional_time(11);
  endpoint.version = row.integer(14);
  auto secret = open("webhooks", "secret", endpoint.id, row.view(12));
  if (!secret) return base::pass_on(secret.error());
  endpoint.secret = base::Sensitive<std::string>(std::move(*secret));
  if (row.is_null(13)) return endpoint;
  const auto options = open("webhooks", "options", endpoint.id, row.view(13));
  if (!options) return base::pass_on(options.error());
  if (auto read = webhook_options_from_json(*options, endpoint); !read) {
    return base::pass_on(read.error());
  }
  return endpoint;
}

Result<std::vector<app::WebhookEndpoint>> SqlTenantStore::webhooks() {
  return database_.fetch([&](Session& db) {
    return db.all<app::WebhookEndpoint>(
        "SELECT id, url, kinds, enabled, description, created_at_ms, updated_at_ms, "
        "legacy_signature, previous_secret_until_ms, failures, failing_since_ms, suspended_at_ms, "
        "secret_sealed, options_sealed, version FROM webhooks WHERE client_id = ? ORDER BY "
        "sequence",
        [this](const Row& row) { return read_webhook(row); }, client_id_);
  });
}

Result<std::optional<app::WebhookEndpoint>> SqlTenantStore::find_webhook(const std::string& id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::WebhookEndpoint>(
        "SELECT id, url, kinds, enabled, description, created_at_ms, updated_at_ms, "
        "legacy_signature, previous_secret_until_ms, failures, failing_since_ms, suspended_at_ms, "
        "secret_sealed, options_sealed, version FROM webhooks WHERE client_id = ? AND id = ?",
        [this](const Row& row) { return read_webhook(row); }, client_id_, id);
  });
}

Result<std::vector<app::DeliveryAttempt>> SqlTenantStore::attempts(const std::string& endpoint_id,
                                                                   std::size_t limit,
                                                                   std::int64_t before) {
  const auto read_attempt = [](const Row& row) -> Result<app::DeliveryAttempt> {
    return app::DeliveryAttempt{row.text(0),
                                row.text(1),
                                static_cast<unsigned>(row.integer(2)),
                                static_cast<int>(row.integer(3)),
                                row.text(4),
                                row.time(5),
                                row.integer(6)};
  };
  return database_.fetch([&](Session& db) {
    return db.all<app::DeliveryAttempt>(
        "SELECT event_id, endpoint_id, number, status, error, at_ms, sequence FROM attempts "
        "WHERE client_id = ? AND endpoint_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
        read_attempt, client_id_, endpoint_id, before, limit);
  });
}

// ── tasks ───────────────────────────────────────────────────────────────────────────────────────

namespace {

Result<app::TaskRow> read_task_row(const Row& row) {
  auto state = from_text(row.view(3), kTaskStates);
  if (!state) return base::pass_on(state.error());
  return app::TaskRow{row.text(0), row.text(1), row.text(2), *state, row.integer(4)};
}

}  // namespace

Result<std::vector<app::TaskRow>> SqlTenantStore::list_tasks(const app::TaskFilter& filter,
                                                             std::int64_t before,
                                                             std::size_t limit) {
  const std::string state = filter.state ? order::to_string(*filter.state) : "";
  return database_.fetch([&](Session& db) -> Result<std::vector<app::TaskRow>> {
    if (filter.order_id) {
      return db.all<app::TaskRow>(
          "SELECT id, order_id, human_id, state, sequence FROM tasks INDEXED BY tasks_order "
          "WHERE client_id = ?1 AND order_id = ?2 AND sequence < ?3 AND (?4 = '' OR state = ?4) "
          "AND (?5 = '' OR human_id = ?5) ORDER BY sequence DESC LIMIT ?6",
          read_task_row, client_id_, *filter.order_id, before, state, filter.human_id.value_or(""),
          limit);
    }
    if (filter.human_id) {
      return db.all<app::TaskRow>(
          "SELECT id, order_id, human_id, state, sequence FROM tasks INDEXED BY tasks_human "
          "WHERE client_id = ?1 AND human_id = ?2 AND sequence < ?3 AND (?4 = '' OR state = ?4) "
          "ORDER BY sequence DESC LIMIT ?5",
          read_task_row, client_id_, *filter.human_id, before, state, limit);
    }
    if (!state.empty()) {
      return db.all<app::TaskRow>(
          "SELECT id, order_id, human_id, state, sequence FROM tasks INDEXED BY tasks_state "
          "WHERE client_id = ? AND state = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
          read_task_row, client_id_, state, before, limit);
    }
    return db.all<app::TaskRow>(
        "SELECT id, order_id, human_id, state, sequence FROM tasks "
        "WHERE client_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
        read_task_row, client_id_, before, limit);
  });
}

Result<std::optional<app::TaskRow>> SqlTenantStore::find_task(const std::string& task_id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::TaskRow>(
        "SELECT id, order_id, human_id, state, sequence FROM tasks WHERE client_id = ? AND id = ?",
        read_task_row, client_id_, task_id);
  });
}

// ── subscriptions, order types ──────────────────────────────────────────────────────────────────

Result<app::Subscription> SqlTenantStore::read_subscription(const Row& row) const {
  app::Subscription subscription;
  subscription.id = row.text(0);
  subscription.human_id = row.text(1);
  subscription.client_user_id = row.text(2);
  subscription.role = row.text(3);
  subscription.created_at = row.time(4);
  const auto person = open("subscriptions", "person", subscription.id, row.view(5));
  if (!person) return base::pass_on(person.error());
  if (auto read = subscriber_from_json(*person, subscription); !read) {
    return base::pass_on(read.error());
  }
  return subscription;
}

Result<std::vector<app::Subscription>> SqlTenantStore::subscriptions_of(
    const std::string& human_id) {
  return database_.fetch([&](Session& db) {
    return db.all<app::Subscription>(
        "SELECT id, human_id, client_user_id, role, created_at_ms, person_sealed "
        "FROM subscriptions INDEXED BY subscriptions_human WHERE client_id = ? AND human_id = ? "
        "ORDER BY sequence DESC",
        [this](const Row& row) { return read_subscription(row); }, client_id_, human_id);
  });
}

Result<std::optional<app::Subscription>> SqlTenantStore::find_subscription(const std::string& id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::Subscription>(
        "SELECT id, human_id, client_user_id, role, created_at_ms, person_sealed "
        "FROM subscriptions WHERE client_id = ? AND id = ?",
        [this](const Row& row) { return read_subscription(row); }, client_id_, id);
  });
}

Result<app::ApplicationSettings> SqlTenantStore::settings() {
  return database_.fetch([&](Session& db) -> Result<app::ApplicationSettings> {
    auto settings = db.one<app::ApplicationSettings>(
        "SELECT settings FROM applications WHERE client_id = ?",
        [](const Row& row) { return app::settings_from_json(row.view(0)); }, client_id_);
    if (!settings) return base::pass_on(settings.error());
    if (!*settings) {
      return base::fail(base::ErrorCode::not_found, "unknown application", "client_id");
    }
    return std::move(**settings);
  });
}

Result<app::Destination> SqlTenantStore::read_destination(const Row& row) const {
  const auto document = open("destinations", "document", row.view(0), row.view(1));
  if (!document) return base::pass_on(document.error());
  return app::destination_from_json(*document);
}

Result<std::vector<app::Destination>> SqlTenantStore::destinations() {
  return database_.fetch([&](Session& db) {
    return db.all<app::Destination>(
        "SELECT id, document_sealed FROM destinations WHERE client_id = ? ORDER BY sequence",
        [this](const Row& row) { return read_destination(row); }, client_id_);
  });
}

Result<std::optional<app::Destination>> SqlTenantStore::find_destination(const std::string& id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::Destination>(
        "SELECT id, document_sealed FROM destinations WHERE client_id = ? AND id = ?",
        [this](const Row& row) { return read_destination(row); }, client_id_, id);
  });
}

Result<std::vector<order::OrderType>> SqlTenantStore::own_order_types() {
  return database_.fetch([&](Session& db) {
    return db.all<order::OrderType>(
        "SELECT document FROM order_types WHERE client_id = ? ORDER BY code",
        [](const Row& row) { return order::order_type_from_json(row.view(0)); }, client_id_);
  });
}

}  // namespace chartroom::store
