// What is set up for a customer: subscriptions, order types, destinations.
#include "store/apply.hpp"

namespace chartroom::store {

using base::ErrorCode;

Applied apply(Script& out, const Tenant& tenant, const app::InsertSubscription& write,
              const Prepared& prepared) {
  const app::Subscription& subscription = write.subscription;
  return out.run(
      "INSERT INTO subscriptions (client_id, id, human_id, client_user_id, role, email_key, "
      "created_at_ms, person_sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      tenant.client_id, subscription.id, subscription.human_id, subscription.client_user_id,
      subscription.role, prepared.key, subscription.created_at, Bytes{prepared.sealed});
}

Applied apply(Script& out, const Tenant& tenant, const app::DeleteSubscription& write,
              const Prepared& /*prepared*/) {
  return out.run_once({ErrorCode::not_found, "unknown subscription"},
                      "DELETE FROM subscriptions WHERE client_id = ? AND id = ?", tenant.client_id,
                      write.id);
}

Applied apply(Script& out, const Tenant& tenant, const app::DeleteSubscriptionsOf& write,
              const Prepared& /*prepared*/) {
  return out.run("DELETE FROM subscriptions WHERE client_id = ? AND human_id = ?", tenant.client_id,
                 write.human_id);
}

Applied apply(Script& out, const Tenant& tenant, const app::PutOrderType& write,
              const Prepared& prepared) {
  return out.run(
      "INSERT INTO order_types (client_id, code, document) VALUES (?, ?, ?) "
      "ON CONFLICT (client_id, code) DO UPDATE SET document = excluded.document",
      tenant.client_id, write.type.code, prepared.document);
}

Applied apply(Script& out, const Tenant& tenant, const app::RemoveOrderType& write,
              const Prepared& /*prepared*/) {
  return out.run_once({ErrorCode::not_found, "unknown order type"},
                      "DELETE FROM order_types WHERE client_id = ? AND code = ?", tenant.client_id,
                      write.code);
}

Applied apply(Script& out, const Tenant& tenant, const app::InsertDestination& write,
              const Prepared& prepared) {
  const app::Destination& destination = write.destination;
  return out.run(
      "INSERT INTO destinations (client_id, id, name, document_sealed) VALUES (?, ?, ?, ?)",
      tenant.client_id, destination.id, destination.name, Bytes{prepared.sealed});
}

Applied apply(Script& out, const Tenant& tenant, const app::DeleteDestination& write,
              const Prepared& /*prepared*/) {
  return out.run_once({ErrorCode::not_found, "unknown destination"},
                      "DELETE FROM destinations WHERE client_id = ? AND id = ?", tenant.client_id,
                      write.id);
}

}  // namespace chartroom::store
