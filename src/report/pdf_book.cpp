// Catalogue, page tree, structure root, outline: what makes objects a document (PDF 32000-1, 7.7).
#include "report/pdf_book.hpp"

#include <algorithm>
#include <qpdf/Pl_Buffer.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDFWriter.hh>

#include "report/pdf_archive.hpp"
#include "report/pdf_outline.hpp"
#include "report/pdf_stamp.hpp"
#include "report/pdf_style.hpp"
#include "report/srgb_icc.hpp"
#include "report/text.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

std::shared_ptr<Buffer> deflated(std::string_view data) {
  Pl_Buffer sink("deflated");
  Pl_Flate flate("deflate", &sink, Pl_Flate::a_deflate);
  flate.write(reinterpret_cast<const unsigned char*>(data.data()), data.size());
  flate.finish();
  return sink.getBufferSharedPointer();
}

/// Of qpdf, for the whole process: a tenth less work for files that are a fiftieth larger.
constexpr int kCompressionLevel = 4;
[[maybe_unused]] const bool level_is_set = [] {
  Pl_Flate::setCompressionLevel(kCompressionLevel);
  return true;
}();

/// Document-level objects are new for each file; what they refer to is shared.
class Binder {
 public:
  Binder(Book& book, const Document& about) : book_(book), pdf_(book.pdf()), about_(about) {
    catalogue_ = Object::newDictionary();
    catalogue_.replaceKey("/Type", Object::newName("/Catalog"));
    catalogue_ = pdf_.makeIndirectObject(catalogue_);
  }

  void add(const Sheaf& sheaf) {
    for (const Sheaf::Page& page : sheaf.pages) pages_.push_back(page.object);
    parents_.insert(parents_.end(), sheaf.parents.begin(), sheaf.parents.end());
    archival_ = archival_ && sheaf.archival;
  }

  void bookmark(int level, const std::string& title, const Object& destination) {
    bookmarks_.push_back({level, title, destination});
  }

  [[nodiscard]] const std::vector<Object>& pages() const { return pages_; }

  std::string write(const Object& structure) {
    close_pages();
    close_structure(structure);
    pdf_.getTrailer().replaceKey("/Root", catalogue_);
    add_bookmarks(pdf_, bookmarks_);
    set_catalogue(pdf_, about_);
    if (archival_) claim_archive(book_, about_);
    pdf_.updateAllPagesCache();
    return write_pdf(pdf_);
  }

 private:
  void close_pages() {
    Object tree = pdf_.makeIndirectObject(Object::newDictionary());
    for (Object& page : pages_) page.replaceKey("/Parent", tree);
    tree.replaceKey("/Type", Object::newName("/Pages"));
    tree.replaceKey("/Kids", Object::newArray(pages_));
    tree.replaceKey("/Count", Object::newInteger(static_cast<long long>(pages_.size())));
    catalogue_.replaceKey("/Pages", tree);
  }

  void close_structure(Object top) {
    if (top.isNull()) return;
    std::sort(parents_.begin(), parents_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Object> numbers;
    numbers.reserve(2 * parents_.size());
    for (const auto& [key, entry] : parents_) {
      numbers.push_back(Object::newInteger(key));
      numbers.push_back(entry);
    }
    Object parents = Object::newDictionary();
    parents.replaceKey("/Nums", Object::newArray(numbers));
    Object root = Object::newDictionary();
    root.replaceKey("/Type", Object::newName("/StructTreeRoot"));
    root.replaceKey("/K", Object::newArray({top}));
    root.replaceKey("/ParentTree", pdf_.makeIndirectObject(parents));
    root.replaceKey("/ParentTreeNextKey",
                    Object::newInteger(parents_.empty() ? 0 : parents_.back().first + 1));
    root = pdf_.makeIndirectObject(root);
    top.replaceKey("/S", Object::newName("/Document"));
    top.replaceKey("/P", root);
    catalogue_.replaceKey("/StructTreeRoot", root);
  }

  Book& book_;
  QPDF& pdf_;
  const Document& about_;
  Object catalogue_;
  std::vector<Object> pages_;
  std::vector<std::pair<long long, Object>> parents_;
  std::vector<Bookmark> bookmarks_;
  bool archival_ = true;
};

}  // namespace

Book::Book() {
  pdf_.setSuppressWarnings(true);
  pdf_.emptyPDF();
  make_output_intents();
}

QPDFObjectHandle Book::stream(std::string_view data) {
  Object made = pdf_.newStream(deflated(data));
  made.getDict().replaceKey("/Filter", Object::newName("/FlateDecode"));
  return made;
}

QPDFObjectHandle Book::short_stream(const std::string& data) {
  Object made = pdf_.newStream(data);
  made.setFilterOnWrite(false);
  return made;
}

void Book::make_output_intents() {
  static const std::shared_ptr<Buffer> kProfile = deflated(kSRGBIcc);
  Object profile = pdf_.newStream(kProfile);
  profile.getDict().replaceKey("/Filter", Object::newName("/FlateDecode"));
  profile.getDict().replaceKey("/N", Object::newInteger(3));
  Object intent = Object::newDictionary();
  intent.replaceKey("/Type", Object::newName("/OutputIntent"));
  intent.replaceKey("/S", Object::newName("/GTS_PDFA1"));
  intent.replaceKey("/OutputConditionIdentifier", Object::newString("sRGB IEC61966-2.1"));
  intent.replaceKey("/Info", Object::newString("sRGB IEC61966-2.1"));
  intent.replaceKey("/RegistryName", Object::newString("http://www.color.org"));
  intent.replaceKey("/DestOutputProfile", profile);
  intents_ = Object::newArray({pdf_.makeIndirectObject(intent)});
}

QPDFObjectHandle Book::attributes(const std::string& source) {
  const auto known = std::find_if(attributes_.begin(), attributes_.end(),
                                  [&](const auto& entry) { return entry.first == source; });
  if (known != attributes_.end()) return known->second;
  Object made = pdf_.makeIndirectObject(Object::parse(source));
  attributes_.emplace_back(source, made);
  return made;
}

QPDFObjectHandle Book::type_name(const std::string& type) {
  const auto known = type_names_.find(type);
  if (known != type_names_.end()) return known->second;
  return type_names_.emplace(type, Object::newName("/" + type)).first->second;
}

QPDFObjectHandle Book::mark(int number) {
  const auto index = static_cast<std::size_t>(number);
  while (marks_.size() <= index) {
    marks_.push_back(Object::newInteger(static_cast<long long>(marks_.size())));
  }
  return marks_[index];
}

// qpdf's own way from a double goes through a stream of text, ten times as slow.
QPDFObjectHandle coordinate(double value) { return Object::newReal(format_fixed(value, 2)); }

QPDFObjectHandle destination(const QPDFObjectHandle& page, double top) {
  return Object::newArray(
      {page, Object::newName("/XYZ"), Object::newNull(), coordinate(top), Object::newNull()});
}

std::string write_sheaf(Book& book, const Document& about, const Sheaf& sheaf) {
  Binder binder(book, about);
  binder.add(sheaf);
  for (const Sheaf::Page& page : sheaf.pages) {
    Object object = page.object;
    object.replaceKey("/Contents", page.contents);
    object.replaceKey("/Resources", page.resources);
  }
  for (const SheafBookmark& mark : sheaf.bookmarks) {
    const Object& page = sheaf.pages.at(static_cast<std::size_t>(mark.page)).object;
    binder.bookmark(mark.level, mark.title, destination(page, mark.top));
  }
  return binder.write(sheaf.structure);
}

std::string write_bound(Book& book, const Document& about, const Sheaf& cover,
                        const std::vector<Bound>& parts) {
  Binder binder(book, about);
  binder.add(cover);
  binder.bookmark(1, about.title, destination(cover.pages.front().object, kPageHeight));
  Object top = cover.structure;
  Object own = top.getKey("/K");  // what else it takes in is of this file alone
  std::vector<Object> kids = own.getArrayAsVector();
  std::size_t count = cover.pages.size();
  for (const Bound& part : parts) {
    const Sheaf& sheaf = *part.sheaf;
    binder.add(sheaf);
    count += sheaf.pages.size();
    binder.bookmark(1, part.title, destination(sheaf.pages.front().object, kPageHeight));
    for (const SheafBookmark& mark : sheaf.bookmarks) {
      const Object& page = sheaf.pages.at(static_cast<std::size_t>(mark.page)).object;
      binder.bookmark(mark.level + 1, mark.title, destination(page, mark.top));
    }
    Object element = sheaf.structure;
    if (element.isNull()) continue;
    element.replaceKey("/S", Object::newName("/Part"));
    element.replaceKey("/P", top);
    kids.push_back(element);
  }
  top.replaceKey("/K", Object::newArray(kids));
  Stamper stamper(book, count);
  stamper.stamp(cover);
  for (const Bound& part : parts) stamper.stamp(*part.sheaf);
  std::string bytes = binder.write(top);
  top.replaceKey("/K", own);
  return bytes;
}

std::string pdf_date(base::TimePoint time) {
  std::string digits;
  for (const char c : base::format_iso(time).substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return "D:" + digits + "Z";
}

}  // namespace chartroom::report::pdf
