#include "report/fact_rows.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Fact;
using evidence::FlagOrigin;

constexpr std::size_t kTrendValues = 3;

void put(json::object& to, const char* key, const std::string& value) {
  if (!value.empty()) to[key] = value;
}

/// "body_site" → "bodySite": the JSON report has one style of names.
std::string camel_case(const std::string& name) {
  std::string out;
  bool upper = false;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

const char* origin_word(FlagOrigin origin) {
  switch (origin) {
    case FlagOrigin::none:
      return "";
    case FlagOrigin::lab:
      return "lab";
    case FlagOrigin::lab_range:
      return "lab-range";
    case FlagOrigin::our_table:
      return "our-table";
  }
  return "";
}

const char* precision_word(evidence::Precision precision) {
  switch (precision) {
    case evidence::Precision::none:
      return "";
    case evidence::Precision::year:
      return "year";
    case evidence::Precision::month:
      return "month";
    case evidence::Precision::day:
      return "day";
    case evidence::Precision::minute:
      return "minute";
    case evidence::Precision::second:
      return "second";
  }
  return "";
}

void put_when(json::object& to, const char* key, const evidence::When& when) {
  if (!when.known()) return;
  json::object made{{"text", when.text()}, {"precision", precision_word(when.precision)}};
  if (!when.zone_known && when.precision >= evidence::Precision::minute) {
    made["zone"] = "local to the organization";
  }
  if (when.inferred) made["inferred"] = true;
  to[key] = std::move(made);
}

json::object value_json(const evidence::Value& value) {
  json::object made;
  put(made, "raw", value.raw);
  put(made, "number", value.number);
  put(made, "comparator", value.comparator);
  put(made, "unit", value.unit_raw);
  put(made, "unitUcum", value.unit_ucum);
  put(made, "canonicalNumber", value.canonical_number);
  put(made, "canonicalUnit", value.canonical_unit);
  return made;
}

json::array codes_json(const std::vector<evidence::Code>& codes) {
  json::array made;
  for (const evidence::Code& code : codes) {
    json::object each{{"system", code.system}, {"code", code.code}, {"inferred", code.inferred}};
    put(each, "display", code.display);
    made.push_back(std::move(each));
  }
  return made;
}

}  // namespace

std::string narrative_text(const std::vector<evidence::NarrativeBlock>& blocks) {
  std::string out;
  const auto add = [&out](const std::vector<evidence::NarrativeSpan>& spans) {
    for (const auto& span : spans) out += span.line_break ? "\n" : span.text;
  };
  for (const auto& block : blocks) {
    if (!out.empty()) out += "\n";
    add(block.spans);
    if (!block.caption.empty()) out += block.caption;
    for (const auto& row : block.rows) {
      out += "\n";
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += " | ";
        add(row[i].spans);
      }
    }
  }
  return out;
}

json::array sources_json(const std::vector<evidence::SourceRef>& sources) {
  json::array made;
  for (const evidence::SourceRef& ref : sources) {
    made.push_back(
        json::object{{"source", Lens::source_name(ref.source)}, {"locator", ref.locator}});
  }
  return made;
}

json::object fact_json(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made{{"text", fact.text}};
  put(made, "category", fact.category);
  if (item.analyte != nullptr) {
    made["analyte"] = std::string(item.analyte->id);
    made["analyteName"] = std::string(item.analyte->name);
  }
  if (!fact.codes.empty()) made["codes"] = codes_json(fact.codes);
  put_when(made, "when", fact.when);
  put_when(made, "until", fact.until);
  if (json::object value = value_json(fact.value); !value.empty()) made["value"] = std::move(value);
  if (!fact.range.empty()) {
    json::object range;
    put(range, "low", fact.range.low);
    put(range, "high", fact.range.high);
    put(range, "text", fact.range.text);
    made["range"] = std::move(range);
  }
  if (!fact.flag.code.empty()) {
    made["flag"] =
        json::object{{"code", fact.flag.code}, {"origin", origin_word(fact.flag.origin)}};
  }
  put(made, "status", fact.status);
  if (fact.negated) made["negated"] = true;
  put(made, "panel", fact.group_text);
  put(made, "author", fact.author);
  put(made, "performer", fact.performer);
  put(made, "organization", fact.organization);
  put(made, "sensitivity", fact.sensitivity);
  json::object attributes;
  for (const evidence::Attribute& each : fact.attributes)
    attributes[camel_case(each.name)] = each.value;
  if (!attributes.empty()) made["attributes"] = std::move(attributes);
  if (!fact.narrative.empty()) made["narrative"] = narrative_text(fact.narrative);
  if (fact.conflict) made["conflict"] = true;
  put(made, "implausible", fact.implausible);
  made["sources"] = sources_json(lens.all_sources(item));
  return made;
}

json::array facts_json(const Lens& lens, const std::vector<Item>& items) {
  json::array made;
  made.reserve(items.size());
  for (const Item& item : items) made.push_back(fact_json(lens, item));
  return made;
}

std::string value_line(const Item& item) {
  const evidence::Value& value = item.fact->value;
  std::string line = value.raw.empty() ? value.comparator + value.number : value.raw;
  if (line.empty()) return {};
  const std::string unit =
      value.unit_raw.empty() ? unit_text(value.unit_ucum) : unit_text(value.unit_raw);
  if (!unit.empty() && !line.ends_with(unit)) line += " " + unit;
  return line;
}

Spans value_spans(const Item& item) {
  const evidence::Value& value = item.fact->value;
  Spans spans;
  const std::string line = value_line(item);
  spans.push_back(line.empty() ? muted("no value") : plain(line));
  const std::string& number = value.number.empty() ? value.raw : value.number;
  const bool converted =
      !value.canonical_number.empty() &&
      (value.canonical_number != number || value.canonical_unit != value.unit_ucum);
  if (converted) {
    spans.push_back(muted(" = " + value.comparator + value.canonical_number + " " +
                          unit_text(value.canonical_unit)));
  }
  if (item.fact->conflict) {
    spans.push_back(new_line());
    spans.push_back(alerting("Conflict: sources differ"));
  }
  if (!item.fact->implausible.empty()) {
    spans.push_back(new_line());
    spans.push_back(alerting("Not used: " + item.fact->implausible));
  }
  return spans;
}

std::string flag_text(const evidence::Flag& flag) {
  if (flag.code.empty() || flag.code == "N") return {};
  switch (flag.origin) {
    case FlagOrigin::none:
      return flag.code;
    case FlagOrigin::lab:
      return flag.code + " (lab)";
    case FlagOrigin::lab_range:
      return flag.code + " (lab's range)";
    case FlagOrigin::our_table:
      return flag.code + " (our table)";
  }
  return flag.code;
}

Tone tone_of(const Item& item) {
  const evidence::Flag& flag = item.fact->flag;
  if (!item.fact->implausible.empty()) return Tone::muted;
  if (flag.code == "HH" || flag.code == "LL" || flag.code == "AA") return Tone::alert;
  if (item.analyte != nullptr && !item.fact->value.canonical_number.empty()) {
    const auto level = evidence::attention_of(*item.analyte, item.fact->value.canonical_number);
    if (level == evidence::Attention::red) return Tone::alert;
    if (level == evidence::Attention::amber) return Tone::caution;
  }
  if (flag.code.empty() || flag.code == "N") return Tone::none;
  return Tone::caution;
}

std::string range_text(const Fact& fact) {
  const evidence::Range& range = fact.range;
  const std::string bounds = !range.low.empty() && !range.high.empty()
                                 ? range.low + " – " + range.high
                             : !range.low.empty()  ? "≥ " + range.low
                             : !range.high.empty() ? "≤ " + range.high
                                                   : std::string{};
  if (bounds.empty() || range.text.empty() || range.text == bounds) {
    return bounds.empty() ? range.text : bounds;
  }
  return bounds + " (" + range.text + ")";
}

std::string test_name(const Item& item) {
  if (item.analyte != nullptr) return std::string(item.analyte->name);
  if (!item.fact->text.empty()) return item.fact->text;
  for (const evidence::Code& code : item.fact->codes) {
    return code.display.empty() ? code.code : code.display;
  }
  return "Unnamed test";
}

std::string codes_text(const std::vector<evidence::Code>& codes) {
  std::string out;
  for (const evidence::Code& code : codes) {
    if (code.code.empty()) continue;
    if (!out.empty()) out += ", ";
    const std::string_view name = evidence::system_name(code.system);
    out.append(name.empty() ? code.system : std::string(name));
    if (!code.system.empty()) out += ' ';
    out += code.code;
    if (code.inferred) out += " (inferred)";
  }
  return out;
}

std::string beginning(const std::vector<evidence::NarrativeBlock>& blocks) {
  constexpr std::size_t kMost = 240;  // code points
  std::string out;
  for (const auto& block : blocks) {
    for (const auto& span : block.spans) out += span.line_break ? " " : span.text;
    out += " ";
    if (out.size() > kMost * 4) break;
  }
  return shorten(out, kMost);
}

namespace {

/// Name of the test, the source's own words and how it was measured.
Spans test_spans(const Item& item) {
  const Fact& fact = *item.fact;
  Spans spans = words(test_name(item));
  if (!fact.status.empty() && fact.status != "final") spans.push_back(muted(" · " + fact.status));
  std::string how;
  const auto add = [&](const std::string& text) {
    if (text.empty()) return;
    how += (how.empty() ? "" : " · ") + text;
  };
  const bool renamed =
      item.analyte != nullptr &&
      !base::equals_ignoring_case_ascii(fact.text, std::string_view(item.analyte->name));
  if (renamed) add(fact.text);
  for (const char* name : {"panel", "specimen", "method", "body_site", "comment", "absent_reason",
                           "interpretation_text"}) {
    const std::string* value = fact.attribute(name);
    if (value != nullptr && *value != fact.text) add(*value);
  }
  if (!how.empty()) append(spans, {new_line(), muted(how)});
  if (!fact.narrative.empty()) append(spans, {new_line(), plain(beginning(fact.narrative))});
  return spans;
}

}  // namespace

Table result_table(const Lens& lens, const std::vector<Item>& items, Wording caption) {
  Table table;
  table.caption = std::move(caption);
  table.columns = {column("Date", 1.0),  column("Test", 2.4), column("Value", 1.8),
                   column("Range", 1.2), column("Flag", 1.0), source_column()};
  for (const Item& item : items) {
    const Fact& fact = *item.fact;
    Spans range = words(range_text(fact));
    const Tone tone = tone_of(item);
    table.rows.push_back({cell(date_or_undated(fact.when)), cell(test_spans(item)),
                          cell(value_spans(item), tone), cell(std::move(range)),
                          cell(flag_text(fact.flag)), cell(lens.tags(item))});
  }
  return table;
}

std::optional<Chart> trend(const std::vector<Item>& items, const std::string& title,
                           const std::string& sex) {
  Chart chart;
  chart.title = title;
  ChartSeries series;
  series.name = title;
  const evidence::Analyte* analyte = nullptr;
  for (const Item& item : items) {
    if (!item.number || !item.fact->when.known()) continue;
    const evidence::Value& value = item.fact->value;
    const std::string& unit = value.canonical_unit.empty() ? value.unit_ucum : value.canonical_unit;
    if (series.points.empty()) {
      chart.unit = unit_text(unit);
      analyte = item.analyte;
    }
    if (unit_text(unit) != chart.unit) continue;
    const std::string& number =
        value.canonical_number.empty() ? value.number : value.canonical_number;
    series.points.push_back({item.fact->when.value, *item.number,
                             number + (chart.unit.empty() ? "" : " " + chart.unit) + " on " +
                                 item.fact->when.date_text(),
                             tone_of(item)});
  }
  if (series.points.size() < kTrendValues) return std::nullopt;
  std::reverse(series.points.begin(), series.points.end());
  if (analyte != nullptr) {
    const evidence::Bounds bounds = evidence::reference_range(*analyte, sex);
    chart.band_low = parse_number(bounds.low);
    chart.band_high = parse_number(bounds.high);
  }
  const auto [low, high] = std::minmax_element(
      series.points.begin(), series.points.end(),
      [](const ChartPoint& a, const ChartPoint& b) { return a.value < b.value; });
  chart.alternative = title + ": " + std::to_string(series.points.size()) + " values, first " +
                      series.points.front().label + ", last " + series.points.back().label +
                      ", lowest " + low->label + ", highest " + high->label + ".";
  chart.series.push_back(std::move(series));
  return chart;
}

void add_trends(std::vector<Block>& blocks, std::vector<Chart> charts) {
  if (!charts.empty()) blocks.push_back(ChartRow{std::move(charts)});
}

}  // namespace chartroom::report
