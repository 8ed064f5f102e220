#include "report/pdf_stamp.hpp"

#include <algorithm>
#include <optional>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <stdexcept>

#include "report/pdf_draw.hpp"
#include "report/text.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

constexpr double kInset = kPageWidth - kRight;  // from the page's right edge
constexpr double kOverhang = 1;                 // glyphs may reach beyond their advance

struct DrawnGlyphs {
  std::string bytes;  ///< backs `document`
  QPDF document;
};

const char* glyph_name(std::size_t index) {
  constexpr std::array kNames = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "of"};
  return kNames.at(index);
}

/// Drawn once by each thread: they are the same in every report.
const StampGlyphs& drawn_glyphs() {
  thread_local std::optional<StampGlyphs> kept;
  if (!kept) {
    auto drawn = draw_stamp_glyphs({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", " / "});
    if (!drawn) throw std::runtime_error("stamps could not be drawn");
    kept = std::move(*drawn);
  }
  return *kept;
}

std::string decimals(double value) { return format_fixed(value, 3); }

/// From a stamp's coordinates (its top right corner is the origin) to those of a page, so that it
/// ends up at the top right however the page is turned for reading.
std::string corner_matrix(QPDFPageObjectHelper page) {
  const auto box = page.getCropBox().getArrayAsRectangle();
  const Object turned = page.getAttribute("/Rotate", false);
  const long long turn = Object(turned).isInteger() ? Object(turned).getIntValue() % 360 : 0;
  const auto matrix = [](const char* turn_by, double x, double y) {
    return std::string(turn_by) + " " + decimals(x) + " " + decimals(y) + " cm\n";
  };
  switch ((turn + 360) % 360) {
    case 90:
      return matrix("0 1 -1 0", box.llx + kStampY, box.ury - kInset);
    case 180:
      return matrix("-1 0 0 -1", box.llx + kInset, box.lly + kStampY);
    case 270:
      return matrix("0 -1 1 0", box.urx - kStampY, box.lly + kInset);
    default:
      return matrix("1 0 0 1", box.urx - kInset, box.ury - kStampY);
  }
}

/// Begins the names of our forms and of none that the page has.
std::string free_prefix(Object& forms) {
  std::string prefix = "/Stamp";
  const auto taken = [&] {
    const auto keys = forms.getKeys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return key.starts_with(prefix); });
  };
  while (taken()) prefix += "_";
  return prefix;
}

}  // namespace

Stamper::Stamper(Book& book, std::size_t count)
    : book_(book), save_(book.short_stream("q\n")), count_(count) {
  const StampGlyphs& drawn = drawn_glyphs();
  auto source = std::make_shared<DrawnGlyphs>();
  source->bytes = drawn.bytes;
  source->document.setSuppressWarnings(true);
  source->document.processMemoryFile("stamps", source->bytes.data(), source->bytes.size());
  auto pages = QPDFPageDocumentHelper(source->document).getAllPages();
  for (std::size_t i = 0; i < kGlyphs; ++i) {
    const double width = drawn.widths.at(i);
    pages.at(i).getObjectHandle().replaceKey(
        "/MediaBox", Object::newArray(Object::Rectangle(
                         kStampGlyphX - kOverhang, kPageHeight - kStampY - kStampHeight,
                         kStampGlyphX + width + kOverhang, kPageHeight - kStampY)));
    glyphs_.at(i) = {book.pdf().copyForeignObject(pages.at(i).getFormXObjectForPage()), width};
  }
  book.keep(std::move(source));
}

std::string Stamper::place(const std::string& prefix, const std::string& matrix,
                           Object forms) const {
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
  std::string content = matrix + "1 0 0 1 0 " + decimals(kStampY - kPageHeight) + " cm\n";
  for (const std::size_t glyph : shown) {
    const std::string name = prefix + glyph_name(glyph);
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
    stamp(page, sheaf.restores);
  }
}

void Stamper::stamp(const Sheaf::Page& page, bool restores) {
  Object object = page.object;
  Object old = page.resources;
  // Pages may share their resources, and the page's own file has no stamp.
  Object resources = old.isDictionary() ? old.shallowCopy() : Object::newDictionary();
  Object forms = resources.getKey("/XObject");
  forms = forms.isDictionary() ? forms.shallowCopy() : Object::newDictionary();
  const std::string placed = place(free_prefix(forms), corner_matrix(object), forms);
  resources.replaceKey("/XObject", forms);
  object.replaceKey("/Resources", resources);
  std::vector<Object> contents;
  if (!restores) contents.push_back(save_);
  Object own = page.contents;
  if (own.isArray()) {
    const auto all = own.getArrayAsVector();
    contents.insert(contents.end(), all.begin(), all.end());
  } else if (own.isStream()) {
    contents.push_back(own);
  }
  contents.push_back(book_.short_stream(std::string(restores ? "" : "\nQ\n") +
                                        "/Artifact << /Type /Pagination >> BDC\nq\n" + placed +
                                        "Q\nEMC\n"));
  object.replaceKey("/Contents", Object::newArray(contents));
}

}  // namespace chartroom::report::pdf
