// Reading one retrieved item into evidence. Pure: bytes in, values out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence {

/// What one person's part of one item holds. All SourceRef::source, Loss::source and
/// ClinicalDocument::source are 0 here; add_reading() re-numbers them.
struct Reading {
  Person person;
  std::vector<Fact> facts;
  std::vector<ClinicalDocument> documents;
  std::vector<Loss> losses;
};

/// What an item claims to be, decided by its content and never by its name or media type.
enum class Detected { fhir_json, fhir_ndjson, ccda, ccda_fragment, pdf, tiff, unknown };
[[nodiscard]] Detected detect(std::string_view bytes);

/// Reads a FHIR R4 Bundle or single resource, or NDJSON. One Reading per Patient in it, in their
/// order; a resource whose subject is none of them goes to no Reading (and to `losses` of the
/// first). A resource without subject is read only when the item speaks of a single person.
///
/// `supporting` holds other files for references that leave the item: practitioners,
/// organisations, medications (Synthea's two "0-…" bundles), and patients: when resources of the
/// item are about a Patient of a supporting file (bulk exports), that Patient has a Reading too.
/// Give files of the same provider only: ids of another would mean other people. Without any
/// Patient the answer is empty.
/// Errors: corrupt (not JSON, not FHIR, deeper than limits::kJsonDepth), too_large.
[[nodiscard]] base::Result<std::vector<Reading>> read_fhir(
    std::string_view bytes, const std::vector<std::string_view>& supporting = {});

/// Reads a C-CDA document: R1.1, R2.0, R2.1 or C32-style.
/// Errors: corrupt (no well-formed XML, no ClinicalDocument, deeper than limits::kXmlDepth),
/// too_large. A document without a patient name is read; identity deals with it.
[[nodiscard]] base::Result<Reading> read_ccda(std::string_view bytes);

/// Reads whichever of the two `detect` finds; anything else is ErrorCode::corrupt with a sentence
/// that says what it is.
[[nodiscard]] base::Result<std::vector<Reading>> read_item(
    std::string_view bytes, const std::vector<std::string_view>& supporting = {});

/// Adds a reading to the record as coming from `source` (an index into record.sources).
void add_reading(Record& record, Reading reading, std::size_t source);

/// Units, flags, plausibility, de-duplication, conflicts and a canonical order: call once when all
/// readings are in. The result does not depend on the order in which they came.
void normalise(Record& record);

}  // namespace chartroom::evidence
