#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <map>

#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

/// The two numbers of one reading; either may be missing.
struct Reading {
  evidence::When when;
  const Item* systolic = nullptr;
  const Item* diastolic = nullptr;
};

/// Components of one panel belong together; without a panel, those of one source and time.
std::string reading_key(const Item& item) {
  const evidence::Fact& fact = *item.fact;
  const std::string source = Lens::source_name(fact.sources.front().source) + "|";
  if (!fact.group_id.empty()) return source + "g|" + fact.group_id + "|" + fact.when.text();
  return source + "t|" + fact.when.text();
}

std::vector<Reading> readings_of(const std::vector<Item>& systolic,
                                 const std::vector<Item>& diastolic) {
  std::vector<Reading> readings;
  std::multimap<std::string, std::size_t> open;  // readings that still miss their second number
  for (const Item& item : systolic) {
    open.emplace(reading_key(item), readings.size());
    readings.push_back({item.fact->when, &item, nullptr});
  }
  for (const Item& item : diastolic) {
    const auto found = open.find(reading_key(item));
    if (found == open.end()) {
      readings.push_back({item.fact->when, nullptr, &item});
    } else {
      readings[found->second].diastolic = &item;
      open.erase(found);
    }
  }
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
    if (a.when.known() != b.when.known()) return a.when.known();
    return a.when.value > b.when.value;
  });
  return readings;
}

bool usable(const Reading& reading) {
  return reading.systolic != nullptr && reading.diastolic != nullptr && reading.systolic->number &&
         reading.diastolic->number;
}

/// "128 / 79 mmHg (mean of 3)"; empty for no readings.
std::string mean_text(const std::vector<const Reading*>& readings) {
  if (readings.empty()) return {};
  double systolic = 0;
  double diastolic = 0;
  for (const Reading* reading : readings) {
    systolic += *reading->systolic->number;
    diastolic += *reading->diastolic->number;
  }
  const auto n = static_cast<double>(readings.size());
  return format_fixed(systolic / n, 0) + " / " + format_fixed(diastolic / n, 0) + " mmHg (" +
         count_text(readings.size(), "reading") + ")";
}

std::vector<const Reading*> within(const std::vector<const Reading*>& readings,
                                   base::TimePoint from) {
  std::vector<const Reading*> found;
  for (const Reading* reading : readings) {
    if (reading->when.known() && reading->when.value >= from) found.push_back(reading);
  }
  return found;
}

struct Figures {
  std::string last_three, months_12, months_24, highest, at_or_over;
};

Figures figures_of(const Lens& lens, const std::vector<Reading>& readings) {
  std::vector<const Reading*> good;
  for (const Reading& reading : readings) {
    if (usable(reading)) good.push_back(&reading);
  }
  Figures figures;
  if (good.empty()) return figures;
  const auto three = static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, good.size()));
  figures.last_three = mean_text({good.begin(), good.begin() + three});
  figures.months_12 = mean_text(within(good, months_before(lens.as_of(), 12)));
  figures.months_24 = mean_text(within(good, months_before(lens.as_of(), 24)));
  const Reading* top = *std::max_element(good.begin(), good.end(), [](auto* a, auto* b) {
    return *a->systolic->number < *b->systolic->number;
  });
  figures.highest = format_fixed(*top->systolic->number, 0) + " / " +
                    format_fixed(*top->diastolic->number, 0) + " mmHg on " +
                    date_or_undated(top->when);
  const auto over = std::count_if(good.begin(), good.end(), [](const Reading* reading) {
    return *reading->systolic->number >= 140 || *reading->diastolic->number >= 90;
  });
  figures.at_or_over = std::to_string(over) + " of " + count_text(good.size(), "reading");
  return figures;
}

std::optional<Chart> pressure_chart(const std::vector<Reading>& readings) {
  Chart chart;
  chart.title = "Blood pressure";
  chart.unit = "mmHg";
  chart.series = {{"Systolic", {}}, {"Diastolic", {}}};
  for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) {
    if (!usable(*reading) || !reading->when.known()) continue;
    const std::string on = " mmHg on " + reading->when.date_text();
    chart.series[0].points.push_back({reading->when.value, *reading->systolic->number,
                                      format_fixed(*reading->systolic->number, 0) + on,
                                      tone_of(*reading->systolic)});
    chart.series[1].points.push_back({reading->when.value, *reading->diastolic->number,
                                      format_fixed(*reading->diastolic->number, 0) + on,
                                      tone_of(*reading->diastolic)});
  }
  const auto& points = chart.series[0].points;
  if (points.size() < 3) return std::nullopt;
  chart.alternative = "Blood pressure: " + std::to_string(points.size()) +
                      " readings, first systolic " + points.front().label + ", last " +
                      points.back().label + ".";
  return chart;
}

Cell half_cell(const Item* item) {
  if (item == nullptr) return cell("–", Tone::muted);
  return cell(value_spans(*item), tone_of(*item));
}

Table reading_table(const Lens& lens, const std::vector<Reading>& readings, json::array& data) {
  Table table;
  table.caption = "Readings, newest first";
  table.columns = {column("Date", 1.1), column("Systolic", 1.2), column("Diastolic", 1.2),
                   column("Position, site, method", 1.6), source_column()};
  for (const Reading& reading : readings) {
    const Item& first = reading.systolic != nullptr ? *reading.systolic : *reading.diastolic;
    std::string how;
    for (const char* name : {"body_site", "method"}) {
      const std::string* value = first.fact->attribute(name);
      if (value != nullptr) how += (how.empty() ? "" : ", ") + *value;
    }
    auto refs = lens.all_sources(first);
    if (reading.systolic != nullptr && reading.diastolic != nullptr) {
      for (const auto& ref : lens.all_sources(*reading.diastolic)) {
        if (std::find(refs.begin(), refs.end(), ref) == refs.end()) refs.push_back(ref);
      }
    }
    table.rows.push_back({cell(date_or_undated(reading.when)), half_cell(reading.systolic),
                          half_cell(reading.diastolic), cell(how), cell(lens.tags(refs))});
    json::object row{{"date", reading.when.text()}};
    if (reading.systolic != nullptr) row["systolic"] = fact_json(lens, *reading.systolic);
    if (reading.diastolic != nullptr) row["diastolic"] = fact_json(lens, *reading.diastolic);
    data.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Section pressure_section(const Lens& lens) {
  Section section{"Blood pressure", "blood-pressure", "bloodPressure", {}, {}};
  const std::vector<Item> systolic = lens.of_loinc("8480-6");
  const std::vector<Item> diastolic = lens.of_loinc("8462-4");
  const std::vector<Reading> readings = readings_of(systolic, diastolic);
  std::vector<Item> others = lens.of_group("bp");
  std::erase_if(others, [&](const Item& item) {
    const auto is = [&](const char* loinc) {
      return item.analyte == evidence::find_analyte_by_loinc(loinc);
    };
    return is("8480-6") || is("8462-4");
  });
  const std::vector<Item> drugs = medicines(lens, MedicineClass::antihypertensive);
  const std::string treated = medicines_text(drugs);
  const Figures figures = figures_of(lens, readings);
  json::array rows;
  if (readings.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  }
  KeyValues values;
  values.items = {pair("Mean of the last 3", figures.last_three),
                  pair("Mean of 12 months before the order", figures.months_12),
                  pair("Mean of 24 months before the order", figures.months_24),
                  pair("Highest systolic", figures.highest),
                  pair("At or over 140/90", figures.at_or_over),
                  pair("Treated", treated)};
  section.blocks.push_back(std::move(values));
  if (auto chart = pressure_chart(readings)) add_trends(section.blocks, {std::move(*chart)});
  if (!readings.empty()) section.blocks.push_back(reading_table(lens, readings, rows));
  if (!others.empty()) {
    section.blocks.push_back(result_table(lens, others, "Other blood pressure entries"));
  }
  section.data = json::object{{"meanLastThree", figures.last_three},
                              {"mean12Months", figures.months_12},
                              {"mean24Months", figures.months_24},
                              {"highest", figures.highest},
                              {"atOrOver140Over90", figures.at_or_over},
                              {"treated", treated},
                              {"antihypertensives", facts_json(lens, drugs)},
                              {"readings", std::move(rows)},
                              {"others", facts_json(lens, others)}};
  return section;
}

}  // namespace chartroom::report
