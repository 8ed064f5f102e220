#include "report/pdf_outline.hpp"

#include <qpdf/Pl_String.hh>
#include <qpdf/QPDFWriter.hh>
#include <stdexcept>

#include "base/bytes.hpp"
#include "report/pdf_book.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

constexpr std::size_t kSmallFilePages = 30;
/// What qpdf writes as both parts of a file's identifier (ISO 32000-1 §14.4) when it is not to make
/// one: as many digits as one has.
constexpr std::string_view kNoIdentifier = "<31415926535897932384626433832795>";

/// Links a list of siblings and counts what lies beneath them.
long long link_children(Object parent, std::vector<Object>& children) {
  if (children.empty()) return 0;
  parent.replaceKey("/First", children.front());
  parent.replaceKey("/Last", children.back());
  for (std::size_t i = 0; i < children.size(); ++i) {
    children[i].replaceKey("/Parent", parent);
    if (i > 0) children[i].replaceKey("/Prev", children[i - 1]);
    if (i + 1 < children.size()) children[i].replaceKey("/Next", children[i + 1]);
  }
  return static_cast<long long>(children.size());
}

/// Takes all bookmarks from `next` on that are deeper than `above`.
void build_level(QPDF& pdf, const std::vector<Bookmark>& flat, std::size_t& next, int above,
                 Object parent, bool top) {
  std::vector<Object> children;
  while (next < flat.size() && flat[next].level > above) {
    const Bookmark& bookmark = flat[next++];
    Object item = Object::newDictionary();
    item.replaceKey("/Title", Object::newUnicodeString(bookmark.title));
    item.replaceKey("/Dest", bookmark.destination);
    Object indirect = pdf.makeIndirectObject(item);
    build_level(pdf, flat, next, bookmark.level, indirect, false);
    children.push_back(indirect);
  }
  const long long count = link_children(parent, children);
  // Only the first level is open when the file is: a negative count says closed.
  if (count > 0) parent.replaceKey("/Count", Object::newInteger(top ? count : -count));
}

}  // namespace

void add_bookmarks(QPDF& pdf, const std::vector<Bookmark>& bookmarks) {
  if (bookmarks.empty()) return;
  Object outline = pdf.makeIndirectObject(Object::newDictionary());
  outline.replaceKey("/Type", Object::newName("/Outlines"));
  std::size_t next = 0;
  build_level(pdf, bookmarks, next, 0, outline, true);
  pdf.getRoot().replaceKey("/Outlines", outline);
  pdf.getRoot().replaceKey("/PageMode", Object::newName("/UseOutlines"));
}

void set_catalogue(QPDF& pdf, const Document& document) {
  Object root = pdf.getRoot();
  root.replaceKey("/Lang", Object::newString(document.language));
  Object marked = Object::newDictionary();
  marked.replaceKey("/Marked", Object::newBool(true));
  root.replaceKey("/MarkInfo", marked);
  Object preferences = Object::newDictionary();
  preferences.replaceKey("/DisplayDocTitle", Object::newBool(true));
  root.replaceKey("/ViewerPreferences", preferences);
  Object info = Object::newDictionary();
  const std::string title =
      document.title + (document.subtitle.empty() ? "" : " \u2013 " + document.subtitle);
  info.replaceKey("/Title", Object::newUnicodeString(title));
  info.replaceKey("/Author", Object::newUnicodeString("Chartroom"));
  info.replaceKey("/Producer", Object::newUnicodeString("Chartroom"));
  info.replaceKey("/CreationDate", Object::newString(pdf_date(document.created)));
  info.replaceKey("/ModDate", Object::newString(pdf_date(document.created)));
  pdf.getTrailer().replaceKey("/Info", pdf.makeIndirectObject(info));
}

namespace {

/// Gives a written file the identifier that follows from its bytes, so that equal content is an
/// equal file. qpdf would do that, too, but piece by piece as it writes: a twelfth of all its work.
void identify(std::string& file) {
  const std::string id = '<' + base::sha256_hex(file).substr(0, kNoIdentifier.size() - 2) + '>';
  std::size_t at = file.size();
  for (int part = 0; part < 2; ++part) {
    at = file.rfind(kNoIdentifier, at);
    // Only a qpdf that writes it differently comes here.
    if (at == std::string::npos) throw std::logic_error("a PDF without room for its identifier");
    file.replace(at, id.size(), id);
  }
}

}  // namespace

std::string write_pdf(QPDF& pdf) {
  std::string file;
  Pl_String output("report", nullptr, file);
  QPDFWriter writer(pdf);
  writer.setOutputPipeline(&output);
  // qpdf writes everything in object streams twice, a fifth of the work of an order's reports. The
  // many files are small ones, which stay so without; a large one would be three times as large, in
  // the store, in backups and on its way.
  const bool is_large = pdf.getAllPages().size() > kSmallFilePages;
  writer.setObjectStreamMode(is_large ? qpdf_o_generate : qpdf_o_disable);
  // What is compressed stays as it is.
  writer.setDecodeLevel(qpdf_dl_none);
  writer.setStaticID(true);
  writer.setMinimumPDFVersion("1.7");
  writer.write();
  identify(file);
  return file;
}

}  // namespace chartroom::report::pdf
