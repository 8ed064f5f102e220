// "Conditions of concern": each one that the order asks about, with its answer and evidence.
#include <algorithm>
#include <boost/json/array.hpp>

#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

constexpr std::size_t kRowsShown = 12;  // of each kind of evidence; the JSON form has all

std::string meaning_of(const AskedCondition& asked) {
  std::string text;
  if (asked.codes) {
    text = "ICD-10-CM " + asked.codes->first +
           (asked.codes->first == asked.codes->last ? "" : " to " + asked.codes->last);
  }
  if (asked.group != nullptr) text += (text.empty() ? "" : ", ") + asked.group->name;
  return text.empty() ? "not mapped: searched as it stands" : text;
}

std::string answer_text(const Lens& lens, const Findings& findings) {
  switch (findings.answer) {
    case Answer::found:
      return "Found: " + count_text(findings.entries.size(), "entry", "entries");
    case Answer::suggested:
      return "Not named, but suggested by " + std::string(!findings.medicines.empty() ? "medicines"
                                                          : !findings.notes.empty()
                                                              ? "words of notes"
                                                              : "tests");
    case Answer::not_found:
      return "Not found in " + count_text(sources_read(lens), "source");
    case Answer::not_assessable:
      return "Not assessable: no source was read";
  }
  return {};
}

Tone answer_tone(Answer answer) {
  if (answer == Answer::found) return Tone::caution;
  return answer == Answer::not_found ? Tone::none : Tone::muted;
}

evidence::When first_of(const Findings& findings) {
  evidence::When first;
  for (const Item& item : findings.entries) {
    if (item.fact->when.known()) first = item.fact->when;  // newest first: the last one is oldest
  }
  return first;
}

std::vector<evidence::SourceRef> refs_of(const Lens& lens, const std::vector<Item>& items) {
  std::vector<evidence::SourceRef> refs;
  for (const Item& item : items) {
    for (const auto& ref : lens.all_sources(item)) {
      if (std::find(refs.begin(), refs.end(), ref) == refs.end()) refs.push_back(ref);
    }
  }
  return refs;
}

Spans entry_spans(const Item& item) {
  Spans spans{plain(item.number ? test_name(item) : item.fact->text)};
  if (const std::string value = value_line(item); !value.empty()) {
    spans.push_back(plain(": " + value));
  }
  if (const std::string codes = codes_text(item.fact->codes); !codes.empty() && !item.number) {
    append(spans, {new_line(), muted(codes)});
  }
  return spans;
}

void add_rows(const Lens& lens, const std::vector<Item>& items, const char* kind, Table& table) {
  for (std::size_t i = 0; i < items.size() && i < kRowsShown; ++i) {
    const Item& item = items[i];
    const AttentionRule* rule = rule_reached(lens, item);
    table.rows.push_back(
        {cell(date_or_undated(item.fact->when)),
         cell(kind == nullptr ? evidence::section_title(item.fact->kind) : kind),
         cell(entry_spans(item), rule == nullptr ? Tone::none : tone_of_level(rule->level)),
         cell(item.fact->status), cell(lens.tags(item))});
  }
  if (items.size() > kRowsShown) {
    Cell more = cell({muted("and " + std::to_string(items.size() - kRowsShown) + " more")});
    more.column_span = 5;
    table.rows.push_back({std::move(more)});
  }
}

Table evidence_table(const Lens& lens, const std::string& asked, const Findings& findings) {
  Table table;
  table.caption = "Evidence on \"" + asked + "\"";
  table.columns = {column("Date", 0.9), column("Kind", 1.0), column("Entry", 3.0),
                   column("Status", 0.9), source_column()};
  add_rows(lens, findings.entries, nullptr, table);
  add_rows(lens, findings.medicines, "Medicine", table);
  add_rows(lens, findings.tests, "Test", table);
  for (std::size_t i = 0; i < findings.notes.size() && i < kRowsShown; ++i) {
    const Snippet& note = findings.notes[i];
    std::string where = note.note.fact->text + ", at character " + std::to_string(note.offset);
    if (note.notes > 1) where += "; the same in " + count_text(note.notes, "note");
    table.rows.push_back({cell(date_or_undated(note.note.fact->when)), cell("Note"),
                          cell({plain(note.text), new_line(), muted(where)}), cell(""),
                          cell(lens.tags(note.note))});
  }
  return table;
}

json::object findings_json(const Lens& lens, const AskedCondition& asked,
                           const Findings& findings) {
  json::array notes;
  for (const Snippet& note : findings.notes) {
    notes.push_back(json::object{{"text", note.text},
                                 {"offset", note.offset},
                                 {"notes", note.notes},
                                 {"note", note.note.fact->text},
                                 {"sources", sources_json(lens.all_sources(note.note))}});
  }
  json::object made{
      {"condition", asked.text},
      {"group", asked.group == nullptr ? json::value(nullptr) : json::value(asked.group->name)},
      {"groupId", asked.group == nullptr ? json::value(nullptr) : json::value(asked.group->id)},
      {"mapped", asked.mapped()},
      {"answer", answer_word(findings.answer)},
      {"entries", findings.entries.size()},
      {"sources", sources_json(refs_of(lens, findings.entries))}};
  if (const evidence::When first = first_of(findings); first.known()) {
    made["first"] = first.date_text();
    made["last"] = findings.entries.front().fact->when.date_text();
  }
  made["evidence"] = json::object{{"entries", facts_json(lens, findings.entries)},
                                  {"medicines", facts_json(lens, findings.medicines)},
                                  {"tests", facts_json(lens, findings.tests)},
                                  {"notes", std::move(notes)}};
  return made;
}

std::vector<Cell> overview_row(const Lens& lens, const AskedCondition& asked,
                               const Findings& findings) {
  Spans name{strong(asked.text)};
  append(name, {new_line(), muted("as " + meaning_of(asked))});
  const evidence::When first = first_of(findings);
  Spans answer{plain(answer_text(lens, findings))};
  if (!findings.entries.empty()) {
    append(answer, {new_line(), muted("newest: " + findings.entries.front().fact->text)});
  }
  return {
      cell(std::move(name)), cell(std::move(answer), answer_tone(findings.answer)),
      cell(first.known() ? first.date_text() : "–"),
      cell(findings.entries.empty() ? "–" : date_or_undated(findings.entries.front().fact->when)),
      cell(lens.tags(refs_of(lens, findings.entries)))};
}

}  // namespace

Section concerns_section(const Lens& lens) {
  Section section{"Conditions of concern", "concerns", "conditionsOfConcern", {}, {}};
  json::array data;
  if (lens.context().conditions.empty()) {
    section.blocks.push_back(quiet_paragraph("None were asked for in the order."));
    section.data = std::move(data);
    return section;
  }
  Table table;
  table.caption = "Asked for in the order";
  table.columns = {column("Condition", 1.7), column("Answer", 2.4), column("First", 0.8),
                   column("Last", 0.8), source_column()};
  std::vector<Block> details;
  for (const std::string& text : lens.context().conditions) {
    const AskedCondition asked = read_condition(text);
    const Findings findings = findings_for(lens, asked);
    table.rows.push_back(overview_row(lens, asked, findings));
    data.push_back(findings_json(lens, asked, findings));
    if (!asked.mapped()) {
      section.blocks.push_back(callout(
          Tone::caution, "Not mapped",
          "\"" + text + "\" belongs to no group that we know. It was searched for as it stands."));
    }
    Table evidence = evidence_table(lens, text, findings);
    if (!evidence.rows.empty()) details.push_back(std::move(evidence));
  }
  section.blocks.push_back(std::move(table));
  append(section.blocks, std::move(details));
  section.blocks.push_back(quiet_paragraph(
      "Found by words and codes of the group that the ordered text belongs to (concept groups " +
      rules().groups_version +
      "). Medicines and tests are shown as what may go with it. Nothing found is no proof of "
      "absence."));
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
