// Parts bound behind a cover: pages as they are, bookmarks, continuous numbers.
#include "report/combine.hpp"

#include <exception>
#include <stdexcept>

#include "report/pdf_draw.hpp"

namespace chartroom::report {
namespace pdf {
namespace {

/// The page that stands for a part that cannot be read.
Document stand_in(const Document& cover, const PdfPart& part) {
  Document page;
  page.title = part.title.empty() ? "Part not readable" : part.title;
  page.subtitle = cover.subtitle;
  page.language = cover.language;
  page.created = cover.created;
  page.footer = cover.footer;
  Callout note;
  note.tone = Tone::caution;
  note.title = "This part could not be included";
  note.spans.resize(1);
  note.spans.front().text =
      "Its file is not a PDF that can be read. The file itself is kept unchanged.";
  page.blocks.emplace_back(std::move(note));
  return page;
}

/// Pages that are drawn into a file of their own.
template <typename Sketcher>
Sheaf draw_sheaf(Book& book, const Document& document, const std::vector<QPDFObjectHandle>& behind,
                 Sketcher sketcher) {
  Drawing drawing(document.created);
  const Sketch sketch = sketcher(drawing);
  auto bytes = drawing.finish();
  if (!bytes) throw std::runtime_error("the pages could not be drawn");
  return finish_pages(book, *open_drawn(std::move(*bytes)), sketch, behind);
}

Sheaf sheaf_of(Book& book, const Document& cover, const PdfPart& part) {
  if (const auto open = open_part(part)) return take_part(book, *open);
  const Document page = stand_in(cover, part);
  return draw_sheaf(book, page, {},
                    [&](Drawing& drawing) { return sketch_document(drawing, page); });
}

std::string bind(const Document& cover, const std::vector<PdfPart>& parts) {
  Book book;
  std::vector<Sheaf> sheaves;
  for (const PdfPart& part : parts) sheaves.push_back(sheaf_of(book, cover, part));
  std::vector<Bound> bound;
  std::vector<ListedPart> listed;
  std::vector<QPDFObjectHandle> behind;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    bound.push_back({parts[i].title, &sheaves[i]});
    listed.push_back({parts[i].title, &sheaves[i].bookmarks, sheaves[i].pages.size()});
    for (const Sheaf::Page& page : sheaves[i].pages) behind.push_back(page.object);
  }
  const Sheaf front = draw_sheaf(
      book, cover, behind, [&](Drawing& drawing) { return sketch_cover(drawing, cover, listed); });
  return write_bound(book, cover, front, bound);
}

}  // namespace
}  // namespace pdf

base::Result<std::string> combine_pdfs(const Document& cover, const std::vector<PdfPart>& parts) {
  try {
    return pdf::bind(cover, parts);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::internal, "the combined PDF could not be written");
  }
}

}  // namespace chartroom::report
