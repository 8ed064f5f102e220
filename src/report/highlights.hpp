// The parts of the highlights report (reports.md, "highlights"): what stands out, with the rule
// that says so and its evidence. Nothing is guessed.
#pragma once

#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/lens.hpp"
#include "report/rules.hpp"

namespace chartroom::report {

/// Something that deserves the reader's eye.
struct Signal {
  evidence::Attention level = evidence::Attention::note;
  std::string rule;  ///< id in rules()
  std::string text;
  std::string source;  ///< where the rule's threshold comes from
  evidence::When when;
  std::vector<Item> evidence;
};
/// All of a record, the gravest first; deterministic.
[[nodiscard]] std::vector<Signal> signals(const Lens& lens);

// highlights_headline.cpp
[[nodiscard]] Section headline_section(const Lens& lens);
// highlights_conditions.cpp
[[nodiscard]] Section key_conditions_section(const Lens& lens);
[[nodiscard]] Section implied_section(const Lens& lens);
// highlights_tests.cpp
[[nodiscard]] Section abnormal_tests_section(const Lens& lens);
// highlights_habits.cpp
[[nodiscard]] Section habits_section(const Lens& lens);
// highlights_care.cpp
[[nodiscard]] Section hospital_section(const Lens& lens);
[[nodiscard]] Section open_ends_section(const Lens& lens);
[[nodiscard]] Section family_section(const Lens& lens);
[[nodiscard]] Section gaps_section(const Lens& lens);

// What the sections and the signals both need.

/// A medicine that is hardly given without a condition that no diagnosis names.
struct Implied {
  const Concern* group = nullptr;
  std::vector<Item> medicines;
};
[[nodiscard]] std::vector<Implied> implied_conditions(const Lens& lens);

enum class Setting { in_person, remote, emergency, inpatient, other };
[[nodiscard]] Setting setting_of(const evidence::Fact& encounter);
[[nodiscard]] const char* setting_word(Setting setting);
/// Nights between the first and the last day, "3 days"; empty when one of them is not known.
[[nodiscard]] std::string stay_text(const evidence::Fact& encounter);

/// Hospital stays and emergency visits of the five years before the order, newest first.
[[nodiscard]] std::vector<Item> hospital_visits(const Lens& lens);
/// Plans and tests without an entry that completes them, newest first.
[[nodiscard]] std::vector<Item> unfinished(const Lens& lens);
/// Entries that tell of advice not followed or of missed visits, newest first.
[[nodiscard]] std::vector<Item> against_advice(const Lens& lens);
/// First-degree relatives with heart disease, stroke, cancer or diabetes before 60.
[[nodiscard]] std::vector<Item> early_family(const Lens& lens);
/// Documents that the record refers to without their content.
[[nodiscard]] std::vector<Item> not_retrieved(const Lens& lens);

/// Percent of weight lost in the 12 months before the newest weight, when it is 5 or more.
struct WeightLoss {
  double percent = 0;
  Item from;
  Item to;
  std::string explained;  ///< by what entry; empty: by none
};
[[nodiscard]] std::optional<WeightLoss> weight_loss_of(const Lens& lens);

}  // namespace chartroom::report
