#include <qpdf/QPDFPageDocumentHelper.hh>
#include <stdexcept>

#include "report/combine.hpp"
#include "report/pdf_draw.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kStampWidth = 90;
constexpr double kStampHeight = 12;
constexpr double kInset = kPageWidth - kRight;  // from the page's right edge

struct Stamps {
  std::string bytes;
  QPDF document;
};

std::string draw_all(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 1; i <= count; ++i) {
    texts.push_back(std::to_string(i) + " / " + std::to_string(count));
  }
  auto bytes = draw_stamps(texts);
  if (!bytes) throw std::runtime_error("stamps could not be drawn");
  return std::move(*bytes);
}

/// Cuts a stamp's page down to the corner that holds the text, so that it fits pages of any size.
void crop(QPDFPageObjectHelper& stamp) {
  stamp.getObjectHandle().replaceKey(
      "/MediaBox", QPDFObjectHandle::newArray(QPDFObjectHandle::Rectangle(
                       kRight - kStampWidth, kPageHeight - kStampY - kStampHeight, kRight,
                       kPageHeight - kStampY)));
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

std::shared_ptr<void> stamp_numbers(QPDF& document) {
  auto pages = QPDFPageDocumentHelper(document).getAllPages();
  auto stamps = std::make_shared<Stamps>();
  stamps->bytes = draw_all(pages.size());
  stamps->document.setSuppressWarnings(true);
  stamps->document.processMemoryFile("stamps", stamps->bytes.data(), stamps->bytes.size());
  auto numbers = QPDFPageDocumentHelper(stamps->document).getAllPages();
  for (std::size_t i = 0; i < pages.size(); ++i) {
    crop(numbers.at(i));
    QPDFObjectHandle form = document.copyForeignObject(numbers.at(i).getFormXObjectForPage());
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
    pages[i].addPageContents(
        document.newStream("\nQ\n/Artifact << /Type /Pagination >> BDC\n" + drawn + "\nEMC\n"),
        false);
  }
  return stamps;
}

}  // namespace chartroom::report::pdf
