#include "report/blocks.hpp"

#include <iterator>
#include <utility>

namespace chartroom::report {
namespace {

Span emphasised(std::string text, Emphasis emphasis) {
  Span span;
  span.text = std::move(text);
  span.emphasis = emphasis;
  return span;
}

}  // namespace

Span plain(std::string text) { return emphasised(std::move(text), Emphasis::none); }
Span strong(std::string text) { return emphasised(std::move(text), Emphasis::strong); }
Span muted(std::string text) { return emphasised(std::move(text), Emphasis::muted); }
Span alerting(std::string text) { return emphasised(std::move(text), Emphasis::alert); }

Span new_line() {
  Span span;
  span.line_break = true;
  return span;
}

Spans words(std::string text) { return {plain(std::move(text))}; }

Cell cell(Spans spans, Tone tone) {
  Cell made;
  made.spans = std::move(spans);
  made.tone = tone;
  return made;
}

Cell cell(std::string text, Tone tone) { return cell(words(std::move(text)), tone); }

Cell number_cell(std::string text, Tone tone) {
  Cell made = cell(std::move(text), tone);
  made.align = Align::end;
  return made;
}

Cell row_header(std::string text) {
  Cell made = cell(std::move(text));
  made.header = true;
  return made;
}

Column column(std::string title, double weight, Align align) {
  return Column{std::move(title), align, weight};
}

Column source_column() { return column("Source", 1.5); }

Block heading(int level, std::string text, std::string anchor) {
  return Heading{level, std::move(text), std::move(anchor), false};
}

Block section_heading(const Section& section) {
  return Heading{2, section.title, section.anchor, true};
}

Block paragraph(std::string text) { return Paragraph{words(std::move(text)), false}; }

Block quiet_paragraph(std::string text) { return Paragraph{{muted(std::move(text))}, false}; }

Block callout(Tone tone, std::string title, std::string text) {
  return Callout{tone, std::move(title), words(std::move(text))};
}

KeyValues::Item pair(std::string label, std::string value) {
  return {std::move(label), value.empty() ? Spans{muted("not given")} : words(std::move(value))};
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
