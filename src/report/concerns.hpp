// Conditions of concern: what an order asks about, and which facts speak of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/model.hpp"
#include "report/rules.hpp"

namespace chartroom::report {

/// A code or a range of categories of ICD-10-CM: "I25", "j44.1", "E10-E14".
struct CodeRange {
  std::string first;  ///< upper case
  std::string last;   ///< equal to `first` for one code; all codes that begin with it belong
  [[nodiscard]] bool holds(std::string_view code) const;
};

/// What the text of an order means. Without a group and codes only the text itself can be searched.
struct AskedCondition {
  std::string text;                ///< as ordered
  const Concern* group = nullptr;  ///< into rules(); null: none fits
  std::optional<CodeRange> codes;  ///< the text is a code or a range
  [[nodiscard]] bool mapped() const { return group != nullptr || codes.has_value(); }
};

/// Reads the text of an order: a code, a range of codes, or words, synonyms and abbreviations.
[[nodiscard]] AskedCondition read_condition(const std::string& asked);

/// The group of an order's text; null when no group fits and only the text itself can be searched.
[[nodiscard]] const Concern* find_concern(const std::string& asked);

/// Words of a fact, folded: its text, value, displays of codes and attributes.
[[nodiscard]] std::string folded_text(const evidence::Fact& fact);

/// True when `words` stand in `text` as whole words; a long word or a plural may have an ending.
/// Both are folded.
[[nodiscard]] bool holds_words(std::string_view text, std::string_view words);

/// Whether the fact speaks of the group. Negated facts and statements such as "never smoked" do
/// not. `text` is folded_text(fact), for whoever asks about many groups.
[[nodiscard]] bool speaks_of_group(const evidence::Fact& fact, std::string_view text,
                                   const Concern& group);

/// Whether the fact speaks of what was asked: by group, by code, or by the words themselves.
[[nodiscard]] bool speaks_of(const evidence::Fact& fact, const AskedCondition& asked);
/// The same for a group, or for the asked words with a null group.
[[nodiscard]] bool speaks_of(const evidence::Fact& fact, const Concern* concern,
                             const std::string& asked);

}  // namespace chartroom::report
