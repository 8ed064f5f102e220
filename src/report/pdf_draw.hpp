// From placed pieces to PDF bytes: drawing (cairo), then structure, links and outline (qpdf).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/document.hpp"
#include "report/pdf_canvas.hpp"
#include "report/pdf_received.hpp"

namespace chartroom::report::pdf {

/// Draws all pages and writes down, in canvas.nodes, which marked content belongs to which node.
/// Error internal when cairo cannot.
[[nodiscard]] base::Result<std::string> draw_pages(Canvas& canvas, const Document& document,
                                                   TextEngine& text);

/// Adds to the drawn pages what cairo does not do as we want it: the structure tree with
/// alternative texts and table attributes, links, bookmarks, pages of received PDFs, language and
/// title.
[[nodiscard]] base::Result<std::string> finish_pdf(
    const std::string& drawn, const Canvas& canvas, const Document& document,
    const std::vector<std::shared_ptr<Received>>& received);

/// A PDF with `texts.size()` pages that hold nothing but these words at the top right, in muted
/// ink.
[[nodiscard]] base::Result<std::string> draw_stamps(const std::vector<std::string>& texts);

/// "D:20260314092653Z", for document information dictionaries.
[[nodiscard]] std::string pdf_date(base::TimePoint time);

}  // namespace chartroom::report::pdf
