#include <array>
#include <exception>
#include <map>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFOutlineDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <set>

#include "report/combine.hpp"
#include "report/pdf_received.hpp"
#include "report/pdf_style.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

constexpr std::size_t kMostBookmarks = 5'000;
constexpr int kDeepestBookmark = 8;

/// Links within the document stay; they lose everything but where they lead.
bool keep_link(Object& annotation) {
  if (!annotation.isDictionary()) return false;
  Object kind = annotation.getKey("/Subtype");
  if (!kind.isName() || kind.getName() != "/Link") return false;
  Object action = annotation.getKey("/A");
  if (action.isDictionary() && action.getKey("/S").isName() &&
      action.getKey("/S").getName() == "/GoTo") {
    annotation.replaceKey("/Dest", action.getKey("/D"));
  }
  Object target = annotation.getKey("/Dest");
  if (!target.isArray() || target.getArrayNItems() < 2 || !target.getArrayItem(0).isPageObject()) {
    return false;
  }
  static const std::set<std::string> kKept = {"/Type", "/Subtype", "/Rect",         "/Border",
                                              "/F",    "/Dest",    "/StructParent", "/QuadPoints"};
  for (const std::string& key : annotation.getKeys()) {
    if (!kKept.contains(key)) annotation.removeKey(key);
  }
  return true;
}

/// Draws annotations into their pages, links aside.
void settle_annotations(QPDF& document) {
  QPDFPageDocumentHelper helper(document);
  std::vector<std::pair<Object, std::vector<Object>>> kept;
  for (auto& page : helper.getAllPages()) {
    Object object = page.getObjectHandle();
    Object annotations = object.getKey("/Annots");
    std::vector<Object> links;
    std::vector<Object> others;
    if (annotations.isArray()) {
      for (Object& item : annotations.getArrayAsVector()) {
        (keep_link(item) ? links : others).push_back(item);
      }
    }
    object.removeKey("/Annots");
    if (!others.empty()) object.replaceKey("/Annots", Object::newArray(others));
    kept.emplace_back(object, links);
  }
  QPDFAcroFormDocumentHelper(document).generateAppearancesIfNeeded();
  helper.flattenAnnotations(0, 2 /* not those hidden */);
  for (auto& [page, links] : kept) {
    page.removeKey("/Annots");
    if (!links.empty()) page.replaceKey("/Annots", Object::newArray(links));
  }
}

void clean_page(Object& page, bool ours) {
  static const std::set<std::string> kKept = {
      "/Type",   "/Parent",   "/Resources", "/MediaBox", "/CropBox", "/TrimBox",  "/BleedBox",
      "/ArtBox", "/Contents", "/Rotate",    "/Group",    "/Annots",  "/UserUnit", "/Tabs"};
  for (const std::string& key : page.getKeys()) {
    if (kKept.contains(key) || (ours && key == "/StructParents")) continue;
    page.removeKey(key);
  }
  strip_active(page.getKey("/Resources"));
  if (ours || !page.getKey("/Annots").isArray()) return;
  for (Object& link : page.getKey("/Annots").getArrayAsVector()) link.removeKey("/StructParent");
}

void collect(const std::vector<QPDFOutlineObjectHelper>& items, int level,
             const std::map<QPDFObjGen, int>& pages, std::vector<SheafBookmark>& out) {
  for (QPDFOutlineObjectHelper item : items) {
    if (out.size() >= kMostBookmarks || level > kDeepestBookmark) return;
    Object target = item.getDest();
    const auto page = pages.find(item.getDestPage().getObjGen());
    if (page != pages.end()) {
      double top = kPageHeight;
      if (target.isArray() && target.getArrayNItems() > 3 && target.getArrayItem(3).isNumber()) {
        top = target.getArrayItem(3).getNumericValue();
      }
      out.push_back({level, item.getTitle(), page->second, top, false});
    }
    collect(item.getKids(), level + 1, pages, out);
  }
}

bool made_by_us(QPDF& document) {
  Object info = document.getTrailer().getKey("/Info");
  if (!info.isDictionary() || !info.getKey("/Producer").isString()) return false;
  return info.getKey("/Producer").getStringValue() == "Chartroom" &&
         document.getRoot().getKey("/StructTreeRoot").isDictionary();
}

void shift(Object object, const char* key, long long by) {
  Object value = object.getKey(key);
  if (value.isInteger()) object.replaceKey(key, Object::newInteger(value.getIntValue() + by));
}

/// Takes the part's structure along: its keys move up behind those in use (PDF 32000-1, 14.7.4.4).
void take_structure(Book& book, OpenPart& part, Sheaf& sheaf) {
  QPDF& document = book.pdf();
  Object theirs = part.document.getRoot().getKey("/StructTreeRoot");
  const long long offset = book.next_key;
  Object numbers = theirs.getKey("/ParentTree").getKey("/Nums");
  for (int i = 0; i + 1 < numbers.getArrayNItems(); i += 2) {
    Object value = numbers.getArrayItem(i + 1);
    sheaf.parents.emplace_back(
        numbers.getArrayItem(i).getIntValue() + offset,
        value.isIndirect() ? document.copyForeignObject(value) : Object::newNull());
  }
  book.next_key = offset + theirs.getKey("/ParentTreeNextKey").getIntValue();
  sheaf.structure = document.copyForeignObject(theirs.getKey("/K").getArrayItem(0));
  for (Sheaf::Page& page : sheaf.pages) {
    shift(page.object, "/StructParents", offset);
    Object annotations = page.object.getKey("/Annots");
    if (!annotations.isArray()) continue;
    for (Object& link : annotations.getArrayAsVector()) shift(link, "/StructParent", offset);
  }
}

/// The tree has the simple shape that ours have; a look-alike is taken without it.
bool has_our_tree(QPDF& document) {
  Object root = document.getRoot().getKey("/StructTreeRoot");
  return root.getKey("/K").isArray() && root.getKey("/K").getArrayNItems() == 1 &&
         root.getKey("/K").getArrayItem(0).isIndirect() &&
         root.getKey("/ParentTreeNextKey").isInteger() &&
         root.getKey("/ParentTree").isDictionary() &&
         root.getKey("/ParentTree").getKey("/Nums").isArray();
}

/// Copying a page loses what it says of pages not yet copied: links get their targets anew.
void restore_links(const OpenPart& part, Sheaf& sheaf) {
  std::map<QPDFObjGen, std::size_t> numbers;
  for (std::size_t i = 0; i < part.pages.size(); ++i) numbers[part.pages[i].getObjGen()] = i;
  for (std::size_t i = 0; i < part.pages.size(); ++i) {
    Object theirs = Object(part.pages[i]).getKey("/Annots");
    Object ours = sheaf.pages[i].object.getKey("/Annots");
    if (!theirs.isArray() || !ours.isArray()) continue;
    for (int k = 0; k < theirs.getArrayNItems() && k < ours.getArrayNItems(); ++k) {
      Object target = theirs.getArrayItem(k).getKey("/Dest");
      const auto number = numbers.find(target.getArrayItem(0).getObjGen());
      Object copy = ours.getArrayItem(k).getKey("/Dest");
      if (number == numbers.end() || !copy.isArray()) continue;
      copy.setArrayItem(0, sheaf.pages[number->second].object);
    }
  }
}

}  // namespace

base::Result<std::shared_ptr<OpenPart>> open_part(const PdfPart& part) {
  auto open = std::make_shared<OpenPart>();
  open->title = part.title;
  open->bytes = part.bytes;
  try {
    QPDF& document = open->document;
    document.setSuppressWarnings(true);
    document.processMemoryFile("part", open->bytes.data(), open->bytes.size());
    document.pushInheritedAttributesToPage();
    open->ours = made_by_us(document) && has_our_tree(document);
    open->archival = open->ours && document.getRoot().hasKey("/OutputIntents");
    settle_annotations(document);
    std::map<QPDFObjGen, int> numbers;
    for (Object page : document.getAllPages()) {
      clean_page(page, open->ours);
      numbers.emplace(page.getObjGen(), static_cast<int>(open->pages.size()));
      open->pages.push_back(page);
    }
    QPDFOutlineDocumentHelper outline(document);
    collect(outline.getTopLevelOutlines(), 1, numbers, open->bookmarks);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::corrupt, "the part is not a readable PDF");
  }
  if (open->pages.empty()) return base::fail(base::ErrorCode::corrupt, "the part has no pages");
  if (open->pages.size() > kReceivedPages * 4) {
    return base::fail(base::ErrorCode::too_large, "the part has too many pages");
  }
  return open;
}

Sheaf take_part(Book& book, const std::shared_ptr<OpenPart>& part) {
  book.keep(part);
  Sheaf sheaf;
  for (const Object& page : part->pages) {
    Object ours = book.pdf().copyForeignObject(page);
    sheaf.pages.push_back({ours, ours.getKey("/Contents"), ours.getKey("/Resources")});
  }
  sheaf.bookmarks = part->bookmarks;
  sheaf.archival = part->archival;
  restore_links(*part, sheaf);
  if (part->ours) take_structure(book, *part, sheaf);
  return sheaf;
}

}  // namespace chartroom::report::pdf
