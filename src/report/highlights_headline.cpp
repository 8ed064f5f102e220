// The headline of the highlights: how complete the record is, and what stands out, on one page.
#include <boost/json/array.hpp>
#include <set>

#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using Status = evidence::SourceOutcome::Status;

/// "3 of 4 providers, entries from 2016-03-01 to 2026-10-04"
std::string completeness_text(const Lens& lens) {
  std::set<std::string> all;
  std::set<std::string> read;
  for (const evidence::SourceOutcome* outcome : lens.outcomes()) {
    if (outcome->source >= lens.record().sources.size()) continue;
    const std::string& provider = lens.record().sources[outcome->source].provider_id;
    all.insert(provider);
    if (outcome->status == Status::read || outcome->status == Status::empty) read.insert(provider);
  }
  std::string text = std::to_string(read.size()) + " of " + count_text(all.size(), "provider");
  const Window window = window_of(lens);
  if (window.first.known()) {
    text += ", entries from " + window.first.date_text() + " to " + window.last.date_text();
  }
  return text + ".";
}

const char* level_name(evidence::Attention level) {
  switch (level) {
    case evidence::Attention::red:
      return "Red";
    case evidence::Attention::amber:
      return "Amber";
    case evidence::Attention::note:
    case evidence::Attention::none:
      break;
  }
  return "Note";
}

std::vector<evidence::SourceRef> signal_refs(const Lens& lens, const Signal& signal) {
  std::vector<evidence::SourceRef> refs;
  for (const Item& item : signal.evidence) {
    for (const auto& ref : lens.all_sources(item)) refs.push_back(ref);
  }
  return refs;
}

}  // namespace

Section headline_section(const Lens& lens) {
  Section section{"Headline", "headline", "headline", {}, {}};
  const std::string complete = completeness_text(lens);
  KeyValues values;
  values.items = {pair("Completeness", complete)};
  section.blocks.push_back(std::move(values));
  json::array data;
  Table table;
  table.caption = "What stands out, the gravest first";
  table.columns = {column("Level", 0.6), column("Finding", 3.2), column("Date", 0.8),
                   column("Rule", 1.0), source_column()};
  for (const Signal& signal : signals(lens)) {
    const auto refs = signal_refs(lens, signal);
    table.rows.push_back({cell({strong(level_name(signal.level))}, tone_of_level(signal.level)),
                          cell(signal.text), cell(date_or_undated(signal.when)),
                          cell({muted(signal.rule)}), cell(lens.tags(refs))});
    data.push_back(json::object{{"level", level_word(signal.level)},
                                {"rule", signal.rule},
                                {"text", signal.text},
                                {"thresholdSource", signal.source},
                                {"date", signal.when.date_text()},
                                {"evidence", facts_json(lens, signal.evidence)},
                                {"sources", sources_json(refs)}});
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph(
        lens.anything_read() ? "No rule found anything that stands out." : "Not retrieved."));
  } else {
    section.blocks.push_back(std::move(table));
    section.blocks.push_back(quiet_paragraph(
        "By rules " + rules_version() +
        ": defaults for adults that guide the eye, each with its source in the JSON form. They are "
        "not an underwriting decision."));
  }
  section.data = json::object{{"completeness", complete}, {"signals", std::move(data)}};
  return section;
}

}  // namespace chartroom::report
