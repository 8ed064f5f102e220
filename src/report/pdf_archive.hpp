// What makes a PDF fit for archives and screen readers: page furniture marked as artifacts, the
// meaning of its colors, metadata (ISO 32000-1 14.8.2.2, ISO 19005-2).
#pragma once

#include <qpdf/QPDF.hh>
#include <string>
#include <string_view>

#include "report/document.hpp"
#include "report/pdf_book.hpp"

namespace chartroom::report::pdf {

/// Content of a page that cairo drew, with whatever no structure element owns between /Artifact and
/// EMC, so that readers skip rules, running heads and page numbers. Content with a mark that does
/// not end comes back as it is: a report whose rules are read aloud is worth more than none.
[[nodiscard]] std::string with_artifacts(std::string_view content);

/// Takes away what PDF/A-2b forbids of what cairo writes into a page's resources. Throws what qpdf
/// throws.
void settle_pictures(QPDFObjectHandle resources);

/// Adds the output intent (sRGB) and XMP metadata that say PDF/A-2b. Only for files whose every
/// page we drew: pages of others may hold anything. Throws what qpdf throws.
void claim_archive(Book& book, const Document& document);

}  // namespace chartroom::report::pdf
