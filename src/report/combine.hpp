// Pieces of combine_pdfs(): the parts as they are read, and the numbers stamped on their pages.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/pdf_outline.hpp"
#include "report/render.hpp"

namespace chartroom::report::pdf {

/// A bookmark of a part, on its page number (from 0).
struct PartBookmark {
  int level = 0;
  std::string title;
  int page = 0;
  double y = 0;
};

struct OpenPart {
  std::string title;
  std::string bytes;  ///< backs `document`
  QPDF document;
  std::vector<QPDFObjectHandle> pages;
  std::vector<PartBookmark> bookmarks;
  bool ours = false;  ///< made by render_pdf(): its structure tree can be joined to ours
  OpenPart() = default;
  OpenPart(const OpenPart&) = delete;
  OpenPart& operator=(const OpenPart&) = delete;
};

/// Opens a part and leaves in it what is to be seen, and links within it: nothing that acts.
/// Errors: corrupt, too_large.
[[nodiscard]] base::Result<std::unique_ptr<OpenPart>> open_part(const PdfPart& part);

/// Appends the part's pages to `document`, and its structure tree where it is ours.
/// Throws what qpdf throws.
void append_part(QPDF& document, OpenPart& part);

/// Writes "n / m" into the top right corner of every page.
void stamp_numbers(QPDF& document);

}  // namespace chartroom::report::pdf
