// Section narrative (StrucDocText of CDA R2 §4.3.5) as blocks. Also takes the HTML that systems
// write there against the schema. No markup, address or script of the source survives.
#pragma once

#include <pugixml.hpp>
#include <vector>

#include "evidence/ccda/context.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence::ccda {

/// Reads a <text> element, or any part of one. Images that cannot be shown become a Loss at
/// `locator`.
[[nodiscard]] std::vector<NarrativeBlock> read_narrative(Context& context, pugi::xml_node text,
                                                         const std::string& locator);

/// Plain text as one block that keeps its line breaks.
[[nodiscard]] std::vector<NarrativeBlock> plain_narrative(std::string text);

}  // namespace chartroom::evidence::ccda
