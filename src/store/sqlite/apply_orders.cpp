// Users, orders and the documents that belong to them.
#include "store/sqlite/apply.hpp"
#include "store/sqlite/columns.hpp"

namespace chartroom::store::sqlite {

using base::ErrorCode;

Applied apply(Connection& db, const Tenant& tenant, const app::InsertUser& write,
              const Prepared& prepared) {
  const app::User& user = write.user;
  return done(
      db.run("INSERT INTO users (client_id, human_id, user_id, client_user_id, profile_sealed, "
             "created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, user.human_id, user.user_id, user.client_user_id,
             Bytes{prepared.sealed}, user.created_at, user.updated_at));
}

Applied apply(Connection& db, const Tenant& tenant, const app::UpdateUser& write,
              const Prepared& prepared) {
  const app::User& user = write.user;
  return done_once(db.run("UPDATE users SET profile_sealed = ?, updated_at_ms = ? "
                          "WHERE client_id = ? AND human_id = ?",
                          Bytes{prepared.sealed}, user.updated_at, tenant.client_id, user.human_id),
                   ErrorCode::not_found, "unknown user");
}

namespace {

/// The rows by which an order's tasks are found. An order has few.
Applied put_tasks(Connection& db, const Tenant& tenant, const app::StoredOrder& order) {
  for (const order::Task& task : order.core.tasks) {
    const auto put = db.run(
        "INSERT INTO tasks (client_id, id, order_id, human_id, state) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (client_id, id) DO UPDATE SET state = excluded.state "
        "WHERE state <> excluded.state",
        tenant.client_id, task.id, order.core.id, order.human_id, order::to_string(task.state));
    if (!put) return done(put);
  }
  return {};
}

}  // namespace

Applied apply(Connection& db, const Tenant& tenant, const app::InsertOrder& write,
              const Prepared& prepared) {
  const app::StoredOrder& order = write.order;
  const auto inserted =
      done(db.run("INSERT INTO orders (client_id, id, version, human_id, client_user_id, core, "
                  "request_sealed) VALUES (?, ?, 1, ?, ?, ?, ?)",
                  tenant.client_id, order.core.id, order.human_id, order.client_user_id,
                  prepared.document, Bytes{prepared.sealed}));
  if (!inserted) return inserted;
  return put_tasks(db, tenant, order);
}

Applied apply(Connection& db, const Tenant& tenant, const app::UpdateOrder& write,
              const Prepared& prepared) {
  const app::StoredOrder& order = write.order;
  const auto updated =
      done_once(db.run("UPDATE orders SET version = version + 1, core = ?, request_sealed = ? "
                       "WHERE client_id = ? AND id = ? AND version = ?",
                       prepared.document, Bytes{prepared.sealed}, tenant.client_id, order.core.id,
                       order.version),
                ErrorCode::conflict, "the order has changed meanwhile");
  if (!updated) return updated;
  return put_tasks(db, tenant, order);
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertBlob& write,
              const Prepared& prepared) {
  const app::Blob& blob = write.blob;
  return done(
      db.run("INSERT INTO blobs (client_id, id, order_id, type, content_type, "
             "created_at_ms, bytes_sealed) VALUES (?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, blob.id, blob.order_id, blob.type, blob.content_type,
             blob.created_at, Bytes{prepared.sealed}));
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertRecord& write,
              const Prepared& prepared) {
  const app::RawRecord& record = write.record;
  const auto inserted = db.run(
      "INSERT INTO records (client_id, id, order_id, channel, provider_id, provider_name, "
      "media_type, label, sha256, verdict, decision, supporting, retrieved_at_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      tenant.client_id, record.id, record.order_id, order::to_string(record.channel),
      record.provider_id, record.provider_name, record.media_type, record.label, record.sha256,
      app::to_string(record.verdict), record.decision_json, record.supporting, record.retrieved_at);
  if (!inserted || *inserted == 0 || prepared.sealed.empty()) return done(inserted);
  return done(
      db.run("INSERT INTO record_bytes (sequence, client_id, bytes_sealed) VALUES (?, ?, ?)",
             db.last_row_id(), tenant.client_id, Bytes{prepared.sealed}));
}

Applied apply(Connection& db, const Tenant& tenant, const app::UpdateRecordVerdict& write,
              const Prepared& /*prepared*/) {
  const auto updated = done_once(
      db.run("UPDATE records SET verdict = ?, decision = ? WHERE client_id = ? AND id = ?",
             app::to_string(write.verdict), write.decision_json, tenant.client_id, write.record_id),
      ErrorCode::not_found, "unknown record");
  if (!updated || !write.purge_bytes) return updated;
  return done(
      db.run("DELETE FROM record_bytes WHERE sequence = "
             "(SELECT sequence FROM records WHERE client_id = ? AND id = ?)",
             tenant.client_id, write.record_id));
}

Applied apply(Connection& db, const Tenant& tenant, const app::PurgeOrderData& write,
              const Prepared& /*prepared*/) {
  auto purged = db.run(
      "DELETE FROM record_bytes WHERE sequence IN "
      "(SELECT sequence FROM records WHERE client_id = ? AND order_id = ?)",
      tenant.client_id, write.order_id);
  if (purged) {
    purged = db.run(
        "DELETE FROM report_bytes WHERE sequence IN "
        "(SELECT sequence FROM reports WHERE client_id = ? AND order_id = ?)",
        tenant.client_id, write.order_id);
  }
  if (purged) {
    purged = db.run("DELETE FROM reports WHERE client_id = ? AND order_id = ?", tenant.client_id,
                    write.order_id);
  }
  return done(purged);
}

Applied apply(Connection& db, const Tenant& tenant, const app::InsertReport& write,
              const Prepared& prepared) {
  const app::StoredReport& report = write.report;
  const auto inserted = done(
      db.run("INSERT INTO reports (client_id, id, order_id, human_id, name, file_extension, "
             "base_report_names, provider_ids, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, report.id, report.order_id, report.human_id, report.name,
             report.file_extension, list_to_json(report.base_report_names),
             list_to_json(report.provider_ids), report.created_at));
  if (!inserted) return inserted;
  return done(
      db.run("INSERT INTO report_bytes (sequence, client_id, bytes_sealed) VALUES (?, ?, ?)",
             db.last_row_id(), tenant.client_id, Bytes{prepared.sealed}));
}

}  // namespace chartroom::store::sqlite
