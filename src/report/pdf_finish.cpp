// Structure tree, links, bookmarks and received pages, on the object level (PDF
// 32000-1: 12.3, 12.5, 14.7, 14.8).
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <map>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "report/pdf_archive.hpp"
#include "report/pdf_draw.hpp"
#include "report/pdf_outline.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

Object number(double value) { return Object::newReal(value, 2); }

class Finisher {
 public:
  Finisher(const std::string& drawn, const Canvas& canvas, const Document& document,
           const std::vector<std::shared_ptr<Received>>& received)
      : canvas_(canvas), document_(document), received_(received) {
    pdf_.setSuppressWarnings(true);
    pdf_.processMemoryFile("drawn", drawn.data(), drawn.size());
    pages_ = pdf_.getAllPages();
  }

  std::string finish() {
    place_received();
    structure();
    links();
    close_parent_tree();
    bookmarks();
    catalogue();
    for (auto& page : QPDFPageDocumentHelper(pdf_).getAllPages()) mark_artifacts(page);
    if (received_.empty()) claim_archive(pdf_, document_);
    return write_pdf(pdf_);
  }

 private:
  // ── structure ──

  void structure() {
    Object root = Object::newDictionary();
    root.replaceKey("/Type", Object::newName("/StructTreeRoot"));
    tree_ = pdf_.makeIndirectObject(root);
    marks_.resize(pages_.size());
    elements_.resize(canvas_.nodes.size());
    for (std::size_t i = 0; i < canvas_.nodes.size(); ++i) elements_[i] = make_element(i);
    for (std::size_t i = 0; i < canvas_.nodes.size(); ++i) {
      Object kids = elements_[i].getKey("/K");
      for (const int child : canvas_.nodes[i].children)
        kids.appendItem(elements_[static_cast<std::size_t>(child)]);
    }
    tree_.replaceKey("/K", Object::newArray({elements_.front()}));
    for (std::size_t p = 0; p < pages_.size(); ++p) {
      pages_[p].replaceKey("/StructParents", Object::newInteger(static_cast<long long>(p)));
      pages_[p].replaceKey("/Tabs", Object::newName("/S"));
      Object content = Object::newArray();
      for (const Object& element : marks_[p]) content.appendItem(element);
      add_parent(pdf_.makeIndirectObject(content));
    }
  }

  Object make_element(std::size_t index) {
    const TagNode& node = canvas_.nodes[index];
    Object element = Object::newDictionary();
    element.replaceKey("/Type", Object::newName("/StructElem"));
    element.replaceKey("/S", Object::newName(std::string("/") + node.type));
    element.replaceKey("/P",
                       node.parent < 0 ? tree_ : elements_[static_cast<std::size_t>(node.parent)]);
    if (!node.alternative.empty())
      element.replaceKey("/Alt", Object::newUnicodeString(node.alternative));
    if (Object attributes = table_attributes(node); !attributes.isNull())
      element.replaceKey("/A", attributes);
    Object kids = Object::newArray();
    Object indirect = pdf_.makeIndirectObject(element);
    std::vector<TagNode::Content> contents = node.content;
    if (const auto more = received_marks_.find(index); more != received_marks_.end()) {
      contents.push_back(more->second);
    }
    for (const TagNode::Content& content : contents) {
      const auto page = static_cast<std::size_t>(content.page);
      Object mark = Object::newDictionary();
      mark.replaceKey("/Type", Object::newName("/MCR"));
      mark.replaceKey("/Pg", pages_[page]);
      mark.replaceKey("/MCID", Object::newInteger(content.mcid));
      kids.appendItem(mark);
      auto& marks = marks_[page];
      const auto mcid = static_cast<std::size_t>(content.mcid);
      if (marks.size() <= mcid) marks.resize(mcid + 1, Object::newNull());
      marks[mcid] = indirect;
    }
    indirect.replaceKey("/K", kids);
    return indirect;
  }

  static Object table_attributes(const TagNode& node) {
    if (node.scope == nullptr && node.column_span <= 1 && node.row_span <= 1 &&
        node.summary.empty()) {
      return Object::newNull();
    }
    Object attributes = Object::newDictionary();
    attributes.replaceKey("/O", Object::newName("/Table"));
    if (node.scope != nullptr)
      attributes.replaceKey("/Scope", Object::newName(std::string("/") + node.scope));
    if (node.column_span > 1)
      attributes.replaceKey("/ColSpan", Object::newInteger(node.column_span));
    if (!node.summary.empty())
      attributes.replaceKey("/Summary", Object::newUnicodeString(node.summary));
    if (node.row_span > 1) attributes.replaceKey("/RowSpan", Object::newInteger(node.row_span));
    return attributes;
  }

  /// The next entry of the parent tree; entries of pages come first, in page order.
  long long add_parent(const Object& entry) {
    parents_.appendItem(Object::newInteger(next_parent_));
    parents_.appendItem(entry);
    return next_parent_++;
  }

  void close_parent_tree() {
    Object tree = Object::newDictionary();
    tree.replaceKey("/Nums", parents_);
    tree_.replaceKey("/ParentTree", pdf_.makeIndirectObject(tree));
    tree_.replaceKey("/ParentTreeNextKey", Object::newInteger(next_parent_));
  }

  // ── links ──

  Object destination(const Place& place) {
    return Object::newArray({pages_[static_cast<std::size_t>(place.page)], Object::newName("/XYZ"),
                             Object::newNull(), number(kPageHeight - place.y + 6),
                             Object::newNull()});
  }

  void links() {
    for (const Link& link : canvas_.links) {
      const auto place = canvas_.anchors.find(link.target);
      if (place == canvas_.anchors.end()) continue;
      Object annotation = Object::newDictionary();
      annotation.replaceKey("/Type", Object::newName("/Annot"));
      annotation.replaceKey("/Subtype", Object::newName("/Link"));
      annotation.replaceKey("/F", Object::newInteger(4));
      annotation.replaceKey(
          "/Border",
          Object::newArray({Object::newInteger(0), Object::newInteger(0), Object::newInteger(0)}));
      annotation.replaceKey(
          "/Rect", Object::newArray(
                       {number(link.box.x), number(kPageHeight - link.box.y - link.box.height),
                        number(link.box.x + link.box.width), number(kPageHeight - link.box.y)}));
      annotation.replaceKey("/Dest", destination(place->second));
      annotation.replaceKey("/Contents", Object::newUnicodeString("Go to the source"));
      Object indirect = pdf_.makeIndirectObject(annotation);
      Object& page = pages_[static_cast<std::size_t>(link.page)];
      if (!page.getKey("/Annots").isArray()) page.replaceKey("/Annots", Object::newArray());
      page.getKey("/Annots").appendItem(indirect);
      tag_link(link, page, indirect);
    }
  }

  void tag_link(const Link& link, const Object& page, Object annotation) {
    Object parent = elements_[static_cast<std::size_t>(std::max(0, link.node))];
    Object reference = Object::newDictionary();
    reference.replaceKey("/Type", Object::newName("/OBJR"));
    reference.replaceKey("/Obj", annotation);
    reference.replaceKey("/Pg", page);
    Object element = Object::newDictionary();
    element.replaceKey("/Type", Object::newName("/StructElem"));
    element.replaceKey("/S", Object::newName("/Link"));
    element.replaceKey("/P", parent);
    element.replaceKey("/K", Object::newArray({reference}));
    Object indirect = pdf_.makeIndirectObject(element);
    parent.getKey("/K").appendItem(indirect);
    annotation.replaceKey("/StructParent", Object::newInteger(add_parent(indirect)));
  }

  // ── the rest ──

  void bookmarks() {
    std::vector<Bookmark> flat;
    for (const OutlineEntry& entry : canvas_.outline) {
      if (entry.level < 2) continue;  // the title: the file's name for itself
      flat.push_back({entry.level, entry.title, destination(entry.place)});
    }
    add_bookmarks(pdf_, flat);
  }

  void catalogue() {
    Object root = pdf_.getRoot();
    root.replaceKey("/StructTreeRoot", tree_);
    set_catalogue(pdf_, document_);
  }

  /// Puts the pages of received PDFs into their boxes, scaled to fit.
  void place_received() {
    int name = 0;
    std::map<int, int> next_mark = marks_drawn();
    for (const Placement& placement : canvas_.placements) {
      Received& source = *received_[placement.source];
      Object form =
          pdf_.copyForeignObject(source.pages[placement.source_page].getFormXObjectForPage());
      strip_active(form);
      const int mark = next_mark[placement.page]++;
      received_marks_[static_cast<std::size_t>(placement.node)] = {placement.page, mark};
      QPDFPageObjectHelper page(pages_[static_cast<std::size_t>(placement.page)]);
      const std::string key = "/Received" + std::to_string(name++);
      Object resources = page.getAttribute("/Resources", true);
      if (!resources.getKey("/XObject").isDictionary())
        resources.replaceKey("/XObject", Object::newDictionary());
      resources.getKey("/XObject").replaceKey(key, form);
      const Box& box = placement.box;
      const Object::Rectangle target(box.x, kPageHeight - box.y - box.height, box.x + box.width,
                                     kPageHeight - box.y);
      const std::string shown = page.placeFormXObject(form, key, target, true, true, true);
      // What cairo drew leaves its own coordinates behind: they end before the page is placed.
      page.addPageContents(pdf_.newStream("q\n"), true);
      page.addPageContents(pdf_.newStream("\nQ\n/Figure << /MCID " + std::to_string(mark) +
                                          " >> BDC\n" + shown + "EMC\n"),
                           false);
    }
  }

  /// How much marked content each page has already.
  [[nodiscard]] std::map<int, int> marks_drawn() const {
    std::map<int, int> drawn;
    for (const TagNode& node : canvas_.nodes) {
      for (const TagNode::Content& content : node.content) {
        drawn[content.page] = std::max(drawn[content.page], content.mcid + 1);
      }
    }
    return drawn;
  }

  const Canvas& canvas_;
  const Document& document_;
  const std::vector<std::shared_ptr<Received>>& received_;
  QPDF pdf_;
  std::vector<Object> pages_;
  Object tree_;
  std::vector<Object> elements_;
  std::vector<std::vector<Object>> marks_;  ///< element of each marked content, by page
  std::map<std::size_t, TagNode::Content> received_marks_;  ///< by node: pages of received PDFs
  Object parents_ = Object::newArray();
  long long next_parent_ = 0;
};

}  // namespace

std::string pdf_date(base::TimePoint time) {
  std::string digits;
  for (const char c : base::format_iso(time).substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return "D:" + digits + "Z";
}

base::Result<std::string> finish_pdf(const std::string& drawn, const Canvas& canvas,
                                     const Document& document,
                                     const std::vector<std::shared_ptr<Received>>& received) {
  try {
    return Finisher(drawn, canvas, document, received).finish();
  } catch (const std::exception&) {  // qpdf reports by exception
    return base::fail(base::ErrorCode::internal, "a report's PDF could not be completed");
  }
}

}  // namespace chartroom::report::pdf
