// From a report document to bytes. Pure apart from fonts, which are read from the system.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/document.hpp"

namespace chartroom::report {

/// A self-contained HTML5 page: no script, no foreign host, styles for screen (light, dark) and
/// print, landmarks and headings in order (WCAG 2.2 AA). Charts are inline SVG.
[[nodiscard]] std::string render_html(const Document& document);

/// A tagged PDF on US Letter with repeated table headers, bookmarks, links, page numbers, document
/// title and language. Thread-safe: may run on several threads at once.
/// Errors: internal (a broken image or embedded PDF is replaced by a note, never an error).
[[nodiscard]] base::Result<std::string> render_pdf(const Document& document);

/// Draws documents that come out by themselves and bound together: each is drawn once, and all
/// share their fonts. Draw and bind everything before the first write(): what comes later shares
/// nothing with what came before.
/// One thread at a time; presses of different threads do not disturb each other.
class PdfPress {
 public:
  PdfPress();
  PdfPress(const PdfPress&) = delete;
  PdfPress& operator=(const PdfPress&) = delete;
  ~PdfPress();

  /// Draws a document as render_pdf() does; the number is for write() and bind().
  [[nodiscard]] std::size_t draw(const Document& document);

  struct Part {
    std::string title;  ///< bookmark of the part
    std::size_t number = 0;
  };
  /// Binds documents behind a cover with a table of contents: a bookmark per part with its own
  /// below, and page numbers throughout. The number is for write().
  [[nodiscard]] std::size_t bind(const Document& cover, const std::vector<Part>& parts);

  /// The file of one document or of several that were bound. Errors: internal.
  [[nodiscard]] base::Result<std::string> write(std::size_t number);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One chart as an SVG element (no XML declaration) with <title> and <desc>, for HTML.
/// `id` is unique in the page.
[[nodiscard]] std::string render_chart_svg(const Chart& chart, const std::string& id);

}  // namespace chartroom::report
