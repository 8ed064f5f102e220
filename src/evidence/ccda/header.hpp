// The CDA header (US Realm Header, C-CDA R2.1 §1.1).
#pragma once

#include <pugixml.hpp>

#include "evidence/ccda/context.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence::ccda {

/// The person of the first recordTarget. More of them, and a gender code that is none, become
/// losses. Race and ethnicity are not read. A masked or impossible SSN counts as not given.
[[nodiscard]] Person read_person(Context& context, pugi::xml_node document);

/// Id, versions, title, author, custodian, encounter; the body stays empty.
[[nodiscard]] ClinicalDocument read_header(const Context& context, pugi::xml_node document);

/// What the body inherits from the header. Adds the encompassing encounter and the
/// care team of the header as facts.
[[nodiscard]] Scope read_document_scope(Context& context, pugi::xml_node document);

}  // namespace chartroom::evidence::ccda
