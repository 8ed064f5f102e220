#include "store/apply.hpp"

#include <array>

#include "base/work_context.hpp"
#include "store/columns.hpp"

namespace chartroom::store {
namespace {

/// In the order of app::Write.
constexpr std::array kNames{
    "InsertUser",
    "UpdateUser",
    "InsertOrder",
    "UpdateOrder",
    "InsertBlob",
    "InsertRecord",
    "UpdateRecordVerdict",
    "PurgeOrderData",
    "InsertReport",
    "InsertEvent",
    "InsertJob",
    "FinishJob",
    "RetryJob",
    "BuryJob",
    "RedriveJob",
    "DiscardJob",
    "DropJobs",
    "InsertAudit",
    "InsertIdempotentAnswer",
    "InsertWebhook",
    "UpdateWebhook",
    "DeleteWebhook",
    "InsertAttempt",
    "NoteDelivery",
    "SuspendWebhook",
    "InsertSubscription",
    "DeleteSubscription",
    "DeleteSubscriptionsOf",
    "PutOrderType",
    "RemoveOrderType",
    "AdvanceClock",
    "InsertSuppression",
    "RemoveSuppression",
    "InsertDestination",
    "DeleteDestination",
};
static_assert(kNames.size() == std::variant_size_v<app::Write>);

/// Fills the sealed and serialised columns of the writes that have some.
class Preparer {
 public:
  Preparer(const app::Sealer& sealer, const std::string& client_id, Prepared& prepared)
      : sealer_(sealer), client_id_(client_id), prepared_(prepared) {}

  void operator()(const app::InsertUser& write) { user(write.user); }
  void operator()(const app::UpdateUser& write) { user(write.user); }
  void operator()(const app::InsertOrder& write) { order(write.order); }
  void operator()(const app::UpdateOrder& write) { order(write.order); }
  void operator()(const app::InsertBlob& write) {
    seal("blobs", "bytes", write.blob.id, write.blob.bytes.reveal());
  }
  void operator()(const app::InsertRecord& write) {
    if (write.record.bytes.reveal().empty()) return;  // rejected: never stored
    seal("records", "bytes", write.record.id, write.record.bytes.reveal());
  }
  void operator()(const app::InsertReport& write) {
    seal("reports", "bytes", write.report.id, write.report.bytes.reveal());
  }
  void operator()(const app::InsertEvent& write) {
    seal("events", "body", write.event.id, write.event.body);
  }
  void operator()(const app::InsertIdempotentAnswer& write) {
    seal("idempotent_answers", "body", write.answer.key, write.answer.body);
  }
  void operator()(const app::InsertWebhook& write) { webhook(write.endpoint); }
  void operator()(const app::UpdateWebhook& write) { webhook(write.endpoint); }
  void operator()(const app::InsertSubscription& write) {
    const app::Subscription& subscription = write.subscription;
    prepared_.key = subscriber_key(sealer_, subscription.email);
    seal("subscriptions", "person", subscription.id, subscriber_to_json(subscription));
  }
  void operator()(const app::InsertDestination& write) {
    seal("destinations", "document", write.destination.id,
         app::destination_to_json(write.destination));
  }
  void operator()(const app::PutOrderType& write) {
    prepared_.document = order::to_json(write.type);
  }
  template <typename Other>
  void operator()(const Other& /*write*/) {}

 private:
  void user(const app::User& user) {
    seal("users", "profile", user.human_id, app::new_order_to_json(user.profile));
  }
  void order(const app::StoredOrder& order) {
    prepared_.document = order::to_json(order.core);
    seal("orders", "request", order.core.id, app::sealed_part_to_json(order));
  }
  void webhook(const app::WebhookEndpoint& endpoint) {
    seal("webhooks", "secret", endpoint.id, endpoint.secret.reveal());
    if (endpoint.headers.empty() && endpoint.previous_secret.reveal().empty() &&
        endpoint.authentication == app::OutgoingAuth{}) {
      return;
    }
    prepared_.options =
        sealer_.seal(webhook_options_to_json(endpoint),
                     Place{client_id_, "webhooks", "options", endpoint.id}.context());
  }
  void seal(std::string_view table, std::string_view column, std::string_view row_id,
            std::string_view plain) {
    prepared_.sealed = sealer_.seal(plain, Place{client_id_, table, column, row_id}.context());
  }

  const app::Sealer& sealer_;
  const std::string& client_id_;
  Prepared& prepared_;
};

}  // namespace

const char* name_of(const app::Write& write) { return kNames.at(write.index()); }

Prepared prepare(const app::Sealer& sealer, const std::string& client_id, const app::Write& write) {
  Prepared prepared{&write, {}, {}, {}, {}, {}};
  std::visit(Preparer(sealer, client_id, prepared), write);
  if (const auto* added = std::get_if<app::InsertJob>(&write)) {
    prepared.trace = added->job.trace;
    const auto& trace = base::current_work().trace;
    if (prepared.trace.empty() && trace) prepared.trace = base::to_traceparent(*trace);
  }
  return prepared;
}

}  // namespace chartroom::store
