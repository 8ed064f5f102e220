#include "report/pdf_canvas.hpp"

#include <algorithm>

namespace chartroom::report::pdf {
namespace {

/// The horizontal extents of a range of bytes within one line.
void line_ranges(const TextBox::Line& line, int begin, int end, std::vector<Box>& out) {
  const int line_begin = pango_layout_line_get_start_index(line.line);
  const int line_end = line_begin + pango_layout_line_get_length(line.line);
  begin = std::max(begin, line_begin);
  end = std::min(end, line_end);
  if (begin >= end) return;
  int from = 0;
  int to = 0;
  pango_layout_line_index_to_x(line.line, begin, FALSE, &from);
  pango_layout_line_index_to_x(line.line, end, FALSE, &to);
  const double left = static_cast<double>(std::min(from, to)) / PANGO_SCALE;
  const double right = static_cast<double>(std::max(from, to)) / PANGO_SCALE;
  out.push_back({line.x + left, line.top, right - left, line.bottom - line.top});
}

}  // namespace

Canvas::Canvas(double first_page_top) : pages_(1), top_(first_page_top), y_(first_page_top) {
  nodes.emplace_back();
  nodes.front().type = "Document";
  nodes.front().parent = -1;
}

void Canvas::new_page() {
  pages_.emplace_back();
  top_ = y_ = kTop;
}

void Canvas::ensure(double height) {
  if (at_top() || height <= remaining()) return;
  new_page();
}

void Canvas::space(double height) {
  if (!at_top()) y_ += height;
}

void Canvas::text(const TextPtr& box, std::size_t first, std::size_t last, double x, double y,
                  int node) {
  if (first >= last) return;
  add(TextOp{box, first, last, x, y, node});
  const double shift = y - box->lines[first].top;
  for (const TextBox::Link& span : box->links) {
    std::vector<Box> boxes;
    for (std::size_t i = first; i < last; ++i) {
      line_ranges(box->lines[i], span.begin, span.end, boxes);
    }
    for (const Box& at : boxes) {
      link({x + at.x, at.y + shift, at.width, at.height}, span.target, node);
    }
  }
}

void Canvas::flow(const TextPtr& box, double x, int node) {
  std::size_t first = 0;
  while (first < box->lines.size()) {
    std::size_t last = first;
    while (last < box->lines.size() && box->height(first, last + 1) <= remaining() + 0.01) ++last;
    if (last == first && !at_top()) {
      new_page();
      continue;
    }
    last = std::max(last, first + 1);
    // No lonely last line on the next page when two can go there.
    if (last + 1 == box->lines.size() && last - first > 2) --last;
    text(box, first, last, x, y_, node);
    y_ += box->height(first, last);
    first = last;
    if (first < box->lines.size()) new_page();
  }
}

void Canvas::anchor(const std::string& name, double y) {
  if (!name.empty()) anchors.try_emplace(name, Place{page(), y});
}

int Canvas::tag(const char* type, int parent) {
  const int node = static_cast<int>(nodes.size());
  nodes.emplace_back();
  nodes.back().type = type;
  nodes.back().parent = parent;
  nodes[static_cast<std::size_t>(parent)].children.push_back(node);
  return node;
}

}  // namespace chartroom::report::pdf
