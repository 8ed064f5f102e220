#include "report/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace chartroom::report {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr int kMostTicks = 50;

std::string format_tick(double value, int decimals) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals);
  if (end.ec != std::errc{}) return format_number(value);
  std::string text(buffer.data(), end.ptr);
  return text.starts_with('-') && text.find_first_of("123456789") == std::string::npos
             ? text.substr(1)
             : text;
}

std::string month_name(std::chrono::month month) {
  static constexpr std::array<const char*, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return kNames[(static_cast<unsigned>(month) - 1U) % 12U];
}

/// Months since the year 0, so that month steps are plain arithmetic.
int month_index(base::TimePoint when) {
  const year_month_day date(std::chrono::floor<days>(when));
  return static_cast<int>(date.year()) * 12 + static_cast<int>(unsigned{date.month()}) - 1;
}

year_month month_at(int index) {
  const int year = (index >= 0 ? index : index - 11) / 12;
  return std::chrono::year(year) /
         std::chrono::month(static_cast<unsigned>(index - year * 12) + 1U);
}

base::TimePoint start_of(year_month month) { return sys_days(month / 1); }

std::string month_label(year_month month, int step, bool first) {
  const std::string year = std::to_string(static_cast<int>(month.year()));
  if (step % 12 == 0) return year;
  const bool new_year = month.month() == std::chrono::January;
  return month_name(month.month()) + (new_year || first ? " " + year : "");
}

std::vector<TimeTick> month_ticks(base::TimePoint begin, base::TimePoint end, int step) {
  std::vector<TimeTick> ticks;
  const int last = month_index(end);
  int index = month_index(begin);
  index -= ((index % step) + step) % step;
  for (; index <= last; index += step) {
    const year_month month = month_at(index);
    const base::TimePoint when = start_of(month);
    if (when < begin || when > end) continue;
    ticks.push_back({when, month_label(month, step, ticks.empty())});
  }
  return ticks;
}

std::vector<TimeTick> day_ticks(base::TimePoint begin, base::TimePoint end, int step) {
  std::vector<TimeTick> ticks;
  for (auto day = std::chrono::ceil<days>(begin); day <= end; day += days(step)) {
    const year_month_day date(day);
    std::string label = month_name(date.month()) + " " + std::to_string(unsigned{date.day()});
    if (ticks.empty()) label += ", " + std::to_string(static_cast<int>(date.year()));
    ticks.push_back({day, std::move(label)});
  }
  return ticks;
}

}  // namespace

std::string format_number(double value) {
  if (value == 0) return "0";
  std::array<char, 64> buffer{};
  const double size = std::abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::general, 6);
    return std::string(buffer.data(), end.ptr);
  }
  const int digits = std::clamp(5 - static_cast<int>(std::floor(std::log10(size))), 0, 9);
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  std::string text(buffer.data(), end.ptr);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

std::vector<double> ValueScale::ticks() const {
  std::vector<double> all;
  const int count = static_cast<int>(std::lround((high - low) / step));
  for (int i = 0; i <= std::clamp(count, 1, kMostTicks); ++i) all.push_back(low + i * step);
  return all;
}

std::string ValueScale::label(double value) const {
  if (step >= 1e6 || step < 1e-6) return format_number(value);
  int decimals = 0;
  double scaled = step;
  while (decimals < 6 && std::abs(scaled - std::round(scaled)) > 1e-6) {
    scaled *= 10;
    ++decimals;
  }
  return format_tick(value, decimals);
}

ValueScale make_value_scale(double low, double high, int wanted) {
  if (low > high) std::swap(low, high);
  const double size = std::max(std::abs(low), std::abs(high));
  if (high - low <= size * 1e-9) {
    const double margin = size > 0 ? size * 0.1 : 1;
    low = low >= 0 ? std::max(0.0, low - margin) : low - margin;
    high += margin;
  }
  const double rough = (high - low) / std::max(wanted, 2);
  const double magnitude = std::pow(10, std::floor(std::log10(rough)));
  double step = magnitude * 10;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (magnitude * factor >= rough * 0.999) {
      step = magnitude * factor;
      break;
    }
  }
  ValueScale scale;
  scale.step = step;
  scale.low = std::floor(low / step + 1e-9) * step;
  scale.high = std::ceil(high / step - 1e-9) * step;
  if (scale.high <= scale.low) scale.high = scale.low + step;
  return scale;
}

TimeScale make_time_scale(base::TimePoint first, base::TimePoint last, int most) {
  if (last < first) std::swap(first, last);
  if (first == last) {  // a single date: it is the only tick
    const year_month_day date(std::chrono::floor<days>(first));
    const std::string label = month_name(date.month()) + " " +
                              std::to_string(unsigned{date.day()}) + ", " +
                              std::to_string(static_cast<int>(date.year()));
    return {first - days(7), last + days(7), {{first, label}}};
  }
  if (last - first < days(2)) {
    const auto missing = (days(14) - (last - first)) / 2;
    first -= missing;
    last += missing;
  }
  TimeScale scale{first, last, {}};
  const auto limit = static_cast<std::size_t>(std::max(most, 2));
  const auto span_days = std::chrono::floor<days>(last - first).count();
  for (const int step : {1, 2, 7, 14}) {
    if (span_days / step > 60) continue;
    scale.ticks = day_ticks(first, last, step);
    if (scale.ticks.size() <= limit) return scale;
  }
  for (const int step : {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000}) {
    if (span_days / 28 / step > kMostTicks) continue;
    scale.ticks = month_ticks(first, last, step);
    if (scale.ticks.size() <= limit) return scale;
  }
  scale.ticks.resize(std::min(scale.ticks.size(), limit));
  return scale;
}

}  // namespace chartroom::report
