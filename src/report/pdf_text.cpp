#include "report/pdf_text.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>

#include "base/text.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr std::size_t kCacheEntries = 5'000;  // some 3 KB each
constexpr std::size_t kFixedEntries = 1'000;  // a report has about a hundred
constexpr std::size_t kCacheableBytes = 120;
constexpr std::size_t kCacheableOwnBytes = 1'000;
constexpr const char* kLineSeparator = "\u2028";
constexpr const char* kSansFamilies = "Inter, DejaVu Sans, Noto Sans, Liberation Sans, Sans";
constexpr const char* kMonoFamilies =
    "DejaVu Sans Mono, Noto Sans Mono, Liberation Mono, Monospace";

struct FontFree {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using FontPtr = std::unique_ptr<PangoFontDescription, FontFree>;

/// cairo hands one font to all threads that ask for the same, and 1.16 ends the process when
/// a thread takes one up that another is just letting go (an assertion on cache_frozen, outside of
/// the lock). So each thread asks for fonts of its own: with an axis that no font has.
const std::string& threads_own_axis() {
  static std::atomic<unsigned> threads{0};
  thread_local const std::string kAxis = "CHRT=" + std::to_string(++threads);
  return kAxis;
}

FontPtr make_font(const TextStyle& style) {
  FontPtr font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), style.mono ? kMonoFamilies : kSansFamilies);
  pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
  pango_font_description_set_weight(font.get(), static_cast<PangoWeight>(style.weight));
  pango_font_description_set_variations(font.get(), threads_own_axis().c_str());
  return font;
}

PangoAlignment alignment(Align align) {
  switch (align) {
    case Align::end:
      return PANGO_ALIGN_RIGHT;
    case Align::center:
      return PANGO_ALIGN_CENTER;
    case Align::start:
      break;
  }
  return PANGO_ALIGN_LEFT;
}

/// Collects attributes over byte ranges of one layout.
class Attributes {
 public:
  Attributes() : list_(pango_attr_list_new()) {}
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { pango_attr_list_unref(list_); }

  void add(PangoAttribute* attribute, std::size_t begin, std::size_t end) {
    attribute->start_index = static_cast<guint>(begin);
    attribute->end_index = static_cast<guint>(end);
    pango_attr_list_insert(list_, attribute);
  }
  void colour(const Rgb& c, std::size_t begin, std::size_t end) {
    const auto channel = [](double v) { return static_cast<guint16>(std::lround(v * 65535)); };
    add(pango_attr_foreground_new(channel(c.red), channel(c.green), channel(c.blue)), begin, end);
  }
  [[nodiscard]] PangoAttrList* get() const { return list_; }

 private:
  PangoAttrList* list_;
};

void add_span(Attributes& attributes, const Span& span, const TextStyle& style, bool link,
              std::size_t begin, std::size_t end) {
  if (span.emphasis == Emphasis::strong || span.emphasis == Emphasis::alert) {
    attributes.add(pango_attr_weight_new(PANGO_WEIGHT_SEMIBOLD), begin, end);
  }
  if (span.emphasis == Emphasis::muted) attributes.colour(kMuted, begin, end);
  if (span.emphasis == Emphasis::alert) attributes.colour(kAlert, begin, end);
  if (link && span.emphasis != Emphasis::alert) attributes.colour(kAccent, begin, end);
  if (span.italic) attributes.add(pango_attr_style_new(PANGO_STYLE_ITALIC), begin, end);
  if (span.underline) attributes.add(pango_attr_underline_new(PANGO_UNDERLINE_SINGLE), begin, end);
  if (span.baseline != 0) {
    const double rise = span.baseline > 0 ? 0.36 : -0.14;
    attributes.add(pango_attr_rise_new(static_cast<int>(rise * style.size * PANGO_SCALE)), begin,
                   end);
    attributes.add(pango_attr_size_new_absolute(static_cast<int>(0.72 * style.size * PANGO_SCALE)),
                   begin, end);
  }
}

/// Line boxes of even height, whatever fonts a line mixes: a table row stays as high as its peers.
void measure_lines(TextBox& box, const TextStyle& style) {
  PangoLayoutIter* iter = pango_layout_get_iter(box.layout.get());
  const double least = style.size * style.leading;
  double y = 0;
  do {
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(iter, nullptr, &logical);
    const double base = static_cast<double>(pango_layout_iter_get_baseline(iter)) / PANGO_SCALE;
    const double top = static_cast<double>(logical.y) / PANGO_SCALE;
    const double height = static_cast<double>(logical.height) / PANGO_SCALE;
    const double line_height = std::max(least, height * style.leading / 1.32);
    TextBox::Line line;
    line.top = y;
    line.bottom = y + line_height;
    line.baseline = y + (line_height - height) / 2 + (base - top);
    line.x = static_cast<double>(logical.x) / PANGO_SCALE;
    line.line = pango_layout_iter_get_line_readonly(iter);
    box.width = std::max(box.width, static_cast<double>(logical.width) / PANGO_SCALE);
    y = line.bottom;
    box.lines.push_back(line);
  } while (pango_layout_iter_next_line(iter) != 0);
  pango_layout_iter_free(iter);
}

/// Figures of one width; and nothing that draws "->" or "2x4" as other characters than were sent.
/// ASCII has no marks to put together with letters, so nobody need look for them. The two are a
/// sixth of the work on a text.
const char* features(std::string_view text) {
  return base::is_ascii(text) ? "tnum=1, calt=0, ccmp=0" : "tnum=1, calt=0";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

}  // namespace

void Unref::operator()(void* object) const { g_object_unref(object); }

std::string printable(std::string_view text, bool keep_space) {
  std::string out = base::to_valid_utf8(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) continue;
    if (keep_space && (c == '\n' || c == '\t')) continue;
    c = ' ';
  }
  return out;
}

TextEngine::TextEngine()
    : context_(pango_font_map_create_context(pango_cairo_font_map_get_default())) {
  // PDF is drawn without a pixel grid: hinted metrics would make spacing uneven.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_cairo_context_set_resolution(context_.get(), 72);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  pango_context_set_language(context_.get(), pango_language_from_string("en"));
}

void TextEngine::set_anchors(std::vector<std::string> anchors) {
  std::sort(anchors.begin(), anchors.end());
  anchors_ = std::move(anchors);
}

bool TextEngine::links(const Span& span) const {
  return !span.target.empty() && std::binary_search(anchors_.begin(), anchors_.end(), span.target);
}

/// For a text of any width. On one line and from the left it is the same in all that it fits into.
constexpr double kAnyWidth = 0;

std::string TextEngine::cache_key(const Spans& spans, const TextStyle& style, double width) const {
  if (spans.size() != 1) return {};
  const Span& span = spans.front();
  const std::size_t most = span.own_words ? kCacheableOwnBytes : kCacheableBytes;
  if (span.text.size() > most || links(span) || span.line_break) return {};
  const std::array<double, 7> measures = {width,
                                          style.size,
                                          style.leading,
                                          style.colour.red,
                                          style.colour.green,
                                          style.colour.blue,
                                          static_cast<double>(style.weight)};
  const std::array<char, 8> flags = {
      static_cast<char>(style.mono),     static_cast<char>(style.keep_space),
      static_cast<char>(style.one_line), static_cast<char>(style.align),
      static_cast<char>(span.emphasis),  static_cast<char>(span.italic),
      static_cast<char>(span.underline), static_cast<char>(span.baseline)};
  std::string key(sizeof measures + flags.size(), '\0');
  std::memcpy(key.data(), measures.data(), sizeof measures);
  std::memcpy(key.data() + sizeof measures, flags.data(), flags.size());
  return key + span.text;
}

TextPtr TextEngine::make(const Spans& spans, const TextStyle& style, double width) {
  if (spans.empty()) return make_fixed({}, style, width);
  if (spans.size() == 1 && spans.front().own_words && spans.front().target.empty())
    return kept_by_thread().shape(spans, style, width);
  return shape(spans, style, width);
}

TextPtr TextEngine::shape(const Spans& spans, const TextStyle& style, double width) {
  std::string key = cache_key(spans, style, width);
  if (key.empty()) return build(spans, style, width);
  const auto found = cache_.find(key);
  if (found != cache_.end()) return found->second;
  const bool may_fit = width > 0 && style.align == Align::start && !style.one_line;
  std::string any = may_fit ? cache_key(spans, style, kAnyWidth) : std::string();
  if (may_fit) {
    const auto other = cache_.find(any);
    if (other != cache_.end() && other->second->lines.size() == 1 && other->second->width <= width)
      return other->second;
  }
  TextPtr box = build(spans, style, width);
  if (cache_.size() >= kCacheEntries) cache_.clear();
  if (may_fit && box->lines.size() == 1) key = std::move(any);
  cache_.insert_or_assign(std::move(key), box);
  return box;
}

TextPtr TextEngine::make(std::string_view text, const TextStyle& style, double width) {
  Spans spans(1);
  spans.front().text = text;
  return make(spans, style, width);
}

TextEngine& TextEngine::kept_by_thread() {
  thread_local TextEngine kept;
  if (kept.cache_.size() >= kFixedEntries) kept.cache_.clear();
  return kept;
}

TextPtr TextEngine::make_fixed(std::string_view text, const TextStyle& style, double width) {
  Spans spans(1);
  spans.front().text = text;
  spans.front().own_words = true;
  return kept_by_thread().shape(spans, style, width);
}

TextPtr TextEngine::build(const Spans& spans, const TextStyle& style, double width) {
  auto box = std::make_shared<TextBox>();
  box->layout.reset(pango_layout_new(context_.get()));
  box->colour = style.colour;
  PangoLayout* layout = box->layout.get();
  Attributes attributes;
  std::string text;
  for (const Span& span : spans) {
    if (span.line_break) {
      text += kLineSeparator;
      continue;
    }
    const std::size_t begin = text.size();
    text += printable(span.text, style.keep_space);
    const bool link = links(span);
    add_span(attributes, span, style, link, begin, text.size());
    if (link) {
      box->links.push_back({static_cast<int>(begin), static_cast<int>(text.size()), span.target});
    }
    box->blank = box->blank && is_blank(std::string_view(text).substr(begin));
  }
  // A hyphen that we put in would look like part of the code that it breaks.
  attributes.add(pango_attr_insert_hyphens_new(FALSE), 0, text.size());
  if (!style.mono) attributes.add(pango_attr_font_features_new(features(text)), 0, text.size());
  const FontPtr font = make_font(style);
  pango_layout_set_font_description(layout, font.get());
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  pango_layout_set_attributes(layout, attributes.get());
  pango_layout_set_alignment(layout, alignment(style.align));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_single_paragraph_mode(layout, style.one_line ? TRUE : FALSE);
  if (style.one_line) pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  // A hair more than asked: rounding must not wrap text that was measured to fit exactly.
  if (width > 0) pango_layout_set_width(layout, static_cast<int>(std::ceil(width * PANGO_SCALE)));
  measure_lines(*box, style);
  return box;
}

const TextEngine::Advances& TextEngine::advances(const TextStyle& style) {
  // By weight and face, for one point: fonts do not change while we run.
  thread_local std::map<int, Advances> kept;
  const int face = style.weight * 2 + (style.mono ? 1 : 0);
  const auto found = kept.find(face);
  if (found != kept.end()) return found->second;
  constexpr double kSample = 100;
  TextStyle sample = style;
  sample.size = kSample;
  sample.align = Align::start;
  sample.one_line = false;
  Advances table{};
  table.fill(0.6F);
  for (char c = '!'; c <= '~'; ++c) {
    const std::string text(1, c);
    table[static_cast<std::size_t>(c)] = static_cast<float>(make(text, sample, 0)->width / kSample);
  }
  table[' '] = 0.29F;
  return kept.emplace(face, table).first->second;
}

TextEngine::Extent TextEngine::estimate(const Spans& spans, const TextStyle& style) {
  Extent extent;
  double word = 0;
  double line = 0;
  const auto end_line = [&] {
    extent.longest_word = std::max(extent.longest_word, word);
    extent.natural = std::max(extent.natural, line);
    word = line = 0;
  };
  for (const Span& span : spans) {
    if (span.line_break) end_line();
    TextStyle used = style;
    const bool bold = span.emphasis == Emphasis::strong || span.emphasis == Emphasis::alert;
    used.weight = bold ? std::max(style.weight, 600) : style.weight;
    const Advances& table = advances(used);
    for (const char c : span.text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80 && byte < 0xc0) continue;  // the rest of a character already counted
      const double advance = (byte < 0x80 ? table[byte] : byte < 0xe3 ? 0.62F : 1.05F) * style.size;
      line += advance;
      if (c == ' ' || c == '\t' || c == '\n') {
        extent.longest_word = std::max(extent.longest_word, word);
        word = 0;
      } else {
        word += advance;
      }
    }
  }
  end_line();
  return extent;
}

void draw_text(cairo_t* cairo, const TextBox& box, std::size_t first, std::size_t last, double x,
               double y) {
  if (first >= last || first >= box.lines.size()) return;
  cairo_set_source_rgb(cairo, box.colour.red, box.colour.green, box.colour.blue);
  const double origin = y - box.lines[first].top;
  for (std::size_t i = first; i < std::min(last, box.lines.size()); ++i) {
    const TextBox::Line& line = box.lines[i];
    cairo_move_to(cairo, x + line.x, origin + line.baseline);
    pango_cairo_show_layout_line(cairo, line.line);
  }
}

}  // namespace chartroom::report::pdf
