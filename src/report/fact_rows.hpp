// One fact as a JSON object, as table cells, as a point of a chart.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// Everything that the record knows of a fact, with full source locators.
[[nodiscard]] boost::json::object fact_json(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::array facts_json(const Lens& lens, const std::vector<Item>& items);

/// {"source":"S1","locator":"Observation/12"}
[[nodiscard]] boost::json::array sources_json(const std::vector<evidence::SourceRef>& sources);

/// "5.9 %" as the source wrote it, then the canonical value where it differs; marks for conflicts
/// and implausible values.
[[nodiscard]] Spans value_spans(const Item& item);
/// The same on one line without marks: "5.9 %".
[[nodiscard]] std::string value_line(const Item& item);

/// "H (lab)", "H (lab's range)", "H (our table)"; empty when there is no flag or it says normal.
[[nodiscard]] std::string flag_text(const evidence::Flag& flag);
/// The lab's flag where there is one, else what our table of attention levels says.
[[nodiscard]] Tone tone_of(const Item& item);
/// "4.0 – 5.6 %", "< 200"; empty when the source gives no range.
[[nodiscard]] std::string range_text(const evidence::Fact& fact);
/// Name of the test, analyte first: "Hemoglobin A1c".
[[nodiscard]] std::string test_name(const Item& item);
/// "SNOMED CT 44054006, ICD-10-CM E11.9 (inferred)"
[[nodiscard]] std::string codes_text(const std::vector<evidence::Code>& codes);

/// Text of a document or note, for systems that read JSON and for searching.
[[nodiscard]] std::string narrative_text(const std::vector<evidence::NarrativeBlock>& blocks);

/// First words of a note for a table; the JSON report has all of them.
[[nodiscard]] std::string beginning(const std::vector<evidence::NarrativeBlock>& blocks);

/// Date | test | value | range | flag | source, in the order of `items`.
[[nodiscard]] Table result_table(const Lens& lens, const std::vector<Item>& items, Wording caption);

/// A trend, when at least three values of one unit have a date; empty otherwise.
[[nodiscard]] std::optional<Chart> trend(const std::vector<Item>& items, const std::string& title,
                                         const std::string& sex);
/// Trends of several analytes: those that exist, side by side.
void add_trends(std::vector<Block>& blocks, std::vector<Chart> charts);

}  // namespace chartroom::report
