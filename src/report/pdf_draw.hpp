// From placed pieces to pages of a PDF: drawing (cairo), then structure and links (qpdf).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/document.hpp"
#include "report/pdf_book.hpp"
#include "report/pdf_canvas.hpp"
#include "report/pdf_received.hpp"

namespace chartroom::report::pdf {

/// Draws all pages and writes down, in canvas.nodes, which marked content belongs to which node.
/// Error internal when cairo cannot.
[[nodiscard]] base::Result<std::string> draw_pages(Canvas& canvas, const Document& document,
                                                   TextEngine& text);

/// Puts drawn pages into a book, with what cairo does not do as we want it: the structure with
/// alternative texts and table attributes, links, pages of received PDFs. `behind` are pages that
/// follow in the same file; anchors on later pages than the canvas has lie on them.
[[nodiscard]] base::Result<Sheaf> finish_pages(
    Book& book, std::string drawn, const Canvas& canvas,
    const std::vector<std::shared_ptr<Received>>& received,
    const std::vector<QPDFObjectHandle>& behind = {});

inline constexpr double kStampHeight = 12;
inline constexpr double kStampGlyphX = 20;

/// A PDF with a page for each text: drawn in muted ink, its top left corner at kStampGlyphX and
/// kStampY.
struct StampGlyphs {
  std::string bytes;
  std::vector<double> widths;
};
[[nodiscard]] base::Result<StampGlyphs> draw_stamp_glyphs(const std::vector<std::string>& texts);

}  // namespace chartroom::report::pdf
