#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

/// Words that mark an entry as a finding of heart and vessels.
constexpr std::array kHeartWords = {"electrocardio",
                                    "ecg",
                                    "ekg",
                                    "echocardio",
                                    "stress test",
                                    "treadmill",
                                    "ejection fraction",
                                    "lvef",
                                    "catheteri",
                                    "angiogra",
                                    "angioplast",
                                    "stent",
                                    "bypass",
                                    "holter",
                                    "calcium score",
                                    "coronary",
                                    "myocardial",
                                    "cardiac",
                                    "heart",
                                    "atrial",
                                    "ventric",
                                    "troponin",
                                    "natriuretic",
                                    "carotid",
                                    "pacemaker",
                                    "defibrillator",
                                    "valve",
                                    "aneurysm",
                                    "stroke",
                                    "cerebrovascular",
                                    "ischemi",
                                    "arrhythm",
                                    "fibrillation",
                                    "thrombo",
                                    "embol"};

bool speaks_of_heart(const std::string& text) {
  const std::string folded = " " + base::fold(text) + " ";
  return std::any_of(kHeartWords.begin(), kHeartWords.end(), [&](const char* word) {
    const std::string_view wanted = word;
    // Abbreviations count as whole words only.
    if (wanted.size() <= 4)
      return folded.find(" " + std::string(wanted) + " ") != std::string::npos;
    return folded.find(wanted) != std::string::npos;
  });
}

bool is_heart_code(const evidence::Code& code) {
  return code.system == evidence::kIcd10Cm && code.code >= "I20" && code.code < "I9A";
}

std::vector<Item> findings(const Lens& lens) {
  std::vector<Item> found;
  for (const auto kind : {Kind::problem, Kind::procedure, Kind::result, Kind::device}) {
    for (const Item& item : lens.of(kind)) {
      const bool by_analyte = item.analyte != nullptr && item.analyte->group == "cardiac";
      const bool elsewhere = item.analyte != nullptr && !by_analyte;
      if (elsewhere) continue;
      const auto& codes = item.fact->codes;
      if (by_analyte || speaks_of_heart(item.fact->text + " " + item.fact->group_text) ||
          std::any_of(codes.begin(), codes.end(), is_heart_code)) {
        found.push_back(item);
      }
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

Table finding_table(const Lens& lens, const std::vector<Item>& items) {
  Table table;
  table.caption = "Findings of heart and vessels, newest first";
  table.columns = {column("Date", 1.0), column("Kind", 1.1), column("Finding", 2.6),
                   column("Value or status", 1.4), source_column()};
  for (const Item& item : items) {
    const bool has_value = !item.fact->value.empty();
    table.rows.push_back(
        {cell(date_or_undated(item.fact->when)), cell(evidence::section_title(item.fact->kind)),
         cell(test_name(item)),
         has_value ? cell(value_spans(item), tone_of(item)) : cell(item.fact->status),
         cell(lens.tags(item))});
  }
  return table;
}

struct Input {
  Wording name;
  std::string value;  ///< empty: missing
};

/// What the pooled cohort equations ask for, as far as it lies within 24 months of the order.
std::vector<Input> risk_inputs(const Lens& lens) {
  const base::TimePoint from = months_before(lens.as_of(), 24);
  const auto recent = [&](const char* loinc) -> std::string {
    for (const Item& item : lens.of_loinc(loinc)) {
      if (!item.number || !item.fact->when.known() || item.fact->when.value < from) continue;
      return value_line(item) + " on " + item.fact->when.date_text();
    }
    return {};
  };
  std::vector<Input> inputs;
  const auto age = lens.age();
  inputs.push_back({"Age", age ? std::to_string(*age) : ""});
  inputs.push_back({"Sex", lens.sex()});
  inputs.push_back({"Total cholesterol", recent("2093-3")});
  inputs.push_back({"HDL cholesterol", recent("2085-9")});
  inputs.push_back({"Systolic blood pressure", recent("8480-6")});
  inputs.push_back({"Treated for blood pressure",
                    medicines_text(medicines(lens, MedicineClass::antihypertensive))});
  const Tobacco tobacco = tobacco_of(lens);
  const bool known = tobacco.newest.has_value() && tobacco.newest->fact->when.known() &&
                     tobacco.newest->fact->when.value >= from;
  inputs.push_back({"Smoking status", known ? tobacco.text : std::string{}});
  return inputs;
}

}  // namespace

Section heart_section(const Lens& lens) {
  Section section{"Cardiovascular findings and risk", "heart", "cardiovascular", {}, {}};
  const std::vector<Item> items = findings(lens);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(finding_table(lens, items));
  }
  section.blocks.push_back(heading(3, "Risk score", "heart-risk"));
  json::object given;
  json::array missing;
  Table table;
  table.caption = "Inputs of the ASCVD pooled cohort equations within 24 months of the order";
  table.columns = {column("Input", 1.2), column("Value", 2.4)};
  for (const Input& input : risk_inputs(lens)) {
    const bool absent = input.value.empty();
    table.rows.push_back(
        {row_header(input.name), absent ? cell("missing", Tone::caution) : cell(input.value)});
    if (absent) {
      missing.push_back(json::string(input.name.text));
    } else {
      given[input.name.text] = input.value;
    }
  }
  table.rows.push_back({row_header("Race"), cell("not part of this report", Tone::muted)});
  section.blocks.push_back(callout(
      Tone::none, "Not computed",
      "The pooled cohort equations need the applicant's race, which is left out of underwriting "
      "reports on purpose. Nothing is imputed; the inputs that the sources do hold are listed."));
  section.blocks.push_back(std::move(table));
  section.data = json::object{{"findings", facts_json(lens, items)},
                              {"riskScore", json::object{{"formula", "ASCVD pooled cohort"},
                                                         {"computed", false},
                                                         {"inputs", std::move(given)},
                                                         {"missing", std::move(missing)}}}};
  return section;
}

}  // namespace chartroom::report
