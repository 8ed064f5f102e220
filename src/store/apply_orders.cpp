// Users, orders and the documents that belong to them.
#include "store/apply.hpp"
#include "store/columns.hpp"

namespace chartroom::store {

using base::ErrorCode;

Applied apply(Script& out, const Tenant& tenant, const app::InsertUser& write,
              const Prepared& prepared) {
  const app::User& user = write.user;
  return out.run(
      "INSERT INTO users (client_id, human_id, user_id, client_user_id, profile_sealed, "
      "created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, user.human_id, user.user_id, user.client_user_id, Bytes{prepared.sealed},
      user.created_at, user.updated_at);
}

Applied apply(Script& out, const Tenant& tenant, const app::UpdateUser& write,
              const Prepared& prepared) {
  const app::User& user = write.user;
  return out.run_once({ErrorCode::conflict, "the user has changed meanwhile"},
                      "UPDATE users SET version = version + 1, profile_sealed = ?, "
                      "updated_at_ms = ? WHERE client_id = ? AND human_id = ? AND version = ?",
                      Bytes{prepared.sealed}, user.updated_at, tenant.client_id, user.human_id,
                      user.version);
}

namespace {

/// The rows by which an order's tasks are found. An order has few.
Applied put_tasks(Script& out, const Tenant& tenant, const app::StoredOrder& order) {
  for (const order::Task& task : order.core.tasks) {
    auto put = out.run(
        "INSERT INTO tasks (client_id, id, order_id, human_id, state) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (client_id, id) DO UPDATE SET state = excluded.state "
        "WHERE tasks.state <> excluded.state",
        tenant.client_id, task.id, order.core.id, order.human_id, order::to_string(task.state));
    if (!put) return put;
  }
  return {};
}

/// What orders_open counts.
const char* open_state(const app::StoredOrder& order) {
  return order::is_final(order.core.state) ? "" : order::lower_case(order.core.state);
}

}  // namespace

Applied apply(Script& out, const Tenant& tenant, const app::InsertOrder& write,
              const Prepared& prepared) {
  const app::StoredOrder& order = write.order;
  auto inserted = out.run(
      "INSERT INTO orders (client_id, id, version, human_id, client_user_id, core, "
      "request_sealed, open_state) VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
      tenant.client_id, order.core.id, order.human_id, order.client_user_id, prepared.document,
      Bytes{prepared.sealed}, open_state(order));
  if (!inserted) return inserted;
  return put_tasks(out, tenant, order);
}

Applied apply(Script& out, const Tenant& tenant, const app::UpdateOrder& write,
              const Prepared& prepared) {
  const app::StoredOrder& order = write.order;
  auto updated =
      out.run_once({ErrorCode::conflict, "the order has changed meanwhile"},
                   "UPDATE orders SET version = version + 1, core = ?, request_sealed = ?, "
                   "open_state = ? WHERE client_id = ? AND id = ? AND version = ?",
                   prepared.document, Bytes{prepared.sealed}, open_state(order), tenant.client_id,
                   order.core.id, order.version);
  if (!updated) return updated;
  return put_tasks(out, tenant, order);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertBlob& write,
              const Prepared& prepared) {
  const app::Blob& blob = write.blob;
  return out.run(
      "INSERT INTO blobs (client_id, id, order_id, type, content_type, "
      "created_at_ms, bytes_sealed) VALUES (?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, blob.id, blob.order_id, blob.type, blob.content_type, blob.created_at,
      Bytes{prepared.sealed});
}

Applied apply(Script& out, const Tenant& tenant, const app::UpdateRecordVerdict& write,
              const Prepared& /*prepared*/) {
  auto updated = out.run_once(
      {ErrorCode::not_found, "unknown record"},
      "UPDATE records SET verdict = ?, decision = ? WHERE client_id = ? AND id = ?",
      app::to_string(write.verdict), write.decision_json, tenant.client_id, write.record_id);
  if (!updated || !write.purge_bytes) return updated;
  return out.run(
      "DELETE FROM record_bytes WHERE sequence = "
      "(SELECT sequence FROM records WHERE client_id = ? AND id = ?)",
      tenant.client_id, write.record_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::PurgeOrderData& write,
              const Prepared& /*prepared*/) {
  auto purged = out.run(
      "DELETE FROM record_bytes WHERE sequence IN "
      "(SELECT sequence FROM records WHERE client_id = ? AND order_id = ?)",
      tenant.client_id, write.order_id);
  if (purged) {
    purged = out.run(
        "DELETE FROM report_bytes WHERE sequence IN "
        "(SELECT sequence FROM reports WHERE client_id = ? AND order_id = ?)",
        tenant.client_id, write.order_id);
  }
  if (purged) {
    purged = out.run("DELETE FROM reports WHERE client_id = ? AND order_id = ?", tenant.client_id,
                     write.order_id);
  }
  return purged;
}

}  // namespace chartroom::store
