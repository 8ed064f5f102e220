// Charts, pictures, pages of received PDFs and the table of contents.
#include <algorithm>

#include "report/pdf_compose.hpp"
#include "report/pdf_image.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kChartGap = 22;
constexpr double kChartHeight = 132;
constexpr double kWideChartHeight = 156;
constexpr double kPixel = 72.0 / 110;  // pictures at 110 dots per inch, or smaller to fit
constexpr double kReceivedHead = 16;

std::size_t chart_columns(std::size_t charts) {
  if (charts <= 1) return 1;
  return charts % 3 == 0 ? 3 : 2;
}

void lay_note(Composer& composer, const std::string& title, const std::string& text) {
  Callout note;
  note.tone = Tone::muted;
  note.title = title;
  note.spans.resize(1);
  note.spans.front().text = text;
  lay_callout(composer, note);
}

/// The picture of one page: a line that says what it is, then the page in a frame.
void lay_received_page(Composer& composer, const EmbeddedPdf& embedded, std::size_t index) {
  Canvas& canvas = composer.canvas;
  const std::size_t source = composer.received.size() - 1;
  const std::size_t count = composer.received.back()->pages.size();
  TextStyle style;
  style.size = kSmallSize + 0.5;
  style.colour = kMuted;
  style.one_line = true;
  std::string line = embedded.title.empty() ? "Received document" : embedded.title;
  line += " · page " + std::to_string(index + 1) + " of " + std::to_string(count);
  const int node = canvas.tag("Sect", 0);
  canvas.text(composer.text.make(line, style, kContentWidth), kLeft, canvas.y(),
              canvas.tag("P", node));
  const int figure = canvas.tag("Figure", node);
  canvas.nodes[static_cast<std::size_t>(figure)].alternative = line;
  const Box box{kLeft, canvas.y() + kReceivedHead, kContentWidth,
                canvas.remaining() - kReceivedHead};
  canvas.placements.push_back({source, index, canvas.page(), box, figure});
  canvas.advance(canvas.remaining());
}

int figure_of(Composer& composer, const Chart& chart) {
  Canvas& canvas = composer.canvas;
  const int figure = canvas.tag("Figure", 0);
  canvas.nodes[static_cast<std::size_t>(figure)].alternative =
      printable(chart_description(chart), false);
  return figure;
}

/// A chart over the whole width; timelines are as high as their lanes.
void lay_wide_chart(Composer& composer, const Chart& chart) {
  Canvas& canvas = composer.canvas;
  const double height = chart.lanes.empty() ? kWideChartHeight : lanes_height(chart);
  canvas.ensure(height);
  const int figure = figure_of(composer, chart);
  auto layout = std::make_shared<const ChartLayout>(layout_chart(chart, kContentWidth, height));
  canvas.add(ChartOp{std::move(layout), kLeft, canvas.y(), figure});
  canvas.advance(height);
  canvas.space(10);
}

TextStyle contents_style(int level) {
  TextStyle style;
  style.one_line = true;
  style.weight = level <= 2 ? 550 : 400;
  style.colour = level <= 2 ? kInk : kMuted;
  style.size = level <= 2 ? 9.5 : 8.5;
  style.leading = 1.75;
  return style;
}

}  // namespace

void lay_chart_row(Composer& composer, const ChartRow& row) {
  if (row.charts.empty()) return;
  Canvas& canvas = composer.canvas;
  const std::size_t columns = chart_columns(row.charts.size());
  const double width =
      (kContentWidth - kChartGap * static_cast<double>(columns - 1)) / static_cast<double>(columns);
  const double height = columns == 1 ? kWideChartHeight : kChartHeight;
  canvas.space(4);
  if (std::any_of(row.charts.begin(), row.charts.end(),
                  [](const Chart& chart) { return !chart.lanes.empty(); })) {
    for (const Chart& chart : row.charts) lay_wide_chart(composer, chart);
    return;
  }
  for (std::size_t i = 0; i < row.charts.size(); ++i) {
    const std::size_t column = i % columns;
    if (column == 0) canvas.ensure(height);
    const int figure = figure_of(composer, row.charts[i]);
    auto layout = std::make_shared<const ChartLayout>(layout_chart(row.charts[i], width, height));
    canvas.add(ChartOp{std::move(layout), kLeft + static_cast<double>(column) * (width + kChartGap),
                       canvas.y(), figure});
    if (column + 1 == columns || i + 1 == row.charts.size()) {
      canvas.advance(height);
      canvas.space(10);
    }
  }
}

void lay_image(Composer& composer, const Image& image) {
  Canvas& canvas = composer.canvas;
  auto surface = load_image(image);
  if (!surface) {
    const std::string what = image.alternative.empty() ? "Picture" : image.alternative;
    lay_note(composer, "Picture not shown", what + ": " + surface.error().message + ".");
    return;
  }
  const double pixels_x = cairo_image_surface_get_width(surface->get());
  const double pixels_y = cairo_image_surface_get_height(surface->get());
  const double scale = std::min({kPixel, kContentWidth / pixels_x, kContentHeight / pixels_y});
  const double width = pixels_x * scale;
  const double height = pixels_y * scale;
  canvas.ensure(height);
  const int figure = canvas.tag("Figure", 0);
  canvas.nodes[static_cast<std::size_t>(figure)].alternative =
      image.alternative.empty() ? "Picture" : printable(image.alternative, false);
  canvas.add(ImageOp{*surface, kLeft, canvas.y(), width, height, figure});
  canvas.advance(height);
  canvas.space(kParagraphGap);
}

void lay_received(Composer& composer, const EmbeddedPdf& embedded) {
  auto opened = open_received(embedded.bytes);
  if (!opened) {
    const std::string what = embedded.title.empty() ? "A received document" : embedded.title;
    lay_note(
        composer, "Document not shown",
        what + ": " + opened.error().message + ". The received file itself is kept unchanged.");
    return;
  }
  composer.received.push_back(*opened);
  for (std::size_t i = 0; i < (*opened)->pages.size(); ++i) {
    // A heading may stand above the first page; all others have a page to themselves.
    const bool shared = i == 0 && composer.canvas.remaining() >= kContentHeight * 0.8;
    if (!shared && !composer.canvas.at_top()) composer.canvas.new_page();
    lay_received_page(composer, embedded, i);
  }
}

void lay_contents(Composer& composer, const std::vector<ContentsEntry>& entries) {
  if (entries.empty()) return;
  Canvas& canvas = composer.canvas;
  canvas.space(16);
  TextStyle head;
  head.size = 13;
  head.weight = 650;
  head.colour = kBrand;
  const int section = canvas.tag("TOC", 0);
  canvas.ensure(120);
  const TextPtr title = TextEngine::make_fixed("Contents", head, kContentWidth);
  canvas.text(title, kLeft, canvas.y(), canvas.tag("Caption", section));
  canvas.advance(title->height() + 2);
  canvas.rule(kLeft, canvas.y(), kContentWidth, 0.9, kBrand);
  canvas.advance(5);
  constexpr double kNumberRoom = 44;
  for (const ContentsEntry& entry : entries) {
    const double indent = entry.level <= 2 ? 0 : 12.0 * (std::min(entry.level, 4) - 2);
    const TextPtr line =
        composer.text.make(entry.title, entry.own_words, contents_style(entry.level),
                           kContentWidth - indent - kNumberRoom);
    const double height = line->height();
    canvas.ensure(height);
    const int item = canvas.tag("TOCI", section);
    canvas.text(line, kLeft + indent, canvas.y(), item);
    canvas.add(PageNumberOp{entry.anchor, contents_style(entry.level), kRight, canvas.y(), item});
    canvas.rule(kLeft + indent, canvas.y() + height - 0.4, kContentWidth - indent, 0.4, kHairline);
    canvas.link({kLeft, canvas.y(), kContentWidth, height}, entry.anchor, item);
    canvas.advance(height);
  }
  canvas.space(10);
}

double first_part_height(const Block& block) {
  if (std::holds_alternative<ChartRow>(block)) return kWideChartHeight + 8;
  if (std::holds_alternative<Table>(block)) return 62;
  if (std::holds_alternative<KeyValues>(block)) return 40;
  if (std::holds_alternative<Heading>(block)) return 60;
  if (std::holds_alternative<EmbeddedPdf>(block)) return kContentHeight;
  return 34;
}

}  // namespace chartroom::report::pdf
