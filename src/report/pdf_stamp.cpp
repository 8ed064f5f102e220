#include "report/pdf_stamp.hpp"

#include <memory>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <stdexcept>
#include <vector>

#include "report/pdf_draw.hpp"
#include "report/text.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

constexpr double kOverhang = 1;  // glyphs may reach beyond their advance

const char* glyph_name(std::size_t index) {
  constexpr std::array kNames = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "of"};
  return kNames.at(index);
}

/// The digits and the stroke as forms of a QPDF of their own.
struct DrawnGlyphs {
  DrawnGlyphs() {
    auto drawn = draw_stamp_glyphs({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", " / "});
    if (!drawn) throw std::runtime_error("stamps could not be drawn");
    bytes = std::move(drawn->bytes);
    document.setSuppressWarnings(true);
    document.setImmediateCopyFrom(true);  // what is copied needs this no longer
    document.processMemoryFile("stamps", bytes.data(), bytes.size());
    auto pages = QPDFPageDocumentHelper(document).getAllPages();
    for (std::size_t i = 0; i < drawn->widths.size(); ++i) {
      const double width = drawn->widths[i];
      pages.at(i).getObjectHandle().replaceKey(
          "/MediaBox", Object::newArray(Object::Rectangle(
                           kStampGlyphX - kOverhang, kPageHeight - kStampY - kStampHeight,
                           kStampGlyphX + width + kOverhang, kPageHeight - kStampY)));
      glyphs.push_back({pages.at(i).getFormXObjectForPage(), width});
    }
  }

  std::string bytes;  ///< backs `document`
  QPDF document;
  std::vector<Stamper::Glyph> glyphs;
};

/// Drawn and read once by each thread: they are the same in every report.
const DrawnGlyphs& drawn_glyphs() {
  thread_local const auto kept = std::make_unique<const DrawnGlyphs>();
  return *kept;
}

std::string decimals(double value) { return format_fixed(value, 3); }

}  // namespace

Stamper::Stamper(Book& book, std::size_t count) : book_(book), count_(count) {
  const DrawnGlyphs& drawn = drawn_glyphs();
  for (std::size_t i = 0; i < kGlyphs; ++i) {
    const Stamper::Glyph& glyph = drawn.glyphs.at(i);
    glyphs_.at(i) = {book.pdf().copyForeignObject(glyph.form), glyph.width};
  }
}

std::string Stamper::place(Object forms) const {
  std::vector<std::size_t> shown;
  for (const char digit : std::to_string(number_)) {
    shown.push_back(static_cast<std::size_t>(digit - '0'));
  }
  shown.push_back(kGlyphs - 1);
  for (const char digit : std::to_string(count_)) {
    shown.push_back(static_cast<std::size_t>(digit - '0'));
  }
  double x = 0;
  for (const std::size_t glyph : shown) x -= glyphs_.at(glyph).width;
  // Each glyph is moved from where it was drawn to its place, relative to the one before.
  double drawn_at = -kStampGlyphX;
  std::string content = "1 0 0 1 " + decimals(kRight) + " 0 cm\n";
  for (const std::size_t glyph : shown) {
    const std::string name = std::string("/Stamp") + glyph_name(glyph);
    forms.replaceKey(name, glyphs_.at(glyph).form);
    content += "1 0 0 1 " + decimals(x + drawn_at) + " 0 cm " + name + " Do\n";
    x = glyphs_.at(glyph).width;
    drawn_at = 0;
  }
  return content;
}

void Stamper::stamp(const Sheaf& sheaf) {
  for (const Sheaf::Page& page : sheaf.pages) {
    ++number_;
    stamp(page);
  }
}

void Stamper::stamp(const Sheaf::Page& page) {
  // Pages may share their resources, and the page's own file has no stamp.
  Object old = page.resources;
  Object resources = old.isDictionary() ? old.shallowCopy() : Object::newDictionary();
  Object forms = resources.getKey("/XObject");
  forms = forms.isDictionary() ? forms.shallowCopy() : Object::newDictionary();
  const std::string placed = place(forms);
  resources.replaceKey("/XObject", forms);
  Object object = page.object;
  object.replaceKey("/Resources", resources);
  object.replaceKey(
      "/Contents",
      Object::newArray(
          {page.contents, book_.short_stream("/Artifact << /Type /Pagination >> BDC\nq\n" + placed +
                                             "Q\nEMC\n")}));
}

}  // namespace chartroom::report::pdf
