#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

constexpr const char* kHeight = "8302-2";
constexpr const char* kWeight = "29463-7";
constexpr const char* kBmi = "39156-5";
constexpr double kLossThatMatters = 5.0;  // percent in 12 months

/// What was measured at one time: usually one value each, more when sources conflict.
struct BuildRow {
  evidence::When when;
  std::vector<Item> height, weight, bmi;
  std::optional<double> computed_bmi;
  evidence::When height_from;  ///< known when the height of another day was used
};

std::vector<BuildRow> rows_of(const std::vector<Item>& heights, const std::vector<Item>& weights,
                              const std::vector<Item>& bmis) {
  std::map<std::string, BuildRow> by_time;
  const auto place = [&](const std::vector<Item>& items, std::vector<Item> BuildRow::* column) {
    for (const Item& item : items) {
      BuildRow& row = by_time[item.fact->when.text()];
      row.when = item.fact->when;
      (row.*column).push_back(item);
    }
  };
  place(heights, &BuildRow::height);
  place(weights, &BuildRow::weight);
  place(bmis, &BuildRow::bmi);
  std::vector<BuildRow> rows;
  for (auto& [time, row] : by_time) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const BuildRow& a, const BuildRow& b) {
    if (a.when.known() != b.when.known()) return a.when.known();
    return a.when.value > b.when.value;
  });
  return rows;
}

/// BMI from the weight of the row and its own height, else the latest earlier one.
void compute_bmi(std::vector<BuildRow>& rows, const std::vector<Item>& heights) {
  for (BuildRow& row : rows) {
    const Item* weight = newest_number(row.weight);
    if (weight == nullptr || !row.when.known()) continue;
    const Item* height = newest_number(row.height);
    if (height == nullptr) {
      for (const Item& earlier : heights) {
        if (!earlier.number || !earlier.fact->when.known()) continue;
        if (earlier.fact->when.value > row.when.value) continue;
        height = &earlier;
        row.height_from = earlier.fact->when;
        break;
      }
    }
    if (height == nullptr || *height->number <= 0) continue;
    const double metres = *height->number / 100.0;
    row.computed_bmi = *weight->number / (metres * metres);
  }
}

std::string feet_text(double cm) {
  const long inches = std::lround(cm / 2.54);
  return std::to_string(inches / 12) + " ft " + std::to_string(inches % 12) + " in";
}

Cell values_cell(const std::vector<Item>& items, bool as_height, bool as_weight) {
  if (items.empty()) return cell("–", Tone::muted);
  Spans spans;
  Tone tone = Tone::none;
  for (const Item& item : items) {
    if (!spans.empty()) spans.push_back(new_line());
    append(spans, value_spans(item));
    if (item.number && as_height) spans.push_back(muted(" (" + feet_text(*item.number) + ")"));
    if (item.number && as_weight) {
      spans.push_back(muted(" (" + format_fixed(*item.number / 0.45359237, 0) + " lb)"));
    }
    tone = std::max(tone == Tone::muted ? Tone::none : tone, tone_of(item));
  }
  return cell(std::move(spans), tone);
}

Tone bmi_tone(double bmi) {
  const evidence::Analyte* analyte = evidence::find_analyte_by_loinc(kBmi);
  if (analyte == nullptr) return Tone::none;
  return tone_of_level(evidence::attention_of(*analyte, format_fixed(bmi, 1)));
}

struct Change {
  double kilograms = 0;
  double percent = 0;
  evidence::When from;
};

/// From the oldest weight of the `months` before the newest one to the newest one.
std::optional<Change> change_over(const std::vector<Item>& weights, int months) {
  const Item* newest = newest_number(weights);
  if (newest == nullptr || !newest->fact->when.known()) return std::nullopt;
  const base::TimePoint from = months_before(newest->fact->when.value, months);
  const Item* oldest = nullptr;
  for (const Item& item : weights) {
    if (item.number && item.fact->when.known() && item.fact->when.value >= from) oldest = &item;
  }
  if (oldest == nullptr || oldest == newest || *oldest->number <= 0) return std::nullopt;
  const double difference = *newest->number - *oldest->number;
  return Change{difference, 100.0 * difference / *oldest->number, oldest->fact->when};
}

std::string change_text(const std::optional<Change>& change) {
  if (!change) return {};
  const std::string sign = change->kilograms > 0 ? "+" : "";
  return sign + format_fixed(change->kilograms, 1) + " kg (" + sign +
         format_fixed(change->percent, 1) + " %) since " + change->from.date_text();
}

/// What may explain a loss of weight: medicines and mentions of diet or surgery.
std::string loss_explanation(const Lens& lens) {
  const std::vector<Item> drugs = medicines(lens, MedicineClass::weight_loss);
  if (!drugs.empty()) return "medicine found: " + drugs.front().fact->text;
  for (const auto kind : {evidence::Kind::procedure, evidence::Kind::plan_of_care,
                          evidence::Kind::problem, evidence::Kind::encounter}) {
    for (const Item& item : lens.of(kind)) {
      const std::string text = base::fold(item.fact->text);
      for (const char* word : {"bariatric", "gastric bypass", "sleeve gastrectomy", "diet",
                               "weight loss", "weight reduction", "postpartum", "delivery"}) {
        if (text.find(word) != std::string::npos) return "entry found: " + item.fact->text;
      }
    }
  }
  return {};
}

/// The heaviest weight of the 12 months before the newest one, that one included.
const Item* heaviest_of_year(const std::vector<Item>& weights, const Item& newest) {
  const base::TimePoint from = months_before(newest.fact->when.value, 12);
  const Item* heaviest = nullptr;
  for (const Item& item : weights) {
    if (!item.number || !item.fact->when.known() || item.fact->when.value < from) continue;
    if (heaviest == nullptr || *item.number > *heaviest->number) heaviest = &item;
  }
  return heaviest;
}

std::string loss_text(const Lens& lens, const std::vector<Item>& weights) {
  const Item* newest = newest_number(weights);
  if (newest == nullptr || !newest->fact->when.known()) return "not assessable";
  if (heaviest_of_year(weights, *newest) == newest) {
    return weights.size() < 2 ? "not assessable (one weight)" : "none in 12 months";
  }
  const auto loss = weight_loss_of(lens);
  if (!loss) return "none of 5 % or more in 12 months";
  return format_fixed(loss->percent, 1) + " % since " + loss->from.fact->when.date_text() + ", " +
         (loss->explained.empty() ? "unexplained (no diet, medicine or surgery found)"
                                  : loss->explained);
}

/// BMI over time: as given where the sources give it, else as computed from height and weight.
std::optional<Chart> bmi_trend(const Lens& lens, const std::vector<Item>& given,
                               const std::vector<BuildRow>& rows) {
  if (auto chart = trend(given, "BMI", lens.sex())) return chart;
  Chart chart;
  chart.title = "BMI, computed";
  chart.unit = "kg/m²";
  ChartSeries series{chart.title, {}};
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (!row->computed_bmi || !row->when.known()) continue;
    series.points.push_back(
        {row->when.value, *row->computed_bmi,
         format_fixed(*row->computed_bmi, 1) + " kg/m² on " + row->when.date_text(),
         bmi_tone(*row->computed_bmi)});
  }
  if (series.points.size() < 3) return std::nullopt;
  chart.alternative = "BMI, computed: " + std::to_string(series.points.size()) + " values, first " +
                      series.points.front().label + ", last " + series.points.back().label + ".";
  chart.series.push_back(std::move(series));
  return chart;
}

Table row_table(const Lens& lens, const std::vector<BuildRow>& rows, json::array& data) {
  Table table;
  table.caption = "Measurements, newest first";
  table.columns = {column("Date", 1.0),      column("Height", 1.5),       column("Weight", 1.5),
                   column("BMI given", 1.0), column("BMI computed", 1.2), source_column()};
  for (const BuildRow& row : rows) {
    std::vector<evidence::SourceRef> refs;
    for (const auto* items : {&row.height, &row.weight, &row.bmi}) {
      for (const Item& item : *items) {
        for (const auto& ref : lens.all_sources(item)) refs.push_back(ref);
      }
    }
    Cell computed = cell("–", Tone::muted);
    json::object object{{"date", row.when.text()},
                        {"height", facts_json(lens, row.height)},
                        {"weight", facts_json(lens, row.weight)},
                        {"bmi", facts_json(lens, row.bmi)}};
    if (row.computed_bmi) {
      Spans spans{plain(format_fixed(*row.computed_bmi, 1))};
      object["bmiComputed"] = format_fixed(*row.computed_bmi, 1);
      if (row.height_from.known()) {
        append(spans, {new_line(), muted("height of " + row.height_from.date_text())});
        object["heightFrom"] = row.height_from.date_text();
      }
      computed = cell(std::move(spans), bmi_tone(*row.computed_bmi));
    }
    table.rows.push_back({cell(date_or_undated(row.when)), values_cell(row.height, true, false),
                          values_cell(row.weight, false, true), values_cell(row.bmi, false, false),
                          std::move(computed), cell(lens.tags(refs))});
    data.push_back(std::move(object));
  }
  return table;
}

}  // namespace

const Item* newest_number(const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (item.number) return &item;
  }
  return nullptr;
}

std::optional<WeightLoss> weight_loss_of(const Lens& lens) {
  const std::vector<Item> weights = lens.of_loinc(kWeight);
  const Item* newest = newest_number(weights);
  if (newest == nullptr || !newest->fact->when.known()) return std::nullopt;
  const Item* heaviest = heaviest_of_year(weights, *newest);
  if (heaviest == nullptr || heaviest == newest || *heaviest->number <= 0) return std::nullopt;
  const double percent = 100.0 * (*heaviest->number - *newest->number) / *heaviest->number;
  if (percent < kLossThatMatters) return std::nullopt;
  return WeightLoss{percent, *heaviest, *newest, loss_explanation(lens)};
}

Section build_section(const Lens& lens) {
  Section section{"Build", "build", "build", {}, {}};
  const std::vector<Item> heights = lens.of_loinc(kHeight);
  const std::vector<Item> weights = lens.of_loinc(kWeight);
  const std::vector<Item> bmis = lens.of_loinc(kBmi);
  std::vector<Item> others = lens.of_group("build");
  std::erase_if(others, [](const Item& item) {
    return item.analyte == evidence::find_analyte_by_loinc(kHeight) ||
           item.analyte == evidence::find_analyte_by_loinc(kWeight) ||
           item.analyte == evidence::find_analyte_by_loinc(kBmi);
  });
  std::vector<BuildRow> rows = rows_of(heights, weights, bmis);
  compute_bmi(rows, heights);
  const std::string change_12 = change_text(change_over(weights, 12));
  const std::string change_24 = change_text(change_over(weights, 24));
  const std::string loss = loss_text(lens, weights);
  json::array data;
  if (rows.empty() && others.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    KeyValues values;
    values.items = {pair("Weight change over 12 months", change_12),
                    pair("Weight change over 24 months", change_24),
                    pair("Loss of 5 % or more", loss)};
    section.blocks.push_back(std::move(values));
  }
  std::vector<Chart> charts;
  if (auto chart = trend(weights, "Weight", lens.sex())) charts.push_back(std::move(*chart));
  if (auto chart = bmi_trend(lens, bmis, rows)) charts.push_back(std::move(*chart));
  add_trends(section.blocks, std::move(charts));
  if (!rows.empty()) section.blocks.push_back(row_table(lens, rows, data));
  if (!others.empty()) {
    section.blocks.push_back(result_table(lens, others, "Other measurements of the body"));
  }
  section.data = json::object{{"changeOver12Months", change_12},
                              {"changeOver24Months", change_24},
                              {"lossOf5Percent", loss},
                              {"rows", std::move(data)},
                              {"others", facts_json(lens, others)}};
  return section;
}

}  // namespace chartroom::report
