// Parts bound behind a cover: pages as they are, bookmarks, continuous numbers.
#include "report/combine.hpp"

#include <exception>
#include <list>

namespace chartroom::report {
namespace pdf {
namespace {

/// The page that stands for a part that cannot be read.
base::Result<Sheaf> stand_in(Book& book, const Document& cover, const PdfPart& part) {
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
  return draw_sheaf(book, page);
}

base::Result<Sheaf> sheaf_of(Book& book, const Document& cover, const PdfPart& part) {
  const auto open = open_part(part);
  if (!open) return stand_in(book, cover, part);
  try {
    return take_part(book, *open);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::internal, "a part of a combined PDF could not be copied");
  }
}

}  // namespace

base::Result<std::string> bind_parts(Book& book, const Document& cover,
                                     const std::vector<Bound>& parts) {
  const auto front = draw_cover(book, cover, parts);
  if (!front) return base::pass_on(front.error());
  try {
    return write_bound(book, cover, *front, parts);
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::internal, "the combined PDF could not be written");
  }
}

}  // namespace pdf

base::Result<std::string> combine_pdfs(const Document& cover, const std::vector<PdfPart>& parts) {
  pdf::Book book;
  std::list<pdf::Sheaf> sheaves;
  std::vector<pdf::Bound> bound;
  for (const PdfPart& part : parts) {
    auto sheaf = pdf::sheaf_of(book, cover, part);
    if (!sheaf) return base::pass_on(sheaf.error());
    sheaves.push_back(std::move(*sheaf));
    bound.push_back({part.title, &sheaves.back()});
  }
  return pdf::bind_parts(book, cover, bound);
}

}  // namespace chartroom::report
