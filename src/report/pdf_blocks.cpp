// Headings, paragraphs, lists, key-values and callouts.
#include <algorithm>
#include <cmath>

#include "report/pdf_compose.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr std::size_t kPreformattedChunk = 60;  // lines per text box, so that long notes stay quick

struct HeadingLook {
  const char* tag;
  double size;
  int weight;
  Rgb colour;
  double before;
  double after;
};

HeadingLook heading_look(int level) {
  switch (level) {
    case 1:
      return {"H1", 19, 700, kBrand, 0, 8};
    case 2:
      return {"H2", 13, 650, kBrand, 17, 6};
    case 3:
      return {"H3", 10, 600, kInk, 11, 3.5};
    default:
      return {"H4", 8.75, 600, kMuted, 8, 2.5};
  }
}

void lay_preformatted(Composer& composer, const Spans& spans, int node) {
  TextStyle style;
  style.mono = true;
  style.keep_space = true;
  style.size = 7.25;
  style.leading = 1.28;
  std::string all;
  for (const Span& span : spans) all += span.line_break ? "\n" : span.text;
  std::size_t begin = 0;
  while (begin < all.size()) {
    std::size_t end = begin;
    for (std::size_t lines = 0; lines < kPreformattedChunk && end < all.size(); ++lines) {
      const std::size_t feed = all.find('\n', end);
      end = feed == std::string::npos ? all.size() : feed + 1;
    }
    std::string_view chunk(all.data() + begin, end - begin);
    if (chunk.ends_with('\n')) chunk.remove_suffix(1);
    composer.canvas.flow(composer.text.make(chunk, style, kContentWidth), kLeft, node);
    begin = end;
  }
}

/// Columns of equal width in which the values fit mostly on one line.
std::size_t key_value_columns(Composer& composer, const KeyValues& values) {
  TextStyle style;
  std::vector<double> widths;
  widths.reserve(values.items.size());
  for (const KeyValues::Item& item : values.items) {
    widths.push_back(composer.text.estimate(item.value, style).natural);
  }
  std::sort(widths.begin(), widths.end());
  const double usual = widths[widths.size() * 4 / 5];
  for (const std::size_t columns : {std::size_t{3}, std::size_t{2}}) {
    if (values.items.size() >= columns &&
        usual <= kContentWidth / static_cast<double>(columns) - 14) {
      return columns;
    }
  }
  return values.items.size() > 1 ? 2 : 1;
}

struct Pair {
  TextPtr label;
  TextPtr value;
};

constexpr double kPairGap = 1;
constexpr double kPairPadding = 4;

double pair_height(const Pair& pair) {
  return pair.label->height() + kPairGap + pair.value->height() + 2 * kPairPadding;
}

void lay_pair_row(Composer& composer, const std::vector<Pair>& row, double width, int list) {
  Canvas& canvas = composer.canvas;
  double height = 0;
  for (const Pair& pair : row) height = std::max(height, pair_height(pair));
  if (height > kContentHeight) {  // a value as long as a page: one after the other
    for (const Pair& pair : row) {
      const int item = canvas.tag("LI", list);
      canvas.flow(pair.label, kLeft, canvas.tag("Lbl", item));
      canvas.flow(pair.value, kLeft, canvas.tag("LBody", item));
      canvas.space(kParagraphGap);
    }
    return;
  }
  canvas.ensure(height);
  canvas.rule(kLeft, canvas.y(), kContentWidth, 0.4, kHairline);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double x = kLeft + width * static_cast<double>(i);
    const double y = canvas.y() + kPairPadding;
    const int item = canvas.tag("LI", list);
    canvas.text(row[i].label, x, y, canvas.tag("Lbl", item));
    canvas.text(row[i].value, x, y + row[i].label->height() + kPairGap, canvas.tag("LBody", item));
  }
  canvas.advance(height);
}

constexpr double kCalloutBar = 3;
constexpr double kCalloutPadding = 8;

/// One page's worth of a callout: its box and the lines [first, last) of its texts.
struct CalloutPart {
  TextPtr text;
  std::size_t first = 0;
  std::size_t last = 0;
  int node = 0;
};

void draw_callout(Canvas& canvas, Tone tone, const std::vector<CalloutPart>& parts) {
  double height = 2 * kCalloutPadding - 2;
  for (const CalloutPart& part : parts) height += part.text->height(part.first, part.last);
  canvas.add(FillOp{kLeft, canvas.y(), kContentWidth, height, tone_tint(tone)});
  const Rgb bar = tone == Tone::none || tone == Tone::muted ? kRule : tone_ink(tone);
  canvas.add(FillOp{kLeft, canvas.y(), kCalloutBar, height, bar});
  double y = canvas.y() + kCalloutPadding - 1;
  for (const CalloutPart& part : parts) {
    canvas.text(part.text, part.first, part.last, kLeft + kCalloutBar + kCalloutPadding, y,
                part.node);
    y += part.text->height(part.first, part.last);
  }
  canvas.advance(height);
}

}  // namespace

std::string heading_anchor(int index) { return std::string("\x01") + std::to_string(index); }

void lay_heading(Composer& composer, const Heading& heading, double after) {
  Canvas& canvas = composer.canvas;
  const HeadingLook look = heading_look(heading.level);
  TextStyle style;
  style.size = look.size;
  style.weight = look.weight;
  style.colour = look.colour;
  style.leading = 1.22;
  const TextPtr box = composer.text.make(heading.text, heading.own_words, style, kContentWidth);
  canvas.space(look.before);
  canvas.ensure(box->height() + look.after + std::min(after, kContentHeight * 0.85));
  canvas.anchor(heading.anchor, canvas.y());
  canvas.anchor(heading_anchor(composer.headings++), canvas.y());
  canvas.outline.push_back({heading.level,
                            printable(heading.text, false),
                            {canvas.page(), canvas.y()},
                            heading.own_words});
  canvas.flow(box, kLeft, canvas.tag(look.tag, 0));
  if (heading.level <= 2) {
    canvas.rule(kLeft, canvas.y() + 2.5, kContentWidth, 0.9, kBrand);
    canvas.advance(3.5);
  }
  canvas.advance(look.after);
}

void lay_paragraph(Composer& composer, const Paragraph& paragraph) {
  if (paragraph.spans.empty()) return;
  const int node = composer.canvas.tag("P", 0);
  if (paragraph.preformatted) {
    lay_preformatted(composer, paragraph.spans, node);
  } else {
    composer.canvas.flow(composer.text.make(paragraph.spans, TextStyle{}, kContentWidth), kLeft,
                         node);
  }
  composer.canvas.space(kParagraphGap);
}

void lay_list(Composer& composer, const List& list) {
  if (list.items.empty()) return;
  Canvas& canvas = composer.canvas;
  const int node = canvas.tag("L", 0);
  TextStyle style;
  double markers = 10;
  for (const ListItem& item : list.items) {
    const Wording& marker = item.marker;
    const double width = composer.text.make(marker.text, marker.own, style, 0)->width + 5;
    markers = std::max(markers, std::min(width, 40.0));
  }
  for (const ListItem& item : list.items) {
    const double indent = 4 + 14.0 * std::min(item.level, 8U);
    const TextPtr body = composer.text.make(item.spans, style, kContentWidth - indent - markers);
    style.colour = kMuted;
    const TextPtr marker = composer.text.make(item.marker.text, item.marker.own, style, markers);
    style.colour = kInk;
    canvas.ensure(std::min(body->height(), 2 * kBodySize * style.leading));
    const int entry = canvas.tag("LI", node);
    canvas.text(marker, kLeft + indent, canvas.y(), canvas.tag("Lbl", entry));
    canvas.flow(body, kLeft + indent + markers, canvas.tag("LBody", entry));
    canvas.space(1.5);
  }
  canvas.space(kParagraphGap - 1.5);
}

void lay_key_values(Composer& composer, const KeyValues& values) {
  if (values.items.empty()) return;
  const std::size_t columns = key_value_columns(composer, values);
  const double width = kContentWidth / static_cast<double>(columns);
  const int list = composer.canvas.tag("L", 0);
  TextStyle label;
  label.size = kSmallSize;
  label.colour = kMuted;
  TextStyle value;
  value.weight = 500;
  std::vector<Pair> row;
  for (const KeyValues::Item& item : values.items) {
    row.push_back({TextEngine::make_fixed(item.label, label, width - 10),
                   composer.text.make(item.value, value, width - 10)});
    if (row.size() < columns) continue;
    lay_pair_row(composer, row, width, list);
    row.clear();
  }
  if (!row.empty()) lay_pair_row(composer, row, width, list);
  composer.canvas.rule(kLeft, composer.canvas.y(), kContentWidth, 0.4, kHairline);
  composer.canvas.space(kParagraphGap + 2);
}

void lay_callout(Composer& composer, const Callout& callout) {
  Canvas& canvas = composer.canvas;
  const double width = kContentWidth - kCalloutBar - 2 * kCalloutPadding;
  TextStyle strong;
  strong.weight = 600;
  strong.colour = tone_ink(callout.tone);
  const int group = canvas.tag("Sect", 0);
  std::vector<CalloutPart> parts;
  const auto add = [&](const TextPtr& text) {
    parts.push_back({text, 0, text->lines.size(), canvas.tag("P", group)});
  };
  if (const Wording& title = callout.title; !title.text.empty())
    add(composer.text.make(title.text, title.own, strong, width));
  if (!callout.spans.empty()) add(composer.text.make(callout.spans, TextStyle{}, width));
  if (parts.empty()) return;
  double height = 2 * kCalloutPadding;
  for (const CalloutPart& part : parts) height += part.text->height();
  canvas.space(3);
  if (height <= kContentHeight) canvas.ensure(height);
  // Taller than a page: lines go on in further boxes.
  std::vector<CalloutPart> now;
  double room = canvas.remaining() - 2 * kCalloutPadding;
  for (CalloutPart part : parts) {
    const std::size_t end = part.text->lines.size();
    part.last = part.first;
    while (part.first < end) {
      while (part.last < end && part.text->height(part.first, part.last + 1) <= room) ++part.last;
      if (part.last > part.first) now.push_back(part);
      room -= part.text->height(part.first, part.last);
      part.first = part.last;
      if (part.first == end) break;
      if (!now.empty()) draw_callout(canvas, callout.tone, now);
      now.clear();
      canvas.new_page();
      room = canvas.remaining() - 2 * kCalloutPadding;
    }
  }
  if (!now.empty()) draw_callout(canvas, callout.tone, now);
  canvas.space(kParagraphGap + 3);
}

}  // namespace chartroom::report::pdf
