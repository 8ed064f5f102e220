#include "report/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace chartroom::report {

std::string format_fixed(double value, int decimals) {
  if (!std::isfinite(value) || std::fabs(value) > 1e12) return "–";
  // A negative zero would print as "-0.0".
  const double scale = std::pow(10.0, decimals);
  if (std::fabs(value) * scale < 0.5) value = 0.0;
  std::array<char, 48> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::fixed, decimals);
  return result.ec == std::errc{} ? std::string(buffer.data(), result.ptr) : "–";
}

std::optional<double> parse_number(std::string_view text) {
  text = base::trim(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::string date_time_text(base::TimePoint when) {
  const std::string iso = base::format_iso(when);  // "2026-03-14T14:05:00.000Z"
  return iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC";
}

std::string date_or_undated(const evidence::When& when) {
  return when.known() ? when.date_text() : "undated";
}

std::string count_text(std::size_t count, std::string_view singular, std::string_view plural) {
  std::string out = std::to_string(count) + " ";
  if (count == 1) return out.append(singular);
  return plural.empty() ? out.append(singular).append("s") : out.append(plural);
}

std::string unit_text(std::string_view ucum) {
  if (ucum == "mm[Hg]") return "mmHg";
  if (ucum == "[degF]") return "°F";
  if (ucum == "Cel") return "°C";
  if (ucum == "[in_i]") return "in";
  if (ucum == "[lb_av]") return "lb";
  if (ucum == "kg/m2") return "kg/m²";
  if (ucum == "10*3/uL") return "10³/µL";
  if (ucum == "10*6/uL") return "10⁶/µL";
  if (ucum == "mL/min/{1.73_m2}" || ucum == "mL/min/1.73.m2") return "mL/min/1.73 m²";
  if (ucum == "1" || ucum == "{ratio}" || ucum == "{score}") return "";
  return std::string(ucum);
}

base::TimePoint months_before(base::TimePoint day, int months) {
  using namespace std::chrono;
  const auto midnight = floor<days>(day);
  const year_month_day date{midnight};
  const year_month month = date.year() / date.month() - std::chrono::months{months};
  year_month_day moved = month / date.day();
  if (!moved.ok()) moved = month / last;
  return base::TimePoint{sys_days{moved}} + (day - base::TimePoint{midnight});
}

std::string shorten(std::string_view text, std::size_t most) {
  std::size_t points = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && points++ == most) return std::string(text.substr(0, i)) + "…";
  }
  return std::string(text);
}

}  // namespace chartroom::report
