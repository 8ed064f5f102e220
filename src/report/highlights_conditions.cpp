// Key conditions that nobody asked for, by group, and medicines that imply one.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

/// Entries of one meaning make one row: the same words, or the same first code.
struct Condition {
  std::string text;
  std::vector<Item> items;  ///< newest first
};

struct ConditionGroup {
  const Concern* group = nullptr;
  std::vector<Condition> conditions;
};

std::vector<Item> diagnoses(const Lens& lens) {
  std::vector<Item> found = lens.of(Kind::problem);
  std::erase_if(found, [](const Item& item) { return item.fact->negated; });
  return found;
}

void place(const Item& item, ConditionGroup& group) {
  const auto same =
      std::find_if(group.conditions.begin(), group.conditions.end(),
                   [&](const Condition& condition) { return condition.text == item.fact->text; });
  if (same == group.conditions.end()) {
    group.conditions.push_back({item.fact->text, {item}});
  } else {
    same->items.push_back(item);
  }
}

/// Each diagnosis stands in the first group of the table that it belongs to; the rest in the last.
std::vector<ConditionGroup> grouped_diagnoses(const Lens& lens) {
  std::vector<ConditionGroup> groups;
  for (const Concern& concern : rules().groups) groups.push_back({&concern, {}});
  groups.push_back({nullptr, {}});
  for (const Item& item : diagnoses(lens)) {
    const std::string text = folded_text(*item.fact);
    auto found = std::find_if(groups.begin(), groups.end() - 1, [&](const ConditionGroup& group) {
      return speaks_of_group(*item.fact, text, *group.group);
    });
    place(item, *found);
  }
  std::erase_if(groups, [](const ConditionGroup& group) { return group.conditions.empty(); });
  return groups;
}

std::string state_of(const Condition& condition) {
  const evidence::Fact& newest = *condition.items.front().fact;
  if (newest.until.known()) return "resolved " + newest.until.date_text();
  return newest.status.empty() ? "not given" : newest.status;
}

/// Severity in the entry's own words: "stage 3", "severe", "metastatic".
std::string words_of_severity(const Condition& condition) {
  static constexpr std::array kWords = {"stage",     "grade",     "severe",    "moderate",
                                        "mild",      "metasta",   "acute",     "uncontrolled",
                                        "end-stage", "recurrent", "persistent"};
  std::string out;
  for (const Item& item : condition.items) {
    if (const std::string* severity = item.fact->attribute("severity"); severity != nullptr) {
      if (out.find(*severity) == std::string::npos) out += (out.empty() ? "" : "; ") + *severity;
    }
  }
  const std::string text = base::fold(condition.text);
  for (const char* word : kWords) {
    if (text.find(word) != std::string::npos) return out.empty() ? "in its name" : out;
  }
  return out;
}

/// Newest tests of the group that reach a level: "eGFR of category G3b (41 mL/min on 2025-02-01)".
std::vector<std::string> test_hints(const Lens& lens, const Concern& group) {
  std::vector<std::string> hints;
  for (const std::string& id : group.analytes) {
    const evidence::Analyte* analyte = evidence::find_analyte_by_id(id);
    if (analyte == nullptr || analyte->loinc.front().empty()) continue;
    const auto items = lens.of_loinc(std::string(analyte->loinc.front()).c_str());
    const Item* newest = newest_number(items);
    const AttentionRule* rule = newest == nullptr ? nullptr : rule_reached(lens, *newest);
    if (rule == nullptr) continue;
    hints.push_back(rule->text + " (" + value_line(*newest) + " on " +
                    date_or_undated(newest->fact->when) + ")");
  }
  return hints;
}

std::size_t stays_for(const Lens& lens, const Concern& group) {
  const std::vector<Item> visits = hospital_visits(lens);
  return static_cast<std::size_t>(
      std::count_if(visits.begin(), visits.end(), [&](const Item& item) {
        return speaks_of_group(*item.fact, folded_text(*item.fact), group);
      }));
}

std::vector<std::string> hints_of(const Lens& lens, const Concern& group) {
  std::vector<std::string> hints = test_hints(lens, group);
  if (const std::size_t stays = stays_for(lens, group); stays > 0) {
    hints.push_back(count_text(stays, "hospital stay or emergency visit",
                               "hospital stays or emergency visits") +
                    " in five years");
  }
  return hints;
}

Table condition_table(const Lens& lens, const ConditionGroup& group, const std::string& name,
                      json::array& data) {
  Table table;
  table.caption = name;
  table.caption_hidden = true;
  table.columns = {column("Condition", 2.4), column("First", 0.8),
                   column("Last", 0.8),      column("Entries", 0.6, Align::end),
                   column("Status", 1.0),    column("Severity", 0.9),
                   source_column()};
  for (const Condition& condition : group.conditions) {
    const Item& newest = condition.items.front();
    const evidence::When& first = condition.items.back().fact->when;
    const std::string state = state_of(condition);
    const std::string severity = words_of_severity(condition);
    Spans text{strong(condition.text)};
    if (const std::string codes = codes_text(newest.fact->codes); !codes.empty()) {
      append(text, {new_line(), muted(codes)});
    }
    table.rows.push_back({cell(std::move(text)), cell(date_or_undated(first)),
                          cell(date_or_undated(newest.fact->when)),
                          number_cell(std::to_string(condition.items.size())), cell(state),
                          cell(severity.empty() ? "–" : severity), cell(lens.tags(newest))});
    data.push_back(json::object{{"condition", condition.text},
                                {"first", first.date_text()},
                                {"last", newest.fact->when.date_text()},
                                {"status", state},
                                {"severity", severity},
                                {"entries", facts_json(lens, condition.items)}});
  }
  return table;
}

}  // namespace

Section key_conditions_section(const Lens& lens) {
  Section section{"Key conditions", "key-conditions", "keyConditions", {}, {}};
  json::array groups;
  for (const ConditionGroup& group : grouped_diagnoses(lens)) {
    const std::string name = group.group == nullptr ? "Other conditions" : group.group->name;
    const std::string anchor =
        "conditions-" + (group.group == nullptr ? std::string("other") : group.group->id);
    json::array conditions;
    json::array hints;
    section.blocks.push_back(heading(3, name, anchor));
    section.blocks.push_back(condition_table(lens, group, name, conditions));
    if (group.group != nullptr) {
      List list;
      for (std::string& hint : hints_of(lens, *group.group)) {
        hints.emplace_back(hint);
        list.items.push_back({words(std::move(hint)), 0, "•"});
      }
      if (!list.items.empty()) section.blocks.push_back(std::move(list));
    }
    groups.push_back(json::object{
        {"group", name},
        {"groupId", group.group == nullptr ? json::value(nullptr) : json::value(group.group->id)},
        {"conditions", std::move(conditions)},
        {"severityHints", std::move(hints)}});
  }
  if (groups.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  section.data = std::move(groups);
  return section;
}

std::vector<Implied> implied_conditions(const Lens& lens) {
  std::vector<Implied> found;
  for (const Concern& group : rules().groups) {
    std::vector<Item> medicines = medicines_named(lens, group.implies);
    if (medicines.empty()) continue;
    const auto& problems = lens.of(Kind::problem);
    const bool named = std::any_of(problems.begin(), problems.end(), [&](const Item& item) {
      return speaks_of_group(*item.fact, folded_text(*item.fact), group);
    });
    if (!named) found.push_back({&group, std::move(medicines)});
  }
  return found;
}

Section implied_section(const Lens& lens) {
  Section section{"Medicines without a matching diagnosis", "implied", "impliedConditions", {}, {}};
  json::array data;
  Table table;
  table.caption = "Medicines that are hardly given without a condition that no diagnosis names";
  table.columns = {column("Condition", 1.6), column("Medicine", 2.2), column("Start", 0.9),
                   column("Status", 0.9), source_column()};
  for (const Implied& implied : implied_conditions(lens)) {
    for (const Item& item : implied.medicines) {
      table.rows.push_back({cell({strong(implied.group->name)}, Tone::caution),
                            cell(item.fact->text), cell(date_or_undated(item.fact->when)),
                            cell(item.fact->status), cell(lens.tags(item))});
    }
    data.push_back(json::object{{"group", implied.group->name},
                                {"groupId", implied.group->id},
                                {"rule", "medicine-implies"},
                                {"medicines", facts_json(lens, implied.medicines)}});
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(std::move(table));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
