// Names, addresses and contacts in the form in which identity compares them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/model.hpp"

namespace chartroom::evidence {

struct SplitName {
  std::vector<std::string> given;   ///< folded, first name first
  std::vector<std::string> family;  ///< folded parts of a double name
  std::string suffix;               ///< "jr", "sr", "ii", "iii", "iv" or empty
};
/// Generational suffixes are found wherever a sender put them; degrees ("MD") are dropped.
[[nodiscard]] SplitName split_name(const PersonName& name);

/// "de", "van", "von", …: parts that double names share without kinship.
[[nodiscard]] bool is_name_particle(std::string_view part);
/// Whether two folded given names are forms of one name ("bob", "robert").
[[nodiscard]] bool are_nicknames(std::string_view a, std::string_view b);

struct AddressKey {
  std::string number;  ///< house number; empty when the line has none
  std::string street;  ///< folded street without number, type words in one spelling
  std::string zip;     ///< first five digits; empty when it has not five
  std::string city;
  std::string state;  ///< two letters, lower case, where we know the name
};
[[nodiscard]] AddressKey address_key(const PostalAddress& address);

/// Ten digits of a North American number, else all digits; empty when shorter than seven or when
/// it is a placeholder ("555-555-5555").
[[nodiscard]] std::string phone_key(std::string_view phone);
[[nodiscard]] std::string mail_key(std::string_view mail);

}  // namespace chartroom::evidence
