// Page numbers of a combined report.
#pragma once

#include <array>
#include <string>

#include "report/pdf_book.hpp"

namespace chartroom::report::pdf {

/// Stamps "n / count" into the top right corner of pages that we drew. The digits are drawn once; a
/// stamp places them. Throws what qpdf throws.
class Stamper {
 public:
  /// What a stamp is put together from: a form of some QPDF, and how far it advances.
  struct Glyph {
    QPDFObjectHandle form = QPDFObjectHandle::newNull();
    double width = 0;
  };

  Stamper(Book& book, std::size_t count);
  /// Numbers the pages of one sheaf behind those stamped before.
  void stamp(const Sheaf& sheaf);

 private:
  /// Digits 0 to 9, then the stroke.
  static constexpr std::size_t kGlyphs = 11;

  void stamp(const Sheaf::Page& page);
  std::string place(QPDFObjectHandle forms) const;

  Book& book_;
  std::array<Glyph, kGlyphs> glyphs_;
  std::size_t count_;
  std::size_t number_ = 0;
};

}  // namespace chartroom::report::pdf
