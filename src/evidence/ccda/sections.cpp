#include "evidence/ccda/sections.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/narrative.hpp"
#include "evidence/ccda/templates.hpp"
#include "evidence/fhir/values.hpp"
#include "evidence/rtf.hpp"

namespace chartroom::evidence::ccda {
namespace {

struct Known {
  Section section;
  std::string_view loinc;
  std::string_view root;           ///< entries optional
  std::string_view required_root;  ///< entries required
  const char* category = "";
};

#define CCDA "2.16.840.1.113883.10.20."

// C-CDA R2.1 table 3 and CCD R1 (roots of 10.20.1).
constexpr std::array kKnown = {
    Known{Section::problems, "11450-4", CCDA "22.2.5", CCDA "22.2.5.1"},
    Known{Section::problems, "11348-0", CCDA "22.2.20", "", "history"},
    Known{Section::problems, "", CCDA "1.11", ""},
    Known{Section::encounter_diagnoses, "46241-6", CCDA "22.2.43", "", "admission-diagnosis"},
    Known{Section::encounter_diagnoses, "42347-5", "", "", "admission-diagnosis"},
    Known{Section::encounter_diagnoses, "11535-2", CCDA "22.2.24", "", "discharge-diagnosis"},
    Known{Section::encounter_diagnoses, "C-CDAV2-DDN", "", "", "discharge-diagnosis"},
    Known{Section::encounter_diagnoses, "10219-4", CCDA "22.2.34", "", "preoperative-diagnosis"},
    Known{Section::encounter_diagnoses, "10218-6", CCDA "22.2.35", "", "postoperative-diagnosis"},
    Known{Section::encounter_diagnoses, "59769-0", CCDA "22.2.36", "", "postprocedure-diagnosis"},
    Known{Section::medications, "10160-0", CCDA "22.2.1", CCDA "22.2.1.1"},
    Known{Section::medications, "", CCDA "1.8", ""},
    Known{Section::medications, "10183-2", CCDA "22.2.11", CCDA "22.2.11.1", "discharge"},
    Known{Section::medications, "75311-1", "", "", "discharge"},
    Known{Section::medications, "42346-7", CCDA "22.2.44", "", "admission"},
    Known{Section::medications, "29549-3", CCDA "22.2.38", "", "administered"},
    Known{Section::medications, "59774-0", CCDA "22.2.25", "", "anesthesia"},
    Known{Section::allergies, "48765-2", CCDA "22.2.6", CCDA "22.2.6.1"},
    Known{Section::allergies, "", CCDA "1.2", ""},
    Known{Section::results, "30954-2", CCDA "22.2.3", CCDA "22.2.3.1"},
    Known{Section::results, "", CCDA "1.14", ""},
    Known{Section::findings, "59776-5", CCDA "22.2.28", ""},
    Known{Section::findings, "121070", CCDA "6.1.2", "", "imaging"},
    Known{Section::findings, "121072", "", "", "imaging"},
    Known{Section::findings, "18782-3", "", "", "imaging"},
    Known{Section::encounter_diagnoses, "55109-3", CCDA "22.2.37", "", "complication"},
    Known{Section::encounter_diagnoses, "59768-2", CCDA "22.2.29", "", "procedure-indication"},
    Known{Section::vitals, "8716-3", CCDA "22.2.4", CCDA "22.2.4.1"},
    Known{Section::vitals, "", CCDA "1.16", ""},
    Known{Section::procedures, "47519-4", CCDA "22.2.7", CCDA "22.2.7.1"},
    Known{Section::procedures, "", CCDA "1.12", ""},
    Known{Section::encounters, "46240-8", CCDA "22.2.22", CCDA "22.2.22.1"},
    Known{Section::encounters, "", CCDA "1.3", ""},
    Known{Section::immunizations, "11369-6", CCDA "22.2.2", CCDA "22.2.2.1"},
    Known{Section::immunizations, "", CCDA "1.6", ""},
    Known{Section::social, "29762-2", CCDA "22.2.17", CCDA "1.15"},
    Known{Section::family, "10157-6", CCDA "22.2.15", CCDA "1.4"},
    Known{Section::functional, "47420-5", CCDA "22.2.14", CCDA "1.5"},
    Known{Section::functional, "61144-2", CCDA "22.2.57", "", "nutrition"},
    Known{Section::functional, "11383-7", CCDA "22.2.61", "", "outcome"},
    Known{Section::functional, "8716-4", "", ""},
    Known{Section::mental, "10190-7", CCDA "22.2.56", ""},
    Known{Section::plan, "18776-5", CCDA "22.2.10", CCDA "1.10"},
    Known{Section::plan, "51847-2", CCDA "22.2.9", ""},
    Known{Section::plan, "59772-4", CCDA "22.2.30", ""},
    Known{Section::plan, "62387-6", CCDA "21.2.3", ""},
    Known{Section::plan, "69730-0", CCDA "22.2.45", ""},
    Known{Section::plan, "42349-1", "1.3.6.1.4.1.19376.1.5.3.1.3.1", ""},
    Known{Section::goals, "61146-7", CCDA "22.2.60", ""},
    Known{Section::concerns, "75310-3", CCDA "22.2.58", ""},
    Known{Section::equipment, "46264-8", CCDA "22.2.23", CCDA "1.7"},
    Known{Section::payers, "48768-6", CCDA "22.2.18", CCDA "1.9"},
    Known{Section::care_team, "85847-2", CCDA "22.2.500", ""},
    Known{Section::directives, "42348-3", CCDA "22.2.21", CCDA "22.2.21.1"},
    Known{Section::directives, "", CCDA "1.1", ""},
    Known{Section::notes, "", CCDA "22.2.65", ""},
};

#undef CCDA

const Known* find_known(pugi::xml_node section) {
  // A section has a few templates, the table many: its roots are read once.
  std::vector<std::string_view> roots;
  for (const auto id : section.children("templateId")) {
    roots.emplace_back(id.attribute("root").value());
  }
  const auto has = [&roots](std::string_view root) {
    return !root.empty() && std::ranges::find(roots, root) != roots.end();
  };
  for (const auto& known : kKnown) {
    if (has(known.root) || has(known.required_root)) return &known;
  }
  const auto code = section.child("code");
  for (const auto& known : kKnown) {
    if (!known.loinc.empty() && has_code(code, known.loinc)) return &known;
  }
  return nullptr;
}

/// Categories of sections whose entries are not told apart by their own templates.
void apply_category(const Known& known, Scope& scope) {
  scope.section = known.section;
  scope.category = known.category;
}

void read_section(Context& context, const Scope& outer, const Statement& at, unsigned depth,
                  ClinicalDocument& document) {
  const auto section = at.node;
  if (outer.depth > kNesting) {
    context.lose(at.locator, "A section is nested deeper than the limit.");
    return;
  }
  Scope scope = within(outer, at);
  scope.time = outer.time;
  scope.section = Section::unknown;
  scope.category.clear();
  if (const auto* known = find_known(section)) apply_category(*known, scope);

  DocumentSection out;
  out.title = flat_text(section.child("title"));
  if (auto codes = read_codes(context, section.child("code")); !codes.empty()) {
    out.code = std::move(codes.front());
  }
  if (out.title.empty()) out.title = out.code.display;
  out.locator = at.locator;
  out.depth = depth;
  out.sensitivity = scope.sensitivity;
  out.blocks = read_narrative(context, section.child("text"), at.locator);
  std::size_t place = 0;
  for (const auto entry : section.children("entry")) {
    ++place;
    if (statement_below(entry)) {
      ++out.entries;
    } else if (!is_null(entry)) {
      context.lose(at.locator + "/entry[" + std::to_string(place) + "]",
                   "An entry holds no clinical statement.");
    }
  }
  document.sections.push_back(std::move(out));
  each_related(at, "entry", [&](pugi::xml_node, const Statement& statement) {
    const std::size_t before = context.produced();
    read_statement(context, scope, statement);
    const std::string_view element = statement.node.name();
    if (context.produced() != before || is_null(statement.node)) return;
    if (element == "observationMedia" || element == "regionOfInterest") return;
    if (is_detail(statement.node)) return;  // a privacy mark of the section
    context.lose(statement.locator, "An entry says nothing that could be read.");
  });
  place = 0;
  for (const auto component : section.children("component")) {
    ++place;
    const auto inner = component.child("section");
    if (!inner) continue;
    const auto locator = at.locator + "/component[" + std::to_string(place) + "]/section";
    read_section(context, scope, {inner, locator}, depth + 1, document);
  }
}

std::string media_type_of(pugi::xml_node text, std::string_view bytes) {
  std::string type = text.attribute("mediaType").value();
  if (!type.empty()) return base::to_lower_ascii(type);
  if (bytes.starts_with("%PDF-")) return "application/pdf";
  if (detect(bytes) == Detected::tiff) return "image/tiff";
  if (bytes.starts_with("{\\rtf")) return "text/rtf";
  return "text/plain";
}

/// What of a body can be shown: text as narrative of the fact; PDF, TIFF, PNG and JPEG as they are.
/// The words of RTF and HTML take the place of the bytes, which stay in the raw item.
void read_body(Context& context, const std::string& locator, Fact& fact, ClinicalDocument& document,
               std::string& content) {
  std::string& type = document.unstructured_media_type;
  if (is_rtf(content)) {
    content = rtf_text(content);
    type = "text/plain";
  } else if (type == "text/html" || type.starts_with("application/xhtml")) {
    std::vector<NarrativeBlock> blocks;
    if (fhir::html_blocks(content, blocks)) {
      content.clear();
      for (const NarrativeBlock& block : blocks) {
        for (const NarrativeSpan& span : block.spans) {
          content += span.line_break ? std::string("\n") : span.text;
        }
        content += '\n';
      }
      type = "text/plain";
    }
  }
  if (type.starts_with("text/plain")) {
    fact.narrative = plain_narrative(base::to_valid_utf8(content));
  } else if (type != "application/pdf" && type != "image/tiff" && type != "image/png" &&
             type != "image/jpeg") {
    context.lose(locator, "The document's content is of a kind that cannot be shown; it is kept.");
  }
}

std::string raw_text(pugi::xml_node node) {
  std::string out;
  for (const auto child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      out += child.value();
    }
  }
  return out;
}

}  // namespace

Section section_of(pugi::xml_node section) {
  const auto* known = find_known(section);
  return known ? known->section : Section::unknown;
}

void read_sections(Context& context, const Scope& scope, pugi::xml_node structured_body,
                   ClinicalDocument& document) {
  std::size_t place = 0;
  for (const auto component : structured_body.children("component")) {
    ++place;
    const auto section = component.child("section");
    if (!section) continue;
    read_section(context, scope, {section, "component[" + std::to_string(place) + "]/section"}, 0,
                 document);
  }
}

void read_unstructured(Context& context, const Scope& scope, pugi::xml_node body,
                       ClinicalDocument& document) {
  const std::string locator = "component/nonXMLBody";
  const auto text = body.child("text");
  auto content = raw_text(text);
  if (std::string_view(text.attribute("representation").value()) == "B64") {
    auto decoded = base::from_base64(content);
    if (!decoded) {
      context.lose(locator, "The document's content is broken: it is no valid base64.");
      return;
    }
    content = std::move(*decoded);
  } else {
    content = base::trim(content);
  }
  if (content.empty()) {
    context.lose(locator,
                 text.child("reference")
                     ? "The document's content stands in another file, which was not received."
                     : "The document has no content.");
    return;
  }
  document.unstructured_media_type = media_type_of(text, content);
  Fact fact = start_fact(scope, {body, locator}, Kind::document, true);
  fact.category = "unstructured";
  if (!document.type.code.empty()) fact.codes.push_back(document.type);
  fact.text = document.title.empty() ? "Document" : document.title;
  if (!fact.when.known() || fact.when.inferred) fact.when = document.effective;
  fact.status = "final";
  fact.sensitivity = sensitivity_of(body, scope.sensitivity);
  fact.set("title", fact.text);
  fact.set("media_type", document.unstructured_media_type);
  fact.set("author", document.author);
  read_body(context, locator, fact, document, content);
  context.add(std::move(fact));
  document.unstructured_bytes = std::move(content);
}

}  // namespace chartroom::evidence::ccda
