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

[[nodiscard]] Span plain(std::string text);
[[nodiscard]] Span strong(std::string text);
[[nodiscard]] Span muted(std::string text);
[[nodiscard]] Span alerting(std::string text);
[[nodiscard]] Span new_line();
[[nodiscard]] Spans words(std::string text);

[[nodiscard]] Cell cell(std::string text, Tone tone = Tone::none);
[[nodiscard]] Cell cell(Spans spans, Tone tone = Tone::none);
[[nodiscard]] Cell number_cell(std::string text, Tone tone = Tone::none);
[[nodiscard]] Cell row_header(std::string text);

[[nodiscard]] Column column(std::string title, double weight = 1.0, Align align = Align::start);
/// The column of source tags that ends every table of facts.
[[nodiscard]] Column source_column();

[[nodiscard]] Block section_heading(const Section& section);
[[nodiscard]] Block heading(int level, std::string text, std::string anchor = {});
[[nodiscard]] Block paragraph(std::string text);
[[nodiscard]] Block quiet_paragraph(std::string text);
[[nodiscard]] Block callout(Tone tone, std::string title, std::string text);
[[nodiscard]] KeyValues::Item pair(std::string label, std::string value);
[[nodiscard]] KeyValues::Item pair(std::string label, Spans value);

void append(Spans& to, Spans more);
void append(std::vector<Block>& to, std::vector<Block> more);

}  // namespace chartroom::report
