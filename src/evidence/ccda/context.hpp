// What every reader of this room shares while one document is read.
//
// Locators. Header elements: relative to ClinicalDocument ("recordTarget[1]",
// "componentOf/encompassingEncounter"). Everything in the body: relative to
// ClinicalDocument/component/structuredBody, every repeatable step with its place among its
// siblings of that name, from 1:
// "component[3]/section/entry[2]/act/entryRelationship[1]/observation".
#pragma once

#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "evidence/model.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence::ccda {

/// Limits of what one document may turn into. Beyond them a Loss says so.
inline constexpr std::size_t kFacts = 100'000;
inline constexpr std::size_t kLosses = 10'000;
/// Names, instructions and other short texts, in bytes.
inline constexpr std::size_t kShortText = 4'000;
/// What many facts inherit: names of people, organisations and panels, in bytes.
inline constexpr std::size_t kInheritedText = 300;
/// Narrative elements that are looked at for one short text.
inline constexpr std::size_t kShortTextElements = 20'000;
/// Sections and statements within each other.
inline constexpr std::size_t kNesting = 24;
/// Text and images that references may repeat, in bytes of one document all together.
inline constexpr std::size_t kReferencedBytes = std::size_t{64} * 1024 * 1024;

/// What a section is about; decides how entries without a known template are read.
enum class Section {
  unknown,
  problems,
  encounter_diagnoses,
  medications,
  allergies,
  results,
  vitals,
  procedures,
  encounters,
  immunizations,
  social,
  family,
  functional,
  mental,
  plan,
  goals,
  concerns,
  equipment,
  payers,
  care_team,
  notes,
  directives,
  findings
};

/// What an entry inherits from what stands around it (context conduction, CDA R2 §4.4).
struct Scope {
  Section section = Section::unknown;
  std::string sensitivity;
  std::string author;
  std::string organization;
  std::string encounter_ref;       ///< of the encounter that the entry stands in
  std::string document_encounter;  ///< of the encompassing encounter
  std::string group_id;
  std::string group_text;
  std::string category;
  std::string specimen;   ///< of the panel
  std::size_t depth = 0;  ///< sections and statements around this one
  When time;              ///< of the organizer, else of the encompassing encounter
};

/// A clinical statement and where it stands.
struct Statement {
  pugi::xml_node node;
  std::string locator;
};

class Context {
 public:
  /// Both must outlive the context.
  Context(pugi::xml_node document, Reading& reading);

  void add(Fact fact);
  void lose(std::string locator, std::string reason);
  /// Facts and losses so far: what leaves it as it was has been passed over in silence.
  [[nodiscard]] std::size_t produced() const {
    return reading_.facts.size() + reading_.losses.size();
  }

  /// The element with this ID attribute; empty node when there is none. A leading '#' is ignored.
  [[nodiscard]] pugi::xml_node by_id(std::string_view id) const;
  /// What a <reference value="#…"/> in `node` points to; empty node when there is no reference.
  [[nodiscard]] pugi::xml_node referenced(pugi::xml_node node) const;
  /// The text of an ED or ST element: its own, or that of the narrative it refers to; of a cell
  /// that holds no more than a date, the words of its row. White space is collapsed, and the text
  /// cut at kShortText bytes.
  [[nodiscard]] std::string text_of(pugi::xml_node node) const;
  /// Takes from the allowance for repeated content; false when it is used up.
  [[nodiscard]] bool spend(std::size_t bytes);

 private:
  void index_ids(pugi::xml_node node);

  Reading& reading_;
  std::unordered_map<std::string_view, pugi::xml_node> ids_;
  std::size_t spent_ = 0;
  bool facts_full_ = false;
};

/// Text below `node` in one line, at most `limit` bytes, never cut inside of a character.
[[nodiscard]] std::string flat_text(pugi::xml_node node, std::size_t limit = kShortText);

/// At most `limit` bytes of `text`, cut between two characters.
[[nodiscard]] std::string cut(std::string text, std::size_t limit);

/// True when `node` has this template root, whatever the extension (date) of the template.
[[nodiscard]] bool has_template(pugi::xml_node node, std::string_view root);

/// First child of that name which is not a nullFlavor; empty node otherwise.
[[nodiscard]] pugi::xml_node present_child(pugi::xml_node node, const char* name);

/// Calls `visit` with every clinical statement below elements named `relation`.
void each_related(const Statement& parent, const char* relation,
                  const std::function<void(pugi::xml_node link, const Statement&)>& visit);

/// The clinical statement (act, observation, …) directly below an entry, entryRelationship or
/// component; empty node when there is none.
[[nodiscard]] pugi::xml_node statement_below(pugi::xml_node link);

/// A fact with what all facts have: source, inherited context, author, performer, time.
/// `infer_time`: take the organizer's or encounter's time when there is none of its own.
[[nodiscard]] Fact start_fact(const Scope& scope, const Statement& statement, Kind kind,
                              bool infer_time);

/// "R" or "V" when the element itself is marked so, by its confidentialityCode or by an HL7 DS4P
/// privacy annotation; else what is inherited.
[[nodiscard]] std::string sensitivity_of(pugi::xml_node node, const std::string& inherited);

/// `scope` as it is for what lies within `statement`.
[[nodiscard]] Scope within(const Scope& scope, const Statement& statement);

/// Name of the person, else of the device or organisation, of an author, performer or informant.
[[nodiscard]] std::string participant_name(pugi::xml_node participation);
[[nodiscard]] std::string participant_organization(pugi::xml_node participation);
/// "Jane A. Doe" of a PN or ON element.
[[nodiscard]] std::string name_text(pugi::xml_node name);

}  // namespace chartroom::evidence::ccda
