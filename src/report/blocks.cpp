#include "report/blocks.hpp"

#include <iterator>
#include <utility>

namespace chartroom::report {
namespace {

Span emphasised(Wording text, Emphasis emphasis) {
  Span span;
  span.text = std::move(text.text);
  span.own_words = text.own;
  span.emphasis = emphasis;
  return span;
}

}  // namespace

Span plain(Wording text) { return emphasised(std::move(text), Emphasis::none); }
Span strong(Wording text) { return emphasised(std::move(text), Emphasis::strong); }
Span muted(Wording text) { return emphasised(std::move(text), Emphasis::muted); }
Span alerting(Wording text) { return emphasised(std::move(text), Emphasis::alert); }

Span new_line() {
  Span span;
  span.line_break = true;
  return span;
}

Spans words(Wording text) { return {plain(std::move(text))}; }

Cell cell(Spans spans, Tone tone) {
  Cell made;
  made.spans = std::move(spans);
  made.tone = tone;
  return made;
}

Cell cell(Wording text, Tone tone) { return cell(words(std::move(text)), tone); }

Cell number_cell(Wording text, Tone tone) {
  Cell made = cell(std::move(text), tone);
  made.align = Align::end;
  return made;
}

Cell row_header(Wording text) {
  Cell made = cell(std::move(text));
  made.header = true;
  return made;
}

Column column(std::string title, double weight, Align align) {
  return Column{std::move(title), align, weight};
}

Column source_column() { return column("Source", 1.5); }

Block heading(int level, Wording text, std::string anchor) {
  return Heading{level, std::move(text.text), std::move(anchor), text.own};
}

Block section_heading(const Section& section) {
  return Heading{2, section.title, section.anchor, true};
}

Block paragraph(Wording text) { return Paragraph{words(std::move(text)), false}; }

Block quiet_paragraph(Wording text) { return Paragraph{{muted(std::move(text))}, false}; }

Block callout(Tone tone, Wording title, Wording text) {
  return Callout{tone, std::move(title), words(std::move(text))};
}

KeyValues::Item pair(std::string label, Wording value) {
  return {std::move(label),
          value.text.empty() ? Spans{muted("not given")} : words(std::move(value))};
}

KeyValues::Item pair(std::string label, Spans value) {
  return {std::move(label), std::move(value)};
}

void append(Spans& to, Spans more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void append(std::vector<Block>& to, std::vector<Block> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace chartroom::report
