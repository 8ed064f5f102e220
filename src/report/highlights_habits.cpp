// Alcohol and drugs over time: what was said, and what contradicts it. Tobacco has its own section.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <map>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

enum class Stance { affirms, denies };

struct Statement {
  Item item;
  Stance stance = Stance::affirms;
};

bool is_denial(const evidence::Fact& fact, std::string_view text) {
  static constexpr std::array<std::string_view, 7> kWords = {
      "never", "denies", "no", "none", "negative", "not", "non-drinker"};
  if (fact.negated) return true;
  const std::string value = base::fold(fact.value.raw);
  if (value == "no" || value == "0" || value == "false") return true;
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return holds_words(text, word); });
}

/// Everything that names the habit, whether it affirms or denies it; notes are left to themselves.
std::vector<Statement> statements_on(const Lens& lens, const Concern& group) {
  std::vector<Statement> found;
  for (const auto kind : {Kind::social_history, Kind::problem, Kind::result, Kind::procedure,
                          Kind::functional_status, Kind::encounter}) {
    for (const Item& item : lens.of(kind)) {
      const std::string text = folded_text(*item.fact);
      const bool by_analyte = item.analyte != nullptr &&
                              (item.analyte->group == group.id || item.analyte->id == "audit_c") &&
                              group.id == "alcohol";
      const bool named =
          std::any_of(group.words.begin(), group.words.end(),
                      [&](const std::string& word) { return holds_words(text, word); });
      if (!by_analyte && !named && !speaks_of_group(*item.fact, text, group)) continue;
      found.push_back({item, is_denial(*item.fact, text) ? Stance::denies : Stance::affirms});
    }
  }
  for (const Item& item : medicines_named(lens, group.implies)) {
    found.push_back({item, Stance::affirms});
  }
  std::sort(found.begin(), found.end(),
            [](const Statement& a, const Statement& b) { return newer_first(a.item, b.item); });
  return found;
}

struct Repeated {
  const Statement* newest = nullptr;
  const Statement* oldest = nullptr;
  std::size_t count = 0;
};

std::vector<Repeated> without_repetition(const std::vector<Statement>& statements) {
  std::vector<Repeated> rows;
  std::map<std::string, std::size_t> by_words;
  for (const Statement& statement : statements) {
    const std::string key = statement.item.fact->text + "\n" + value_line(statement.item);
    const auto [at, is_new] = by_words.emplace(key, rows.size());
    if (is_new) rows.push_back({&statement, &statement, 0});
    rows[at->second].oldest = &statement;
    ++rows[at->second].count;
  }
  return rows;
}

Table statement_table(const Lens& lens, const std::vector<Statement>& statements,
                      const std::string& name) {
  Table table;
  table.caption = name + ": statements, newest first; repeated ones on one row";
  table.columns = {column("Last", 0.8),  column("First", 0.8), column("Kind", 1.1),
                   column("Entry", 2.6), column("Says", 0.7),  column("Times", 0.5, Align::end),
                   source_column()};
  for (const Repeated& row : without_repetition(statements)) {
    const Item& item = row.newest->item;
    std::string entry = item.fact->text;
    if (const std::string value = value_line(item); !value.empty()) entry += ": " + value;
    const bool affirms = row.newest->stance == Stance::affirms;
    table.rows.push_back({cell(date_or_undated(item.fact->when)),
                          cell(date_or_undated(row.oldest->item.fact->when)),
                          cell(evidence::section_title(item.fact->kind)), cell(entry),
                          cell(affirms ? "use" : "none", affirms ? Tone::caution : Tone::none),
                          number_cell(std::to_string(row.count)), cell(lens.tags(item))});
  }
  return table;
}

Table note_table(const Lens& lens, const std::vector<Snippet>& notes, const std::string& name) {
  Table table;
  table.caption = name + ": words of notes, newest first";
  table.columns = {column("Date", 0.8), column("Note", 1.2), column("Words", 3.4),
                   column("Notes", 0.5, Align::end), source_column()};
  for (const Snippet& note : notes) {
    table.rows.push_back({cell(date_or_undated(note.note.fact->when)), cell(note.note.fact->text),
                          cell(note.text), number_cell(std::to_string(note.notes)),
                          cell(lens.tags(note.note))});
  }
  return table;
}

json::array notes_json(const Lens& lens, const std::vector<Snippet>& notes) {
  json::array made;
  for (const Snippet& note : notes) {
    made.push_back(json::object{{"text", note.text},
                                {"offset", note.offset},
                                {"notes", note.notes},
                                {"sources", sources_json(lens.all_sources(note.note))}});
  }
  return made;
}

/// The newest statement denies what another one of the last five years affirms.
std::vector<Item> contradictions(const Lens& lens, const std::vector<Statement>& statements) {
  std::vector<Item> found;
  if (statements.empty() || statements.front().stance != Stance::denies) return found;
  const base::TimePoint from = months_before(lens.as_of(), 60);
  for (const Statement& statement : statements) {
    const evidence::When& when = statement.item.fact->when;
    if (statement.stance == Stance::affirms && (!when.known() || when.value >= from)) {
      found.push_back(statement.item);
    }
  }
  return found;
}

std::vector<Item> items_of(const std::vector<Statement>& statements) {
  std::vector<Item> items;
  for (const Statement& statement : statements) items.push_back(statement.item);
  return items;
}

}  // namespace

Section habits_section(const Lens& lens) {
  Section section{"Alcohol and drugs", "habits", "alcoholAndDrugs", {}, {}};
  json::object data;
  for (const Concern& group : rules().groups) {
    if (group.id != "alcohol" && group.id != "drugs") continue;
    const std::vector<Statement> statements = statements_on(lens, group);
    const std::vector<Item> against = contradictions(lens, statements);
    section.blocks.push_back(heading(3, group.name, "habits-" + group.id));
    const std::vector<Snippet> notes = snippets_with(lens, group.words);
    if (statements.empty() && notes.empty()) {
      section.blocks.push_back(quiet_paragraph(lens.empty_text()));
    } else if (!statements.empty()) {
      if (!against.empty()) {
        section.blocks.push_back(callout(
            Tone::alert, "Contradiction",
            "The newest statement says none; " + count_text(against.size(), "entry", "entries") +
                " of the last five years (or without a date) say otherwise."));
      }
      section.blocks.push_back(statement_table(lens, statements, group.name));
    }
    if (!notes.empty()) section.blocks.push_back(note_table(lens, notes, group.name));
    data[group.id] = json::object{{"statements", facts_json(lens, items_of(statements))},
                                  {"notes", notes_json(lens, notes)},
                                  {"contradictions", facts_json(lens, against)}};
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
