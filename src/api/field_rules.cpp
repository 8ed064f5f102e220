#include "api/field_rules.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// A number of `least` to `most` digits and nothing else.
std::optional<int> number(std::string_view text, std::size_t least, std::size_t most) {
  if (text.size() < least || text.size() > most || !all_digits(text)) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_atom_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || is_digit(c) || c == '-' ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// What follows the date: "T" and HH:mm, HH:mm:ss or HH:mm:ss.sss, then nothing, "Z" or an offset.
bool has_time_shape(std::string_view text) {
  if (!text.starts_with('T')) return false;
  text.remove_prefix(1);
  const auto zone = std::min(text.find_first_of("Z+-"), text.size());
  const auto clock_length = zone;
  if (clock_length != 5 && clock_length != 8 && clock_length != 12) return false;
  return clock_length < 12 || text[8] == '.';
}

std::optional<base::Date> iso_date(std::string_view text) {
  constexpr std::size_t kDateLength = 10;
  auto date = base::parse_date(text.substr(0, kDateLength));
  if (!date || text.size() <= kDateLength) return date;
  if (!has_time_shape(text.substr(kDateLength)) || !base::parse_iso(text)) return std::nullopt;
  return date;
}

std::optional<base::Date> us_date(std::string_view text, const base::Date& today) {
  const auto parts = base::split(text, '/');
  if (parts.size() != 3) return std::nullopt;
  const auto month = number(parts[0], 1, 2);
  const auto day = number(parts[1], 1, 2);
  const bool is_short = parts[2].size() == 2;
  const auto year = is_short ? number(parts[2], 2, 2) : number(parts[2], 4, 4);
  if (!month || !day || !year) return std::nullopt;
  base::Date date{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
  if (is_short) {
    date.year += today.year / 100 * 100;
    if (date > today) date.year -= 100;
  }
  return date;
}

}  // namespace

std::optional<std::string> parse_ssn(std::string_view text) {
  std::string digits(text);
  if (text.size() == 11 && text[3] == '-' && text[6] == '-') {
    digits = std::string(text.substr(0, 3)) + std::string(text.substr(4, 2)) +
             std::string(text.substr(7));
  }
  if (digits.size() != 9 || !all_digits(digits)) return std::nullopt;
  const std::string_view view = digits;
  const auto area = view.substr(0, 3);
  if (area == "000" || area == "666" || view.substr(3, 2) == "00" || view.substr(5) == "0000") {
    return std::nullopt;
  }
  return digits;
}

bool is_ssn_placeholder(std::string_view text) { return text == "000-00-0000"; }

bool is_phone(std::string_view text) {
  constexpr int kDigits = 10;
  constexpr int kSeparatorsInARow = 2;
  int digits = 0;
  int separators = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      ++digits;
      separators = 0;
    } else if (std::string_view("()- .").find(c) == std::string_view::npos ||
               ++separators > kSeparatorsInARow) {
      return false;
    }
  }
  return digits == kDigits;
}

bool is_email(std::string_view text) {
  if (text == "[email protected]" || text == "[email\xC2\xA0protected]") return true;
  constexpr std::size_t kMostBytes = 254;
  const auto at = text.rfind('@');
  if (text.size() > kMostBytes || at == std::string_view::npos || at == 0 || at > 64) return false;
  for (const auto& atom : base::split(text.substr(0, at), '.')) {
    if (atom.empty() || !std::all_of(atom.begin(), atom.end(), is_atom_character)) return false;
  }
  const auto labels = base::split(text.substr(at + 1), '.');
  return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), is_label) &&
         !all_digits(labels.back());
}

std::optional<base::Date> parse_birth_date(std::string_view text, const base::Date& today) {
  constexpr int kOldest = 150;
  const auto date =
      text.find('/') == std::string_view::npos ? iso_date(text) : us_date(text, today);
  if (!date || !date->exists() || *date > today || date->year < today.year - kOldest) {
    return std::nullopt;
  }
  return date;
}

std::optional<std::string> decode_content(std::string_view text) {
  constexpr std::string_view kEllipsis = "...";
  if (text.ends_with(kEllipsis)) {
    text.remove_suffix(kEllipsis.size());
    // A cut may leave one character of a group of four, which stands for no byte.
    if (text.size() % 4 == 1 && text.back() != '.') text.remove_suffix(1);
  }
  return base::from_base64(text);
}

}  // namespace chartroom::api
