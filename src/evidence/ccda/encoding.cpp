// Encodings of XML documents (XML 1.0, appendix F), as far as C-CDA documents use them.
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "evidence/ccda/xml.hpp"

namespace chartroom::evidence::ccda {
namespace {

using base::ErrorCode;

void append_utf8(std::string& out, char32_t c) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

std::string from_utf16(std::string_view bytes, bool big_endian, bool& repaired) {
  std::string out;
  out.reserve(bytes.size());
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return big_endian ? static_cast<char32_t>(first << 8 | second)
                      : static_cast<char32_t>(second << 8 | first);
  };
  if (bytes.size() % 2 != 0) repaired = true;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    const bool high = c >= 0xD800 && c < 0xDC00;
    const bool low = c >= 0xDC00 && c < 0xE000;
    if (high && i + 3 < bytes.size() && unit(i + 2) >= 0xDC00 && unit(i + 2) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    } else if (high || low) {
      c = 0xFFFD;
      repaired = true;
    }
    append_utf8(out, c);
  }
  return out;
}

/// ISO-8859-1 is read as Windows-1252, as every browser does (WHATWG Encoding Standard §4.2): the
/// bytes 0x80 to 0x9F are control characters in the one and quotation marks in the other.
std::string from_windows_1252(std::string_view bytes) {
  static constexpr std::array<char16_t, 32> kHigh = {
      0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 16);
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    append_utf8(out, value >= 0x80 && value < 0xA0 ? kHigh[value - 0x80U] : char32_t{value});
  }
  return out;
}

/// The encoding that the XML declaration names, in lower case; empty when there is none.
std::string declared_encoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  const auto end = text.substr(0, 512).find("?>");
  if (end == std::string_view::npos) return {};
  const auto declaration = text.substr(0, end);
  const auto at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  const auto open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const auto close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return {};
  return base::to_lower_ascii(declaration.substr(open + 1, close - open - 1));
}

}  // namespace

base::Result<std::string> to_utf8(std::string_view bytes, bool& repaired) {
  using namespace std::string_view_literals;
  repaired = false;
  if (bytes.starts_with("\xFF\xFE"sv)) return from_utf16(bytes.substr(2), false, repaired);
  if (bytes.starts_with("\xFE\xFF"sv)) return from_utf16(bytes.substr(2), true, repaired);
  if (bytes.starts_with("<\0"sv)) return from_utf16(bytes, false, repaired);
  if (bytes.starts_with("\0<"sv)) return from_utf16(bytes, true, repaired);
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) bytes.remove_prefix(3);
  // Some systems write a line break before the declaration.
  const auto start = bytes.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) {
    return base::fail(ErrorCode::corrupt, "The document is empty.");
  }
  bytes.remove_prefix(start);
  const auto encoding = declared_encoding(bytes);
  if (encoding == "iso-8859-1" || encoding == "latin1" || encoding == "windows-1252" ||
      encoding == "cp1252") {
    return from_windows_1252(bytes);
  }
  // A declaration of UTF-16 that can be read byte by byte contradicts itself: the text was
  // converted on its way, and UTF-8 is what it was converted to.
  if (!encoding.empty() && encoding != "utf-8" && encoding != "utf8" && encoding != "us-ascii" &&
      encoding != "ascii" && !encoding.starts_with("utf-16")) {
    return base::fail(ErrorCode::corrupt,
                      "The document declares a character encoding that is not supported.");
  }
  if (base::is_valid_utf8(bytes)) return std::string(bytes);
  repaired = true;
  return base::to_valid_utf8(bytes);
}

}  // namespace chartroom::evidence::ccda
