#include "report/combine.hpp"
#include "report/pdf_compose.hpp"
#include "report/pdf_draw.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kCoverTop = 64;

struct LayBlock {
  Composer& composer;

  void operator()(const Heading& heading) const { lay_heading(composer, heading, 40); }
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

void lay_title(Composer& composer, const Document& cover) {
  Canvas& canvas = composer.canvas;
  TextStyle title;
  title.size = 26;
  title.weight = 700;
  title.colour = kBrand;
  title.leading = 1.2;
  TextStyle name;
  name.size = 14;
  name.weight = 500;
  canvas.rule(kLeft, canvas.y(), 54, 3, kBrand);
  canvas.advance(16);
  canvas.flow(composer.text.make(cover.title, title, kContentWidth), kLeft, canvas.tag("H1", 0));
  if (!cover.subtitle.empty()) {
    canvas.advance(2);
    canvas.flow(composer.text.make(cover.subtitle, name, kContentWidth), kLeft, canvas.tag("P", 0));
  }
  canvas.advance(20);
}

/// Takes the links and anchors that lie behind the cover out of the canvas: finish_pdf() knows the
/// cover's pages alone.
std::vector<CoverLink> take_outside_links(Canvas& canvas) {
  const int pages = static_cast<int>(canvas.pages().size());
  std::vector<CoverLink> outside;
  for (const Link& link : canvas.links) {
    const auto place = canvas.anchors.find(link.target);
    if (place == canvas.anchors.end() || place->second.page < pages) continue;
    outside.push_back({link.page, link.box, place->second.page});
  }
  std::erase_if(canvas.anchors, [pages](const auto& entry) { return entry.second.page >= pages; });
  return outside;
}

}  // namespace

base::Result<Cover> render_cover(const Document& cover, const std::vector<CoverEntry>& entries) {
  TextEngine text;
  Canvas canvas(kCoverTop);
  Composer composer{text, canvas, {}, 0};
  lay_title(composer, cover);
  for (const Block& block : cover.blocks) std::visit(LayBlock{composer}, block);
  std::vector<ContentsEntry> contents;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string anchor = "\x02" + std::to_string(i);
    canvas.anchors[anchor] = {entries[i].page, 0};
    contents.push_back({entries[i].level, entries[i].title, anchor});
  }
  lay_contents(composer, contents);
  auto drawn = draw_pages(canvas, cover, text);
  if (!drawn) return base::pass_on(drawn.error());
  Cover front;
  front.pages = static_cast<int>(canvas.pages().size());
  front.links = take_outside_links(canvas);
  auto finished = finish_pdf(*drawn, canvas, cover, composer.received);
  if (!finished) return base::pass_on(finished.error());
  front.bytes = std::move(*finished);
  return front;
}

}  // namespace chartroom::report::pdf
