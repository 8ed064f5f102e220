#include "report/pdf_draw.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>

namespace chartroom::report::pdf {
namespace {

/// "Page n of m" is kept for documents as short as most are; all there are would be many.
constexpr std::size_t kCountedPages = 30;

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

void ink(cairo_t* cairo, const Rgb& colour) {
  cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

Rgb colour_of(ChartRole role) {
  switch (role) {
    case ChartRole::title:
    case ChartRole::value:
      return kInk;
    case ChartRole::caption:
    case ChartRole::tick:
    case ChartRole::series_name:
      return kMuted;
    case ChartRole::grid:
      return kHairline;
    case ChartRole::axis:
      return kRule;
    case ChartRole::band:
      return kGoodTint;
    case ChartRole::first:
      return kAccent;
    case ChartRole::second:
      return kSecond;
    case ChartRole::caution:
      return kCaution;
    case ChartRole::alert:
      return kAlert;
  }
  return kInk;
}

class PageDrawer {
 public:
  PageDrawer(cairo_t* cairo, Canvas& canvas, const Document& document, TextEngine& text)
      : cairo_(cairo), canvas_(canvas), document_(document), text_(text) {}

  void draw() {
    const std::size_t count = canvas_.pages().size();
    for (std::size_t page = 0; page < count; ++page) {
      page_ = static_cast<int>(page);
      marked_ = 0;
      // Paper, whatever a viewer shows behind it. It also spares cairo the sum of all places drawn
      // to, a fortieth of the work on a document.
      cairo_set_source_rgb(cairo_, 1, 1, 1);
      cairo_paint(cairo_);
      const std::vector<Op>& ops = canvas_.pages()[page];
      // Bands and rules lie under all that is read: drawn first they are one run of decoration, and
      // cairo need not change colours between the cells of a row.
      for (const Op& op : ops) draw(op, std::holds_alternative<FillOp>(op));
      for (const Op& op : ops) draw(op, !std::holds_alternative<FillOp>(op));
      furniture(page, count);
      cairo_show_page(cairo_);
    }
  }

 private:
  void draw(const Op& op, bool wanted) {
    if (wanted) std::visit([this](const auto& o) { this->op(o); }, op);
  }

  /// Marks what `paint` draws as content of `node`. cairo numbers marks per page from 0.
  template <typename Paint>
  void marked(int node, Paint paint) {
    if (node == kArtifact) return paint();
    TagNode& tag = canvas_.nodes[static_cast<std::size_t>(node)];
    tag.content.push_back({page_, marked_++});
    cairo_tag_begin(cairo_, "P", nullptr);
    paint();
    cairo_tag_end(cairo_, "P");
  }

  void op(const TextOp& text) {
    marked(text.node, [&] { draw_text(cairo_, *text.box, text.first, text.last, text.x, text.y); });
  }

  void op(const FillOp& fill) {
    ink(cairo_, fill.colour);
    cairo_rectangle(cairo_, fill.x, fill.y, fill.width, fill.height);
    cairo_fill(cairo_);
  }

  void op(const PageNumberOp& number) {
    const auto place = canvas_.anchors.find(number.anchor);
    if (place == canvas_.anchors.end()) return;
    TextStyle style;
    style.size = 9;
    style.colour = kMuted;
    style.leading = 1.85;
    const int shown = place->second.page + 1;
    const TextPtr box = text_.make(std::to_string(shown), shown < 100, style, 0);
    marked(number.node, [&] {
      draw_text(cairo_, *box, 0, box->lines.size(), number.right - box->width, number.y);
    });
  }

  void op(const ImageOp& image) {
    marked(image.node, [&] {
      cairo_save(cairo_);
      cairo_translate(cairo_, image.x, image.y);
      cairo_scale(cairo_, image.width / cairo_image_surface_get_width(image.image.get()),
                  image.height / cairo_image_surface_get_height(image.image.get()));
      cairo_set_source_surface(cairo_, image.image.get(), 0, 0);
      cairo_paint(cairo_);
      cairo_restore(cairo_);
    });
  }

  void op(const ChartOp& chart) {
    marked(chart.node, [&] {
      cairo_save(cairo_);
      cairo_translate(cairo_, chart.x, chart.y);
      draw_chart(*chart.chart);
      cairo_restore(cairo_);
    });
  }

  void draw_chart(const ChartLayout& chart) {
    for (const ChartRect& rect : chart.rects) {
      op(FillOp{rect.x, rect.y, rect.width, rect.height, colour_of(rect.role)});
    }
    cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
    for (const ChartLine& line : chart.lines) {
      ink(cairo_, colour_of(line.role));
      cairo_set_line_width(cairo_, line.thickness);
      cairo_new_path(cairo_);
      for (const auto& [x, y] : line.points) cairo_line_to(cairo_, x, y);
      cairo_stroke(cairo_);
    }
    for (const ChartMarker& marker : chart.markers) draw_marker(marker);
    for (const ChartText& text : chart.texts) draw_label(text);
  }

  void draw_marker(const ChartMarker& marker) {
    constexpr double kFullTurn = 6.283185307179586;
    const double r = marker.radius;
    ink(cairo_, colour_of(marker.role));
    cairo_new_path(cairo_);
    switch (marker.shape) {
      case MarkerShape::circle:
        cairo_arc(cairo_, marker.x, marker.y, r, 0, kFullTurn);
        break;
      case MarkerShape::square:
        cairo_rectangle(cairo_, marker.x - r, marker.y - r, 2 * r, 2 * r);
        break;
      case MarkerShape::diamond: {
        const double wide = r * 1.35;
        cairo_move_to(cairo_, marker.x, marker.y - wide);
        cairo_line_to(cairo_, marker.x + wide, marker.y);
        cairo_line_to(cairo_, marker.x, marker.y + wide);
        cairo_line_to(cairo_, marker.x - wide, marker.y);
        cairo_close_path(cairo_);
      }
    }
    cairo_fill(cairo_);
  }

  void draw_label(const ChartText& label) {
    TextStyle style;
    style.size = label.size;
    style.weight = label.strong ? 600 : 400;
    style.colour = colour_of(label.role);
    const TextPtr box = text_.make(label.text, style, 0);
    if (box->lines.empty()) return;
    double x = label.x;
    if (label.align == Align::end) x -= box->width;
    if (label.align == Align::center) x -= box->width / 2;
    draw_text(cairo_, *box, 0, 1, x, label.y - box->lines.front().baseline);
  }

  /// What every page carries: running head from the second page on, footer with page n of m.
  void furniture(std::size_t page, std::size_t count) {
    TextStyle style;
    style.size = kSmallSize;
    style.colour = kMuted;
    style.one_line = true;
    const std::string number = "Page " + std::to_string(page + 1) + " of " + std::to_string(count);
    const TextPtr right = text_.make(number, count <= kCountedPages, style, 0);
    op(FillOp{kLeft, kFooterY - 5, kContentWidth, 0.4, kHairline});
    draw_text(cairo_, *right, 0, right->lines.size(), kRight - right->width, kFooterY);
    const TextPtr left = text_.make(document_.footer, style, kContentWidth - right->width - 16);
    draw_text(cairo_, *left, 0, left->lines.size(), kLeft, kFooterY);
    if (page == 0) return;
    const std::string head =
        document_.title + (document_.subtitle.empty() ? "" : "  \u00b7  " + document_.subtitle);
    const TextPtr running = text_.make(head, style, kContentWidth - 90);
    draw_text(cairo_, *running, 0, running->lines.size(), kLeft, kRunningHeadY);
    op(FillOp{kLeft, kRunningHeadY + 12, kContentWidth, 0.4, kHairline});
  }

  cairo_t* cairo_;
  Canvas& canvas_;
  const Document& document_;
  TextEngine& text_;
  int page_ = 0;
  int marked_ = 0;
};

}  // namespace

Drawing::Drawing(base::TimePoint created)
    : bytes_(std::make_unique<std::string>()),
      surface_(cairo_pdf_surface_create_for_stream(append, bytes_.get(), kPageWidth, kPageHeight)),
      cairo_(cairo_create(surface_.get())) {
  const std::string time = base::format_iso(created).substr(0, 19) + "Z";
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, time.c_str());
}

void Drawing::add(Canvas& canvas, const Document& document) {
  PageDrawer(cairo_.get(), canvas, document, text_).draw();
  pages_ += canvas.pages().size();
  canvas.forget_pieces();
}

base::Result<std::string> Drawing::finish() {
  cairo_surface_finish(surface_.get());
  if (cairo_status(cairo_.get()) != CAIRO_STATUS_SUCCESS ||
      cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
    return base::fail(base::ErrorCode::internal, "the pages of a report could not be drawn");
  }
  return std::move(*bytes_);
}

base::Result<StampGlyphs> draw_stamp_glyphs(const std::vector<std::string>& texts) {
  Drawing drawing({});
  TextStyle style;
  style.size = kSmallSize;
  style.colour = kMuted;
  style.weight = 600;
  style.keep_space = true;
  StampGlyphs glyphs;
  for (const std::string& text : texts) {
    const TextPtr box = drawing.text().make(text, style, 0);
    glyphs.widths.push_back(box->width);
    draw_text(drawing.cairo(), *box, 0, box->lines.size(), kStampGlyphX, kStampY);
    cairo_show_page(drawing.cairo());
  }
  auto bytes = drawing.finish();
  if (!bytes) return base::pass_on(bytes.error());
  glyphs.bytes = std::move(*bytes);
  return glyphs;
}

}  // namespace chartroom::report::pdf
