// The parts of the timeline report: what happened when, of all sources.
#pragma once

#include "report/blocks.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// Charts of visits and of medicines over time.
[[nodiscard]] Section overview_section(const Lens& lens);
/// One row per dated event, newest first, under its year.
[[nodiscard]] Section events_section(const Lens& lens);
/// What has no date.
[[nodiscard]] Section undated_section(const Lens& lens);

/// Medicines as bars, the newest at the top; nullopt when none has a date.
[[nodiscard]] std::optional<Chart> medication_chart(const Lens& lens);
/// Visits by setting; nullopt when none has a date.
[[nodiscard]] std::optional<Chart> encounter_chart(const Lens& lens);

}  // namespace chartroom::report
