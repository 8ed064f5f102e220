// Pieces of combine_pdfs(): the parts as they are read, and the numbers stamped on their pages.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/pdf_canvas.hpp"
#include "report/render.hpp"

namespace chartroom::report::pdf {

/// A bookmark of a part, on its page number (from 0).
struct PartBookmark {
  int level = 0;
  std::string title;
  int page = 0;
  double top = 0;  ///< in the page's coordinates, upwards
};

struct OpenPart {
  std::string title;
  std::string bytes;  ///< backs `document`
  QPDF document;
  std::vector<QPDFObjectHandle> pages;
  std::vector<PartBookmark> bookmarks;
  bool ours = false;      ///< made by render_pdf(): its structure tree can be joined to ours
  bool archival = false;  ///< ours, and without pages of others: claims PDF/A
  OpenPart() = default;
  OpenPart(const OpenPart&) = delete;
  OpenPart& operator=(const OpenPart&) = delete;
};

/// A line of the cover's table of contents; `page` counts from 0 in the combined file.
struct CoverEntry {
  int level = 2;
  std::string title;
  int page = 0;
};

/// A link of the cover into the parts.
struct CoverLink {
  int page = 0;
  Box box;
  int target = 0;  ///< page in the combined file
};

struct Cover {
  std::string bytes;
  int pages = 0;
  std::vector<CoverLink> links;
};

/// The cover and its table of contents. Errors: internal.
[[nodiscard]] base::Result<Cover> render_cover(const Document& cover,
                                               const std::vector<CoverEntry>& entries);

/// Opens a part and leaves in it what is to be seen, and links within it: nothing that acts.
/// Errors: corrupt, too_large.
[[nodiscard]] base::Result<std::unique_ptr<OpenPart>> open_part(const PdfPart& part);

/// Appends the part's pages to `document`, and its structure tree where it is ours.
/// Throws what qpdf throws.
void append_part(QPDF& document, OpenPart& part);

/// Stamps "n / m" into the top right corner of every page. Throws what qpdf throws.
/// The result backs the stamps: it must live until the document is written.
[[nodiscard]] std::shared_ptr<void> stamp_numbers(QPDF& document);

}  // namespace chartroom::report::pdf
