// Documents that come out by themselves and bound together.
#include <deque>
#include <exception>
#include <optional>

#include "report/pdf_draw.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

/// What the file says of itself.
Document without_blocks(const Document& document) {
  Document about;
  about.title = document.title;
  about.subtitle = document.subtitle;
  about.language = document.language;
  about.created = document.created;
  return about;
}

}  // namespace

/// Everything is drawn into one file of cairo's until the first document is written.
struct PdfPress::State {
  struct Kept {
    Document about;
    std::optional<pdf::Sketch> sketch;  ///< until it is finished
    std::vector<pdf::SheafBookmark> bookmarks;
    std::size_t pages = 0;
    std::optional<std::vector<Part>> parts;  ///< behind a cover
    pdf::Sheaf sheaf;                        ///< when it is finished
  };
  pdf::Book book;
  std::optional<pdf::Drawing> drawing;
  std::deque<Kept> documents;
  std::size_t finished = 0;

  pdf::Drawing& open_drawing(const Document& document) {
    if (!drawing) drawing.emplace(document.created);
    return *drawing;
  }

  std::size_t keep(const Document& document, pdf::Sketch sketch,
                   std::optional<std::vector<Part>> parts) {
    Kept kept;
    kept.about = without_blocks(document);
    kept.bookmarks = pdf::bookmarks_of(sketch.canvas);
    kept.pages = sketch.canvas.pages().size();
    kept.sketch = std::move(sketch);
    kept.parts = std::move(parts);
    documents.push_back(std::move(kept));
    return documents.size() - 1;
  }

  /// Ends the drawing. Parts have lower numbers than what binds them, so they are finished first.
  base::Result<void> finish() {
    if (!drawing) return {};
    auto bytes = drawing->finish();
    drawing.reset();
    if (!bytes) return base::pass_on(bytes.error());
    const auto drawn = pdf::open_drawn(std::move(*bytes));
    for (; finished < documents.size(); ++finished) {
      Kept& kept = documents[finished];
      std::vector<QPDFObjectHandle> behind;
      for (const Part& part : kept.parts.value_or(std::vector<Part>{})) {
        for (const auto& page : documents.at(part.number).sheaf.pages)
          behind.push_back(page.object);
      }
      kept.sheaf = pdf::finish_pages(book, *drawn, *kept.sketch, behind);
      kept.sketch.reset();
    }
    return {};
  }

  std::string write(std::size_t number) {
    const Kept& kept = documents.at(number);
    if (!kept.parts) return pdf::write_sheaf(book, kept.about, kept.sheaf);
    std::vector<pdf::Bound> bound;
    for (const Part& part : *kept.parts) {
      bound.push_back({part.title, &documents.at(part.number).sheaf});
    }
    return pdf::write_bound(book, kept.about, kept.sheaf, bound);
  }
};

PdfPress::PdfPress() : state_(std::make_unique<State>()) {}
PdfPress::~PdfPress() = default;

std::size_t PdfPress::draw(const Document& document) {
  return state_->keep(document, pdf::sketch_document(state_->open_drawing(document), document), {});
}

std::size_t PdfPress::bind(const Document& cover, const std::vector<Part>& parts) {
  std::vector<pdf::ListedPart> listed;
  for (const Part& part : parts) {
    const State::Kept& kept = state_->documents.at(part.number);
    listed.push_back({part.title, &kept.bookmarks, kept.pages});
  }
  return state_->keep(cover, pdf::sketch_cover(state_->open_drawing(cover), cover, listed), parts);
}

base::Result<std::string> PdfPress::write(std::size_t number) {
  try {
    const auto finished = state_->finish();
    if (!finished) return base::pass_on(finished.error());
    return state_->write(number);
  } catch (const std::exception&) {  // qpdf reports by exception
    return base::fail(base::ErrorCode::internal, "a report's PDF could not be completed");
  }
}

base::Result<std::string> render_pdf(const Document& document) {
  PdfPress press;
  return press.write(press.draw(document));
}

}  // namespace chartroom::report
