// The measurable side of a synthetic life: build, blood pressure, laboratory values.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// Onset of each condition, by Condition::key.
using Onsets = std::map<std::string_view, base::TimePoint>;

struct Body {
  std::string seed;
  base::Date birth;
  Sex sex = Sex::any;  ///< any: not told; values lie between the two
  Onsets onsets;

  /// Years with a fraction.
  [[nodiscard]] double age_at(base::TimePoint t) const;
  [[nodiscard]] bool has(std::string_view condition, base::TimePoint t) const;
  [[nodiscard]] double height_cm(base::TimePoint t) const;
  [[nodiscard]] double body_mass_index(base::TimePoint t) const;
  [[nodiscard]] Vitals vitals(base::TimePoint t) const;
  [[nodiscard]] LabReport lab(const Panel& panel, base::TimePoint t) const;

 private:
  [[nodiscard]] double level(const Test& test, base::TimePoint t) const;
};

}  // namespace chartroom::channel
