// Hostile XML made safe to walk: size, depth and well-formedness are checked before a tree exists.
//
// After load_xml() every element and attribute name is canonical, so that the rest of this room
// never sees a prefix:
//   urn:hl7-org:v3    "observation"
//   urn:hl7-org:sdtc  "sdtc:deceasedInd"
//   anything else     "other:name"
// and the type attribute of XML Schema instances is always "xsi:type", its value without prefix.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chartroom::evidence::ccda {

/// Most elements, and most attributes, of one document. Twice what the densest document of
/// limits::kDocumentBytes that a real system wrote would need; it bounds the tree's memory.
inline constexpr std::size_t kXmlElements = 2'000'000;
inline constexpr std::size_t kXmlAttributes = 4'000'000;

/// What a look over the text, without a tree, found out about its markup.
struct XmlShape {
  std::string root;  ///< local name of the first element
  std::size_t elements = 0;
};

/// Checks limits and nesting of UTF-8 text in one pass and constant memory.
/// Errors: corrupt (DOCTYPE, too deep, unclosed or crossing elements, a second root, text outside
/// of the root), too_large (more elements or attributes than the limits above). A first element
/// that is not a ClinicalDocument is corrupt too; known CDA elements are named as fragments.
[[nodiscard]] base::Result<XmlShape> inspect_xml(std::string_view utf8);

/// The text as UTF-8. Reads UTF-8, UTF-16 (either byte order) and, when declared, US-ASCII,
/// ISO-8859-1 and Windows-1252. `repaired` is set when invalid UTF-8 had to be replaced.
/// Errors: corrupt (another encoding is declared, or the text is empty).
[[nodiscard]] base::Result<std::string> to_utf8(std::string_view bytes, bool& repaired);

/// Reads a document into `tree`. Entities other than the five of XML are left as text, nothing
/// outside of `bytes` is ever read. Errors: those of the two functions above, too_large.
[[nodiscard]] base::Result<void> load_xml(std::string_view bytes, pugi::xml_document& tree,
                                          bool& repaired);

}  // namespace chartroom::evidence::ccda
