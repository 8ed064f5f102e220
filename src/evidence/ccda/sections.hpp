// The body of a document: its sections, their narrative and their entries.
#pragma once

#include <pugixml.hpp>

#include "evidence/ccda/context.hpp"

namespace chartroom::evidence::ccda {

/// What a section is about, by its template's root or else its LOINC code; either suffices.
[[nodiscard]] Section section_of(pugi::xml_node section);

/// Reads all sections of a structuredBody, nested ones after the one they stand in.
void read_sections(Context& context, const Scope& scope, pugi::xml_node structured_body,
                   ClinicalDocument& document);

/// Reads a nonXMLBody into the document, and as a document fact.
void read_unstructured(Context& context, const Scope& scope, pugi::xml_node body,
                       ClinicalDocument& document);

}  // namespace chartroom::evidence::ccda
