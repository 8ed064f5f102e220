// How complete the evidence is, what is left out of the rows and why, and where it all came from.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "evidence/quality.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;
using Status = evidence::SourceOutcome::Status;

constexpr std::size_t kSourcesPerTable = 5;  // columns that a page can hold

struct Tally {
  std::size_t items = 0;
  evidence::When first;
  evidence::When last;

  void add(const evidence::When& when) {
    ++items;
    widen(when);
  }
  void merge(const Tally& other) {
    items += other.items;
    widen(other.first);
    widen(other.last);
  }

 private:
  void widen(const evidence::When& when) {
    if (!when.known()) return;
    if (!first.known() || when.value < first.value) first = when;
    if (!last.known() || when.value > last.value) last = when;
  }
};

using Tallies = std::vector<std::array<Tally, evidence::kKindCount>>;  // by source, by kind

/// Every received fact counts once, for the source that it was read from first.
Tallies tally(const Lens& lens) {
  const evidence::Record& record = lens.record();
  Tallies tallies(record.sources.size());
  for (const evidence::Fact& fact : record.facts) {
    const std::size_t source = fact.sources.front().source;
    if (source >= tallies.size() || lens.blocked(source) || lens.outside(source) || fact.hidden) {
      continue;
    }
    tallies[source].at(static_cast<std::size_t>(fact.kind)).add(fact.when);
  }
  return tallies;
}

const char* status_word(Status status) {
  switch (status) {
    case Status::read:
      return "read";
    case Status::empty:
      return "empty";
    case Status::unreadable:
      return "unreadable";
    case Status::rejected_identity:
      return "rejected: another person";
    case Status::quarantined:
      return "held for identity review";
  }
  return "";
}

Tone status_tone(Status status) {
  switch (status) {
    case Status::read:
      return Tone::good;
    case Status::empty:
      return Tone::muted;
    case Status::rejected_identity:
      return Tone::caution;
    case Status::unreadable:
    case Status::quarantined:
      return Tone::alert;
  }
  return Tone::none;
}

std::string span_text(const Tally& tally) {
  if (!tally.first.known()) return tally.items == 0 ? "–" : "undated";
  const std::string first = tally.first.date_text();
  const std::string last = tally.last.date_text();
  return first == last ? first : first + " to " + last;
}

const evidence::SourceOutcome* outcome_of(const evidence::Record& record, std::size_t source) {
  for (const auto& outcome : record.outcomes) {
    if (outcome.source == source) return &outcome;
  }
  return nullptr;
}

Table channel_table(const OrderContext& context, json::array& data) {
  Table table;
  table.caption = "Channels that were asked";
  table.columns = {column("Channel", 1.2), column("Outcome", 1.2), column("Detail", 2.4)};
  for (const auto& channel : context.channels) {
    table.rows.push_back({cell(channel.channel), cell(channel.outcome), cell(channel.detail)});
    data.push_back(json::object{
        {"channel", channel.channel}, {"outcome", channel.outcome}, {"detail", channel.detail}});
  }
  return table;
}

Table source_table(const Lens& lens, const Tallies& tallies, json::array& data) {
  const evidence::Record& record = lens.record();
  Table table;
  table.caption = "Retrieved items and what became of them";
  table.columns = {column("Source", 0.5),
                   column("Provider", 1.8),
                   column("Item", 1.8),
                   column("Outcome", 1.8),
                   column("Entries", 0.6, Align::end),
                   column("Dates", 1.5)};
  for (std::size_t i = 0; i < record.sources.size(); ++i) {
    if (lens.outside(i)) continue;
    const evidence::Source& source = record.sources[i];
    const evidence::SourceOutcome* outcome = outcome_of(record, i);
    const Status status = outcome == nullptr ? Status::read : outcome->status;
    Tally all;
    json::array categories;
    for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
      const Tally& one = tallies[i].at(kind);
      if (one.items == 0) continue;
      all.merge(one);
      categories.push_back(
          json::object{{"category", evidence::section_name(static_cast<Kind>(kind))},
                       {"items", one.items},
                       {"earliest", one.first.date_text()},
                       {"latest", one.last.date_text()}});
    }
    Spans what{plain(status_word(status))};
    const std::string reason = outcome == nullptr ? std::string{} : outcome->reason;
    if (!reason.empty()) append(what, {new_line(), muted(reason)});
    Span link = plain(Lens::source_name(i));
    link.target = Lens::source_anchor(i);
    table.rows.push_back({cell(Spans{link}), cell(source.provider_name), cell(source.label),
                          cell(std::move(what), status_tone(status)),
                          number_cell(std::to_string(all.items)), cell(span_text(all))});
    data.push_back(json::object{{"source", Lens::source_name(i)},
                                {"provider", source.provider_name},
                                {"item", source.label},
                                {"outcome", status_word(status)},
                                {"reason", reason},
                                {"items", all.items},
                                {"categories", std::move(categories)}});
  }
  return table;
}

/// Categories down, sources across: "12" over "2012-03-01 to 2024-02-02".
void matrix(const Tallies& tallies, std::vector<Block>& blocks) {
  std::vector<std::size_t> with_items;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (std::any_of(tallies[i].begin(), tallies[i].end(),
                    [](const Tally& one) { return one.items > 0; })) {
      with_items.push_back(i);
    }
  }
  for (std::size_t from = 0; from < with_items.size(); from += kSourcesPerTable) {
    const std::size_t to = std::min(from + kSourcesPerTable, with_items.size());
    Table table;
    table.caption = "Entries by category and source";
    if (with_items.size() > kSourcesPerTable) {
      table.caption = table.caption.text + ", " + Lens::source_name(with_items[from]) + " to " +
                      Lens::source_name(with_items[to - 1]);
    }
    table.columns.push_back(column("Category", 1.2));
    for (std::size_t i = from; i < to; ++i) {
      table.columns.push_back(column(Lens::source_name(with_items[i]), 1.2));
    }
    for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
      std::vector<Cell> row{row_header(evidence::section_title(static_cast<Kind>(kind)))};
      bool any = false;
      for (std::size_t i = from; i < to; ++i) {
        const Tally& one = tallies[with_items[i]].at(kind);
        any = any || one.items > 0;
        if (one.items == 0) {
          row.push_back(cell("–", Tone::muted));
        } else {
          row.push_back(cell({strong(std::to_string(one.items)), muted(" · " + span_text(one))}));
        }
      }
      if (any) table.rows.push_back(std::move(row));
    }
    blocks.push_back(std::move(table));
  }
}

std::string window_text(const Lens& lens) {
  const Window window = window_of(lens);
  if (!window.first.known()) return "No dated entry.";
  const int years =
      base::age_in_years(base::Date::from(window.first.value), base::Date::from(window.last.value));
  return "Entries from " + window.first.date_text() + " to " + window.last.date_text() +
         (years > 0 ? " (" + count_text(static_cast<std::size_t>(years), "full year") + ")" : "") +
         "; order of " + base::Date::from(lens.as_of()).iso() + ".";
}

}  // namespace

Section coverage_section(const Lens& lens) {
  Section section{"Coverage", "coverage", "coverage", {}, {}};
  const Tallies tallies = tally(lens);
  json::array channels;
  json::array sources;
  KeyValues values;
  values.items.push_back(pair("Look-back window", window_text(lens)));
  const auto outcomes = lens.outcomes();
  const auto readable = std::count_if(outcomes.begin(), outcomes.end(), [](const auto* outcome) {
    return outcome->status == Status::read || outcome->status == Status::empty;
  });
  const std::string complete = std::to_string(readable) + " of " +
                               count_text(outcomes.size(), "retrieved item") + " could be used";
  values.items.push_back(pair("Completeness", complete));
  section.blocks.push_back(std::move(values));
  Table asked = channel_table(lens.context(), channels);
  if (!asked.rows.empty()) section.blocks.push_back(std::move(asked));
  Table received = source_table(lens, tallies, sources);
  if (received.rows.empty()) {
    section.blocks.push_back(quiet_paragraph("Not retrieved."));
  } else {
    section.blocks.push_back(std::move(received));
  }
  matrix(tallies, section.blocks);
  const Window window = window_of(lens);
  section.data = json::object{{"completeness", complete},
                              {"lookBack", json::object{{"from", window.first.date_text()},
                                                        {"to", window.last.date_text()}}},
                              {"channels", std::move(channels)},
                              {"sources", std::move(sources)}};
  return section;
}

namespace {

/// How good what each source sent is, as counts, and a grade that says the same at a glance.
Table quality_table(const Lens& lens, json::array& data) {
  Table table;
  table.caption = "Quality of the data, by source";
  table.columns = {column("Source", 0.6),
                   column("Grade", 0.6),
                   column("Facts", 0.6, Align::end),
                   column("Coded", 0.7, Align::end),
                   column("Dated", 0.7, Align::end),
                   column("Values with a range", 1.1, Align::end),
                   column("Sections, text alone", 1.1, Align::end),
                   column("Not placed", 0.8, Align::end)};
  const auto qualities = evidence::quality_of(lens.record());
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? std::string("–") : std::to_string(part * 100 / whole) + " %";
  };
  for (std::size_t i = 0; i < qualities.size(); ++i) {
    if (lens.outside(i) || lens.blocked(i)) continue;
    const evidence::SourceQuality& quality = qualities[i];
    const std::string grade(1, quality.grade());
    table.rows.push_back({row_header(Lens::source_name(i)), cell(grade == "-" ? "–" : grade),
                          number_cell(std::to_string(quality.facts)),
                          number_cell(share(quality.coded, quality.facts)),
                          number_cell(share(quality.dated, quality.facts)),
                          number_cell(share(quality.ranged, quality.measured)),
                          number_cell(share(quality.narrative_only, quality.sections)),
                          number_cell(std::to_string(quality.losses))});
    data.push_back(json::object{{"source", Lens::source_name(i)},
                                {"grade", grade},
                                {"facts", quality.facts},
                                {"coded", quality.coded},
                                {"dated", quality.dated},
                                {"measured", quality.measured},
                                {"ranged", quality.ranged},
                                {"sections", quality.sections},
                                {"narrativeOnly", quality.narrative_only},
                                {"documents", quality.documents},
                                {"losses", quality.losses}});
  }
  return table;
}

}  // namespace

std::size_t restricted_entries(const Lens& lens) {
  std::size_t restricted = 0;
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    for (const Item& item : lens.of(static_cast<Kind>(kind))) {
      if (!item.fact->sensitivity.empty() && item.fact->sensitivity != "N") ++restricted;
    }
  }
  return restricted;
}

Section notes_section(const Lens& lens) {
  Section section{"Data quality notes", "notes", "notes", {}, {}};
  const Unshown& unshown = lens.unshown();
  List list;
  json::array hidden;
  const auto note = [&](Wording text) { list.items.push_back({words(std::move(text)), 0, "•"}); };
  note(count_text(unshown.duplicates, "duplicate entry", "duplicate entries") +
       " of other sources or visits stand on the row of the entry that they repeat.");
  for (const auto& [reason, count] : unshown.hidden) {
    note(count_text(count, "entry", "entries") + " left out: " + reason + ".");
    hidden.push_back(json::object{{"reason", reason}, {"items", count}});
  }
  note(count_text(unshown.conflicts, "entry", "entries") + " marked as conflicts.");
  note(count_text(unshown.implausible, "implausible value") + ", shown and not used.");
  const std::size_t restricted = restricted_entries(lens);
  note(count_text(restricted, "entry", "entries") +
       " carry a confidentiality mark of their source; they are shown under the authorization of "
       "this order.");
  note("Dates have the precision of their source; times of day are the organization's own.");
  note(
      "Source tags are short: [S2 §7.25.1] is entry 25 of component 7 of source S2. The JSON form "
      "has the full place.");
  section.blocks.push_back(std::move(list));
  json::array qualities;
  if (Table table = quality_table(lens, qualities); !table.rows.empty()) {
    section.blocks.push_back(std::move(table));
    section.blocks.push_back(quiet_paragraph(
        "Grade: A when nine in ten facts are coded and nine in ten have a date of their own, B "
        "from "
        "seven in ten, C from four, else D; the lesser share decides. It is about the data's form, "
        "not about the person or the care."));
  }
  json::array losses;
  if (const auto lost = lens.losses(); !lost.empty()) {
    Table table;
    table.caption = "Parts of the sources that could not be placed";
    table.columns = {column("Source", 0.5), column("Where", 2.0), column("Reason", 2.5)};
    for (const evidence::Loss* loss : lost) {
      table.rows.push_back(
          {cell(Lens::source_name(loss->source)), cell(loss->locator), cell(loss->reason)});
      losses.push_back(json::object{{"source", Lens::source_name(loss->source)},
                                    {"locator", loss->locator},
                                    {"reason", loss->reason}});
    }
    section.blocks.push_back(std::move(table));
  }
  section.data =
      json::object{{"duplicates", unshown.duplicates}, {"hidden", std::move(hidden)},
                   {"conflicts", unshown.conflicts},   {"implausible", unshown.implausible},
                   {"restricted", restricted},         {"losses", std::move(losses)},
                   {"quality", std::move(qualities)}};
  return section;
}

namespace {

const char* format_word(evidence::SourceFormat format) {
  switch (format) {
    case evidence::SourceFormat::fhir_json:
      return "FHIR R4";
    case evidence::SourceFormat::fhir_ndjson:
      return "FHIR R4, NDJSON";
    case evidence::SourceFormat::ccda:
      return "C-CDA";
    case evidence::SourceFormat::pdf:
      return "PDF";
    case evidence::SourceFormat::tiff:
      return "scan (TIFF)";
    case evidence::SourceFormat::other:
      return "other";
  }
  return "";
}

}  // namespace

Section sources_section(const Lens& lens) {
  Section section{"Source index", "sources", "sources", {}, {}};
  Table table;
  table.caption = "What the tags in the rows lead to";
  table.columns = {column("Tag", 0.5),       column("Provider", 1.6),
                   column("Item", 1.6),      column("Kind", 0.9),
                   column("Retrieved", 1.1), column("SHA-256 of the item", 2.2)};
  json::array data;
  const auto& sources = lens.record().sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (lens.outside(i)) continue;
    const evidence::Source& source = sources[i];
    Cell tag = row_header(Lens::source_name(i));
    tag.anchor = Lens::source_anchor(i);
    table.rows.push_back(
        {std::move(tag), cell(source.provider_name),
         cell({plain(source.label), new_line(), muted(source.id)}),
         cell({plain(format_word(source.format)), new_line(), muted(source.channel)}),
         cell(date_time_text(source.retrieved_at)), cell({muted(source.sha256)})});
    data.push_back(json::object{{"source", Lens::source_name(i)},
                                {"id", source.id},
                                {"providerId", source.provider_id},
                                {"providerName", source.provider_name},
                                {"channel", source.channel},
                                {"format", format_word(source.format)},
                                {"mediaType", source.media_type},
                                {"label", source.label},
                                {"sha256", source.sha256},
                                {"retrievedAt", base::format_iso(source.retrieved_at)}});
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph("Not retrieved."));
  } else {
    section.blocks.push_back(std::move(table));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
