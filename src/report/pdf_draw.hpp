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

/// A PDF that cairo draws, in memory. Documents are added one after the other; what they share of
/// fonts is embedded once.
class Drawing {
 public:
  /// cairo writes a time of drawing: with one that is given no two files differ.
  explicit Drawing(base::TimePoint created);

  /// Draws all pages and writes down, in canvas.nodes, which marked content belongs to which node.
  /// What was drawn is no longer in the canvas.
  void add(Canvas& canvas, const Document& document);
  [[nodiscard]] std::size_t pages() const { return pages_; }
  /// Sets what is drawn: documents of one person say many things in the same words.
  [[nodiscard]] TextEngine& text() { return text_; }
  [[nodiscard]] cairo_t* cairo() const { return cairo_.get(); }
  /// The file; nothing can be added any more. Error internal when cairo cannot.
  [[nodiscard]] base::Result<std::string> finish();

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  };
  std::unique_ptr<std::string> bytes_;  // before the surface, which writes into it until the end
  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> cairo_;
  TextEngine text_;
  std::size_t pages_ = 0;
};

/// What cairo wrote, opened. Pages that are copied out of it take their fonts and pictures along.
struct Drawn {
  std::string bytes;
  QPDF document;
  std::vector<QPDFObjectHandle> pages;
};
/// Throws what qpdf throws.
[[nodiscard]] std::unique_ptr<Drawn> open_drawn(std::string bytes);

/// A document that was laid out and drawn.
struct Sketch {
  Canvas canvas;
  std::vector<std::shared_ptr<Received>> received;
  std::size_t first_page = 0;  ///< in the drawing
};

/// Puts drawn pages into a book, with what cairo does not do as we want it: the structure with
/// alternative texts and table attributes, links, pages of received PDFs. `behind` are pages that
/// follow in the same file; anchors on later pages than the canvas has lie on them.
/// Throws what qpdf throws.
[[nodiscard]] Sheaf finish_pages(Book& book, const Drawn& drawn, const Sketch& sketch,
                                 const std::vector<QPDFObjectHandle>& behind = {});

/// The bookmarks of a document; the title is none.
[[nodiscard]] std::vector<SheafBookmark> bookmarks_of(const Canvas& canvas);

/// Lays a document out and adds it to the drawing.
[[nodiscard]] Sketch sketch_document(Drawing& drawing, const Document& document);

/// A part as the cover's table of contents names it.
struct ListedPart {
  std::string title;
  const std::vector<SheafBookmark>* bookmarks = nullptr;
  std::size_t pages = 0;
};
/// The cover of a combined report with its table of contents, leading to the pages behind it.
[[nodiscard]] Sketch sketch_cover(Drawing& drawing, const Document& cover,
                                  const std::vector<ListedPart>& parts);

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
