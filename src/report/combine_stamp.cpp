#include <cairo-pdf.h>

#include <qpdf/QPDFPageDocumentHelper.hh>
#include <stdexcept>

#include "report/combine.hpp"
#include "report/pdf_text.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kStampWidth = 90;
constexpr double kStampHeight = 12;
constexpr double kInset = kPageWidth - kRight;  // from the page's right edge

/// A PDF of small pages, one per number.
std::string draw_stamps(std::size_t count) {
  std::string bytes;
  const auto append = [](void* closure, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  };
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_pdf_surface_create_for_stream(append, &bytes, kStampWidth, kStampHeight),
      cairo_surface_destroy);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()),
                                                                 cairo_destroy);
  TextEngine text;
  TextStyle style;
  style.size = 7.5;
  style.weight = 600;
  style.colour = kBrand;
  for (std::size_t i = 1; i <= count; ++i) {
    const TextPtr box =
        text.make(std::to_string(i) + " / " + std::to_string(count), style, 0);
    draw_text(cairo.get(), *box, 0, 1, kStampWidth - box->width, 1);
    cairo_show_page(cairo.get());
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error("stamps could not be drawn");
  }
  return bytes;
}

/// Where the stamp goes in the page's own coordinates, so that it ends up at the top right however
/// the page is turned for reading.
QPDFObjectHandle::Rectangle corner(QPDFPageObjectHelper& page) {
  const auto box = page.getCropBox().getArrayAsRectangle();
  const auto turned = page.getAttribute("/Rotate", false);
  const long long turn =
      QPDFObjectHandle(turned).isInteger() ? QPDFObjectHandle(turned).getIntValue() % 360 : 0;
  const double w = kStampWidth;
  const double h = kStampHeight;
  switch ((turn + 360) % 360) {
    case 90:
      return {box.llx + kStampY, box.ury - kInset - w, box.llx + kStampY + h, box.ury - kInset};
    case 180:
      return {box.llx + kInset, box.lly + kStampY, box.llx + kInset + w, box.lly + kStampY + h};
    case 270:
      return {box.urx - kStampY - h, box.lly + kInset, box.urx - kStampY, box.lly + kInset + w};
    default:
      return {box.urx - kInset - w, box.ury - kStampY - h, box.urx - kInset, box.ury - kStampY};
  }
}

}  // namespace

void stamp_numbers(QPDF& document) {
  auto pages = QPDFPageDocumentHelper(document).getAllPages();
  const std::string bytes = draw_stamps(pages.size());
  QPDF stamps;
  stamps.setSuppressWarnings(true);
  stamps.processMemoryFile("stamps", bytes.data(), bytes.size());
  auto numbers = QPDFPageDocumentHelper(stamps).getAllPages();
  for (std::size_t i = 0; i < pages.size(); ++i) {
    QPDFObjectHandle form =
        document.copyForeignObject(numbers.at(i).getFormXObjectForPage());
    QPDFObjectHandle resources = pages[i].getAttribute("/Resources", true);
    if (!resources.isDictionary()) {
      pages[i].getObjectHandle().replaceKey("/Resources", QPDFObjectHandle::newDictionary());
      resources = pages[i].getObjectHandle().getKey("/Resources");
    }
    // Pages may share their resources; each needs a stamp of its own.
    resources = resources.shallowCopy();
    QPDFObjectHandle forms = resources.getKey("/XObject");
    forms = forms.isDictionary() ? forms.shallowCopy() : QPDFObjectHandle::newDictionary();
    int suffix = 1;
    const std::string name = resources.getUniqueResourceName("/Stamp", suffix);
    const std::string drawn = pages[i].placeFormXObject(form, name, corner(pages[i]));
    if (drawn.empty()) continue;
    forms.replaceKey(name, form);
    resources.replaceKey("/XObject", forms);
    pages[i].getObjectHandle().replaceKey("/Resources", resources);
    pages[i].addPageContents(document.newStream("q\n"), true);
    pages[i].addPageContents(document.newStream("\nQ\n" + drawn), false);
  }
}

}  // namespace chartroom::report::pdf
