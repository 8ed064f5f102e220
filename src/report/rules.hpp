// The rule tables of the reports: data with a version, each threshold with its source.
//
// The tables are rules/concept_groups.json and rules/attention.json, compiled into the program.
// None of them is an underwriting decision; reports name the rule that speaks and its evidence.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/terms.hpp"

namespace chartroom::report {

/// One group of things that an order may ask about. A text belongs to it when it holds one of
/// `words`; a fact also when one of its codes begins with one of `icd10` or `icd9`.
struct Concern {
  std::string id;
  std::string name;
  std::vector<std::string> words;       ///< folded
  std::vector<std::string> icd10;       ///< beginnings of ICD-10-CM codes, upper case
  std::vector<std::string> icd9;        ///< beginnings of ICD-9-CM codes
  std::vector<std::string> medicines;   ///< ingredients; "~pril" is an ending
  std::vector<std::string> implies;     ///< those that are hardly given without the condition
  std::vector<std::string> analytes;    ///< ids of evidence::Analyte
  std::vector<std::string> procedures;  ///< folded beginnings of words
};

/// A level from which a measurement deserves the reader's eye.
struct AttentionRule {
  std::string id;
  std::string text;
  std::string source;
  const evidence::Analyte* analyte = nullptr;  ///< null in a rule about a course
  std::string value;
  bool above = true;  ///< at or above `value`; else below it
  evidence::Attention level = evidence::Attention::none;
  std::string sex;              ///< empty: both
  std::optional<int> age_from;  ///< years, on the day of the measurement
  std::optional<int> age_below;
};

struct Rules {
  std::string groups_version;
  std::string attention_version;
  std::vector<Concern> groups;
  std::vector<AttentionRule> measurements;
  std::vector<AttentionRule> courses;  ///< rules that code computes, by id

  /// The rule about a course. It must exist.
  [[nodiscard]] const AttentionRule& course(std::string_view id) const;
};

/// Read once, on first use; safe from any thread.
[[nodiscard]] const Rules& rules();

/// "2026.2 (concept groups), 2026.2 (levels), 2026.1 (terms)": what reports print.
[[nodiscard]] std::string rules_version();

/// "red", "amber", "note"
[[nodiscard]] const char* level_word(evidence::Attention level);

}  // namespace chartroom::report
