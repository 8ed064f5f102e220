// Abnormal tests: the last 24 months, the worst ever, and where they are heading.
#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

constexpr int kMonths = 24;
constexpr double kSteady = 0.05;  // a change below 5 % of the earlier value has no direction

int level_of(const Lens& lens, const Item& item) {
  const AttentionRule* rule = rule_reached(lens, item);
  return rule == nullptr ? 0 : static_cast<int>(rule->level);
}

bool is_abnormal(const Lens& lens, const Item& item) {
  if (!item.fact->implausible.empty() || item.fact->value.empty()) return false;
  const std::string& flag = item.fact->flag.code;
  return (!flag.empty() && flag != "N") || level_of(lens, item) > 0;
}

struct Course {
  const char* word = "";
  const char* arrow = "";
};

/// From the mean of the earlier values of the window to the newest one.
Course course_of(const std::vector<Item>& newest_first) {
  std::vector<double> numbers;
  for (const Item& item : newest_first) {
    if (item.number && item.fact->when.known()) numbers.push_back(*item.number);
  }
  if (numbers.size() < 2) return {"one value", "·"};
  double mean = 0;
  for (std::size_t i = 1; i < numbers.size(); ++i) mean += numbers[i];
  mean /= static_cast<double>(numbers.size() - 1);
  const double change = numbers.front() - mean;
  if (std::fabs(change) <= std::fabs(mean) * kSteady) return {"steady", "→"};
  return change > 0 ? Course{"rising", "↑"} : Course{"falling", "↓"};
}

/// All values of what an item measures, newest first; only itself when no analyte is known.
std::vector<Item> series_of(const Lens& lens, const Item& item) {
  if (item.analyte == nullptr || item.analyte->loinc.front().empty()) return {item};
  return lens.of_loinc(std::string(item.analyte->loinc.front()).c_str());
}

const Item& worst_of(const Lens& lens, const std::vector<Item>& items) {
  const Item* worst = &items.front();
  for (const Item& item : items) {
    const int mine = level_of(lens, item);
    const int worst_level = level_of(lens, *worst);
    if (mine < worst_level) continue;
    const AttentionRule* rule = rule_reached(lens, item);
    const bool farther =
        item.number && worst->number && rule != nullptr &&
        (rule->above ? *item.number > *worst->number : *item.number < *worst->number);
    if (mine > worst_level || farther) worst = &item;
  }
  return *worst;
}

std::vector<Item> recent_abnormal(const Lens& lens) {
  const base::TimePoint from = months_before(lens.as_of(), kMonths);
  std::vector<Item> found;
  for (const auto kind : {Kind::result, Kind::vital}) {
    for (const Item& item : lens.of(kind)) {
      if (!item.fact->when.known() || item.fact->when.value < from) continue;
      if (is_abnormal(lens, item)) found.push_back(item);
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

struct AbnormalTest {
  Item newest;  ///< of the abnormal ones within the window
  std::size_t count = 0;
};

/// One row per test: the newest abnormal value of the window and how many there were.
std::vector<AbnormalTest> by_test(const std::vector<Item>& items) {
  std::vector<AbnormalTest> tests;
  for (const Item& item : items) {
    const auto same = std::find_if(tests.begin(), tests.end(), [&](const AbnormalTest& test) {
      return item.analyte != nullptr
                 ? test.newest.analyte == item.analyte
                 : test.newest.analyte == nullptr && test.newest.fact->text == item.fact->text;
    });
    if (same == tests.end()) {
      tests.push_back({item, 1});
    } else {
      ++same->count;
    }
  }
  return tests;
}

/// The worst value ever of each test that reached amber, whenever that was.
std::vector<Item> worst_ever(const Lens& lens) {
  std::vector<Item> found;
  for (const evidence::Analyte& analyte : evidence::analytes()) {
    if (analyte.loinc.front().empty()) continue;
    const auto series = lens.of_loinc(std::string(analyte.loinc.front()).c_str());
    if (series.empty()) continue;
    const Item& worst = worst_of(lens, series);
    if (level_of(lens, worst) >= static_cast<int>(evidence::Attention::amber)) {
      found.push_back(worst);
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

Table worst_table(const Lens& lens, const std::vector<Item>& items) {
  Table table;
  table.caption = "Worst values of all years, where they reach amber or red";
  table.columns = {column("Date", 0.8), column("Test", 1.8), column("Value", 1.4),
                   column("Level, rule", 2.4), source_column()};
  for (const Item& item : items) {
    const AttentionRule* rule = rule_reached(lens, item);
    table.rows.push_back(
        {cell(date_or_undated(item.fact->when)), cell({strong(test_name(item))}),
         cell(value_spans(item), tone_of_level(rule->level)),
         cell({plain(std::string(level_word(rule->level)) + ": " + rule->text + " "),
               muted(rule->id)}),
         cell(lens.tags(item))});
  }
  return table;
}

}  // namespace

Section abnormal_tests_section(const Lens& lens) {
  Section section{"Abnormal tests", "abnormal-tests", "abnormalTests", {}, {}};
  json::array data;
  Table table;
  table.caption = "Abnormal in the 24 months before the order, newest first";
  table.columns = {column("Date", 0.8),
                   column("Test", 1.8),
                   column("Value", 1.4),
                   column("Range, flag", 1.2),
                   column("Times", 0.5, Align::end),
                   column("Course", 0.8),
                   column("Worst ever", 1.4),
                   source_column()};
  std::vector<Chart> charts;
  for (const AbnormalTest& test : by_test(recent_abnormal(lens))) {
    const Item& item = test.newest;
    const std::vector<Item> series = series_of(lens, item);
    const Course course = course_of(series);
    const Item& worst = worst_of(lens, series);
    const AttentionRule* rule = rule_reached(lens, item);
    const std::string flag = flag_text(item.fact->flag);
    Spans about = words(range_text(*item.fact));
    if (!flag.empty()) append(about, {plain(about.front().text.empty() ? "" : " "), strong(flag)});
    if (rule != nullptr) append(about, {new_line(), muted(rule->id)});
    table.rows.push_back(
        {cell(date_or_undated(item.fact->when)), cell({strong(test_name(item))}),
         cell(value_spans(item), tone_of(item)), cell(std::move(about)),
         number_cell(std::to_string(test.count)),
         cell(std::string(course.arrow) + " " + course.word),
         cell({plain(value_line(worst)), new_line(), muted(date_or_undated(worst.fact->when))}),
         cell(lens.tags(item))});
    data.push_back(json::object{
        {"test", test_name(item)},
        {"newest", fact_json(lens, item)},
        {"abnormalIn24Months", test.count},
        {"course", course.word},
        {"worstEver", fact_json(lens, worst)},
        {"rule", rule == nullptr ? json::value(nullptr) : json::value(rule->id)},
        {"thresholdSource", rule == nullptr ? json::value(nullptr) : json::value(rule->source)}});
    if (auto chart = trend(series, test_name(item), lens.sex()))
      charts.push_back(std::move(*chart));
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph(
        lens.anything_read() ? "None found in the sources for the 24 months before the order."
                             : lens.empty_text()));
  } else {
    section.blocks.push_back(std::move(table));
    add_trends(section.blocks, std::move(charts));
  }
  const std::vector<Item> worst = worst_ever(lens);
  if (!worst.empty()) section.blocks.push_back(worst_table(lens, worst));
  section.data = json::object{{"recent", std::move(data)}, {"worstEver", facts_json(lens, worst)}};
  return section;
}

}  // namespace chartroom::report
