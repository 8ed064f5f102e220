// Points in time, periods and repetitions.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/schedule.hpp"

namespace chartroom::evidence::ccda {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Reads the first `count` digits; the caller checked that they are digits.
unsigned number(std::string_view text, std::size_t from, std::size_t count) {
  unsigned value = 0;
  for (const char c : text.substr(from, count)) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

/// ±ZZzz in minutes; false when malformed.
bool read_zone(std::string_view zone, int& minutes) {
  if (zone == "Z" || zone == "+00:00") return true;
  std::string digits;
  for (const char c : zone.substr(1)) {
    if (c != ':') digits += c;
  }
  if ((digits.size() != 4 && digits.size() != 2) || !all_digits(digits)) return false;
  const unsigned hours = number(digits, 0, 2);
  const unsigned rest = digits.size() == 4 ? number(digits, 2, 2) : 0;
  if (hours > 14 || rest > 59) return false;
  minutes = static_cast<int>(hours * 60 + rest) * (zone[0] == '-' ? -1 : 1);
  return true;
}

/// "2012-08-06…" and "2012-08-06T10:30:00Z" without their punctuation.
std::string without_punctuation(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool date_hyphen = c == '-' && (i == 4 || i == 7);
    if (!date_hyphen && c != 'T' && !(c == ':' && i < 19)) out += c;
  }
  return out;
}

std::string period_text(pugi::xml_node period, bool institution_specified) {
  const std::string amount = period.attribute("value").value();
  const std::string_view unit = period.attribute("unit").value();
  if (is_null(period) || amount.empty()) {
    const std::string low = period.child("low").attribute("value").value();
    const std::string high = period.child("high").attribute("value").value();
    if (low.empty() || high.empty()) return {};
    return every(low + "-" + high, period.child("low").attribute("unit").value());
  }
  // "8 h" with institutionSpecified means three times a day, at the ward's own hours.
  const int hours = unit == "h" ? std::atoi(amount.c_str()) : unit == "d" && amount == "1" ? 24 : 0;
  if (institution_specified && hours > 0 && hours <= 24 && 24 % hours == 0) {
    return times_a(std::to_string(24 / hours), "d");
  }
  return every(amount, unit);
}

}  // namespace

bool is_null(pugi::xml_node node) { return !node || *node.attribute("nullFlavor").value() != '\0'; }

When read_time(std::string_view text) {
  When when;
  const std::string plain = without_punctuation(base::trim(text));
  std::string_view digits = plain;
  int zone_minutes = 0;
  bool zone = false;
  if (const auto at = digits.find_first_of("+-Z"); at != std::string_view::npos) {
    if (!read_zone(digits.substr(at), zone_minutes)) return when;
    zone = true;
    digits = digits.substr(0, at);
  }
  std::string_view fraction;
  if (const auto dot = digits.find('.'); dot != std::string_view::npos) {
    fraction = digits.substr(dot + 1);
    digits = digits.substr(0, dot);
  }
  const bool length_known = digits.size() == 4 || digits.size() == 6 || digits.size() == 8 ||
                            digits.size() == 10 || digits.size() == 12 || digits.size() == 14;
  if (!length_known || !all_digits(digits) || !all_digits(fraction)) return when;
  base::Date date{static_cast<int>(number(digits, 0, 4)), 1, 1};
  if (digits.size() >= 6) date.month = number(digits, 4, 2);
  if (digits.size() >= 8) date.day = number(digits, 6, 2);
  if (date.year < 1 || !date.exists()) return when;
  when.value = date.midnight_utc();
  when.precision = digits.size() == 4   ? Precision::year
                   : digits.size() == 6 ? Precision::month
                                        : Precision::day;
  if (digits.size() < 12) return when;
  const unsigned hour = number(digits, 8, 2);
  const unsigned minute = number(digits, 10, 2);
  const unsigned second = digits.size() == 14 ? number(digits, 12, 2) : 0;
  if (hour > 23 || minute > 59 || second > 60) return when;
  unsigned milliseconds = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    milliseconds = milliseconds * 10 + (i < fraction.size() ? number(fraction, i, 1) : 0);
  }
  if (digits.size() < 14) milliseconds = 0;
  when.value += std::chrono::hours(hour) + std::chrono::minutes(minute) +
                std::chrono::seconds(second) + std::chrono::milliseconds(milliseconds) -
                std::chrono::minutes(zone_minutes);
  when.precision = digits.size() == 14 ? Precision::second : Precision::minute;
  when.zone_known = zone;
  return when;
}

When read_time(pugi::xml_node node) {
  if (is_null(node)) return {};
  return read_time(node.attribute("value").value());
}

Period read_period(pugi::xml_node node) {
  Period period;
  if (is_null(node)) return period;
  period.value = read_time(node);
  period.low = read_time(node.child("low"));
  period.high = read_time(node.child("high"));
  if (!period.value.known() && !period.low.known()) period.value = read_time(node.child("center"));
  return period;
}

std::string frequency_text(pugi::xml_node time) {
  if (is_null(time)) return {};
  if (const auto period = time.child("period")) {
    const std::string_view specified = time.attribute("institutionSpecified").value();
    return period_text(period, specified == "true" || specified == "1");
  }
  if (const auto event = time.child("event"); !is_null(event)) {
    auto words = timing_event(event.attribute("code").value());
    const auto offset = time.child("offset");
    const auto amount = offset.child("low") ? offset.child("low") : offset;
    const std::string value = amount.attribute("value").value();
    if (!is_null(amount) && !value.empty() && value != "0") {
      words = span_of_time(value, amount.attribute("unit").value()) + " " + words;
    }
    return words;
  }
  // SXPR_TS: several of the above, one after the other.
  std::string all;
  for (const auto part : time.children("comp")) {
    const auto words = frequency_text(part);
    if (words.empty()) continue;
    if (!all.empty()) all += ", ";
    all += words;
  }
  return all;
}

}  // namespace chartroom::evidence::ccda
