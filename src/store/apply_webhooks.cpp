// Webhook endpoints, their attempts and their circuit breaker.
#include "store/apply.hpp"
#include "store/columns.hpp"

namespace chartroom::store {

using base::ErrorCode;

namespace {

std::optional<Bytes> options_of(const Prepared& prepared) {
  if (prepared.options.empty()) return std::nullopt;
  return Bytes{prepared.options};
}

}  // namespace

Applied apply(Script& out, const Tenant& tenant, const app::InsertWebhook& write,
              const Prepared& prepared) {
  const app::WebhookEndpoint& endpoint = write.endpoint;
  return out.run(
      "INSERT INTO webhooks (client_id, id, url, kinds, enabled, description, created_at_ms, "
      "updated_at_ms, legacy_signature, previous_secret_until_ms, secret_sealed, options_sealed, "
      "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
      tenant.client_id, endpoint.id, endpoint.url, list_to_json(endpoint.kinds), endpoint.enabled,
      endpoint.description, endpoint.created_at, endpoint.updated_at, endpoint.legacy_signature,
      endpoint.previous_secret_until, Bytes{prepared.sealed}, options_of(prepared));
}

Applied apply(Script& out, const Tenant& tenant, const app::UpdateWebhook& write,
              const Prepared& prepared) {
  // An endpoint that is switched on starts with a clean record.
  const app::WebhookEndpoint& endpoint = write.endpoint;
  return out.run_once(
      {ErrorCode::conflict, "the webhook was changed or deleted meanwhile"},
      "UPDATE webhooks SET url = ?1, kinds = ?2, description = ?4, updated_at_ms = ?5, "
      "legacy_signature = ?6, previous_secret_until_ms = ?7, secret_sealed = ?8, "
      "options_sealed = ?9, "
      "failures = CASE WHEN ?3 <> 0 AND enabled = 0 THEN 0 ELSE failures END, "
      "failing_since_ms = CASE WHEN ?3 <> 0 AND enabled = 0 THEN NULL ELSE failing_since_ms END, "
      "suspended_at_ms = CASE WHEN ?3 <> 0 THEN NULL ELSE suspended_at_ms END, enabled = ?3, "
      "version = version + 1 WHERE client_id = ?10 AND id = ?11 AND version = ?12",
      endpoint.url, list_to_json(endpoint.kinds), endpoint.enabled, endpoint.description,
      endpoint.updated_at, endpoint.legacy_signature, endpoint.previous_secret_until,
      Bytes{prepared.sealed}, options_of(prepared), tenant.client_id, endpoint.id,
      endpoint.version);
}

Applied apply(Script& out, const Tenant& tenant, const app::DeleteWebhook& write,
              const Prepared& /*prepared*/) {
  // Its attempts stay until housekeeping finds them old: there may be very many.
  return out.run_once({ErrorCode::not_found, "unknown webhook"},
                      "DELETE FROM webhooks WHERE client_id = ? AND id = ?", tenant.client_id,
                      write.id);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertAttempt& write,
              const Prepared& /*prepared*/) {
  const app::DeliveryAttempt& attempt = write.attempt;
  return out.run(
      "INSERT INTO attempts (client_id, event_id, endpoint_id, number, status, error, at_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, attempt.event_id, attempt.endpoint_id, attempt.number, attempt.status,
      attempt.error, attempt.at);
}

Applied apply(Script& out, const Tenant& tenant, const app::NoteDelivery& write,
              const Prepared& /*prepared*/) {
  if (write.accepted) {
    return out.run(
        "UPDATE webhooks SET failures = 0, failing_since_ms = NULL "
        "WHERE client_id = ? AND id = ? AND failures > 0",
        tenant.client_id, write.endpoint_id);
  }
  return out.run(
      "UPDATE webhooks SET failures = failures + 1, "
      "failing_since_ms = coalesce(failing_since_ms, ?) WHERE client_id = ? AND id = ?",
      write.at, tenant.client_id, write.endpoint_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::SuspendWebhook& write,
              const Prepared& /*prepared*/) {
  // A new version: whoever read the endpoint before must not switch it on again unawares.
  return out.run(
      "UPDATE webhooks SET enabled = 0, suspended_at_ms = ?, version = version + 1 "
      "WHERE client_id = ? AND id = ? AND enabled <> 0",
      write.at, tenant.client_id, write.endpoint_id);
}

}  // namespace chartroom::store
