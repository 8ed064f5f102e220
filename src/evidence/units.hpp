// Units as they are really sent, and conversion to the canonical unit of an analyte.
// UCUM: https://ucum.org/ucum. Stateless.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evidence/terms.hpp"

namespace chartroom::evidence {

/// UCUM code of a unit text: "K/uL" → "10*3/uL", "mmHg" → "mm[Hg]", "G/DL" → "g/dL". Empty when we
/// do not know it, so that nothing is computed with it. Case decides between units only where it
/// must ("m" and "M" are never taken for each other).
[[nodiscard]] std::string ucum_unit(std::string_view text);

/// For a reader: "10*3/uL" → "10³/µL", "mm[Hg]" → "mmHg", "kg/m2" → "kg/m²".
[[nodiscard]] std::string display_unit(std::string_view ucum);

/// `number` in `ucum` as a number in the analyte's canonical unit. The digits stay as they are when
/// the units are the same; a converted value is rounded to the analyte's decimals. Nullopt when the
/// units do not convert for this analyte, or the number is none.
[[nodiscard]] std::optional<std::string> to_canonical(const Analyte& analyte,
                                                      std::string_view number,
                                                      std::string_view ucum);

/// Between two units of one dimension (kg and lb, cm and in, Cel and degF, g/L and g/dL).
[[nodiscard]] std::optional<std::string> convert_unit(std::string_view number,
                                                      std::string_view from, std::string_view to,
                                                      int places);

}  // namespace chartroom::evidence
