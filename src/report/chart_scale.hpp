// Axes: round value steps and calendar steps.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"

namespace chartroom::report {

struct ValueScale {
  double low = 0;
  double high = 1;
  double step = 1;
  [[nodiscard]] std::vector<double> ticks() const;
  [[nodiscard]] std::string label(double value) const;  ///< with the decimals of the step
};

/// The smallest round range around [low, high] with about `wanted` steps (at least 2). Both finite.
[[nodiscard]] ValueScale make_value_scale(double low, double high, int wanted);

struct TimeTick {
  base::TimePoint when{};
  std::string label;
};

struct TimeScale {
  base::TimePoint begin{};
  base::TimePoint end{};  ///< later than begin
  std::vector<TimeTick> ticks;
};

/// An axis that covers [first, last] with at most `most` calendar ticks (years, months or days).
[[nodiscard]] TimeScale make_time_scale(base::TimePoint first, base::TimePoint last, int most);

/// The shortest decimal form with at most six significant digits: "5.9", "142", "0.85".
[[nodiscard]] std::string format_number(double value);

}  // namespace chartroom::report
