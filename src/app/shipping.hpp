// Reports on their way to an application's destinations (contract §9). Private to this room, but
// for what the command line needs.
#pragma once

#include <string>
#include <vector>

#include "app/notifications.hpp"
#include "app/ports.hpp"
#include "app/store.hpp"

namespace chartroom::app {

/// Whether this destination gets this report.
[[nodiscard]] bool wants(const Destination& destination, const StoredReport& report);

/// The job that carries a report to a destination. `occasion` tells one shipment of the same report
/// from another: empty for the first one.
[[nodiscard]] Job ship_job(const StoredReport& report, const Destination& destination,
                           base::TimePoint now, const std::string& occasion = {});

/// What audit trail and timeline call it: "<report id>/<name of the destination>".
[[nodiscard]] std::string shipment_subject(const std::string& report_id,
                                           const std::string& destination_name);

/// Encrypts a PDF where the destination has a password for them; anything else stays as it is.
/// Errors: corrupt.
[[nodiscard]] base::Result<void> encrypt_for(const Destination& destination, StoredReport& report,
                                             base::Random& random);

/// Everything that the destination is sent. The id follows from report and destination, so that a
/// receiver recognises what it has already, however often it comes.
[[nodiscard]] Shipment make_shipment(const Subject& subject, const Destination& destination,
                                     StoredReport report);

/// For `destination test`: a report named "test" of nobody's order, with `"test": true` in its
/// metadata.
[[nodiscard]] Shipment make_test_shipment(const std::string& client_id, base::TimePoint now,
                                          base::Random& random);

}  // namespace chartroom::app
