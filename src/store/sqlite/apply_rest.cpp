// Events, audit, idempotent answers, suppressions.
#include "store/sqlite/apply.hpp"
#include "store/sqlite/columns.hpp"

namespace chartroom::store::sqlite {

using base::ErrorCode;

Applied apply(Connection& db, const Tenant& tenant, const app::InsertEvent& write,
              const Prepared& prepared) {
  const app::StoredEvent& event = write.event;
  return done(
      db.run("INSERT INTO events (client_id, id, order_id, kind, created_at_ms, "
             "body_sealed) VALUES (?, ?, ?, ?, ?, ?)",
             tenant.client_id, event.id, event.order_id, event.kind, event.created_at,
             Bytes{prepared.sealed}));
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertAudit& write,
              const Prepared& /*prepared*/) {
  const app::AuditEntry& entry = write.entry;
  return done(
      db.run("INSERT INTO audit (client_id, order_id, actor, action, subject, at_ms) "
             "VALUES (?, ?, ?, ?, ?, ?)",
             tenant.client_id, entry.order_id, entry.actor, entry.action, entry.subject, entry.at));
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertIdempotentAnswer& write,
              const Prepared& prepared) {
  const app::IdempotentAnswer& answer = write.answer;
  // An answer that has expired gives its key free.
  const auto cleared = db.run(
      "DELETE FROM idempotent_answers WHERE client_id = ? AND key = ? AND expires_at_ms <= ?",
      tenant.client_id, answer.key, tenant.now);
  if (!cleared) return done(cleared);
  return done(
      db.run("INSERT INTO idempotent_answers (client_id, key, request_hash, status, "
             "content_type, body_sealed, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, answer.key, answer.request_hash, answer.status, answer.content_type,
             Bytes{prepared.sealed}, answer.expires_at));
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertSuppression& write,
              const Prepared& /*prepared*/) {
  return done(
      db.run("INSERT INTO suppressions (client_id, person_key) VALUES (?, ?) "
             "ON CONFLICT DO NOTHING",
             tenant.client_id, write.person_key));
}

Applied apply(Connection& db, const Tenant& tenant, const app::RemoveSuppression& write,
              const Prepared& /*prepared*/) {
  return done(db.run("DELETE FROM suppressions WHERE client_id = ? AND person_key = ?",
                     tenant.client_id, write.person_key));
}

}  // namespace chartroom::store::sqlite
