// A document's blocks in order, under a head that says what this is and who it is about.
#include <algorithm>

#include "report/pdf_compose.hpp"
#include "report/pdf_draw.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kHeadTop = 40;

/// All anchors that links may point to.
std::vector<std::string> anchors_of(const Document& document) {
  std::vector<std::string> anchors;
  for (const Block& block : document.blocks) {
    if (const auto* heading = std::get_if<Heading>(&block);
        heading != nullptr && !heading->anchor.empty()) {
      anchors.push_back(heading->anchor);
    }
    const auto* table = std::get_if<Table>(&block);
    if (table == nullptr) continue;
    for (const auto& row : table->rows) {
      for (const Cell& cell : row) {
        if (!cell.anchor.empty()) anchors.push_back(cell.anchor);
      }
    }
  }
  return anchors;
}

/// Title, applicant and a strong rule on the first page.
void lay_head(Composer& composer, const Document& document) {
  Canvas& canvas = composer.canvas;
  TextStyle title;
  title.size = 20;
  title.weight = 700;
  title.colour = kBrand;
  title.leading = 1.2;
  TextStyle name;
  name.size = 12;
  name.weight = 500;
  canvas.flow(composer.text.make(document.title, title, kContentWidth), kLeft, canvas.tag("H1", 0));
  if (!document.subtitle.empty()) {
    canvas.advance(1);
    canvas.flow(composer.text.make(document.subtitle, name, kContentWidth), kLeft,
                canvas.tag("P", 0));
  }
  TextStyle date;
  date.size = kSmallSize;
  date.colour = kMuted;
  const TextPtr made =
      composer.text.make("Report date " + base::Date::from(document.created).iso(), date, 0);
  canvas.text(made, kRight - made->width, canvas.y() - made->height() - 2, canvas.tag("P", 0));
  canvas.advance(5);
  canvas.rule(kLeft, canvas.y(), kContentWidth, 2, kBrand);
  canvas.advance(9);
}

/// The document's title stands in its head already.
bool is_title(const Document& document, std::size_t index) {
  const auto* heading = std::get_if<Heading>(&document.blocks[index]);
  return index == 0 && heading != nullptr && heading->level <= 1 && heading->text == document.title;
}

/// Behind what stands before the first section: the cover block.
std::size_t contents_position(const Document& document) {
  std::size_t i = 0;
  while (i < document.blocks.size()) {
    const Block& block = document.blocks[i];
    if (std::holds_alternative<PageBreak>(block)) break;
    if (std::holds_alternative<Heading>(block) && !is_title(document, i)) break;
    ++i;
  }
  return i;
}

std::vector<ContentsEntry> contents_of(const Document& document) {
  std::vector<ContentsEntry> entries;
  int index = 0;
  for (std::size_t i = 0; i < document.blocks.size(); ++i) {
    const auto* heading = std::get_if<Heading>(&document.blocks[i]);
    if (heading == nullptr || is_title(document, i)) continue;
    if (heading->level == 2)
      entries.push_back({2, heading->text, heading_anchor(index), heading->own_words});
    ++index;
  }
  return entries;
}

struct LayBlock {
  Composer& composer;
  double after = 0;  ///< what must follow a heading on its page

  void operator()(const Heading& heading) const { lay_heading(composer, heading, after); }
  void operator()(const Paragraph& paragraph) const { lay_paragraph(composer, paragraph); }
  void operator()(const List& list) const { lay_list(composer, list); }
  void operator()(const Table& table) const { lay_table(composer, table); }
  void operator()(const KeyValues& values) const { lay_key_values(composer, values); }
  void operator()(const Callout& callout) const { lay_callout(composer, callout); }
  void operator()(const ChartRow& row) const { lay_chart_row(composer, row); }
  void operator()(const Image& image) const { lay_image(composer, image); }
  void operator()(const EmbeddedPdf& embedded) const { lay_received(composer, embedded); }
  void operator()(const PageBreak& /*page*/) const {
    if (!composer.canvas.at_top()) composer.canvas.new_page();
  }
};

}  // namespace

Sketch sketch_document(Drawing& drawing, const Document& document) {
  TextEngine& text = drawing.text();
  text.set_anchors(anchors_of(document));
  Canvas canvas(kHeadTop);
  Composer composer{text, canvas, {}, 0};
  lay_head(composer, document);
  const std::size_t position = contents_position(document);
  const auto contents = [&](std::size_t at) {
    if (at == position && document.with_contents) lay_contents(composer, contents_of(document));
  };
  for (std::size_t i = 0; i < document.blocks.size(); ++i) {
    contents(i);
    if (is_title(document, i)) {
      canvas.anchor(std::get<Heading>(document.blocks[i]).anchor, 0);
      continue;
    }
    const bool last = i + 1 == document.blocks.size();
    const double after = last ? 0 : first_part_height(document.blocks[i + 1]);
    std::visit(LayBlock{composer, after}, document.blocks[i]);
  }
  contents(document.blocks.size());
  const std::size_t first_page = drawing.pages();
  drawing.add(canvas, document);
  return {std::move(canvas), std::move(composer.received), first_page};
}

}  // namespace chartroom::report::pdf
