// Reads of a tenant that concern events, answers, audit and the queue.
#include <limits>

#include "store/columns.hpp"
#include "store/tenant_store.hpp"

namespace chartroom::store {

using base::Result;

namespace {

constexpr std::int64_t kTimeLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kTimeMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<app::StoredEvent> SqlTenantStore::read_event(const Row& row) const {
  app::StoredEvent event;
  event.sequence = row.integer(0);
  event.id = row.text(1);
  event.order_id = row.text(2);
  event.kind = row.text(3);
  event.created_at = row.time(4);
  auto body = open("events", "body", event.id, row.view(5));
  if (!body) return base::pass_on(body.error());
  event.body = std::move(*body);
  return event;
}

Result<std::optional<app::StoredEvent>> SqlTenantStore::find_event(const std::string& event_id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::StoredEvent>(
        "SELECT sequence, id, order_id, kind, created_at_ms, body_sealed "
        "FROM events WHERE client_id = ? AND id = ?",
        [this](const Row& row) { return read_event(row); }, client_id_, event_id);
  });
}

Result<std::vector<app::StoredEvent>> SqlTenantStore::events(const std::string& order_id,
                                                             std::int64_t after,
                                                             std::size_t limit) {
  const auto map = [this](const Row& row) { return read_event(row); };
  return database_.fetch([&](Session& db) -> Result<std::vector<app::StoredEvent>> {
    if (order_id.empty()) {
      return db.all<app::StoredEvent>(
          "SELECT sequence, id, order_id, kind, created_at_ms, body_sealed "
          "FROM events INDEXED BY events_all WHERE client_id = ? AND sequence > ? "
          "ORDER BY sequence LIMIT ?",
          map, client_id_, after, limit);
    }
    return db.all<app::StoredEvent>(
        "SELECT sequence, id, order_id, kind, created_at_ms, body_sealed "
        "FROM events INDEXED BY events_order WHERE client_id = ? AND order_id = ? "
        "AND sequence > ? ORDER BY sequence LIMIT ?",
        map, client_id_, order_id, after, limit);
  });
}

Result<std::vector<app::StoredEvent>> SqlTenantStore::find_events(const app::EventFilter& filter,
                                                                  std::int64_t after,
                                                                  std::size_t limit) {
  // Walks the log from the cursor: an order's own index where one is named, else the tenant's.
  const std::int64_t since = filter.since ? base::to_unix_ms(*filter.since) : kTimeLeast;
  const std::int64_t until = filter.until ? base::to_unix_ms(*filter.until) : kTimeMost;
  const std::string kind = filter.kind.value_or("");
  const auto map = [this](const Row& row) { return read_event(row); };
  return database_.fetch([&](Session& db) -> Result<std::vector<app::StoredEvent>> {
    if (filter.order_id) {
      return db.all<app::StoredEvent>(
          "SELECT sequence, id, order_id, kind, created_at_ms, body_sealed "
          "FROM events INDEXED BY events_order WHERE client_id = ?1 AND order_id = ?2 "
          "AND sequence > ?3 AND (?4 = '' OR kind = ?4) AND created_at_ms >= ?5 "
          "AND created_at_ms < ?6 ORDER BY sequence LIMIT ?7",
          map, client_id_, *filter.order_id, after, kind, since, until, limit);
    }
    return db.all<app::StoredEvent>(
        "SELECT sequence, id, order_id, kind, created_at_ms, body_sealed "
        "FROM events INDEXED BY events_all WHERE client_id = ?1 AND sequence > ?2 "
        "AND (?3 = '' OR kind = ?3) AND created_at_ms >= ?4 AND created_at_ms < ?5 "
        "ORDER BY sequence LIMIT ?6",
        map, client_id_, after, kind, since, until, limit);
  });
}

Result<std::optional<app::IdempotentAnswer>> SqlTenantStore::find_idempotent_answer(
    const std::string& key, base::TimePoint now) {
  const auto read_answer = [&](const Row& row) -> Result<app::IdempotentAnswer> {
    app::IdempotentAnswer answer;
    answer.key = key;
    answer.request_hash = row.text(0);
    answer.status = static_cast<int>(row.integer(1));
    answer.content_type = row.text(2);
    answer.expires_at = row.time(3);
    auto body = open("idempotent_answers", "body", key, row.view(4));
    if (!body) return base::pass_on(body.error());
    answer.body = std::move(*body);
    return answer;
  };
  return database_.fetch([&](Session& db) {
    return db.one<app::IdempotentAnswer>(
        "SELECT request_hash, status, content_type, expires_at_ms, body_sealed "
        "FROM idempotent_answers WHERE client_id = ? AND key = ? AND expires_at_ms > ?",
        read_answer, client_id_, key, now);
  });
}

Result<bool> SqlTenantStore::is_suppressed(const std::string& person_key) {
  return database_.fetch([&](Session& db) -> Result<bool> {
    auto found = db.number("SELECT 1 FROM suppressions WHERE client_id = ? AND person_key = ?",
                           client_id_, person_key);
    if (!found) return base::pass_on(found.error());
    return found->has_value();
  });
}

Result<std::vector<app::AuditEntry>> SqlTenantStore::audit_of(const std::string& order_id) {
  const auto read_entry = [](const Row& row) -> Result<app::AuditEntry> {
    return app::AuditEntry{row.text(0), row.text(1), row.text(2), row.text(3), row.time(4)};
  };
  return database_.fetch([&](Session& db) {
    return db.all<app::AuditEntry>(
        "SELECT order_id, actor, action, subject, at_ms FROM audit "
        "WHERE client_id = ? AND order_id = ? ORDER BY sequence",
        read_entry, client_id_, order_id);
  });
}

Result<base::Duration> SqlTenantStore::clock_offset() {
  return database_.fetch([&](Session& db) -> Result<base::Duration> {
    auto offset =
        db.number("SELECT clock_offset_ms FROM applications WHERE client_id = ?", client_id_);
    if (!offset) return base::pass_on(offset.error());
    if (!*offset) return base::fail(base::ErrorCode::not_found, "unknown application", "client_id");
    return base::Duration{**offset};
  });
}

Result<std::uint64_t> SqlTenantStore::busy_jobs(base::TimePoint now) {
  // One statement, so that a job cannot slip from waiting to claimed between two counts. Claimed
  // jobs of all applications are no more than the workers can carry.
  return database_.fetch([&](Session& db) -> Result<std::uint64_t> {
    auto busy = db.number(
        "SELECT (SELECT count(*) FROM jobs INDEXED BY jobs_claimed WHERE state = 1 AND "
        "client_id = ?1) + (SELECT count(*) FROM jobs INDEXED BY jobs_due WHERE state = 0 AND "
        "client_id = ?1 AND due_at_ms <= ?2)",
        client_id_, now);
    if (!busy) return base::pass_on(busy.error());
    return static_cast<std::uint64_t>(busy->value_or(0));
  });
}

Result<std::optional<base::TimePoint>> SqlTenantStore::next_due() {
  return database_.fetch([&](Session& db) -> Result<std::optional<base::TimePoint>> {
    auto due = db.number(
        "SELECT due_at_ms FROM jobs INDEXED BY jobs_due WHERE state = 0 AND client_id = ? "
        "ORDER BY due_at_ms LIMIT 1",
        client_id_);
    if (!due) return base::pass_on(due.error());
    if (!*due) return std::optional<base::TimePoint>{};
    return std::optional(base::from_unix_ms(**due));
  });
}

}  // namespace chartroom::store
