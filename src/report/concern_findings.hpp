// What a record holds on one condition: entries, medicines, tests, words in notes.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/concerns.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// Words of a note around a match.
struct Snippet {
  Item note;
  std::size_t offset = 0;  ///< in bytes, of the match in narrative_text() of the note
  std::string text;
  std::size_t notes = 1;  ///< that say the very same, this one being the newest
};

/// Where one of the words (lower case) first stands in each note; notes that say the same count
/// once. Newest first.
[[nodiscard]] std::vector<Snippet> snippets_with(const Lens& lens,
                                                 const std::vector<std::string>& words);

/// How much a record says of a condition.
enum class Answer {
  found,           ///< entries name it
  suggested,       ///< medicines, tests or notes alone
  not_found,       ///< records were read, and nothing speaks of it
  not_assessable,  ///< nothing was read
};
[[nodiscard]] const char* answer_word(Answer answer);

struct Findings {
  std::vector<Item> entries;    ///< problems, visits, procedures, results in words; newest first
  std::vector<Item> medicines;  ///< newest first
  std::vector<Item> tests;      ///< newest and worst value of each analyte of the group
  std::vector<Snippet> notes;   ///< the first words that match in each note
  Answer answer = Answer::not_found;
};

/// Everything on one condition. Family history is left out: it is about somebody else.
[[nodiscard]] Findings findings_for(const Lens& lens, const AskedCondition& asked);

/// Medications whose name holds one of the ingredients ("~pril" is an ending), newest first.
[[nodiscard]] std::vector<Item> medicines_named(const Lens& lens,
                                                const std::vector<std::string>& ingredients);

/// The strongest level that a measurement reaches by lens.levels(); null when it reaches none.
/// Belongs to the lens.
[[nodiscard]] const AttentionRule* rule_reached(const Lens& lens, const Item& item);
/// Colour of a level.
[[nodiscard]] Tone tone_of_level(evidence::Attention level);

/// "3 sources" that were read for this answer.
[[nodiscard]] std::size_t sources_read(const Lens& lens);

}  // namespace chartroom::report
