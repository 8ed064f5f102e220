#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;
using evidence::Smoking;

const char* smoking_word(Smoking status) {
  switch (status) {
    case Smoking::current:
      return "current";
    case Smoking::former:
      return "former";
    case Smoking::never:
      return "never";
    case Smoking::unknown:
      return "unknown";
  }
  return "";
}

std::string statement_text(const Item& item) {
  const evidence::Fact& fact = *item.fact;
  if (!fact.value.raw.empty()) return fact.value.raw;
  if (const std::string* value = fact.attribute("value")) return *value;
  const auto meaning = evidence::smoking_meaning(fact);
  if (meaning && !meaning->text.empty()) return std::string(meaning->text);
  return fact.text;
}

bool is_tobacco_diagnosis(const evidence::Fact& fact) {
  if (fact.negated) return false;
  for (const evidence::Code& code : fact.codes) {
    if (code.system != evidence::kIcd10Cm) continue;
    if (code.code.starts_with("F17") || code.code == "Z72.0") return true;
  }
  const std::string text = base::fold(fact.text);
  return text.find("nicotine depend") != std::string::npos ||
         text.find("tobacco use disorder") != std::string::npos ||
         text.find("tobacco depend") != std::string::npos;
}

/// Anything that is no number and not "negative", or a number that the laboratory flags as high.
bool is_positive_test(const Item& item) {
  const evidence::Fact& fact = *item.fact;
  if (!fact.implausible.empty() || item.analyte == nullptr || item.analyte->group != "tobacco" ||
      fact.kind != Kind::result) {
    return false;
  }
  if (fact.flag.code == "H" || fact.flag.code == "HH" || fact.flag.code == "A") return true;
  const std::string text = base::fold(fact.value.raw);
  return text.find("positive") != std::string::npos &&
         text.find("not positive") == std::string::npos;
}

}  // namespace

namespace {

/// Notes of the last five years that call the person a smoker, and do not say so to deny it.
std::vector<Item> notes_of_smoking(const Lens& lens, base::TimePoint from) {
  static const std::vector<std::string> kSays = {"active smoker", "current smoker",
                                                 "currently smokes", "current every day smoker",
                                                 "smokes daily"};
  std::vector<Item> found;
  for (const Snippet& snippet : snippets_with(lens, kSays)) {
    const evidence::When& when = snippet.note.fact->when;
    if (when.known() && when.value < from) continue;
    const std::string text = base::to_lower_ascii(snippet.text);
    const bool denied =
        text.find("not a") != std::string::npos || text.find("denies") != std::string::npos ||
        text.find("never") != std::string::npos || text.find("non-") != std::string::npos;
    if (!denied) found.push_back(snippet.note);
  }
  return found;
}

}  // namespace

Tobacco tobacco_of(const Lens& lens) {
  Tobacco tobacco;
  for (const auto kind :
       {Kind::social_history, Kind::functional_status, Kind::result, Kind::vital}) {
    for (const Item& item : lens.of(kind)) {
      if (evidence::smoking_meaning(*item.fact)) tobacco.statements.push_back(item);
    }
  }
  std::sort(tobacco.statements.begin(), tobacco.statements.end(), newer_first);
  for (const Item& item : tobacco.statements) {
    const auto meaning = evidence::smoking_meaning(*item.fact);
    // "Unknown" does not overrule somebody who knew.
    if (tobacco.newest && meaning->status == Smoking::unknown) continue;
    if (!tobacco.newest ||
        (tobacco.status == Smoking::unknown && meaning->status != Smoking::unknown)) {
      tobacco.newest = item;
      tobacco.status = meaning->status;
      tobacco.text = statement_text(item);
    }
  }
  if (tobacco.status != Smoking::never) return tobacco;
  const base::TimePoint from = months_before(lens.as_of(), 60);
  const auto recent = [&](const Item& item) {
    return !item.fact->when.known() || item.fact->when.value >= from;
  };
  for (const Item& item : tobacco.statements) {
    if (recent(item) && evidence::smoking_meaning(*item.fact)->status == Smoking::current) {
      tobacco.against_never.push_back(item);
    }
  }
  for (const Item& item : lens.of(Kind::problem)) {
    if (recent(item) && is_tobacco_diagnosis(*item.fact)) tobacco.against_never.push_back(item);
  }
  for (const Item& item : lens.of(Kind::result)) {
    if (recent(item) && is_positive_test(item)) tobacco.against_never.push_back(item);
  }
  for (const Item& item : notes_of_smoking(lens, from)) tobacco.against_never.push_back(item);
  for (const Item& item : medicines(lens, MedicineClass::stop_smoking)) {
    // Bupropion is given for depression as well and proves nothing.
    if (recent(item) && base::fold(item.fact->text).find("bupropion") == std::string::npos) {
      tobacco.against_never.push_back(item);
    }
  }
  return tobacco;
}

namespace {

/// Statements that repeat each other, from the newest on, make one row.
struct Run {
  const Item* newest = nullptr;
  const Item* oldest = nullptr;
  std::size_t count = 0;
  Smoking status = Smoking::unknown;
  std::string text;
};

std::vector<Run> runs_of(const std::vector<Item>& statements) {
  std::vector<Run> runs;
  for (const Item& item : statements) {
    const Smoking status = evidence::smoking_meaning(*item.fact)->status;
    const std::string text = statement_text(item);
    if (runs.empty() || runs.back().status != status || runs.back().text != text) {
      runs.push_back({&item, &item, 0, status, text});
    }
    runs.back().oldest = &item;
    ++runs.back().count;
  }
  return runs;
}

Table run_table(const Lens& lens, const std::vector<Run>& runs) {
  Table table;
  table.caption = "Statements on tobacco, newest first; repeated ones on one row";
  table.columns = {
      column("Last said", 1.0), column("First said", 1.0),        column("Status", 0.9),
      column("Statement", 2.2), column("Times", 0.6, Align::end), source_column()};
  for (const Run& run : runs) {
    const Tone tone = run.status == Smoking::current  ? Tone::alert
                      : run.status == Smoking::former ? Tone::caution
                                                      : Tone::none;
    table.rows.push_back({cell(date_or_undated(run.newest->fact->when)),
                          cell(date_or_undated(run.oldest->fact->when)),
                          cell(smoking_word(run.status), tone), cell(run.text),
                          number_cell(std::to_string(run.count)), cell(lens.tags(*run.newest))});
  }
  return table;
}

}  // namespace

Section tobacco_section(const Lens& lens) {
  Section section{"Tobacco", "tobacco", "tobacco", {}, {}};
  const Tobacco tobacco = tobacco_of(lens);
  json::object data{{"status", tobacco.status ? smoking_word(*tobacco.status) : ""},
                    {"text", tobacco.text},
                    {"statements", facts_json(lens, tobacco.statements)},
                    {"contradictions", facts_json(lens, tobacco.against_never)}};
  if (!tobacco.newest) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    data["date"] = tobacco.newest->fact->when.date_text();
    KeyValues values;
    values.items = {pair("Status by the newest statement", tobacco.text),
                    pair("Said on", date_or_undated(tobacco.newest->fact->when)),
                    pair("Statements in all", std::to_string(tobacco.statements.size()))};
    section.blocks.push_back(std::move(values));
  }
  if (!tobacco.against_never.empty()) {
    section.blocks.push_back(callout(Tone::alert, "Contradiction",
                                     "The newest status is \"never\", but these entries of the "
                                     "last five years (or without a date) say otherwise."));
    Table table;
    table.caption = "Entries that contradict the status";
    table.columns = {column("Date", 1.0), column("Kind", 1.2), column("Entry", 2.6),
                     source_column()};
    for (const Item& item : tobacco.against_never) {
      std::string entry = item.fact->text;
      if (const std::string value = value_line(item); !value.empty()) entry += ": " + value;
      if (item.fact->kind == Kind::document) entry += ": its words call the person a smoker";
      table.rows.push_back({cell(date_or_undated(item.fact->when)),
                            cell(evidence::section_title(item.fact->kind)),
                            cell(entry, Tone::alert), cell(lens.tags(item))});
    }
    section.blocks.push_back(std::move(table));
  }
  if (!tobacco.statements.empty()) {
    section.blocks.push_back(run_table(lens, runs_of(tobacco.statements)));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
