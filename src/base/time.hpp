// Points in time and calendar dates as the wire contract writes them.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chartroom::base {

/// UTC, in milliseconds: the precision of the contract's timestamps.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

[[nodiscard]] constexpr std::int64_t to_unix_ms(TimePoint t) {
  return t.time_since_epoch().count();
}
[[nodiscard]] constexpr TimePoint from_unix_ms(std::int64_t ms) { return TimePoint{Duration{ms}}; }

/// "2022-09-29T17:22:26.406Z" (ISO 8601, always with milliseconds and Z).
[[nodiscard]] std::string format_iso(TimePoint t);

/// Reads an ISO 8601 date-time: `YYYY-MM-DD[THH:MM[:SS[.fff…]]][Z|±HH[:]MM]`. Without a zone, UTC
/// is taken. Digits below a millisecond are cut. Nullopt for everything else, also for dates that
/// do not exist.
[[nodiscard]] std::optional<TimePoint> parse_iso(std::string_view text);

/// A proleptic Gregorian calendar date without time or zone, such as a date of birth.
struct Date {
  int year = 0;
  unsigned month = 0;  ///< 1 to 12
  unsigned day = 0;    ///< 1 to 31

  [[nodiscard]] bool exists() const;
  /// "1968-02-13"
  [[nodiscard]] std::string iso() const;
  [[nodiscard]] TimePoint midnight_utc() const;
  static Date from(TimePoint t);

  friend auto operator<=>(const Date&, const Date&) = default;
};

/// Reads "1968-02-13"; nullopt for anything else or a date that does not exist.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);

/// Completed years from `birth` to `on`; negative when `on` lies before `birth`.
[[nodiscard]] int age_in_years(const Date& birth, const Date& on);

/// Reads "90s", "15m", "8h", "30d", "2w" (one unit, whole numbers, at most ten years).
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// The shortest form that parse_duration reads back: "30d", "8h", "1500ms" for odd ones.
[[nodiscard]] std::string format_duration(Duration d);

}  // namespace chartroom::base
