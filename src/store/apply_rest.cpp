// Events, audit, idempotent answers, suppressions; what a job's retry and a turned clock are.
#include "store/apply.hpp"

namespace chartroom::store {

using base::ErrorCode;

namespace {

constexpr Need kNoSuchDeadLetter{ErrorCode::conflict,
                                 "the job is not among the dead letters any more"};

}  // namespace

Applied apply(Script& out, const Tenant& tenant, const app::RetryJob& write,
              const Prepared& /*prepared*/) {
  // It stays the oldest of its lane, so those behind it stay blocked.
  return out.run_once(kLeaseIsOurs,
                      "UPDATE jobs SET state = 0, attempts = attempts + ?, crashes = 0, "
                      "lease = '', error = ?, due_at_ms = ? WHERE id = ? AND client_id = ? AND "
                      "state = 1 AND lease = ?",
                      write.tried ? 1 : 0, write.error, tenant.now + write.delay, write.job_id,
                      tenant.client_id, write.lease);
}

Applied apply(Script& out, const Tenant& tenant, const app::RedriveJob& write,
              const Prepared& /*prepared*/) {
  // Older than all that waits in its lane, so it is the next one when its turn comes.
  return out.run_once(kNoSuchDeadLetter,
                      "UPDATE jobs SET attempts = 0, error = '', ended_at_ms = 0, due_at_ms = ?1, "
                      "state = CASE WHEN lane <> '' AND EXISTS (SELECT 1 FROM jobs other "
                      "WHERE other.client_id = ?2 AND other.lane = jobs.lane AND other.lane <> '' "
                      "AND other.state < 3) THEN 2 ELSE 0 END "
                      "WHERE id = ?3 AND client_id = ?2 AND state = 4",
                      tenant.now, tenant.client_id, write.job_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::DiscardJob& write,
              const Prepared& /*prepared*/) {
  return out.run_once(kNoSuchDeadLetter,
                      "UPDATE jobs SET state = 3, error = error || ?, ended_at_ms = ? "
                      "WHERE id = ? AND client_id = ? AND state = 4",
                      "; discarded: " + write.reason, tenant.now, write.job_id, tenant.client_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::AdvanceClock& write,
              const Prepared& /*prepared*/) {
  if (write.by < base::Duration::zero()) {
    return base::fail(ErrorCode::invalid_input, "a clock moves forward only");
  }
  auto moved =
      out.run("UPDATE applications SET clock_offset_ms = clock_offset_ms + ? WHERE client_id = ?",
              write.by, tenant.client_id);
  if (!moved) return moved;
  // Due times are real times, so what waits comes nearer by as much.
  return out.run(
      "UPDATE jobs INDEXED BY jobs_order SET due_at_ms = due_at_ms - ? "
      "WHERE client_id = ? AND state < 3 AND state <> 1",
      write.by, tenant.client_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertEvent& write,
              const Prepared& prepared) {
  const app::StoredEvent& event = write.event;
  return out.run(
      "INSERT INTO events (client_id, id, order_id, kind, created_at_ms, "
      "body_sealed) VALUES (?, ?, ?, ?, ?, ?)",
      tenant.client_id, event.id, event.order_id, event.kind, event.created_at,
      Bytes{prepared.sealed});
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertAudit& write,
              const Prepared& /*prepared*/) {
  const app::AuditEntry& entry = write.entry;
  return out.run(
      "INSERT INTO audit (client_id, order_id, actor, action, subject, at_ms) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      tenant.client_id, entry.order_id, entry.actor, entry.action, entry.subject, entry.at);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertIdempotentAnswer& write,
              const Prepared& prepared) {
  const app::IdempotentAnswer& answer = write.answer;
  // An answer that has expired gives its key free.
  auto cleared = out.run(
      "DELETE FROM idempotent_answers WHERE client_id = ? AND key = ? AND expires_at_ms <= ?",
      tenant.client_id, answer.key, tenant.now);
  if (!cleared) return cleared;
  return out.run(
      "INSERT INTO idempotent_answers (client_id, key, request_hash, status, "
      "content_type, body_sealed, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, answer.key, answer.request_hash, answer.status, answer.content_type,
      Bytes{prepared.sealed}, answer.expires_at);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertSuppression& write,
              const Prepared& /*prepared*/) {
  return out.run(
      "INSERT INTO suppressions (client_id, person_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
      tenant.client_id, write.person_key);
}

Applied apply(Script& out, const Tenant& tenant, const app::RemoveSuppression& write,
              const Prepared& /*prepared*/) {
  return out.run("DELETE FROM suppressions WHERE client_id = ? AND person_key = ?",
                 tenant.client_id, write.person_key);
}

}  // namespace chartroom::store
