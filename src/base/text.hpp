// Small text helpers. Text is UTF-8 unless said otherwise.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chartroom::base {

[[nodiscard]] bool is_valid_utf8(std::string_view text);
/// Number of code points; invalid bytes count as one each.
[[nodiscard]] std::size_t count_code_points(std::string_view text);
/// Cuts ASCII white space from both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignoring_case_ascii(std::string_view a, std::string_view b);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// A whole number in decimal digits (a signed one with a "-" if it likes) and nothing else; nullopt
/// also where it does not fit.
template <typename Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Unicode-folded for comparison: compatibility-decomposed, case-folded, marks stripped
/// ("Müller" becomes "muller"). Invalid UTF-8 comes back lower-cased as ASCII.
[[nodiscard]] std::string fold(std::string_view text);
/// Replaces invalid UTF-8 sequences by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);
/// A text as HTML, SVG and XML take it, between tags and between quotes: valid UTF-8, the five
/// characters that mean something escaped, control characters but tab and line feed replaced.
[[nodiscard]] std::string escape_markup(std::string_view text);

}  // namespace chartroom::base
