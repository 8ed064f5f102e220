// Small makers of document blocks, so that sections read as what they say.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "report/document.hpp"

namespace chartroom::report {

/// One part of a report in both of its forms: blocks for people and JSON for systems. They are
/// made together from the same values, so they cannot differ.
struct Section {
  std::string title;  ///< in words of our own
  std::string anchor;
  std::string key;  ///< member name in the JSON report
  std::vector<Block> blocks;
  boost::json::value data;
};

[[nodiscard]] Span plain(Wording text);
[[nodiscard]] Span strong(Wording text);
[[nodiscard]] Span muted(Wording text);
[[nodiscard]] Span alerting(Wording text);
[[nodiscard]] Span new_line();
[[nodiscard]] Spans words(Wording text);

[[nodiscard]] Cell cell(Wording text, Tone tone = Tone::none);
[[nodiscard]] Cell cell(Spans spans, Tone tone = Tone::none);
[[nodiscard]] Cell number_cell(Wording text, Tone tone = Tone::none);
[[nodiscard]] Cell row_header(Wording text);

[[nodiscard]] Column column(std::string title, double weight = 1.0, Align align = Align::start);
/// The column of source tags that ends every table of facts.
[[nodiscard]] Column source_column();

[[nodiscard]] Block section_heading(const Section& section);
[[nodiscard]] Block heading(int level, Wording text, std::string anchor = {});
[[nodiscard]] Block paragraph(Wording text);
[[nodiscard]] Block quiet_paragraph(Wording text);
[[nodiscard]] Block callout(Tone tone, Wording title, Wording text);
[[nodiscard]] KeyValues::Item pair(std::string label, Wording value);
[[nodiscard]] KeyValues::Item pair(std::string label, Spans value);

void append(Spans& to, Spans more);
void append(std::vector<Block>& to, std::vector<Block> more);

}  // namespace chartroom::report
