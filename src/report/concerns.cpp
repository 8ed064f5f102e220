#include "report/concerns.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace chartroom::report {
namespace {

constexpr std::size_t kLongWord = 6;  // from this length on a word may have an ending

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string upper_case(std::string_view text) {
  std::string upper(base::trim(text));
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

/// "I25", "I25.10", "M1A": a letter, a digit, a digit or letter, and what may follow a point.
bool is_code(std::string_view text) {
  if (text.size() < 3 || text.size() > 8) return false;
  if (text[0] < 'A' || text[0] > 'Z' || !is_digit(text[1]) ||
      std::isalnum(static_cast<unsigned char>(text[2])) == 0) {
    return false;
  }
  return text.size() == 3 || (text[3] == '.' && text.size() > 4 &&
                              std::all_of(text.begin() + 4, text.end(), [](char c) {
                                return std::isalnum(static_cast<unsigned char>(c)) != 0;
                              }));
}

std::optional<CodeRange> read_codes(const std::string& asked) {
  std::string upper = upper_case(asked);
  // An en dash is a hyphen that somebody's editor made beautiful.
  for (auto at = upper.find("–"); at != std::string::npos; at = upper.find("–")) {
    upper.replace(at, std::string_view("–").size(), "-");
  }
  if (is_code(upper)) return CodeRange{upper, upper};
  const auto hyphen = upper.find('-');
  if (hyphen == std::string::npos) return std::nullopt;
  const std::string first(base::trim(std::string_view(upper).substr(0, hyphen)));
  const std::string last(base::trim(std::string_view(upper).substr(hyphen + 1)));
  if (!is_code(first) || !is_code(last) || last < first) return std::nullopt;
  return CodeRange{first, last};
}

bool is_icd10(const evidence::Code& code) {
  return code.system.find("icd-10") != std::string::npos;
}
bool is_icd9(const evidence::Code& code) { return code.system.find("icd-9") != std::string::npos; }

bool begins_with_one(const std::string& code, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return code.starts_with(beginning); });
}

const Concern* group_of_codes(const CodeRange& codes) {
  for (const Concern& group : rules().groups) {
    for (const std::string& beginning : group.icd10) {
      if (codes.first.starts_with(beginning) || codes.holds(beginning)) return &group;
    }
  }
  return nullptr;
}

/// Of a habit the charts also say that somebody never had it.
bool denies(const Concern& group, std::string_view text) {
  const bool habit = group.id == "tobacco" || group.id == "alcohol" || group.id == "drugs";
  return habit && (holds_words(text, "never") || holds_words(text, "denies") ||
                   holds_words(text, "non-smoker") || holds_words(text, "nonsmoker"));
}

bool holds_literally(const evidence::Fact& fact, const std::string& asked) {
  if (fact.negated) return false;
  const std::string words = base::fold(base::trim(asked));
  if (words.empty()) return false;
  const bool as_code =
      std::any_of(fact.codes.begin(), fact.codes.end(), [&](const evidence::Code& code) {
        return base::equals_ignoring_case_ascii(code.code, base::trim(asked));
      });
  return as_code || folded_text(fact).find(words) != std::string::npos;
}

}  // namespace

bool CodeRange::holds(std::string_view code) const {
  return code >= first && (code <= last || code.starts_with(last));
}

bool holds_words(std::string_view text, std::string_view words) {
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    const bool begins = at == 0 || !is_word_character(text[at - 1]);
    if (!begins) continue;
    const auto end = at + words.size();
    // A plural, or another ending of a long word, is the same word.
    const bool plural = end < text.size() && text[end] == 's' &&
                        (end + 1 >= text.size() || !is_word_character(text[end + 1]));
    if (end >= text.size() || !is_word_character(text[end]) || words.size() >= kLongWord ||
        plural) {
      return true;
    }
  }
  return false;
}

std::string folded_text(const evidence::Fact& fact) {
  std::string text = fact.text + " " + fact.value.raw;
  for (const evidence::Code& code : fact.codes) text += " " + code.display;
  for (const evidence::Attribute& attribute : fact.attributes) text += " " + attribute.value;
  return base::fold(text);
}

const Concern* find_concern(const std::string& asked) {
  if (const auto codes = read_codes(asked)) return group_of_codes(*codes);
  const std::string text = base::fold(base::trim(asked));
  for (const Concern& group : rules().groups) {
    if (text == group.id || text == base::fold(group.name)) return &group;
  }
  for (const Concern& group : rules().groups) {
    for (const std::string& word : group.words) {
      if (holds_words(text, word)) return &group;
    }
  }
  return nullptr;
}

AskedCondition read_condition(const std::string& asked) {
  AskedCondition condition;
  condition.text = asked;
  condition.codes = read_codes(asked);
  condition.group = find_concern(asked);
  return condition;
}

bool speaks_of_group(const evidence::Fact& fact, std::string_view text, const Concern& group) {
  if (fact.negated) return false;
  for (const evidence::Code& code : fact.codes) {
    if (is_icd10(code) && begins_with_one(code.code, group.icd10)) return true;
    if (is_icd9(code) && begins_with_one(code.code, group.icd9)) return true;
  }
  if (denies(group, text)) return false;
  return std::any_of(group.words.begin(), group.words.end(),
                     [&](const std::string& word) { return holds_words(text, word); });
}

bool speaks_of(const evidence::Fact& fact, const Concern* concern, const std::string& asked) {
  if (concern == nullptr) return holds_literally(fact, asked);
  return speaks_of_group(fact, folded_text(fact), *concern);
}

bool speaks_of(const evidence::Fact& fact, const AskedCondition& asked) {
  if (!asked.codes) return speaks_of(fact, asked.group, asked.text);
  if (fact.negated) return false;
  bool has_icd10 = false;
  for (const evidence::Code& code : fact.codes) {
    if (!is_icd10(code) && !code.system.empty()) continue;
    if (asked.codes->holds(upper_case(code.code))) return true;
    has_icd10 = true;
  }
  // An entry that no ICD-10-CM code tells apart belongs when its words speak of the group.
  return !has_icd10 && asked.group != nullptr && speaks_of(fact, asked.group, asked.text);
}

}  // namespace chartroom::report
