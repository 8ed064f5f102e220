// What an item is, by its first bytes, and the reader for it.

#include "base/text.hpp"
#include "evidence/read.hpp"
#include "evidence/rtf.hpp"

namespace chartroom::evidence {
namespace {

// How far into an XML document its root element is looked for: past declaration, comments and
// style-sheet instructions.
constexpr std::size_t kRootWithin = 4096;

std::string_view skip_mark(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return bytes;
}

// Name of the root element without its namespace prefix; empty when there is none near the start.
std::string_view root_element(std::string_view text) {
  text = text.substr(0, kRootWithin);
  std::size_t i = 0;
  while ((i = text.find('<', i)) != std::string_view::npos && i + 1 < text.size()) {
    if (text.substr(i).starts_with("<!--")) {
      const std::size_t end = text.find("-->", i);
      if (end == std::string_view::npos) return {};
      i = end + 3;
      continue;
    }
    if (text[i + 1] == '?' || text[i + 1] == '!') {
      ++i;
      continue;
    }
    const std::size_t end = text.find_first_of(" \t\r\n/>", i + 1);
    if (end == std::string_view::npos) return {};
    std::string_view name = text.substr(i + 1, end - i - 1);
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
      name.remove_prefix(colon + 1);
    }
    return name;
  }
  return {};
}

// Several lines, each an object of its own.
bool looks_like_lines(std::string_view text) {
  const std::size_t newline = text.find('\n');
  if (newline == std::string_view::npos) return false;
  const std::string_view first = base::trim(text.substr(0, newline));
  const std::string_view rest = base::trim(text.substr(newline + 1));
  return first.size() > 2 && first.back() == '}' && rest.starts_with('{');
}

// Of items that are neither FHIR nor C-CDA nor PDF, in words for people.
const char* what_it_is(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) {
    return "The item is a ZIP archive: its documents have to come one by one.";
  }
  const bool picture = bytes.starts_with("\x89PNG") || bytes.starts_with("\xFF\xD8\xFF");
  if (picture) return "The item is a picture: it has no coded data.";
  if (is_rtf(bytes)) return "The item is an RTF text: it has no coded data.";
  return bytes.empty() ? "The item is empty." : "The item is neither FHIR nor C-CDA.";
}

}  // namespace

Detected detect(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return Detected::tiff;
  const std::string_view text = base::trim(skip_mark(bytes));
  if (text.starts_with("%PDF-")) return Detected::pdf;
  if (text.starts_with('{')) {
    if (text.find("\"resourceType\"") == std::string_view::npos) return Detected::unknown;
    return looks_like_lines(text) ? Detected::fhir_ndjson : Detected::fhir_json;
  }
  // UTF-16 is for the XML reader to decode; C-CDA is the only XML that we take.
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return Detected::ccda;
  if (text.starts_with('<')) {
    const std::string_view root = root_element(text);
    if (root == "ClinicalDocument") return Detected::ccda;
    return root.empty() ? Detected::unknown : Detected::ccda_fragment;
  }
  return Detected::unknown;
}

base::Result<std::vector<Reading>> read_item(std::string_view bytes,
                                             const std::vector<std::string_view>& supporting) {
  switch (detect(bytes)) {
    case Detected::fhir_json:
    case Detected::fhir_ndjson:
      return read_fhir(bytes, supporting);
    case Detected::ccda:
    case Detected::ccda_fragment: {  // the reader knows what it is a fragment of
      auto reading = read_ccda(bytes);
      if (!reading) return base::pass_on(std::move(reading.error()));
      std::vector<Reading> readings;
      readings.push_back(std::move(*reading));
      return readings;
    }
    case Detected::pdf:
      return base::fail(base::ErrorCode::corrupt, "The item is a PDF file: it has no coded data.");
    case Detected::tiff:
      return base::fail(base::ErrorCode::corrupt,
                        "The item is a scan (TIFF): it has no coded data.");
    case Detected::unknown:
      break;
  }
  return base::fail(base::ErrorCode::corrupt, what_it_is(bytes));
}

}  // namespace chartroom::evidence
