// The makers of single reports behind build().
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "report/document.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// The C-CDA documents of one provider as authored, oldest first.
struct ProviderChart {
  std::string provider_id;
  Document document;
};
/// One per provider with C-CDA documents, ordered by provider id.
[[nodiscard]] std::vector<ProviderChart> ccdraw_documents(const Lens& lens);
[[nodiscard]] bool has_ccda(const Lens& lens);

/// Authored narrative as blocks of a report. Headings start at `heading_level`.
[[nodiscard]] std::vector<Block> narrative_blocks(
    const std::vector<evidence::NarrativeBlock>& narrative, int heading_level);

/// The clinical sections for systems, shaped as contract.md §8.4 has them; all values are strings.
[[nodiscard]] boost::json::object apidata_json(const Lens& lens);

/// First pages of a combined report; `parts` are the titles of what follows.
[[nodiscard]] Document cover_document(const Lens& lens);

}  // namespace chartroom::report
