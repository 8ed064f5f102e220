// What its source marked as confidential (docs/evidence.md, "Confidentiality").
#pragma once

#include "evidence/model.hpp"

namespace chartroom::evidence {

/// What an order type says about marked findings.
enum class SensitivityPolicy {
  include,   ///< shown with their mark; the authorization of the order covers them
  withhold,  ///< not shown, and counted where the report says what it leaves out
};

/// "R" and "V" (HL7 v3 Confidentiality: restricted, very restricted). Anything else is not marked.
[[nodiscard]] bool is_marked(const std::string& sensitivity);

/// Under `withhold`, marked facts are hidden with a reason, and marked sections of documents lose
/// their text; a document whose every section is marked, or that has one body, loses that. Nothing
/// is removed: what is hidden is counted by the reports. Call before normalise(), so that a marked
/// finding does not lend its sources to a row that is shown.
void apply_policy(Record& record, SensitivityPolicy policy);

}  // namespace chartroom::evidence
