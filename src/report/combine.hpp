// Parts of combined reports that come as files.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/pdf_book.hpp"
#include "report/render.hpp"

namespace chartroom::report::pdf {

/// A part that was read from a file.
struct OpenPart {
  std::string title;
  std::string bytes;  ///< backs `document`
  QPDF document;
  std::vector<QPDFObjectHandle> pages;
  std::vector<SheafBookmark> bookmarks;
  bool ours = false;      ///< made by render_pdf(): its structure tree can be joined to ours
  bool archival = false;  ///< ours, and without pages of others: claims PDF/A
  OpenPart() = default;
  OpenPart(const OpenPart&) = delete;
  OpenPart& operator=(const OpenPart&) = delete;
};

/// Opens a part and leaves in it what is to be seen, and links within it: nothing that acts.
/// Errors: corrupt, too_large.
[[nodiscard]] base::Result<std::shared_ptr<OpenPart>> open_part(const PdfPart& part);

/// Copies the part's pages into the book, and its structure tree where it is ours.
/// Throws what qpdf throws.
[[nodiscard]] Sheaf take_part(Book& book, const std::shared_ptr<OpenPart>& part);

}  // namespace chartroom::report::pdf
