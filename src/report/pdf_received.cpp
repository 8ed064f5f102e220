#include "report/pdf_received.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <set>
#include <stdexcept>

namespace chartroom::report::pdf {
namespace {

/// Counts decoded bytes and throws when there are too many: a small stream may hold a huge page.
class Bounded : public Pipeline {
 public:
  Bounded() : Pipeline("bounded", nullptr) {}
  void write(unsigned char const*, std::size_t size) override {
    seen_ += size;
    if (seen_ > kReceivedPageBytes) throw std::length_error("page content");
  }
  void finish() override {}

 private:
  std::size_t seen_ = 0;
};

constexpr std::size_t kMostObjects = 2'000'000;

/// Entries of streams and typed dictionaries. Untyped ones (resources, glyph tables) choose their
/// own names, where "/PS" may well be a font.
constexpr std::array kUnwantedKeys = {
    "/EF",       "/AF",         "/OPI",           "/Ref",   "/PS",        "/PieceInfo",
    "/Metadata", "/Alternates", "/EmbeddedFiles", "/Names", "/OpenAction"};

bool is_action(QPDFObjectHandle& object) {
  if (!object.isDictionary()) return false;
  static const std::set<std::string> kKinds = {
      "/JavaScript", "/Launch",     "/SubmitForm", "/ImportData", "/ResetForm",
      "/URI",        "/GoToR",      "/GoToE",      "/Rendition",  "/RichMediaExecute",
      "/Movie",      "/Sound",      "/Hide",       "/Named",      "/SetOCGState",
      "/Thread",     "/GoTo3DView", "/Trans",      "/GoToDp"};
  QPDFObjectHandle kind = object.getKey("/S");
  return kind.isName() && kKinds.contains(kind.getName());
}

bool is_unwanted(QPDFObjectHandle& owner, bool stream, const std::string& key,
                 QPDFObjectHandle& value) {
  if (is_action(value)) return true;
  if (key == "/AA") return value.isDictionary() && !value.hasKey("/Type");
  if (key == "/StructParent" || key == "/StructParents") return value.isInteger();
  if (stream && key == "/F") return true;  // data that lie in another file
  if (!stream && !owner.hasKey("/Type")) return false;
  return std::find(kUnwantedKeys.begin(), kUnwantedKeys.end(), key) != kUnwantedKeys.end();
}

/// Objects that may themselves hold more.
bool worth_a_visit(QPDFObjectHandle& object) {
  return object.isArray() || object.isDictionary() || object.isStream();
}

void strip_array(QPDFObjectHandle& array, std::vector<QPDFObjectHandle>& open) {
  const int size = array.getArrayNItems();
  for (int i = 0; i < size; ++i) {
    QPDFObjectHandle item = array.getArrayItem(i);
    if (is_action(item)) {
      array.setArrayItem(i, QPDFObjectHandle::newNull());
    } else if (worth_a_visit(item)) {
      open.push_back(item);
    }
  }
}

}  // namespace

void strip_active(QPDFObjectHandle root) {
  std::vector<QPDFObjectHandle> open{root};
  std::set<QPDFObjGen> seen;
  std::size_t visited = 0;
  while (!open.empty()) {
    QPDFObjectHandle object = open.back();
    open.pop_back();
    if (++visited > kMostObjects) throw std::length_error("objects of a received PDF");
    if (object.isIndirect() && !seen.insert(object.getObjGen()).second) continue;
    if (object.isArray()) {
      strip_array(object, open);
      continue;
    }
    const bool stream = object.isStream();
    QPDFObjectHandle dictionary = stream ? object.getDict() : object;
    if (!dictionary.isDictionary()) continue;
    for (const std::string& key : dictionary.getKeys()) {
      QPDFObjectHandle value = dictionary.getKey(key);
      if (is_unwanted(dictionary, stream, key, value)) {
        dictionary.removeKey(key);
      } else if (worth_a_visit(value)) {
        open.push_back(value);
      }
    }
  }
}

base::Result<std::shared_ptr<Received>> open_received(std::string bytes) {
  auto received = std::make_shared<Received>();
  received->bytes = std::move(bytes);
  try {
    QPDF& document = received->document;
    document.setSuppressWarnings(true);
    document.processMemoryFile("received", received->bytes.data(), received->bytes.size());
    QPDFAcroFormDocumentHelper(document).generateAppearancesIfNeeded();
    QPDFPageDocumentHelper pages(document);
    pages.pushInheritedAttributesToPage();
    pages.flattenAnnotations(0, 2 /* not those hidden */);
    received->pages = pages.getAllPages();
    if (received->pages.empty()) {
      return base::fail(base::ErrorCode::corrupt, "the PDF has no pages");
    }
    if (received->pages.size() > kReceivedPages) {
      return base::fail(base::ErrorCode::too_large, "the PDF has too many pages");
    }
    for (QPDFPageObjectHelper& page : received->pages) {
      Bounded bound;
      page.pipeContents(&bound);
    }
  } catch (const std::length_error&) {
    return base::fail(base::ErrorCode::too_large, "a page of the PDF is too large");
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::corrupt, "the PDF cannot be read");
  }
  return received;
}

}  // namespace chartroom::report::pdf
