// One provider's part of a chart as a C-CDA R2.1 Continuity of Care Document.
#pragma once

#include <string>

#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// The same chart gives the same bytes. A later visit gives the next version of the same document
/// (setId stays, versionNumber counts visits). Empty when the provider never saw the patient.
[[nodiscard]] std::string write_ccda(const Chart& chart, std::size_t facility);

}  // namespace chartroom::channel
