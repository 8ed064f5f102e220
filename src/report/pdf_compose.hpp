// From blocks to placed pieces. Each lay_… function puts one kind of block at the cursor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "report/pdf_canvas.hpp"
#include "report/pdf_received.hpp"
#include "report/pdf_text.hpp"

namespace chartroom::report::pdf {

/// A line of the table of contents. Its page is where `anchor` comes to lie.
struct ContentsEntry {
  int level = 2;
  std::string title;
  std::string anchor;
  bool own_words = false;  ///< as Heading has it
};

struct Composer {
  TextEngine& text;
  Canvas& canvas;
  std::vector<std::shared_ptr<Received>> received{};
  int headings = 0;  ///< laid so far
};

/// Anchor of the n-th heading, whether or not its author named one. No author can write it.
std::string heading_anchor(int index);

/// `after` is the height that must follow on the same page: a heading never stands alone.
void lay_heading(Composer& composer, const Heading& heading, double after);
void lay_paragraph(Composer& composer, const Paragraph& paragraph);
void lay_list(Composer& composer, const List& list);
void lay_key_values(Composer& composer, const KeyValues& values);
void lay_callout(Composer& composer, const Callout& callout);
void lay_chart_row(Composer& composer, const ChartRow& row);
void lay_image(Composer& composer, const Image& image);
void lay_received(Composer& composer, const EmbeddedPdf& embedded);
void lay_table(Composer& composer, const Table& table);
void lay_contents(Composer& composer, const std::vector<ContentsEntry>& entries);

/// The height a block wants at least beneath its heading.
double first_part_height(const Block& block);

}  // namespace chartroom::report::pdf
