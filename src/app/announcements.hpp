// What a decision tells the outside world: events, and a delivery to every endpoint that wants one.
// Private to this room.
#pragma once

#include <string>
#include <vector>

#include "app/notifications.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"

namespace chartroom::app {

struct Announcing {
  TenantStore& tenant;
  const StoredOrder& order;  ///< as it was before the decision
  const order::Decision& decision;
  base::TimePoint now;  ///< application's time
  const ApplicationSettings& settings;
  const std::vector<StoredReport>& reports;  ///< for the order summary
  base::Random& random;
  const std::string& public_url;
};

/// Adds the events of a decision and their deliveries to the commit.
base::Result<void> announce(const Announcing& announcing, Commit& writes);

/// Whether an enabled endpoint has asked for this kind of event.
[[nodiscard]] bool wants(const WebhookEndpoint& endpoint, const std::string& kind);

/// The job that carries an event to an endpoint. Events of one order reach an endpoint in order.
/// `occasion` tells one delivery of the same event from another: empty for the first one.
[[nodiscard]] Job delivery_job(const StoredEvent& event, const WebhookEndpoint& endpoint,
                               base::TimePoint now, const std::string& occasion = {});

/// Stores an event and queues its delivery to every endpoint that wants it.
void publish(StoredEvent event, const std::vector<WebhookEndpoint>& endpoints, base::TimePoint now,
             Commit& writes);

/// Whose order it is, for the bodies of notifications.
base::Result<Subject> subject_of(TenantStore& tenant, const StoredOrder& order);

}  // namespace chartroom::app
