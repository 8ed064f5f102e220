// The words of an RTF document, as transcription systems put them into C-CDA bodies and FHIR
// attachments. Rich Text Format Specification 1.9.1. Stateless.
#pragma once

#include <string>
#include <string_view>

namespace chartroom::evidence {

[[nodiscard]] bool is_rtf(std::string_view bytes);

/// Plain text: a line for each paragraph and table row, cells apart by tabs. Pictures, objects,
/// headers and footers, and whatever else is no running text are left out. Any input gives valid
/// UTF-8 and takes time in proportion to its size; groups deeper than 200 are passed over. Text in
/// another code page than Windows-1252 or Unicode loses its accented letters.
[[nodiscard]] std::string rtf_text(std::string_view bytes);

}  // namespace chartroom::evidence
