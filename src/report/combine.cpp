// Parts bound behind a cover: pages as they are, bookmarks, continuous numbers.
#include "report/combine.hpp"

#include <exception>

#include "report/pdf_render.hpp"

namespace chartroom::report {
namespace pdf {
namespace {

constexpr std::size_t kListedBookmarks = 70;  // more would make the contents a book of its own

/// The page that stands for a part that cannot be read.
base::Result<std::unique_ptr<OpenPart>> stand_in(const Document& cover, const PdfPart& part) {
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
  auto bytes = render_pages(page, {});
  if (!bytes) return base::pass_on(bytes.error());
  return open_part({part.title, std::move(bytes->bytes)});
}

base::Result<std::vector<std::unique_ptr<OpenPart>>> open_parts(
    const Document& cover, const std::vector<PdfPart>& parts) {
  std::vector<std::unique_ptr<OpenPart>> all;
  for (const PdfPart& part : parts) {
    auto open = open_part(part);
    if (!open) open = stand_in(cover, part);
    if (!open) return base::pass_on(open.error());
    all.push_back(std::move(*open));
  }
  return all;
}

RenderOptions cover_options(const std::vector<std::unique_ptr<OpenPart>>& parts, int cover_pages) {
  RenderOptions options;
  options.number_pages = false;
  std::size_t listed = 0;
  for (const auto& part : parts) {
    for (const PartBookmark& mark : part->bookmarks) listed += mark.level == 1 ? 1 : 0;
  }
  int page = cover_pages;
  for (const auto& part : parts) {
    options.parts.push_back({part->title, page, 2});
    for (const PartBookmark& mark : part->bookmarks) {
      if (mark.level > 1 || listed > kListedBookmarks) continue;
      options.parts.push_back({mark.title, page + mark.page, 3});
    }
    page += static_cast<int>(part->pages.size());
  }
  return options;
}

/// The contents' page numbers depend on the cover's length, which depends on the contents' length
/// alone: the second round is always right.
base::Result<RenderedPdf> render_cover(const Document& cover,
                                       const std::vector<std::unique_ptr<OpenPart>>& parts) {
  auto first = render_pages(cover, cover_options(parts, 1));
  if (!first || first->pages == 1) return first;
  return render_pages(cover, cover_options(parts, first->pages));
}

std::string assemble(const Document& cover, const RenderedPdf& front,
                     const std::vector<std::unique_ptr<OpenPart>>& parts) {
  QPDF document;
  document.setSuppressWarnings(true);
  document.processMemoryFile("cover", front.bytes.data(), front.bytes.size());
  for (const auto& part : parts) append_part(document, *part);
  const std::vector<QPDFObjectHandle> pages = document.getAllPages();
  for (const OutsideLink& link : front.outside) {
    append_annotation(pages.at(static_cast<std::size_t>(link.page)),
                      document.makeIndirectObject(
                          make_link(link.box, pages.at(static_cast<std::size_t>(link.place.page)),
                                    link.place.y)));
  }
  std::vector<Bookmark> bookmarks;
  bookmarks.push_back({0, cover.title, pages.front(), 0});
  auto first = static_cast<std::size_t>(front.pages);
  for (const auto& part : parts) {
    bookmarks.push_back({0, part->title, pages.at(first), 0});
    for (const PartBookmark& mark : part->bookmarks) {
      bookmarks.push_back({mark.level, mark.title,
                           pages.at(first + static_cast<std::size_t>(mark.page)), mark.y});
    }
    first += part->pages.size();
  }
  write_outline(document, bookmarks);
  describe(document, cover);
  stamp_numbers(document);
  return write_pdf(document, true);
}

}  // namespace
}  // namespace pdf

base::Result<std::string> combine_pdfs(const Document& cover, const std::vector<PdfPart>& parts) {
  auto opened = pdf::open_parts(cover, parts);
  if (!opened) return base::pass_on(opened.error());
  auto front = pdf::render_cover(cover, *opened);
  if (!front) return base::pass_on(front.error());
  try {
    return pdf::assemble(cover, *front, *opened);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::internal, "the combined PDF could not be written");
  }
}

}  // namespace chartroom::report
