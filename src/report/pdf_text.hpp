// Shaped text: Pango layouts made from spans, measured once, drawn line by line.
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "report/document.hpp"
#include "report/pdf_style.hpp"

namespace chartroom::report::pdf {

struct Unref {
  void operator()(void* object) const;
};
using ContextPtr = std::unique_ptr<PangoContext, Unref>;
using LayoutPtr = std::unique_ptr<PangoLayout, Unref>;

struct TextStyle {
  double size = kBodySize;  ///< points
  int weight = 400;         ///< as in CSS
  Rgb colour = kInk;
  bool mono = false;
  bool keep_space = false;  ///< preformatted: line feeds and runs of blanks stay
  bool one_line = false;    ///< cut with an ellipsis rather than wrapped
  double leading = 1.32;    ///< line height by font size
  Align align = Align::start;
};

/// A shaped piece of text of a fixed width. Immutable once made; lives on the thread that made it.
struct TextBox {
  struct Line {
    double top = 0;
    double bottom = 0;
    double baseline = 0;
    double x = 0;
    PangoLayoutLine* line = nullptr;  ///< owned by layout
  };
  struct Link {
    int begin = 0;  ///< bytes of the layout's text
    int end = 0;
    std::string target;
  };
  LayoutPtr layout;
  std::vector<Line> lines;
  std::vector<Link> links;
  Rgb colour;
  double width = 0;   ///< of the widest line
  bool blank = true;  ///< no visible character
  [[nodiscard]] double height() const { return lines.empty() ? 0 : lines.back().bottom; }
  [[nodiscard]] double height(std::size_t first, std::size_t last) const {
    return first >= last ? 0 : lines[last - 1].bottom - lines[first].top;
  }
};
using TextPtr = std::shared_ptr<const TextBox>;

/// Makes text boxes. One per rendering; not shared between threads (the font map is the thread's).
class TextEngine {
 public:
  TextEngine();

  /// `width` <= 0: as wide as the text. Spans link only to anchors that `is_anchor` knows.
  TextPtr make(const Spans& spans, const TextStyle& style, double width);
  TextPtr make(std::string_view text, const TextStyle& style, double width);
  /// The same for words of the program's own (Wording::own), which the thread keeps, as `make` does
  /// with such spans. Never for anything from a record.
  static TextPtr make_fixed(std::string_view text, const TextStyle& style, double width);
  /// One or the other of these two.
  TextPtr make(std::string_view text, bool own_words, const TextStyle& style, double width) {
    return own_words ? make_fixed(text, style, width) : make(text, style, width);
  }

  struct Extent {
    double longest_word = 0;
    double natural = 0;  ///< on one line, or the longest line between given breaks
  };
  /// A quick estimate from average glyph widths: good for column widths, never for placing text.
  Extent estimate(const Spans& spans, const TextStyle& style);

  /// Anchors of the document: a span that points elsewhere is set as plain text.
  void set_anchors(std::vector<std::string> anchors);

 private:
  using Advances = std::array<float, 128>;
  const Advances& advances(const TextStyle& style);
  bool links(const Span& span) const;
  std::string cache_key(const Spans& spans, const TextStyle& style, double width) const;
  /// What the thread keeps from report to report.
  static TextEngine& kept_by_thread();
  TextPtr shape(const Spans& spans, const TextStyle& style, double width);
  TextPtr build(const Spans& spans, const TextStyle& style, double width);

  ContextPtr context_;
  std::vector<std::string> anchors_;  // sorted
  std::unordered_map<std::string, TextPtr> cache_;
};

/// Draws lines [first, last) with the top of `first` at y.
void draw_text(cairo_t* cairo, const TextBox& box, std::size_t first, std::size_t last, double x,
               double y);

/// Text that Pango and PDF can hold: valid UTF-8 without control characters.
std::string printable(std::string_view text, bool keep_space);

}  // namespace chartroom::report::pdf
