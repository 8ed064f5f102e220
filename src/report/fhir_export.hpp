// The "fhir" report: the normalised evidence as FHIR R4 resources, one NDJSON file per type.
//
// Resources are made from the record, not copied from the sources: one Patient, duplicates joined,
// C-CDA and FHIR alike, references that resolve within the archive. Each has a Provenance
// (R4 §6.3) that names every source it was read from, with its place there and its SHA-256.
#pragma once

#include <string>

#include "base/result.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// A ZIP archive of <Type>.ndjson files and manifest.json. Errors: internal.
[[nodiscard]] base::Result<std::string> fhir_archive(const Lens& lens);

}  // namespace chartroom::report
