// What the sandbox's copying service reports while it works on a request for paper records.
#pragma once

#include <vector>

#include "app/ports.hpp"
#include "base/time.hpp"
#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// The notes that were written by `request.now`: the request is sent at once, its receipt confirmed
/// the next day, the records are there at `ready`. Notes speak of the provider that the customer
/// named first, or of the archive where none was named.
[[nodiscard]] std::vector<app::VendorNote> vendor_notes(const app::RetrievalRequest& request,
                                                        const Facility& archive,
                                                        base::TimePoint ready);

}  // namespace chartroom::channel
