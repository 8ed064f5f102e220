// Everything of the record that is no measurement: one table per kind of fact, driven by data.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <map>
#include <string_view>

#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

/// One column made of attributes and fields ("@status") that stand side by side.
struct Part {
  const char* title = nullptr;  ///< null: unused place
  std::array<std::string_view, 4> fields{};
  double weight = 1.0;
};

struct Layout {
  Kind kind;
  const char* key;
  const char* date_title;
  const char* text_title;
  std::array<Part, 3> parts{};
};

/// In the order of an underwriter's reading.
constexpr std::array kLayouts = {
    Layout{Kind::problem,
           "problems",
           "Onset",
           "Problem or diagnosis",
           {Part{"Status", {"@status", "clinical_status", "severity"}}, Part{"Resolved", {"@end"}},
            Part{"Kind", {"@category"}, 1.2}}},
    Layout{Kind::medication,
           "medications",
           "Start",
           "Medicine",
           {Part{"Dose and use", {"dose", "route", "frequency", "instructions"}, 1.8},
            Part{"Status, end", {"@status", "@until"}},
            Part{"Reason, prescriber", {"reason", "prescriber"}, 1.3}}},
    Layout{Kind::encounter,
           "encounters",
           "Date",
           "Visit",
           {Part{"Class, type", {"class", "type"}, 1.3},
            Part{"Reason, diagnosis", {"reason", "diagnosis"}, 1.6},
            Part{"Where, with whom", {"@performer", "@organization", "location"}, 1.5}}},
    Layout{Kind::procedure,
           "procedures",
           "Date",
           "Procedure",
           {Part{"Status, outcome", {"@status", "outcome"}}, Part{"Site", {"site"}, 0.8},
            Part{"Performer", {"performer", "@performer", "@organization"}, 1.4}}},
    Layout{Kind::family_history,
           "familyHistory",
           "Date",
           "Condition",
           {Part{"Relative", {"relationship"}}, Part{"Age at onset", {"age_at_onset"}},
            Part{"Deceased", {"deceased"}}}},
    Layout{Kind::allergy,
           "allergies",
           "Date",
           "Allergy",
           {Part{"Reaction", {"reaction", "severity"}, 1.4},
            Part{"Criticality, type", {"criticality", "type"}}, Part{"Status", {"@status"}}}},
    Layout{Kind::immunization,
           "immunizations",
           "Date",
           "Vaccine",
           {Part{"Status", {"@status"}}, Part{"Dose", {"dose_number"}, 0.7},
            Part{"Lot, manufacturer", {"lot", "manufacturer"}, 1.3}}},
    Layout{Kind::document,
           "documents",
           "Date",
           "Document or note",
           {Part{"Title", {"title"}, 1.6}, Part{"Author", {"author", "@author"}, 1.2},
            Part{"Organization", {"@organization"}, 1.2}}},
    Layout{Kind::functional_status,
           "functionalStatus",
           "Date",
           "Assessment",
           {Part{"Status", {"@status"}}}},
    Layout{
        Kind::plan_of_care,
        "planOfCare",
        "Date",
        "Plan, goal or order",
        {Part{"Status", {"@status"}}, Part{"Until", {"@end"}}, Part{"Kind", {"@category"}, 1.2}}},
    Layout{Kind::device, "devices", "Date", "Device", {Part{"Status", {"@status"}}}},
    Layout{Kind::care_team,
           "careTeam",
           "Date",
           "Member",
           {Part{"Status", {"@status"}}, Part{"Organization", {"@organization"}}}},
    Layout{Kind::coverage,
           "insurance",
           "Date",
           "Insurance",
           {Part{"Status", {"@status"}}, Part{"Until", {"@end"}}}},
};

std::string field(const evidence::Fact& fact, std::string_view name) {
  if (name == "@status") return fact.status;
  if (name == "@until") return fact.until.known() ? "until " + fact.until.date_text() : "";
  if (name == "@end") return fact.until.known() ? fact.until.date_text() : "";
  if (name == "@category") return fact.category;
  if (name == "@performer") return fact.performer;
  if (name == "@organization") return fact.organization;
  if (name == "@author") return fact.author;
  const std::string* value = fact.attribute(std::string(name).c_str());
  return value == nullptr ? std::string{} : *value;
}

Cell part_cell(const evidence::Fact& fact, const Part& part) {
  std::vector<std::string> values;
  for (const std::string_view name : part.fields) {
    if (name.empty()) continue;
    std::string value = field(fact, name);
    if (value == fact.text) continue;  // stands beside it
    if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(std::move(value));
    }
  }
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : "; ") + value;
  return cell(text);
}

bool in_a_column(const Layout& layout, const std::string& attribute) {
  return std::any_of(layout.parts.begin(), layout.parts.end(), [&](const Part& part) {
    return std::find(part.fields.begin(), part.fields.end(), attribute) != part.fields.end();
  });
}

bool repeats_text(const evidence::Fact& fact, const std::string& value) {
  return value == fact.text || value == fact.category || value.empty();
}

Cell text_cell(const Layout& layout, const Item& item) {
  const evidence::Fact& fact = *item.fact;
  Spans spans{strong(fact.text.empty() ? "Unnamed" : fact.text)};
  if (fact.negated) spans.push_back(plain(" (stated as absent)"));
  if (!fact.value.empty()) {
    spans.push_back(plain(": "));
    append(spans, value_spans(item));
  } else if (fact.conflict) {
    append(spans, {new_line(), alerting("Conflict: sources differ")});
  }
  std::string more = codes_text(fact.codes);
  for (const evidence::Attribute& attribute : fact.attributes) {
    // ISO dates of these are in the columns of dates already.
    static constexpr std::array kDates = {"onset", "abated", "start", "end"};
    const bool is_date = std::find(kDates.begin(), kDates.end(), attribute.name) != kDates.end();
    const bool dated = is_date && (fact.when.known() || fact.until.known());
    if (dated || in_a_column(layout, attribute.name) || repeats_text(fact, attribute.value)) {
      continue;
    }
    std::string name = attribute.name;
    std::replace(name.begin(), name.end(), '_', ' ');
    more += (more.empty() ? "" : "; ") + name + ": " + attribute.value;
  }
  if (!more.empty()) append(spans, {new_line(), muted(more)});
  if (!fact.narrative.empty()) append(spans, {new_line(), plain(beginning(fact.narrative))});
  return cell(std::move(spans));
}

Section laid_section(const Lens& lens, const Layout& layout) {
  // "Coverage" is the word of these reports for how complete the evidence is.
  const std::string title = layout.kind == Kind::coverage ? std::string("Insurance")
                                                          : evidence::section_title(layout.kind);
  Section section{title, std::string("kind-") + layout.key, layout.key, {}, {}};
  const std::vector<Item>& items = lens.of(layout.kind);
  section.data = facts_json(lens, items);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
    return section;
  }
  Table table;
  table.caption = title + ", newest first (" + count_text(items.size(), "row") + ")";
  table.columns = {column(layout.date_title, 1.0), column(layout.text_title, 2.8)};
  for (const Part& part : layout.parts) {
    if (part.title != nullptr) table.columns.push_back(column(part.title, part.weight));
  }
  table.columns.push_back(source_column());
  for (const Item& item : items) {
    std::vector<Cell> row{cell(date_or_undated(item.fact->when)), text_cell(layout, item)};
    for (const Part& part : layout.parts) {
      if (part.title != nullptr) row.push_back(part_cell(*item.fact, part));
    }
    row.push_back(cell(lens.tags(item)));
    table.rows.push_back(std::move(row));
  }
  section.blocks.push_back(std::move(table));
  return section;
}

std::string answer_of(const Item& item) {
  std::string line = value_line(item);
  if (!line.empty()) return line;
  const std::string* value = item.fact->attribute("value");
  return value == nullptr ? std::string{} : *value;
}

}  // namespace

/// Answers that a questionnaire repeats at each visit make one row with a count.
Section social_section(const Lens& lens) {
  Section section{"Social history", "kind-socialHistory", "socialHistory", {}, {}};
  const std::vector<Item>& items = lens.of(Kind::social_history);
  section.data = facts_json(lens, items);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
    return section;
  }
  struct Repeated {
    const Item* newest = nullptr;
    const Item* oldest = nullptr;
    std::size_t count = 0;
  };
  std::vector<Repeated> rows;
  std::map<std::string, std::size_t> by_answer;
  for (const Item& item : items) {
    const std::string key =
        item.fact->text + "\n" + answer_of(item) + "\n" + (item.fact->negated ? "no" : "yes");
    const auto [at, is_new] = by_answer.emplace(key, rows.size());
    if (is_new) rows.push_back({&item, &item, 0});
    rows[at->second].oldest = &item;
    ++rows[at->second].count;
  }
  Table table;
  table.caption = "Social history, newest first; repeated answers on one row";
  table.columns = {column("Last said", 1.0),         column("First said", 1.0),
                   column("Question", 2.2),          column("Answer", 2.0),
                   column("Times", 0.6, Align::end), source_column()};
  for (const Repeated& row : rows) {
    const std::string answer = answer_of(*row.newest);
    table.rows.push_back({cell(date_or_undated(row.newest->fact->when)),
                          cell(date_or_undated(row.oldest->fact->when)),
                          cell({strong(row.newest->fact->text)}),
                          cell(answer.empty() && row.newest->fact->negated ? "no" : answer),
                          number_cell(std::to_string(row.count)), cell(lens.tags(*row.newest))});
  }
  section.blocks.push_back(std::move(table));
  return section;
}

Section kind_section(const Lens& lens, Kind kind) {
  const auto* layout = std::find_if(kLayouts.begin(), kLayouts.end(),
                                    [&](const Layout& each) { return each.kind == kind; });
  return layout == kLayouts.end() ? Section{} : laid_section(lens, *layout);
}

std::vector<Section> history_sections(const Lens& lens) {
  std::vector<Section> sections;
  for (const Layout& layout : kLayouts) {
    // Social history is read together with the family's.
    if (layout.kind == Kind::family_history) sections.push_back(social_section(lens));
    sections.push_back(laid_section(lens, layout));
  }
  return sections;
}

}  // namespace chartroom::report
