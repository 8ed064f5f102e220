// Which medicines of a record belong to a class that matters to a section ("on a statin?").
#pragma once

#include <string>
#include <vector>

#include "report/lens.hpp"

namespace chartroom::report {

enum class MedicineClass { antihypertensive, statin, antidiabetic, weight_loss, stop_smoking };

/// Medications whose name holds an ingredient of the class, newest first. By ingredient name: the
/// list covers what is common in the United States, not every product.
[[nodiscard]] std::vector<Item> medicines(const Lens& lens, MedicineClass of);

/// Whether the name of a medication holds one of the ingredients as a whole word; "~pril" is an
/// ending.
[[nodiscard]] bool names_ingredient(const evidence::Fact& medication,
                                    const std::vector<std::string>& ingredients);

/// "yes: lisinopril 10 mg (active, since 2019-03-01)" or "none found in the sources".
[[nodiscard]] std::string medicines_text(const std::vector<Item>& found);

}  // namespace chartroom::report
