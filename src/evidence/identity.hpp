// Is this record about the applicant? The most important question of the product.
//
// Fields, weights and thresholds: docs/identity.md. Pure and deterministic; names are compared
// after Unicode folding, with nicknames and all previous names tried.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence {

enum class Verdict { accept, quarantine, reject };

/// How the record was reached: an applicant who logged in to a portal needs less agreement than an
/// answer from a network.
enum class Trust { portal, network };

struct IdentityDecision {
  Verdict verdict = Verdict::reject;
  int score = 0;
  std::vector<std::string> matched;  ///< names of agreeing fields, "date of birth"
  std::vector<std::string> partial;  ///< "given name (nickname)"
  std::vector<std::string> disagreed;
  std::string reason;  ///< a sentence without PHI: "birth dates differ"
};

/// Compares what was ordered with what a source says. `on` is the order's date (age and death).
[[nodiscard]] IdentityDecision match_identity(const Person& ordered, const Person& found,
                                              Trust trust, const base::Date& on);

/// Findings that cannot be true of this person, such as a pregnancy of a male; empty when there
/// are none. A non-empty answer turns an accept into a quarantine.
[[nodiscard]] std::string impossible_finding(const Person& ordered, const std::vector<Fact>& facts);

/// "muller", "o'brien" → comparable family or given name parts.
[[nodiscard]] std::vector<std::string> name_parts(const std::string& name);

/// The digits of a social security number that can tell people apart: nine, or four when only those
/// were sent ("6789"). Empty when it is masked ("XXX-XX-6789", "999-99-9999"), a known placeholder
/// or no such number: these never match anything.
[[nodiscard]] std::string usable_ssn(const std::string& text);

/// Jaro-Winkler similarity of two folded strings, 0 to 1.
[[nodiscard]] double jaro_winkler(const std::string& a, const std::string& b);

}  // namespace chartroom::evidence
