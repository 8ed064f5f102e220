#include "report/pdf_compose.hpp"
#include "report/pdf_draw.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kCoverTop = 64;
constexpr std::size_t kListedBookmarks = 70;  // more would make the contents a book of its own

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

/// The lines of the table of contents; anchors get their pages when the cover's length is known.
struct Contents {
  std::vector<ContentsEntry> entries;
  std::vector<int> pages;  ///< of the entries, from 0 behind the cover

  void add(int level, const std::string& title, bool own_words, int page) {
    entries.push_back({level, title, "\x02" + std::to_string(entries.size()), own_words});
    pages.push_back(page);
  }
};

Contents contents_of(const std::vector<ListedPart>& parts) {
  std::size_t listed = 0;
  for (const ListedPart& part : parts) {
    for (const SheafBookmark& mark : *part.bookmarks) listed += mark.level == 1 ? 1 : 0;
  }
  Contents contents;
  int page = 0;
  for (const ListedPart& part : parts) {
    contents.add(2, part.title, false, page);
    for (const SheafBookmark& mark : *part.bookmarks) {
      if (mark.level > 1 || listed > kListedBookmarks) continue;
      contents.add(3, mark.title, mark.own_words, page + mark.page);
    }
    page += static_cast<int>(part.pages);
  }
  return contents;
}

}  // namespace

Sketch sketch_cover(Drawing& drawing, const Document& cover, const std::vector<ListedPart>& parts) {
  drawing.text().set_anchors({});
  Canvas canvas(kCoverTop);
  Composer composer{drawing.text(), canvas, {}, 0};
  lay_title(composer, cover);
  for (const Block& block : cover.blocks) std::visit(LayBlock{composer}, block);
  const Contents contents = contents_of(parts);
  lay_contents(composer, contents.entries);
  const int pages = static_cast<int>(canvas.pages().size());
  for (std::size_t i = 0; i < contents.entries.size(); ++i) {
    canvas.anchors[contents.entries[i].anchor] = {pages + contents.pages[i], 0};
  }
  const std::size_t first_page = drawing.pages();
  drawing.add(canvas, cover);
  return {std::move(canvas), std::move(composer.received), first_page};
}

}  // namespace chartroom::report::pdf
