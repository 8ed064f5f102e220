// Numbers and times as reports print them. Locale-independent: the same bytes everywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "evidence/model.hpp"

namespace chartroom::report {

/// "27.3" with `decimals` digits after the point; values that do not fit come back as "–".
[[nodiscard]] std::string format_fixed(double value, int decimals);

/// Reads decimal digits ("-12.50"); nullopt for anything else, also for exponents.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// "2026-03-14 14:05 UTC"
[[nodiscard]] std::string date_time_text(base::TimePoint when);

/// "2026-03-14", or "undated".
[[nodiscard]] std::string date_or_undated(const evidence::When& when);

/// "1 row", "12 rows"; `plural` when it is not the singular with an s.
[[nodiscard]] std::string count_text(std::size_t count, std::string_view singular,
                                     std::string_view plural = {});

/// "mg/dL" for people from UCUM: "mm[Hg]" → "mmHg", "10*3/uL" → "10³/µL"; others unchanged.
[[nodiscard]] std::string unit_text(std::string_view ucum);

/// `day` moved by whole calendar months; the 31st becomes the month's last day.
[[nodiscard]] base::TimePoint months_before(base::TimePoint day, int months);

/// At most `most` code points, an ellipsis in place of the rest.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t most);

}  // namespace chartroom::report
