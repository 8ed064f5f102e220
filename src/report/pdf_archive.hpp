// What makes a PDF fit for archives and screen readers: page furniture marked as artifacts, the
// meaning of its colors, metadata (ISO 32000-1 14.8.2.2, ISO 19005-2).
#pragma once

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "report/document.hpp"

namespace chartroom::report::pdf {

/// Puts whatever of the page's content no structure element owns between /Artifact and EMC, so
/// that readers skip rules, running heads and page numbers. Throws what qpdf throws.
void mark_artifacts(QPDFPageObjectHelper page);

/// Adds the output intent (sRGB) and XMP metadata that say PDF/A-2b, and takes away what that
/// forbids of what cairo writes. Only for files whose every page we drew: pages of others may hold
/// anything. Throws what qpdf throws.
void claim_archive(QPDF& pdf, const Document& document);

/// Takes the claim of claim_archive() back.
void withdraw_archive(QPDF& pdf);

}  // namespace chartroom::report::pdf
