#include "evidence/schedule.hpp"

#include <array>

namespace chartroom::evidence {
namespace {

struct Unit {
  std::string_view code;
  std::string_view word;
};
constexpr std::array kUnits = {Unit{"s", "second"}, Unit{"min", "minute"}, Unit{"h", "hour"},
                               Unit{"d", "day"},    Unit{"wk", "week"},    Unit{"w", "week"},
                               Unit{"mo", "month"}, Unit{"a", "year"}};

std::string unit_word(std::string_view unit) {
  for (const auto& known : kUnits) {
    if (known.code == unit) return std::string(known.word);
  }
  return std::string(unit);
}

}  // namespace

std::string times_a(const std::string& times, std::string_view unit) {
  if (times == "1") return "once a " + unit_word(unit);
  if (times == "2") return "twice a " + unit_word(unit);
  return times + " times a " + unit_word(unit);
}

std::string every(const std::string& amount, std::string_view unit) {
  return "every " + (amount == "1" ? unit_word(unit) : span_of_time(amount, unit));
}

std::string span_of_time(const std::string& amount, std::string_view unit) {
  return amount + " " + unit_word(unit) + (amount == "1" ? "" : "s");
}

std::string timing_event(std::string_view code) {
  struct Event {
    std::string_view code;
    std::string_view words;
  };
  static constexpr std::array kEvents = {
      Event{"AC", "before meals"}, Event{"ACD", "before lunch"}, Event{"ACM", "before breakfast"},
      Event{"ACV", "before dinner"}, Event{"C", "with meals"}, Event{"CD", "with lunch"},
      Event{"CM", "with breakfast"}, Event{"CV", "with dinner"}, Event{"HS", "at bedtime"},
      Event{"IC", "between meals"}, Event{"ICD", "after lunch, before dinner"},
      Event{"ICM", "after breakfast, before lunch"}, Event{"ICV", "after dinner, before bedtime"},
      Event{"PC", "after meals"}, Event{"PCD", "after lunch"}, Event{"PCM", "after breakfast"},
      Event{"PCV", "after dinner"}, Event{"WAKE", "on waking"},
      // FHIR's own (EventTiming).
      Event{"MORN", "in the morning"}, Event{"MORN.early", "in the early morning"},
      Event{"MORN.late", "in the late morning"}, Event{"NOON", "at noon"},
      Event{"AFT", "in the afternoon"}, Event{"AFT.early", "in the early afternoon"},
      Event{"AFT.late", "in the late afternoon"}, Event{"EVE", "in the evening"},
      Event{"EVE.early", "in the early evening"}, Event{"EVE.late", "in the late evening"},
      Event{"NIGHT", "at night"}, Event{"PHS", "after sleep"}};
  for (const auto& known : kEvents) {
    if (known.code == code) return std::string(known.words);
  }
  return std::string(code);
}

}  // namespace chartroom::evidence
