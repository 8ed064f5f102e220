// What a rendered and a combined PDF share: bookmarks, catalogue entries, writing.
#pragma once

#include <qpdf/QPDF.hh>
#include <string>
#include <vector>

#include "report/document.hpp"

namespace chartroom::report::pdf {

/// A bookmark in a flat list; a higher level belongs under the one before it.
struct Bookmark {
  int level = 2;
  std::string title;
  QPDFObjectHandle destination;
};

/// Builds the document outline (PDF 32000-1, 12.3.3). An empty list leaves none.
void add_bookmarks(QPDF& pdf, const std::vector<Bookmark>& bookmarks);

/// Language, title in the window, marked content, information dictionary.
void set_catalogue(QPDF& pdf, const Document& document);

/// Writes what can be reached from the catalogue, with an id that depends on the content alone.
[[nodiscard]] std::string write_pdf(QPDF& pdf);

}  // namespace chartroom::report::pdf
