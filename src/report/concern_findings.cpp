#include "report/concern_findings.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/fact_rows.hpp"
#include "report/medicines.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

using evidence::Kind;

constexpr std::size_t kSnippetSide = 70;  // bytes around a match
constexpr std::size_t kMostSnippets = 20;

/// Kinds whose entries say that the person has or had something.
bool speaks_of_the_person(Kind kind, bool has_group) {
  if (kind == Kind::document) return false;  // words of notes are snippets, not entries
  if (!has_group) return true;               // the very words are worth a look wherever they stand
  return kind != Kind::family_history && kind != Kind::plan_of_care && kind != Kind::care_team &&
         kind != Kind::coverage && kind != Kind::medication && kind != Kind::immunization;
}

std::vector<Item> entries_of(const Lens& lens, const AskedCondition& asked) {
  std::vector<Item> found;
  for (std::size_t k = 0; k < evidence::kKindCount; ++k) {
    const auto kind = static_cast<Kind>(k);
    if (!speaks_of_the_person(kind, asked.mapped())) continue;
    for (const Item& item : lens.of(kind)) {
      // A number is a test, whatever it is called.
      if (asked.mapped() && item.analyte != nullptr && item.number) continue;
      if (speaks_of(*item.fact, asked)) found.push_back(item);
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

int rank_of(const AttentionRule* rule) {
  return rule == nullptr ? 0 : static_cast<int>(rule->level);
}

/// Of each analyte the newest value and, where another one is worse, the worst.
std::vector<Item> tests_of(const Lens& lens, const Concern& group) {
  std::vector<Item> found;
  for (const std::string& id : group.analytes) {
    const evidence::Analyte* analyte = evidence::find_analyte_by_id(id);
    if (analyte == nullptr || analyte->loinc.front().empty()) continue;
    const std::vector<Item> all = lens.of_loinc(std::string(analyte->loinc.front()).c_str());
    if (all.empty()) continue;
    const Item* worst = &all.front();
    for (const Item& item : all) {
      if (rank_of(rule_reached(lens, item)) > rank_of(rule_reached(lens, *worst))) worst = &item;
    }
    found.push_back(all.front());
    if (worst->index != all.front().index) found.push_back(*worst);
  }
  return found;
}

std::string snippet_of(const std::string& text, std::size_t at, std::size_t length) {
  std::size_t from = at > kSnippetSide ? at - kSnippetSide : 0;
  std::size_t to = std::min(text.size(), at + length + kSnippetSide);
  const auto inside = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (from > 0 && inside(from)) --from;
  while (inside(to)) ++to;
  std::string out = (from > 0 ? "…" : "") + text.substr(from, to - from);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return to < text.size() ? out + "…" : out;
}

std::optional<std::size_t> first_match(const std::string& lower, const std::string& word) {
  for (auto at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
    const std::size_t from = at > 0 ? at - 1 : 0;
    if (holds_words(std::string_view(lower).substr(from, word.size() + 3), word)) return at;
  }
  return std::nullopt;
}

std::vector<Snippet> snippets_of(const Lens& lens, const AskedCondition& asked) {
  if (asked.group != nullptr && !asked.codes) return snippets_with(lens, asked.group->words);
  return snippets_with(lens, {base::to_lower_ascii(base::trim(asked.text))});
}

bool reaches(const AttentionRule& rule, const Lens& lens, const Item& item) {
  if (rule.analyte != item.analyte || !item.number) return false;
  if (!rule.sex.empty() && rule.sex != lens.sex()) return false;
  if (rule.age_from || rule.age_below) {
    const auto& birth = lens.record().applicant.birth_date;
    if (!birth || !item.fact->when.known()) return false;
    const int age = base::age_in_years(*birth, base::Date::from(item.fact->when.value));
    if (rule.age_from && age < *rule.age_from) return false;
    if (rule.age_below && age >= *rule.age_below) return false;
  }
  const auto bound = parse_number(rule.value);
  return bound && (rule.above ? *item.number >= *bound : *item.number < *bound);
}

}  // namespace

std::vector<Snippet> snippets_with(const Lens& lens, const std::vector<std::string>& words) {
  std::vector<Snippet> found;
  for (const Item& item : lens.of(Kind::document)) {
    if (item.fact->narrative.empty()) continue;
    const std::string text = narrative_text(item.fact->narrative);
    const std::string lower = base::to_lower_ascii(text);
    std::optional<std::size_t> first;
    std::size_t length = 0;
    for (const std::string& word : words) {
      if (word.empty()) continue;
      const auto at = first_match(lower, word);
      if (!at || (first && *at >= *first)) continue;
      first = at;
      length = word.size();
    }
    if (!first) continue;
    const std::string around = snippet_of(text, *first, length);
    const auto same = std::find_if(found.begin(), found.end(),
                                   [&](const Snippet& each) { return each.text == around; });
    if (same != found.end()) {
      ++same->notes;
    } else if (found.size() < kMostSnippets) {
      found.push_back({item, *first, around, 1});
    }
  }
  return found;
}

const char* answer_word(Answer answer) {
  switch (answer) {
    case Answer::found:
      return "found";
    case Answer::suggested:
      return "suggested";
    case Answer::not_found:
      return "not found";
    case Answer::not_assessable:
      return "not assessable";
  }
  return "";
}

const AttentionRule* rule_reached(const Lens& lens, const Item& item) {
  if (item.analyte == nullptr || !item.number || !item.fact->implausible.empty()) return nullptr;
  const AttentionRule* reached = nullptr;
  for (const AttentionRule& rule : lens.levels()) {
    // Of two rules of one level the later one of the table is the farther.
    if (rank_of(&rule) >= rank_of(reached) && reaches(rule, lens, item)) reached = &rule;
  }
  return reached;
}

Tone tone_of_level(evidence::Attention level) {
  switch (level) {
    case evidence::Attention::red:
      return Tone::alert;
    case evidence::Attention::amber:
      return Tone::caution;
    case evidence::Attention::note:
    case evidence::Attention::none:
      break;
  }
  return Tone::none;
}

std::size_t sources_read(const Lens& lens) {
  using Status = evidence::SourceOutcome::Status;
  const auto outcomes = lens.outcomes();
  return static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(), [](const auto* outcome) {
        return outcome->status == Status::read || outcome->status == Status::empty;
      }));
}

std::vector<Item> medicines_named(const Lens& lens, const std::vector<std::string>& ingredients) {
  std::vector<Item> found;
  for (const Item& item : lens.of(Kind::medication)) {
    if (!item.fact->negated && names_ingredient(*item.fact, ingredients)) found.push_back(item);
  }
  return found;
}

Findings findings_for(const Lens& lens, const AskedCondition& asked) {
  Findings findings;
  if (!lens.anything_read()) {
    findings.answer = Answer::not_assessable;
    return findings;
  }
  findings.entries = entries_of(lens, asked);
  findings.notes = snippets_of(lens, asked);
  bool abnormal = false;
  if (asked.group != nullptr) {
    findings.medicines = medicines_named(lens, asked.group->medicines);
    findings.tests = tests_of(lens, *asked.group);
    abnormal = std::any_of(findings.tests.begin(), findings.tests.end(), [&](const Item& item) {
      const AttentionRule* rule = rule_reached(lens, item);
      return rule != nullptr && rule->level >= evidence::Attention::amber;
    });
  }
  if (!findings.entries.empty()) {
    findings.answer = Answer::found;
  } else if (abnormal || !findings.medicines.empty() || !findings.notes.empty()) {
    findings.answer = Answer::suggested;
  }
  return findings;
}

}  // namespace chartroom::report
