// FHIR's data types as evidence (FHIR R4 §2.24).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/fhir/json.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence::fhir {

/// "2016", "2016-03", "2016-03-14", "2016-03-14T14:05:00-05:00"; unknown for anything else.
[[nodiscard]] When read_when(std::string_view text);

/// All codings of a CodeableConcept, each with its system as a FHIR URI.
[[nodiscard]] std::vector<Code> read_codes(const Json& concept_value);
/// What a person reads: `text`, else the first display, else the first code.
[[nodiscard]] std::string concept_text(const Json& concept_value);
/// Texts of several CodeableConcepts, joined by "; ".
[[nodiscard]] std::string concept_texts(const Json& concepts);
/// Code of the first coding; used for FHIR's own small code systems.
[[nodiscard]] std::string first_code(const Json& concept_value);

/// Quantity → number, comparator and units, all as written.
[[nodiscard]] Value read_quantity(const Json& quantity);
/// "12.5 mg"; empty when there is no value.
[[nodiscard]] std::string quantity_text(const Json& quantity);
/// Any value[x] of `holder` ("valueQuantity", "valueString", …). Codes of a valueCodeableConcept
/// are appended to `answer_codes`.
[[nodiscard]] Value read_value(const Json& holder, std::vector<Code>& answer_codes);

/// The normal range of `referenceRange`, else the first.
[[nodiscard]] Range read_range(const Json& reference_ranges);
/// H, L, HH, LL, A or N of the sender's interpretation; no flag for other codes.
[[nodiscard]] Flag read_flag(const Json& interpretation);

/// "Dr. Jane A. Doe" of a HumanName.
[[nodiscard]] std::string human_name_text(const Json& name);

[[nodiscard]] Person read_patient(const Json& patient, std::string locator);

/// Plain text as paragraphs, one per block between empty lines; other white space is kept.
[[nodiscard]] std::vector<NarrativeBlock> text_blocks(std::string_view text);
/// XHTML (FHIR narrative, HTML attachment) as paragraphs and list items without any markup.
/// False when it is not well-formed or too deep.
[[nodiscard]] bool html_blocks(std::string_view html, std::vector<NarrativeBlock>& out);

}  // namespace chartroom::evidence::fhir
