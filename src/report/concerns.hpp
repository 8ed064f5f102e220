// Conditions of concern: what an order asks about, as groups of words and ICD-10-CM categories.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/model.hpp"

namespace chartroom::report {

/// Version of the table below; reports name it.
inline constexpr std::string_view kConcernsVersion = "2026.1";

/// One group. An order's text belongs to it when it equals, or contains as whole words, one of
/// `words`, or is an ICD-10-CM code of `icd10`. A fact belongs to it when its text holds one of
/// `words`, or one of its ICD-10-CM codes begins with one of `icd10`.
struct Concern {
  std::string_view id;
  std::string_view name;
  std::vector<std::string_view> words;  ///< folded
  std::vector<std::string_view> icd10;  ///< beginnings of codes, upper case
};

/// The group of an order's text; null when no group fits and only the text itself can be searched.
[[nodiscard]] const Concern* find_concern(const std::string& asked);

/// Whether the fact speaks of the group (or, with a null group, holds the asked words). Negated
/// facts and statements such as "never smoked" do not.
[[nodiscard]] bool speaks_of(const evidence::Fact& fact, const Concern* concern,
                             const std::string& asked);

}  // namespace chartroom::report
