#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <map>

#include "base/text.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

bool is_measurement(const Item& item) {
  return item.fact->kind == Kind::result || item.fact->kind == Kind::vital;
}

std::vector<Item> measurements(const Lens& lens, std::string_view group) {
  std::vector<Item> found = lens.of_group(group);
  std::erase_if(found, [](const Item& item) { return !is_measurement(item); });
  return found;
}

/// One trend per analyte that has enough values, in the order of the analyte tables.
std::vector<Chart> trends_of(const std::vector<Item>& items, const std::string& sex) {
  std::vector<Chart> charts;
  for (const evidence::Analyte& analyte : evidence::analytes()) {
    std::vector<Item> of_one;
    std::copy_if(items.begin(), items.end(), std::back_inserter(of_one),
                 [&](const Item& item) { return item.analyte == &analyte; });
    if (of_one.empty()) continue;
    if (auto chart = trend(of_one, std::string(analyte.name), sex)) {
      charts.push_back(std::move(*chart));
    }
  }
  return charts;
}

/// Newest value of each test beside the one before: what a reader looks for first.
Table latest_table(const Lens& lens, const std::vector<Item>& items, Wording caption) {
  Table table;
  table.caption = std::move(caption);
  table.columns = {column("Test", 2.0),
                   column("Latest", 1.4),
                   column("Date", 0.9),
                   column("Before", 1.4),
                   column("Values", 0.6, Align::end),
                   column("Lowest – highest", 1.3),
                   source_column()};
  for (const evidence::Analyte& analyte : evidence::analytes()) {
    std::vector<const Item*> of_one;
    for (const Item& item : items) {
      if (item.analyte == &analyte) of_one.push_back(&item);
    }
    if (of_one.size() < 2) continue;
    std::optional<double> low;
    std::optional<double> high;
    for (const Item* item : of_one) {
      if (!item->number) continue;
      if (!low || *item->number < *low) low = item->number;
      if (!high || *item->number > *high) high = item->number;
    }
    const Item& latest = *of_one[0];
    const std::string bounds =
        low ? format_fixed(*low, analyte.decimals) + " – " + format_fixed(*high, analyte.decimals)
            : "–";
    table.rows.push_back(
        {cell({strong(std::string(analyte.name))}), cell(value_spans(latest), tone_of(latest)),
         cell(date_or_undated(latest.fact->when)), cell(value_spans(*of_one[1])),
         number_cell(std::to_string(of_one.size())), cell(bounds), cell(lens.tags(latest))});
  }
  return table;
}

/// Latest values, trends, then every value: the same three steps for each group of tests.
void add_group(const Lens& lens, std::vector<Block>& blocks, const std::vector<Item>& items,
               const std::string& name) {
  Table latest = latest_table(lens, items, Wording::ours(name + ": latest values"));
  if (!latest.rows.empty()) blocks.push_back(std::move(latest));
  add_trends(blocks, trends_of(items, lens.sex()));
  blocks.push_back(result_table(lens, items, Wording::ours(name + ": all values, newest first")));
}

/// The item of `items` that was taken together with `other`.
const Item* taken_with(const std::vector<Item>& items, const Item& other) {
  for (const Item& item : items) {
    if (item.number && item.fact->when == other.fact->when &&
        item.fact->sources.front().source == other.fact->sources.front().source) {
      return &item;
    }
  }
  return nullptr;
}

/// Non-HDL and TC/HDL of the draws for which the laboratory gives none.
Table computed_lipids(const Lens& lens, json::array& data) {
  Table table;
  table.caption = "Computed from the same draw";
  table.columns = {column("Date", 1.0), column("Non-HDL cholesterol", 1.4),
                   column("TC/HDL ratio", 1.2), source_column()};
  const std::vector<Item> totals = lens.of_loinc("2093-3");
  const std::vector<Item> hdls = lens.of_loinc("2085-9");
  const std::vector<Item> given_ratio = lens.of_loinc("9830-1");
  const std::vector<Item> given_non_hdl = lens.of_loinc("43396-1");
  for (const Item& total : totals) {
    const Item* hdl = total.number ? taken_with(hdls, total) : nullptr;
    if (hdl == nullptr || *hdl->number <= 0) continue;
    const bool has_ratio = taken_with(given_ratio, total) != nullptr;
    const bool has_non_hdl = taken_with(given_non_hdl, total) != nullptr;
    if (has_ratio && has_non_hdl) continue;
    const std::string non_hdl = has_non_hdl ? "" : format_fixed(*total.number - *hdl->number, 0);
    const std::string ratio = has_ratio ? "" : format_fixed(*total.number / *hdl->number, 1);
    auto refs = lens.all_sources(total);
    for (const auto& ref : lens.all_sources(*hdl)) refs.push_back(ref);
    table.rows.push_back({cell(date_or_undated(total.fact->when)),
                          cell(non_hdl.empty() ? "given" : non_hdl + " mg/dL"),
                          cell(ratio.empty() ? "given" : ratio), cell(lens.tags(refs))});
    data.push_back(json::object{{"date", total.fact->when.text()},
                                {"nonHdl", non_hdl},
                                {"totalToHdl", ratio},
                                {"sources", sources_json(refs)}});
  }
  return table;
}

}  // namespace

Section lipids_section(const Lens& lens) {
  Section section{"Lipids", "lipids", "lipids", {}, {}};
  const std::vector<Item> items = measurements(lens, "lipids");
  const std::vector<Item> statins = medicines(lens, MedicineClass::statin);
  const std::string statin = medicines_text(statins);
  json::array computed;
  KeyValues values;
  values.items = {pair("On a statin", statin)};
  section.blocks.push_back(std::move(values));
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    add_group(lens, section.blocks, items, "Lipids");
    Table table = computed_lipids(lens, computed);
    if (!table.rows.empty()) section.blocks.push_back(std::move(table));
  }
  section.data = json::object{{"onStatin", statin},
                              {"statins", facts_json(lens, statins)},
                              {"results", facts_json(lens, items)},
                              {"computed", std::move(computed)}};
  return section;
}

Section diabetes_section(const Lens& lens) {
  Section section{"Diabetes", "diabetes", "diabetes", {}, {}};
  const std::vector<Item> items = measurements(lens, "diabetes");
  const std::vector<Item> drugs = medicines(lens, MedicineClass::antidiabetic);
  const std::string treated = medicines_text(drugs);
  std::vector<Item> diagnoses;
  for (const Item& item : lens.of(Kind::problem)) {
    if (item.fact->negated) continue;
    bool is_diabetes = item.fact->text.find("iabet") != std::string::npos;
    for (const evidence::Code& code : item.fact->codes) {
      is_diabetes = is_diabetes ||
                    (code.system == evidence::kIcd10Cm && code.code >= "E08" && code.code < "E14");
    }
    if (is_diabetes) diagnoses.push_back(item);
  }
  KeyValues values;
  values.items = {pair("Antidiabetic medicine", treated)};
  if (diagnoses.empty()) {
    values.items.push_back(pair("Diagnosis with diabetes in its text or code", lens.empty_text()));
  } else {
    const Item& oldest = diagnoses.back();
    Spans spans =
        words(oldest.fact->text + ", " + date_or_undated(oldest.fact->when) +
              (diagnoses.size() > 1
                   ? " (first of " + count_text(diagnoses.size(), "entry", "entries") + ") "
                   : " "));
    append(spans, lens.tags(oldest));
    values.items.push_back(pair("Diagnosis with diabetes in its text or code", std::move(spans)));
  }
  section.blocks.push_back(std::move(values));
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    add_group(lens, section.blocks, items, "Diabetes");
  }
  section.data = json::object{{"treated", treated},
                              {"medicines", facts_json(lens, drugs)},
                              {"diagnoses", facts_json(lens, diagnoses)},
                              {"results", facts_json(lens, items)}};
  return section;
}

namespace {

struct Group {
  std::string_view id;
  const char* name;
  const char* key;
};

constexpr std::array kChemistries = {
    Group{"kidney", "Kidney", "kidney"},
    Group{"liver", "Liver", "liver"},
    Group{"protein", "Protein", "protein"},
    Group{"electrolytes", "Electrolytes", "electrolytes"},
    Group{"thyroid", "Thyroid", "thyroid"},
    Group{"cbc", "Blood count", "bloodCount"},
    Group{"tumor", "Tumor markers", "tumorMarkers"},
    Group{"inflammation", "Inflammation", "inflammation"},
    Group{"infection", "Infection", "infection"},
    Group{"vitamins", "Vitamins and iron", "vitaminsAndIron"},
    Group{"urine", "Urine", "urine"},
    Group{"lung", "Lung function", "lungFunction"},
    Group{"score", "Scores and questionnaires", "scores"},
};

/// A test for nicotine, alcohol or drugs that no table of ours knows by its code.
bool is_drug_test(const Item& item) {
  if (item.analyte != nullptr || item.fact->kind != Kind::result) return false;
  const std::string text = base::fold(test_name(item) + " " + item.fact->group_text);
  static constexpr std::array kWords = {"drug screen",
                                        "drugs of abuse",
                                        "amphetamine",
                                        "cocaine",
                                        "opiate",
                                        "oxycodone",
                                        "fentanyl",
                                        "cannabin",
                                        "marijuana",
                                        "benzodiaz",
                                        "barbitur",
                                        "phencyclidine",
                                        "methadone",
                                        "buprenorphine",
                                        "cotinine",
                                        "nicotine",
                                        "ethanol",
                                        "ethyl glucuronide",
                                        "carbohydrate deficient",
                                        "phosphatidylethanol"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

/// Groups that have a section of their own.
bool has_own_section(std::string_view group) {
  static constexpr std::array kOwn = {"build",    "bp",      "vital",   "lipids",
                                      "diabetes", "cardiac", "tobacco", "alcohol"};
  return std::find(kOwn.begin(), kOwn.end(), group) != kOwn.end();
}

}  // namespace

Section chemistries_section(const Lens& lens) {
  Section section{"Chemistries and other tests", "chemistries", "chemistries", {}, {}};
  json::object data;
  const auto add = [&](const std::vector<Item>& items, const std::string& name, const char* key) {
    if (items.empty()) return;
    section.blocks.push_back(heading(3, name, std::string("chemistries-") + key));
    add_group(lens, section.blocks, items, name);
    data[key] = facts_json(lens, items);
  };
  for (const Group& group : kChemistries) {
    add(measurements(lens, group.id), group.name, group.key);
  }
  // Whatever has no group of ours is shown all the same.
  std::vector<Item> rest;
  for (const Item& item : lens.of(Kind::result)) {
    if (is_drug_test(item)) continue;
    const bool placed =
        item.analyte != nullptr &&
        (has_own_section(item.analyte->group) ||
         std::any_of(kChemistries.begin(), kChemistries.end(),
                     [&](const Group& group) { return group.id == item.analyte->group; }));
    if (!placed) rest.push_back(item);
  }
  if (!rest.empty()) {
    section.blocks.push_back(heading(3, "Other tests", "chemistries-other"));
    section.blocks.push_back(result_table(lens, rest, "Other tests, newest first"));
    data["other"] = facts_json(lens, rest);
  }
  if (data.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  section.data = std::move(data);
  return section;
}

Section substances_section(const Lens& lens) {
  Section section{"Nicotine, alcohol and drug tests", "substances", "nicotineAndDrugTests", {}, {}};
  std::vector<Item> items = measurements(lens, "tobacco");
  for (const Item& item : measurements(lens, "alcohol")) items.push_back(item);
  for (const Item& item : lens.of(Kind::result)) {
    if (is_drug_test(item)) items.push_back(item);
  }
  std::sort(items.begin(), items.end(), newer_first);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(result_table(lens, items, "Tests and scores, newest first"));
  }
  section.blocks.push_back(quiet_paragraph(
      "A cut-off is shown where the laboratory gives one, in the column of its range."));
  section.data = json::object{{"results", facts_json(lens, items)}};
  return section;
}

Section other_vitals_section(const Lens& lens) {
  Section section{"Other vital signs", "vitals", "otherVitals", {}, {}};
  std::vector<Item> items;
  for (const Item& item : lens.of(Kind::vital)) {
    const bool elsewhere =
        item.analyte != nullptr && item.analyte->group != "vital" &&
        (has_own_section(item.analyte->group) ||
         std::any_of(kChemistries.begin(), kChemistries.end(),
                     [&](const Group& group) { return group.id == item.analyte->group; }));
    if (!elsewhere) items.push_back(item);
  }
  for (const Item& item : lens.of(Kind::result)) {
    if (item.analyte != nullptr && item.analyte->group == "vital") items.push_back(item);
  }
  std::sort(items.begin(), items.end(), newer_first);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    add_group(lens, section.blocks, items, "Vital signs");
  }
  section.data = json::object{{"results", facts_json(lens, items)}};
  return section;
}

}  // namespace chartroom::report
