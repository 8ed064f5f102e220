// The steps of normalise(), each deterministic and independent of arrival order.
#pragma once

#include "evidence/model.hpp"

namespace chartroom::evidence {

/// Units, canonical number, plausibility and flag of one fact for a person of that birth and sex.
void normalise_measurement(Fact& fact, const Person& applicant);

/// Blood pressures whose systolic value is not above the diastolic one of the same measurement.
void check_blood_pressures(std::vector<Fact>& facts);

/// Links duplicates and marks conflicts (docs: reports, "de-duplication"). Facts must already stand
/// in their final order.
void link_duplicates(Record& record);

}  // namespace chartroom::evidence
