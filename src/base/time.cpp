#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace chartroom::base {
namespace {

namespace chr = std::chrono;

/// Takes exactly `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_char(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const Date date{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
  if (!date.exists()) return std::nullopt;
  return date;
}

/// Fraction of a second, cut to milliseconds. The point has been taken already.
std::optional<int> take_millis(std::string_view& text) {
  int millis = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) millis = millis * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) millis *= 10;
  return millis;
}

std::optional<Duration> take_time_of_day(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  Duration time = chr::hours{*hour} + chr::minutes{*minute};
  if (take_char(text, ':')) {
    const auto second = take_digits(text, 2);
    if (!second || *second > 60) return std::nullopt;  // 60: a leap second
    time += chr::seconds{*second};
    if (take_char(text, '.')) {
      const auto millis = take_millis(text);
      if (!millis) return std::nullopt;
      time += Duration{*millis};
    }
  }
  return time;
}

/// Zone designator to the offset from UTC; an empty rest means UTC.
std::optional<Duration> take_zone(std::string_view& text) {
  if (text.empty() || take_char(text, 'Z')) return Duration{0};
  const char sign = text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  take_char(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const Duration offset = chr::hours{*hours} + chr::minutes{*minutes};
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::string format_iso(TimePoint t) {
  const auto day = chr::floor<chr::days>(t);
  const chr::year_month_day ymd{day};
  const chr::hh_mm_ss time{t - day};
  std::array<char, 40> buffer{};
  const int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{ymd.year()},
      unsigned{ymd.month()}, unsigned{ymd.day()}, static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::optional<TimePoint> parse_iso(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return date->midnight_utc();
  if (!take_char(text, 'T')) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return date->midnight_utc() + *time - *zone;
}

bool Date::exists() const {
  return year >= 1 && year <= 9999 &&
         chr::year_month_day{chr::year{year}, chr::month{month}, chr::day{day}}.ok();
}

std::string Date::iso() const {
  std::array<char, 32> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", year, month, day);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

TimePoint Date::midnight_utc() const {
  return chr::sys_days{chr::year_month_day{chr::year{year}, chr::month{month}, chr::day{day}}};
}

Date Date::from(TimePoint t) {
  const chr::year_month_day ymd{chr::floor<chr::days>(t)};
  return {int{ymd.year()}, unsigned{ymd.month()}, unsigned{ymd.day()}};
}

std::optional<Date> parse_date(std::string_view text) {
  const auto date = take_date(text);
  return text.empty() ? date : std::nullopt;
}

int age_in_years(const Date& birth, const Date& on) {
  const bool had_birthday =
      on.month > birth.month || (on.month == birth.month && on.day >= birth.day);
  return on.year - birth.year - (had_birthday ? 0 : 1);
}

std::optional<Duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  std::int64_t unit_ms = 0;
  if (unit == "ms") unit_ms = 1;
  if (unit == "s") unit_ms = 1'000;
  if (unit == "m") unit_ms = 60'000;
  if (unit == "h") unit_ms = 3'600'000;
  if (unit == "d") unit_ms = 86'400'000;
  if (unit == "w") unit_ms = 604'800'000;
  constexpr std::int64_t kTenYearsMs = 3'653LL * 86'400'000;
  if (unit_ms == 0 || count > kTenYearsMs / unit_ms) return std::nullopt;
  return Duration{count * unit_ms};
}

std::string format_duration(Duration d) {
  struct Unit {
    std::int64_t ms;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits{
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}}};
  for (const Unit& unit : kUnits) {
    if (d.count() != 0 && d.count() % unit.ms == 0)
      return std::to_string(d.count() / unit.ms) + unit.name;
  }
  return std::to_string(d.count()) + "ms";
}

}  // namespace chartroom::base
