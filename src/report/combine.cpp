// Parts bound behind a cover: pages as they are, bookmarks, continuous numbers.
#include "report/combine.hpp"

#include <algorithm>
#include <exception>
#include <qpdf/QPDFWriter.hh>

#include "report/pdf_archive.hpp"
#include "report/pdf_outline.hpp"
#include "report/pdf_style.hpp"

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
  auto bytes = render_pdf(page);
  if (!bytes) return base::pass_on(bytes.error());
  return open_part({part.title, std::move(*bytes)});
}

base::Result<std::vector<std::unique_ptr<OpenPart>>> open_parts(const Document& cover,
                                                                const std::vector<PdfPart>& parts) {
  std::vector<std::unique_ptr<OpenPart>> all;
  for (const PdfPart& part : parts) {
    auto open = open_part(part);
    if (!open) open = stand_in(cover, part);
    if (!open) return base::pass_on(open.error());
    all.push_back(std::move(*open));
  }
  return all;
}

std::vector<CoverEntry> entries_of(const std::vector<std::unique_ptr<OpenPart>>& parts,
                                   int cover_pages) {
  std::size_t listed = 0;
  for (const auto& part : parts) {
    for (const PartBookmark& mark : part->bookmarks) listed += mark.level == 1 ? 1 : 0;
  }
  std::vector<CoverEntry> entries;
  int page = cover_pages;
  for (const auto& part : parts) {
    entries.push_back({2, part->title, page});
    for (const PartBookmark& mark : part->bookmarks) {
      if (mark.level > 1 || listed > kListedBookmarks) continue;
      entries.push_back({3, mark.title, page + mark.page});
    }
    page += static_cast<int>(part->pages.size());
  }
  return entries;
}

/// The contents' page numbers depend on the cover's length, and that on the number of entries
/// alone: the second round is always right.
base::Result<Cover> front_of(const Document& cover,
                             const std::vector<std::unique_ptr<OpenPart>>& parts) {
  auto first = render_cover(cover, entries_of(parts, 1));
  if (!first || first->pages == 1) return first;
  return render_cover(cover, entries_of(parts, first->pages));
}

QPDFObjectHandle destination(const QPDFObjectHandle& page, double top) {
  using Object = QPDFObjectHandle;
  return Object::newArray({page, Object::newName("/XYZ"), Object::newNull(),
                           Object::newReal(top, 2), Object::newNull()});
}

void add_link(QPDF& document, const std::vector<QPDFObjectHandle>& pages, const CoverLink& link) {
  using Object = QPDFObjectHandle;
  Object annotation = Object::parse("<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] >>");
  const Box& box = link.box;
  annotation.replaceKey(
      "/Rect", Object::newArray(Object::Rectangle(box.x, kPageHeight - box.y - box.height,
                                                  box.x + box.width, kPageHeight - box.y)));
  annotation.replaceKey("/Dest",
                        destination(pages.at(static_cast<std::size_t>(link.target)), kPageHeight));
  Object page = pages.at(static_cast<std::size_t>(link.page));
  if (!page.getKey("/Annots").isArray()) page.replaceKey("/Annots", Object::newArray());
  page.getKey("/Annots").appendItem(document.makeIndirectObject(annotation));
}

std::vector<Bookmark> bookmarks_of(const Document& cover, int cover_pages,
                                   const std::vector<std::unique_ptr<OpenPart>>& parts,
                                   const std::vector<QPDFObjectHandle>& pages) {
  std::vector<Bookmark> bookmarks;
  bookmarks.push_back({1, cover.title, destination(pages.front(), kPageHeight)});
  auto first = static_cast<std::size_t>(cover_pages);
  for (const auto& part : parts) {
    bookmarks.push_back({1, part->title, destination(pages.at(first), kPageHeight)});
    for (const PartBookmark& mark : part->bookmarks) {
      const auto page = first + static_cast<std::size_t>(mark.page);
      bookmarks.push_back({mark.level + 1, mark.title, destination(pages.at(page), mark.top)});
    }
    first += part->pages.size();
  }
  return bookmarks;
}

std::string write_linear(QPDF& document) {
  QPDFWriter writer(document);
  writer.setOutputMemory();
  writer.setObjectStreamMode(qpdf_o_generate);
  writer.setDeterministicID(true);
  writer.setMinimumPDFVersion("1.7");
  writer.setLinearization(true);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

std::string assemble(const Document& cover, const Cover& front,
                     const std::vector<std::unique_ptr<OpenPart>>& parts) {
  QPDF document;
  document.setSuppressWarnings(true);
  document.processMemoryFile("cover", front.bytes.data(), front.bytes.size());
  for (const auto& part : parts) append_part(document, *part);
  const std::vector<QPDFObjectHandle> pages = document.getAllPages();
  for (const CoverLink& link : front.links) add_link(document, pages, link);
  document.getRoot().removeKey("/Outlines");
  add_bookmarks(document, bookmarks_of(cover, front.pages, parts, pages));
  set_catalogue(document, cover);
  if (!std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part->archival; })) {
    withdraw_archive(document);
  }
  const std::shared_ptr<void> stamps = stamp_numbers(document);
  return write_linear(document);
}

}  // namespace
}  // namespace pdf

base::Result<std::string> combine_pdfs(const Document& cover, const std::vector<PdfPart>& parts) {
  auto opened = pdf::open_parts(cover, parts);
  if (!opened) return base::pass_on(opened.error());
  auto front = pdf::front_of(cover, *opened);
  if (!front) return base::pass_on(front.error());
  try {
    return pdf::assemble(cover, *front, *opened);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::internal, "the combined PDF could not be written");
  }
}

}  // namespace chartroom::report
