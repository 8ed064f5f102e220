// Structure, links and received pages, on the object level (PDF 32000-1: 12.5, 14.7, 14.8).
#include <algorithm>
#include <map>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "report/pdf_archive.hpp"
#include "report/pdf_draw.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

class Finisher {
 public:
  Finisher(Book& book, const Sketch& sketch, const std::vector<Object>& behind)
      : book_(book),
        pdf_(book.pdf()),
        canvas_(sketch.canvas),
        received_(sketch.received),
        behind_(behind) {}

  Sheaf finish(const Drawn& drawn, std::size_t first_page) {
    for (std::size_t p = 0; p < canvas_.pages().size(); ++p) {
      take_page(drawn.pages.at(first_page + p));
    }
    place_received();
    for (std::size_t p = 0; p < pages_.size(); ++p) close_contents(p);
    structure();
    links();
    for (std::size_t i = 0; i < canvas_.nodes.size(); ++i) close_element(i);
    sheaf_.bookmarks = bookmarks_of(canvas_);
    sheaf_.structure = elements_.front();
    sheaf_.archival = received_.empty();
    return std::move(sheaf_);
  }

 private:
  /// Copies a page without cairo's own structure tree, which is never even parsed.
  void take_page(Object theirs) {
    const auto content = theirs.getKey("/Contents").getStreamData();
    contents_.push_back(
        "q\n" +
        with_artifacts({reinterpret_cast<const char*>(content->getBuffer()), content->getSize()}) +
        "Q\n");
    theirs.removeKey("/Contents");
    Object ours = pdf_.copyForeignObject(theirs);
    settle_pictures(ours.getKey("/Resources"));
    pages_.push_back(ours);
  }

  void close_contents(std::size_t page) {
    sheaf_.pages.push_back(
        {pages_[page], book_.stream(contents_[page]), pages_[page].getKey("/Resources")});
    contents_[page] = {};
  }

  // ── structure ──

  void structure() {
    marks_.resize(pages_.size());
    elements_.resize(canvas_.nodes.size());
    kids_.resize(canvas_.nodes.size());
    for (std::size_t i = 0; i < canvas_.nodes.size(); ++i) make_element(i);
    for (std::size_t i = 0; i < canvas_.nodes.size(); ++i) {
      for (const int child : canvas_.nodes[i].children)
        kids_[i].push_back(elements_[static_cast<std::size_t>(child)]);
    }
    for (std::size_t p = 0; p < pages_.size(); ++p) {
      const Object content = Object::newArray(marks_[p]);
      pages_[p].replaceKey("/StructParents",
                           Object::newInteger(add_parent(pdf_.makeIndirectObject(content))));
      pages_[p].replaceKey("/Tabs", Object::newName("/S"));
    }
  }

  void make_element(std::size_t index) {
    const TagNode& node = canvas_.nodes[index];
    Object element = Object::newDictionary();  // its /Type may be left out, and there are many
    element.replaceKey("/S", book_.type_name(node.type));
    if (node.parent >= 0)
      element.replaceKey("/P", elements_[static_cast<std::size_t>(node.parent)]);
    if (!node.alternative.empty())
      element.replaceKey("/Alt", Object::newUnicodeString(node.alternative));
    if (Object attributes = table_attributes(node); !attributes.isNull())
      element.replaceKey("/A", attributes);
    elements_[index] = pdf_.makeIndirectObject(element);
    for (const TagNode::Content& content : node.content) add_content(index, content);
    if (const auto more = received_marks_.find(index); more != received_marks_.end()) {
      add_content(index, more->second);
    }
  }

  /// A number is content of the element's own page (its first one); others name theirs.
  void add_content(std::size_t index, const TagNode::Content& content) {
    const auto page = static_cast<std::size_t>(content.page);
    Object& element = elements_[index];
    if (kids_[index].empty()) element.replaceKey("/Pg", pages_[page]);
    Object mark = book_.mark(content.mcid);
    if (element.getKey("/Pg").getObjGen() != pages_[page].getObjGen()) {
      Object reference = Object::newDictionary();
      reference.replaceKey("/Type", Object::newName("/MCR"));
      reference.replaceKey("/Pg", pages_[page]);
      reference.replaceKey("/MCID", mark);
      mark = reference;
    }
    kids_[index].push_back(mark);
    auto& marks = marks_[page];
    const auto mcid = static_cast<std::size_t>(content.mcid);
    if (marks.size() <= mcid) marks.resize(mcid + 1, Object::newNull());
    marks[mcid] = element;
  }

  void close_element(std::size_t index) {
    const std::vector<Object>& kids = kids_[index];
    if (index == 0 || kids.size() > 1) {
      elements_[index].replaceKey("/K", Object::newArray(kids));
    } else if (!kids.empty()) {
      elements_[index].replaceKey("/K", kids.front());
    }
  }

  Object table_attributes(const TagNode& node) {
    if (node.scope == nullptr && node.column_span <= 1 && node.row_span <= 1 &&
        node.summary.empty()) {
      return Object::newNull();
    }
    std::string source = "<< /O /Table";
    if (node.scope != nullptr) source += std::string(" /Scope /") + node.scope;
    if (node.column_span > 1) source += " /ColSpan " + std::to_string(node.column_span);
    if (node.row_span > 1) source += " /RowSpan " + std::to_string(node.row_span);
    source += " >>";
    if (node.summary.empty()) return book_.attributes(source);
    Object attributes = Object::parse(source);
    attributes.replaceKey("/Summary", Object::newUnicodeString(node.summary));
    return attributes;
  }

  /// The next entry of the parent tree; entries of pages come first, in page order.
  long long add_parent(const Object& entry) {
    sheaf_.parents.emplace_back(book_.next_key, entry);
    return book_.next_key++;
  }

  // ── links ──

  [[nodiscard]] Object target_of(const Place& place) const {
    const auto page = static_cast<std::size_t>(place.page);
    return destination(page < pages_.size() ? pages_[page] : behind_.at(page - pages_.size()),
                       kPageHeight - place.y + 6);
  }

  void links() {
    std::map<int, std::vector<Object>> annotations;  // by page
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
          "/Rect",
          Object::newArray(
              {coordinate(link.box.x), coordinate(kPageHeight - link.box.y - link.box.height),
               coordinate(link.box.x + link.box.width), coordinate(kPageHeight - link.box.y)}));
      annotation.replaceKey("/Dest", target_of(place->second));
      annotation.replaceKey("/Contents", Object::newUnicodeString("Go to the source"));
      Object indirect = pdf_.makeIndirectObject(annotation);
      annotations[link.page].push_back(indirect);
      tag_link(link, indirect);
    }
    for (const auto& [page, all] : annotations) {
      pages_[static_cast<std::size_t>(page)].replaceKey("/Annots", Object::newArray(all));
    }
  }

  void tag_link(const Link& link, Object annotation) {
    const auto parent = static_cast<std::size_t>(std::max(0, link.node));
    Object reference = Object::newDictionary();
    reference.replaceKey("/Type", book_.type_name("OBJR"));
    reference.replaceKey("/Obj", annotation);
    reference.replaceKey("/Pg", pages_[static_cast<std::size_t>(link.page)]);
    Object element = Object::newDictionary();
    element.replaceKey("/S", book_.type_name("Link"));
    element.replaceKey("/P", elements_[parent]);
    element.replaceKey("/K", reference);
    Object indirect = pdf_.makeIndirectObject(element);
    kids_[parent].push_back(indirect);
    annotation.replaceKey("/StructParent", Object::newInteger(add_parent(indirect)));
  }

  // ── the rest ──

  /// Puts the pages of received PDFs into their boxes, scaled to fit.
  void place_received() {
    int name = 0;
    std::map<int, int> next_mark;
    if (!canvas_.placements.empty()) next_mark = marks_drawn();
    for (const Placement& placement : canvas_.placements) {
      Received& source = *received_[placement.source];
      Object form =
          pdf_.copyForeignObject(source.pages[placement.source_page].getFormXObjectForPage());
      strip_active(form);
      const int mark = next_mark[placement.page]++;
      received_marks_[static_cast<std::size_t>(placement.node)] = {placement.page, mark};
      const auto index = static_cast<std::size_t>(placement.page);
      QPDFPageObjectHelper page(pages_[index]);
      const std::string key = "/Received" + std::to_string(name++);
      Object resources = page.getAttribute("/Resources", true);
      if (!resources.getKey("/XObject").isDictionary())
        resources.replaceKey("/XObject", Object::newDictionary());
      resources.getKey("/XObject").replaceKey(key, form);
      const Box& box = placement.box;
      const Object::Rectangle target(box.x, kPageHeight - box.y - box.height, box.x + box.width,
                                     kPageHeight - box.y);
      contents_[index] += "/Figure << /MCID " + std::to_string(mark) + " >> BDC\n" +
                          page.placeFormXObject(form, key, target, true, true, true) + "EMC\n";
    }
    for (const auto& source : received_) book_.keep(source);
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

  Book& book_;
  QPDF& pdf_;
  const Canvas& canvas_;
  const std::vector<std::shared_ptr<Received>>& received_;
  const std::vector<Object>& behind_;
  Sheaf sheaf_;
  std::vector<Object> pages_;
  std::vector<std::string> contents_;  ///< by page
  std::vector<Object> elements_;
  std::vector<std::vector<Object>> kids_;   ///< of each element
  std::vector<std::vector<Object>> marks_;  ///< element of each marked content, by page
  std::map<std::size_t, TagNode::Content> received_marks_;  ///< by node: pages of received PDFs
};

}  // namespace

std::vector<SheafBookmark> bookmarks_of(const Canvas& canvas) {
  std::vector<SheafBookmark> bookmarks;
  std::vector<int> open;  // levels count from 1 and none is left out, whatever the headings have
  for (const OutlineEntry& entry : canvas.outline) {
    if (entry.level < 2) continue;  // the title: the file's name for itself
    while (!open.empty() && open.back() >= entry.level) open.pop_back();
    open.push_back(entry.level);
    bookmarks.push_back({static_cast<int>(open.size()), entry.title, entry.place.page,
                         kPageHeight - entry.place.y + 6, entry.own_words});
  }
  return bookmarks;
}

std::unique_ptr<Drawn> open_drawn(std::string bytes) {
  auto drawn = std::make_unique<Drawn>();
  drawn->bytes = std::move(bytes);
  drawn->document.setSuppressWarnings(true);
  drawn->document.setImmediateCopyFrom(true);
  drawn->document.processMemoryFile("drawn", drawn->bytes.data(), drawn->bytes.size());
  drawn->pages = drawn->document.getAllPages();
  return drawn;
}

Sheaf finish_pages(Book& book, const Drawn& drawn, const Sketch& sketch,
                   const std::vector<QPDFObjectHandle>& behind) {
  return Finisher(book, sketch, behind).finish(drawn, sketch.first_page);
}

}  // namespace chartroom::report::pdf
