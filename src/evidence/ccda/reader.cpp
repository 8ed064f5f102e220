// read_ccda(): bytes of one C-CDA document to evidence.
#include <new>

#include "evidence/ccda/header.hpp"
#include "evidence/ccda/sections.hpp"
#include "evidence/ccda/xml.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence {

base::Result<Reading> read_ccda(std::string_view bytes) {
  pugi::xml_document tree;
  bool repaired = false;
  // pugixml reports failed allocations as a status or as std::bad_alloc, depending on the place.
  try {
    if (auto loaded = ccda::load_xml(bytes, tree, repaired); !loaded) {
      return base::pass_on(loaded.error());
    }
  } catch (const std::bad_alloc&) {
    return base::fail(base::ErrorCode::too_large, "The document does not fit into memory.");
  }
  const auto root = tree.document_element();
  Reading reading;
  ccda::Context context(root, reading);
  reading.person = ccda::read_person(context, root);
  auto document = ccda::read_header(context, root);
  const auto scope = ccda::read_document_scope(context, root);
  const auto component = root.child("component");
  if (const auto body = component.child("structuredBody")) {
    ccda::read_sections(context, scope, body, document);
  } else if (const auto unstructured = component.child("nonXMLBody")) {
    ccda::read_unstructured(context, scope, unstructured, document);
  } else {
    context.lose("component", "The document has no body.");
  }
  if (repaired) {
    context.lose("",
                 "Some characters of the document were not valid and are shown as \xEF\xBF\xBD.");
  }
  reading.documents.push_back(std::move(document));
  return reading;
}

}  // namespace chartroom::evidence
