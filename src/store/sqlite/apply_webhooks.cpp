// Webhook endpoints, their attempts and their circuit breaker.
#include "store/sqlite/apply.hpp"
#include "store/sqlite/columns.hpp"

namespace chartroom::store::sqlite {

using base::ErrorCode;

namespace {

std::optional<Bytes> options_of(const Prepared& prepared) {
  if (prepared.options.empty()) return std::nullopt;
  return Bytes{prepared.options};
}

}  // namespace

Applied apply(Connection& db, const Tenant& tenant, const app::InsertWebhook& write,
              const Prepared& prepared) {
  const app::WebhookEndpoint& endpoint = write.endpoint;
  return done(db.run(
      "INSERT INTO webhooks (client_id, id, url, kinds, enabled, description, created_at_ms, "
      "updated_at_ms, legacy_signature, previous_secret_until_ms, secret_sealed, options_sealed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, endpoint.id, endpoint.url, list_to_json(endpoint.kinds), endpoint.enabled,
      endpoint.description, endpoint.created_at, endpoint.updated_at, endpoint.legacy_signature,
      endpoint.previous_secret_until, Bytes{prepared.sealed}, options_of(prepared)));
}

Applied apply(Connection& db, const Tenant& tenant, const app::UpdateWebhook& write,
              const Prepared& prepared) {
  // An endpoint that is switched on starts with a clean record.
  const app::WebhookEndpoint& endpoint = write.endpoint;
  return done_once(
      db.run("UPDATE webhooks SET url = ?1, kinds = ?2, description = ?4, updated_at_ms = ?5, "
             "legacy_signature = ?6, previous_secret_until_ms = ?7, secret_sealed = ?8, "
             "options_sealed = ?9, "
             "failures = CASE WHEN ?3 AND NOT enabled THEN 0 ELSE failures END, "
             "failing_since_ms = CASE WHEN ?3 AND NOT enabled THEN NULL ELSE failing_since_ms END, "
             "suspended_at_ms = CASE WHEN ?3 THEN NULL ELSE suspended_at_ms END, enabled = ?3 "
             "WHERE client_id = ?10 AND id = ?11",
             endpoint.url, list_to_json(endpoint.kinds), endpoint.enabled, endpoint.description,
             endpoint.updated_at, endpoint.legacy_signature, endpoint.previous_secret_until,
             Bytes{prepared.sealed}, options_of(prepared), tenant.client_id, endpoint.id),
      ErrorCode::not_found, "unknown webhook");
}

Applied apply(Connection& db, const Tenant& tenant, const app::DeleteWebhook& write,
              const Prepared& /*prepared*/) {
  // Its attempts stay until housekeeping finds them old: there may be very many.
  return done_once(
      db.run("DELETE FROM webhooks WHERE client_id = ? AND id = ?", tenant.client_id, write.id),
      ErrorCode::not_found, "unknown webhook");
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertAttempt& write,
              const Prepared& /*prepared*/) {
  const app::DeliveryAttempt& attempt = write.attempt;
  return done(
      db.run("INSERT INTO attempts (client_id, event_id, endpoint_id, number, status, "
             "error, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, attempt.event_id, attempt.endpoint_id, attempt.number,
             attempt.status, attempt.error, attempt.at));
}

Applied apply(Connection& db, const Tenant& tenant, const app::NoteDelivery& write,
              const Prepared& /*prepared*/) {
  if (write.accepted) {
    return done(
        db.run("UPDATE webhooks SET failures = 0, failing_since_ms = NULL "
               "WHERE client_id = ? AND id = ? AND failures > 0",
               tenant.client_id, write.endpoint_id));
  }
  return done(
      db.run("UPDATE webhooks SET failures = failures + 1, "
             "failing_since_ms = coalesce(failing_since_ms, ?) WHERE client_id = ? AND id = ?",
             write.at, tenant.client_id, write.endpoint_id));
}

Applied apply(Connection& db, const Tenant& tenant, const app::SuspendWebhook& write,
              const Prepared& /*prepared*/) {
  return done(
      db.run("UPDATE webhooks SET enabled = 0, suspended_at_ms = ? "
             "WHERE client_id = ? AND id = ? AND enabled",
             write.at, tenant.client_id, write.endpoint_id));
}

}  // namespace chartroom::store::sqlite
