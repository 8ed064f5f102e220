// What a decision tells the outside world: events, and a delivery to every endpoint that wants one.
// Private to this room.
#pragma once

#include <string>
#include <vector>

#include "app/notifications.hpp"
#include "app/ports.hpp"
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

struct NotesToAnnounce {
  TenantStore& tenant;
  const StoredOrder& order;  ///< as it is; the notes of one that has ended are nobody's concern
  order::Channel channel;    ///< whose vendor wrote them
  const std::vector<VendorNote>& notes;
  base::TimePoint now;  ///< application's time
  const ApplicationSettings& settings;
};

/// Adds what is new among a vendor's notes and its deliveries to the commit, when the application
/// wants to hear of notes. A note's event has an id that follows from the note, so that it is told
/// once however often a vendor repeats it.
base::Result<void> announce_notes(const NotesToAnnounce& announcing, Commit& writes);

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
