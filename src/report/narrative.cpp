#include <algorithm>

#include "report/blocks.hpp"
#include "report/reports.hpp"

namespace chartroom::report {
namespace {

using evidence::NarrativeBlock;
using Type = NarrativeBlock::Type;

Spans spans_of(const std::vector<evidence::NarrativeSpan>& authored) {
  Spans spans;
  for (const evidence::NarrativeSpan& one : authored) {
    Span span;
    span.text = one.text;
    span.emphasis = one.bold ? Emphasis::strong : Emphasis::none;
    span.italic = one.italic;
    span.underline = one.underline;
    span.baseline = one.superscript ? 1 : one.subscript ? -1 : 0;
    span.line_break = one.line_break;
    spans.push_back(std::move(span));
  }
  return spans;
}

std::string text_of(const std::vector<evidence::NarrativeSpan>& authored) {
  std::string text;
  for (const auto& span : authored) text += span.line_break ? " " : span.text;
  return text;
}

Table table_of(const NarrativeBlock& block) {
  Table table;
  table.caption = block.caption;
  for (const auto& authored : block.rows) {
    std::vector<Cell> row;
    for (const evidence::NarrativeCell& one : authored) {
      Cell made = cell(spans_of(one.spans));
      made.header = one.header;
      made.column_span = std::max(1U, one.column_span);
      made.row_span = std::max(1U, one.row_span);
      row.push_back(std::move(made));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

ListItem item_of(const NarrativeBlock& block) {
  Wording marker = "•";
  if (block.ordered) marker = std::to_string(block.ordinal) + ".";
  return {spans_of(block.spans), block.level, std::move(marker)};
}

}  // namespace

std::vector<Block> narrative_blocks(const std::vector<NarrativeBlock>& narrative,
                                    int heading_level) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < narrative.size(); ++i) {
    const NarrativeBlock& block = narrative[i];
    switch (block.type) {
      case Type::paragraph:
        blocks.push_back(Paragraph{spans_of(block.spans), false});
        break;
      case Type::heading:
        blocks.push_back(heading(std::min(heading_level, 4), text_of(block.spans)));
        break;
      case Type::preformatted:
        blocks.push_back(Paragraph{spans_of(block.spans), true});
        break;
      case Type::table:
        blocks.push_back(table_of(block));
        break;
      case Type::image:
        blocks.push_back(Image{block.media_type, block.media_bytes,
                               block.caption.empty() ? "Image in the document" : block.caption});
        break;
      case Type::list_item: {
        List list;
        while (i < narrative.size() && narrative[i].type == Type::list_item) {
          list.items.push_back(item_of(narrative[i++]));
        }
        --i;
        blocks.push_back(std::move(list));
        break;
      }
    }
  }
  return blocks;
}

}  // namespace chartroom::report
