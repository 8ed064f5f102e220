// A report before it is drawn: blocks that HTML and PDF render alike.
//
// The same document gives both formats, so they cannot say different things. Nothing in here is
// markup: renderers escape every string.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace chartroom::report {

/// Words to show, and whether they are our own: those that stand in our code come in every report,
/// so a renderer may keep what it made of them. Anything that may be from a record is a
/// std::string.
struct Wording {
  std::string text{};
  bool own = false;

  Wording() = default;
  template <std::size_t size>
  Wording(const char (&literal)[size]) : text(literal), own(true) {}  // NOLINT: both are meant to
  template <std::size_t size>
  Wording(char (&buffer)[size]) = delete;
  template <typename Text>
    requires std::constructible_from<std::string, Text> &&
             (!std::is_array_v<std::remove_reference_t<Text>>)
  Wording(Text&& value) : text(std::forward<Text>(value)) {}  // NOLINT: be given as they stand
  /// Of what stands in our code alone, put together.
  static Wording ours(std::string text) {
    Wording made;
    made.text = std::move(text);
    made.own = true;
    return made;
  }
};

enum class Emphasis { none, strong, muted, alert };

/// A run of text. `target` links to an anchor of this document ("source-S1-Observation-12").
struct Span {
  std::string text{};
  Emphasis emphasis = Emphasis::none;
  bool italic = false;
  bool underline = false;
  int baseline = 0;         ///< -1 subscript, 0 normal, 1 superscript
  bool line_break = false;  ///< a line break; text is empty
  std::string target{};
  std::string raw{};  ///< names an entry of Document::raw_items; HTML links to it where it is there
  bool own_words = false;  ///< as Wording has it
};

using Spans = std::vector<Span>;

struct Heading {
  int level = 1;  ///< 1 to 4; a document has one level 1: its title
  std::string text{};
  std::string anchor{};    ///< unique in the document; empty: none
  bool own_words = false;  ///< as Wording has it
};

struct Paragraph {
  Spans spans{};
  bool preformatted = false;
};

struct ListItem {
  Spans spans{};
  unsigned level = 0;
  Wording marker{};  ///< "•", "1.", …
};

/// List items that belong together.
struct List {
  std::vector<ListItem> items{};
};

enum class Align { start, end, center };
enum class Tone {
  none,
  good,
  caution,
  alert,
  muted
};  ///< colour, never the only carrier of meaning

struct Cell {
  Spans spans{};
  Align align = Align::start;
  Tone tone = Tone::none;
  unsigned column_span = 1;
  unsigned row_span = 1;
  bool header = false;
  std::string anchor{};
};

struct Column {
  std::string title{};
  Align align = Align::start;
  double weight = 1.0;  ///< share of the width; 0: as narrow as its content allows
};

/// Column titles repeat on every page. `columns` may be empty (authored tables): then rows carry
/// their own header cells.
struct Table {
  Wording caption{};
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};
  bool caption_hidden = false;  ///< not drawn: a heading says the same; readers still get it
};

/// Label and value, two or three columns side by side where there is room.
struct KeyValues {
  struct Item {
    std::string label;
    Spans value;
  };
  std::vector<Item> items{};
};

/// A coloured box with a short message.
struct Callout {
  Tone tone = Tone::none;
  Wording title{};
  Spans spans{};
};

struct ChartPoint {
  base::TimePoint when{};
  double value = 0;
  std::string label{};  ///< for the text alternative: "5.9 % on 2019-04-02"
  Tone tone = Tone::none;
};

struct ChartSeries {
  std::string name{};
  std::vector<ChartPoint> points{};
};

/// A stretch of time, or a moment when both ends are equal.
struct ChartBar {
  base::TimePoint from{};
  base::TimePoint to{};
  bool open = false;  ///< goes on beyond `to`
  Tone tone = Tone::none;
};

/// A line of a timeline: a medicine, a kind of visit.
struct ChartLane {
  std::string name{};
  std::vector<ChartBar> bars{};
};

/// A trend over time. Blood pressure has two series (systolic, diastolic). With lanes it is a
/// timeline instead, and series, unit and band do not count.
struct Chart {
  std::string title{};
  std::string unit{};
  std::vector<ChartSeries> series{};
  std::optional<double> band_low{};  ///< reference band
  std::optional<double> band_high{};
  std::string alternative{};  ///< text for people who cannot see it
  std::vector<ChartLane> lanes{};
};

/// Charts that stand side by side where there is room.
struct ChartRow {
  std::vector<Chart> charts{};
};

struct Image {
  std::string media_type{};  ///< image/png or image/jpeg
  std::string bytes{};
  std::string alternative{};
};

/// A received PDF that stands here page by page (combined and ccdraw); HTML offers it as a
/// download.
struct EmbeddedPdf {
  std::string title{};
  std::string bytes{};
};

struct PageBreak {};

using Block = std::variant<Heading, Paragraph, List, Table, KeyValues, Callout, ChartRow, Image,
                           EmbeddedPdf, PageBreak>;

/// A piece of a source as it was received, for HTML: what a row was read from.
struct RawPiece {
  std::string name{};  ///< "S1 Observation/123", as Span::raw has it
  std::string text{};  ///< never markup to a renderer
};

struct Document {
  std::string title{};     ///< "Health Check Summary"
  std::string subtitle{};  ///< the applicant's name
  std::string language = "en-US";
  base::TimePoint created{};
  std::string footer{};  ///< "Jane Doe · born 1968-02-13 · order … · not an underwriting decision"
  bool with_contents = false;  ///< PDF: a table of contents after the cover block
  std::vector<Block> blocks{};
  std::vector<RawPiece> raw_items{};  ///< sorted by name
};

}  // namespace chartroom::report
