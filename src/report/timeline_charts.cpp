#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"
#include "report/timeline.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

constexpr std::size_t kMedicineLanes = 24;

ChartBar bar_of(const Lens& lens, const evidence::Fact& fact) {
  ChartBar bar{fact.when.value, fact.when.value, false, Tone::none};
  if (fact.until.known() && fact.until.value >= fact.when.value) {
    bar.to = fact.until.value;
  } else if (fact.status == "active" && fact.when.value < lens.as_of()) {
    bar.to = lens.as_of();
    bar.open = true;
  }
  if (fact.status != "active") bar.tone = Tone::muted;
  return bar;
}

std::string bar_text(const ChartBar& bar) {
  const std::string from = base::Date::from(bar.from).iso();
  if (bar.open) return from + ", still taken";
  const std::string to = base::Date::from(bar.to).iso();
  return from == to ? from : from + " to " + to;
}

void describe(Chart& chart, const char* what) {
  chart.alternative = chart.title + ": " + count_text(chart.lanes.size(), what) + ". ";
  for (const ChartLane& lane : chart.lanes) {
    chart.alternative += lane.name + ": ";
    if (lane.bars.size() > 3) {
      chart.alternative += std::to_string(lane.bars.size()) + " entries, first " +
                           bar_text(lane.bars.back()) + ", last " + bar_text(lane.bars.front());
    } else {
      for (std::size_t i = 0; i < lane.bars.size(); ++i) {
        chart.alternative += (i > 0 ? "; " : "") + bar_text(lane.bars[i]);
      }
    }
    chart.alternative += ". ";
  }
}

}  // namespace

std::optional<Chart> medication_chart(const Lens& lens) {
  Chart chart;
  chart.title = "Medicines over time";
  for (const Item& item : lens.of(Kind::medication)) {
    if (item.fact->negated || !item.fact->when.known()) continue;
    const auto same =
        std::find_if(chart.lanes.begin(), chart.lanes.end(),
                     [&](const ChartLane& lane) { return lane.name == item.fact->text; });
    if (same != chart.lanes.end()) {
      same->bars.push_back(bar_of(lens, *item.fact));
    } else if (chart.lanes.size() < kMedicineLanes) {
      chart.lanes.push_back({item.fact->text, {bar_of(lens, *item.fact)}});
    }
  }
  if (chart.lanes.empty()) return std::nullopt;
  describe(chart, "medicine");
  return chart;
}

std::optional<Chart> encounter_chart(const Lens& lens) {
  Chart chart;
  chart.title = "Visits over time";
  static constexpr std::array kOrder = {Setting::in_person, Setting::remote, Setting::emergency,
                                        Setting::inpatient, Setting::other};
  for (const Setting setting : kOrder) {
    ChartLane lane{setting_word(setting), {}};
    for (const Item& item : lens.of(Kind::encounter)) {
      if (!item.fact->when.known() || setting_of(*item.fact) != setting) continue;
      ChartBar bar{item.fact->when.value, item.fact->when.value, false, Tone::none};
      if (item.fact->until.known() && item.fact->until.value > bar.from) {
        bar.to = item.fact->until.value;
      }
      if (setting == Setting::emergency) bar.tone = Tone::caution;
      if (setting == Setting::inpatient) bar.tone = Tone::alert;
      lane.bars.push_back(bar);
    }
    if (!lane.bars.empty()) chart.lanes.push_back(std::move(lane));
  }
  if (chart.lanes.empty()) return std::nullopt;
  describe(chart, "kind of visit");
  return chart;
}

Section overview_section(const Lens& lens) {
  Section section{"Overview", "overview", "overview", {}, {}};
  json::object data;
  for (auto make : {encounter_chart, medication_chart}) {
    auto chart = make(lens);
    if (!chart) continue;
    data[make == encounter_chart ? "visits" : "medicines"] = chart->alternative;
    section.blocks.push_back(ChartRow{{std::move(*chart)}});
  }
  if (section.blocks.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
