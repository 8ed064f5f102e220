// The parts of the unity report: one provider's record, in the same order for every provider.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/build.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// The lens looks at one provider; nothing of another one is shown.
[[nodiscard]] std::vector<Section> unity_sections(const Lens& lens);

/// Providers with at least one fact to show, by id.
[[nodiscard]] std::vector<std::string> providers_with_facts(const evidence::Record& record,
                                                            const OrderContext& context);

/// Notes of a provider that gives no C-CDA, each in full; nullopt when there are none.
[[nodiscard]] std::optional<Document> notes_document(const Lens& lens);

/// Visits with class, reason, diagnoses, clinician, place and length of stay.
[[nodiscard]] Section encounter_section(const Lens& lens);
/// Notes and documents in full.
[[nodiscard]] Section full_notes_section(const Lens& lens);

}  // namespace chartroom::report
