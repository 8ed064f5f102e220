// The two halves of the analyte table; terms.hpp is its public face.
#pragma once

#include <span>

#include "evidence/terms.hpp"

namespace chartroom::evidence {

/// Build, blood pressure, vital signs, lipids, diabetes, kidney, liver, protein,
/// electrolytes.
[[nodiscard]] std::span<const Analyte> first_analytes();
/// Everything after them.
[[nodiscard]] std::span<const Analyte> further_analytes();

}  // namespace chartroom::evidence
