// Reports of documents as they were received: complete charts, notes, what APS vendors sent.
#pragma once

#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/document.hpp"
#include "report/lens.hpp"
#include "report/reports.hpp"

namespace chartroom::report {

/// True when a provider without C-CDA documents gave notes with a text.
[[nodiscard]] bool has_notes(const Lens& lens);
/// "clinicalnotes": one per such provider, ordered by provider id.
[[nodiscard]] std::vector<ProviderChart> notes_documents(const Lens& lens);

/// True when an APS vendor sent a document of the applicant.
[[nodiscard]] bool has_received(const Lens& lens);
/// "aps": the documents of APS vendors in the order of their retrieval; PDFs page by page.
[[nodiscard]] Document aps_document(const Lens& lens);

/// A C-CDA document under a heading of level 2, as authored.
void add_clinical_document(const Lens& lens, const evidence::ClinicalDocument& document,
                           const std::string& anchor, std::vector<Block>& blocks);

/// A section's heading and blocks, without its JSON.
void add_section(Section section, std::vector<Block>& blocks);

}  // namespace chartroom::report
