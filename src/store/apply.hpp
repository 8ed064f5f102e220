// One function per kind of write: which statements it is made of.
#pragma once

#include <string>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "store/session.hpp"

namespace chartroom::store {

/// A write with what can be made of it before the transaction starts: sealing and serialising are
/// done on the caller's own thread and never hold up the writer.
struct Prepared {
  const app::Write* write = nullptr;
  std::string sealed;    ///< the sealed column of its row, if it has one
  std::string document;  ///< JSON column: the order's core, an order type
  std::string options;   ///< a webhook's second sealed column; empty: no value
  std::string key;       ///< keyed hash of a subscriber's address
  std::string trace;     ///< a job's, or that of the caller's thread
};

struct Tenant {
  const std::string& client_id;
  base::TimePoint now;            ///< real time
  base::Duration clock_offset{};  ///< the application's time minus real time, where it is known
};

[[nodiscard]] Prepared prepare(const app::Sealer& sealer, const std::string& client_id,
                               const app::Write& write);

/// The write's struct name, for Error::field.
[[nodiscard]] const char* name_of(const app::Write& write);

using Applied = base::Result<void>;

// The writes that all engines are told in the same words. The others are each engine's own:
// InsertRecord, InsertReport, InsertJob, FinishJob, BuryJob, DropJobs.

// apply_orders.cpp
Applied apply(Script& out, const Tenant& tenant, const app::InsertUser& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::UpdateUser& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertOrder& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::UpdateOrder& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertBlob& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::UpdateRecordVerdict& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::PurgeOrderData& write,
              const Prepared& prepared);

// apply_rest.cpp
Applied apply(Script& out, const Tenant& tenant, const app::RetryJob& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::RedriveJob& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::DiscardJob& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::AdvanceClock& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertEvent& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertAudit& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertIdempotentAnswer& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertSuppression& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::RemoveSuppression& write,
              const Prepared& prepared);

// apply_webhooks.cpp
Applied apply(Script& out, const Tenant& tenant, const app::InsertWebhook& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::UpdateWebhook& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::DeleteWebhook& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertAttempt& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::NoteDelivery& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::SuspendWebhook& write,
              const Prepared& prepared);

// apply_customer.cpp
Applied apply(Script& out, const Tenant& tenant, const app::InsertSubscription& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::DeleteSubscription& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::DeleteSubscriptionsOf& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::PutOrderType& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::RemoveOrderType& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::InsertDestination& write,
              const Prepared& prepared);
Applied apply(Script& out, const Tenant& tenant, const app::DeleteDestination& write,
              const Prepared& prepared);

inline constexpr Need kLeaseIsOurs{base::ErrorCode::conflict,
                                   "the job's lease has passed to another worker"};

}  // namespace chartroom::store
