// Pages under construction: what is placed where, and what it means (structure, links, outline).
//
// Layout comes first and drawing second, so that every page may show the number of all pages.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "report/chart_layout.hpp"
#include "report/pdf_text.hpp"

namespace chartroom::report::pdf {

inline constexpr int kArtifact = -1;  ///< decoration: no place in the structure

/// One element of the structure tree (PDF 32000-1, 14.7). Node 0 is the document.
struct TagNode {
  struct Content {
    int page = 0;
    int mcid = 0;
  };
  const char* type = "P";
  int parent = 0;
  std::string alternative;
  std::string summary;  ///< of Table: what stands in place of a caption that is not drawn
  unsigned column_span = 1;
  unsigned row_span = 1;
  const char* scope = nullptr;   ///< of TH: "Column" or "Row"
  std::vector<Content> content;  ///< filled in by drawing
  std::vector<int> children;
};

struct TextOp {
  TextPtr box;
  std::size_t first = 0;
  std::size_t last = 0;
  double x = 0;
  double y = 0;
  int node = kArtifact;
};
/// A band or a rule. Lies under everything else of its page, whenever it was added.
struct FillOp {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  Rgb colour;
};
/// The number of the page on which `anchor` lies, ending at `right`.
struct PageNumberOp {
  std::string anchor;
  TextStyle style;
  double right = 0;
  double y = 0;
  int node = kArtifact;
};
struct ChartOp {
  std::shared_ptr<const ChartLayout> chart;
  double x = 0;
  double y = 0;
  int node = kArtifact;
};
struct ImageOp {
  std::shared_ptr<cairo_surface_t> image;
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  int node = kArtifact;
};
using Op = std::variant<TextOp, FillOp, PageNumberOp, ChartOp, ImageOp>;

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

struct Place {
  int page = 0;
  double y = 0;
};

struct Link {
  int page = 0;
  Box box;
  std::string target;
  int node = 0;
};

struct OutlineEntry {
  int level = 2;
  std::string title;
  Place place;
  bool own_words = false;  ///< as Heading has it
};

/// A page of a received PDF, to be put into a box of one of our pages.
struct Placement {
  std::size_t source = 0;       ///< index of the embedded PDF
  std::size_t source_page = 0;  ///< from 0
  int page = 0;
  Box box;
  int node = 0;
};

class Canvas {
 public:
  explicit Canvas(double first_page_top);

  [[nodiscard]] double y() const { return y_; }
  [[nodiscard]] int page() const { return static_cast<int>(pages_.size()) - 1; }
  [[nodiscard]] double remaining() const { return kBottom - y_; }
  [[nodiscard]] bool at_top() const { return y_ <= top_ + 0.01; }

  void new_page();
  /// Starts a new page unless `height` fits or nothing more would be won.
  void ensure(double height);
  /// White space, dropped at the top of a page.
  void space(double height);
  void advance(double height) { y_ += height; }

  void add(Op op) { pages_.back().push_back(std::move(op)); }
  /// Lines [first, last) with the top of `first` at y, and their links.
  void text(const TextPtr& box, std::size_t first, std::size_t last, double x, double y, int node);
  void text(const TextPtr& box, double x, double y, int node) {
    text(box, 0, box->lines.size(), x, y, node);
  }
  /// Sets text at the cursor, line by line, over as many pages as it takes.
  void flow(const TextPtr& box, double x, int node);
  void rule(double x, double y, double width, double thickness, const Rgb& colour) {
    add(FillOp{x, y, width, thickness, colour});
  }
  void link(const Box& box, std::string target, int node) {
    links.push_back({page(), box, std::move(target), node});
  }
  /// Remembers a place; the first one of a name counts.
  void anchor(const std::string& name, double y);

  int tag(const char* type, int parent);

  std::vector<TagNode> nodes;
  std::vector<Link> links;
  std::vector<OutlineEntry> outline;
  std::vector<Placement> placements;
  std::map<std::string, Place> anchors;

  [[nodiscard]] const std::vector<std::vector<Op>>& pages() const { return pages_; }
  /// Empties all pages: what was drawn need not be kept.
  void forget_pieces() { pages_ = std::vector<std::vector<Op>>(pages_.size()); }

 private:
  std::vector<std::vector<Op>> pages_;
  double top_;
  double y_;
};

}  // namespace chartroom::report::pdf
