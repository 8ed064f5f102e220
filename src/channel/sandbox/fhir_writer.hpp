// One provider's part of a chart as a FHIR R4 searchset with US Core resources.
#pragma once

#include <string>

#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// The same chart gives the same bytes. Empty when the provider never saw the patient.
[[nodiscard]] std::string write_fhir(const Chart& chart, std::size_t facility);

}  // namespace chartroom::channel
