#include <gtest/gtest.h>

#include <qpdf/QPDF.hh>
#include <set>
#include <thread>

#include "report/pdf_testing.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

using testing::cell;
using testing::count;
using testing::document;
using testing::expect_sound;
using testing::laid_open;
using testing::pages_of;
using testing::run;
using testing::spans;
using testing::text_of;

std::string render(const Document& made) {
  const auto pdf = render_pdf(made);
  EXPECT_TRUE(pdf.has_value());
  return pdf.value_or("");
}

Table long_table(int rows) {
  Table table;
  table.columns = {{"Test", Align::start, 2},
                   {"Date", Align::start, 0},
                   {"Value", Align::end, 0},
                   {"Comment", Align::start, 3}};
  for (int i = 0; i < rows; ++i) {
    const std::string n = std::to_string(i);
    table.rows.push_back({cell("Analyte" + n), cell("2020-01-01"), cell("V" + n + ".5"),
                          cell(i % 7 == 0 ? "a longer remark that goes over lines " + n : "")});
  }
  return table;
}

TEST(Pdf, IsTheSameTwice) {
  Document made = document();
  made.blocks = {Heading{2, "Results", "r"}, long_table(80)};
  EXPECT_EQ(render(made), render(made));
}

TEST(Pdf, SaysWhatItIs) {
  Document made = document();
  made.blocks = {Paragraph{spans("Nothing else."), false}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string info = run("TZ=UTC pdfinfo -isodates %", pdf).output;
  EXPECT_NE(info.find("Health Check Summary"), std::string::npos);
  EXPECT_NE(info.find("Chartroom"), std::string::npos);
  EXPECT_NE(info.find("2026-03-01T12:00:00"), std::string::npos);
  EXPECT_NE(info.find("612 x 792"), std::string::npos);
  EXPECT_EQ(count(info, "Tagged:          yes"), 1U);
  EXPECT_NE(laid_open(pdf).find("/Lang (en-US)"), std::string::npos);
}

/// The two parts of a file's identifier, as a reader of PDF has them.
std::pair<std::string, std::string> identifier_of(const std::string& bytes) {
  QPDF pdf;
  pdf.processMemoryFile("test", bytes.data(), bytes.size());
  QPDFObjectHandle id = pdf.getTrailer().getKey("/ID");
  return {id.getArrayItem(0).getStringValue(), id.getArrayItem(1).getStringValue()};
}

TEST(Pdf, AFilesIdentifierFollowsFromItsBytes) {
  Document made = document();
  made.blocks = {Paragraph{spans("one"), false}};
  Document other = made;
  other.blocks = {Paragraph{spans("two"), false}};
  Document longer = made;  // with object streams
  for (int i = 0; i < 40; ++i)
    longer.blocks.insert(longer.blocks.end(), {PageBreak{}, made.blocks[0]});
  std::set<std::string> all;
  for (const Document& document : {made, other, longer}) {
    const auto [first, second] = identifier_of(render(document));
    EXPECT_EQ(first.size(), 16U);
    EXPECT_EQ(first, second);
    EXPECT_EQ(identifier_of(render(document)).first, first);
    all.insert(first);
  }
  EXPECT_EQ(all.size(), 3U);
  EXPECT_EQ(all.count("\x31\x41\x59\x26\x53\x58\x97\x93\x23\x84\x62\x64\x33\x83\x27\x95"), 0U);
}

TEST(Pdf, EveryCellOfALongTableIsThereAndTitlesRepeat) {
  Document made = document();
  made.blocks = {Heading{2, "Results", "r"}, long_table(300)};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(count(text, "Analyte" + std::to_string(i) + " "), 1U) << i;
    EXPECT_EQ(count(text, " V" + std::to_string(i) + ".5"), 1U) << i;
  }
  const std::size_t pages = pages_of(pdf);
  EXPECT_GE(pages, 5U);
  EXPECT_EQ(count(text, "Comment"), pages);
  for (std::size_t page = 1; page <= pages; ++page) {
    EXPECT_EQ(count(text, "Page " + std::to_string(page) + " of " + std::to_string(pages)), 1U);
  }
  EXPECT_EQ(count(text, "not an underwriting decision"), pages);
}

TEST(Pdf, AuthoredHeaderRowsRepeat) {
  Table table = long_table(120);
  table.columns.clear();
  std::vector<Cell> head;
  for (const char* title : {"Alpha", "Beta", "Gamma", "Delta"}) {
    head.push_back(cell(title));
    head.back().header = true;
  }
  table.rows.insert(table.rows.begin(), head);
  Document made = document();
  made.blocks = {table};
  const std::string pdf = render(made);
  expect_sound(pdf);
  EXPECT_EQ(count(text_of(pdf), "Gamma"), pages_of(pdf));
}

TEST(Pdf, SpansKeepEveryCell) {
  Table table;
  Cell tall = cell("Tall");
  tall.row_span = 3;
  Cell wide = cell("Wide");
  wide.column_span = 2;
  Cell endless = cell("Endless");
  endless.row_span = 4'000'000'000U;
  Cell huge = cell("Huge");
  huge.column_span = 4'000'000'000U;
  table.rows = {{tall, wide},
                {cell("One"), cell("Two")},
                {cell("Three"), cell("Four")},
                {huge},
                {endless, cell("Five")}};
  Document made = document();
  made.blocks = {table};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  for (const char* word :
       {"Tall", "Wide", "One", "Two", "Three", "Four", "Huge", "Endless", "Five"}) {
    EXPECT_EQ(count(text, word), 1U) << word;
  }
}

TEST(Pdf, AChecksumBreaksAndADateBesideItDoesNot) {
  const std::string sum = "49a04c886ae22fb88ef5697da9a20fc263ddd7b3c4cf8e7f2a83391ee5c4a851";
  const std::string id = "83f3b8a8ad6e48f52a0024beb97c9829d";
  Document made = document();
  Table table;
  table.columns = {{"Tag", Align::start, 0.5},  {"Provider", Align::start, 1.6},
                   {"Item", Align::start, 1.6}, {"Kind", Align::start, 0.9},
                   {"When", Align::start, 1.1}, {"Sum", Align::start, 2.2}};
  table.rows.push_back({cell("S1"), cell("Blue Heron Community Health Associates"), cell(id),
                        cell("C-CDA"), cell("2026-11-28 07:13 UTC"), cell(sum)});
  made.blocks = {std::move(table)};
  const std::string text = text_of(render(made));
  for (const char* whole : {"2026-11-28", "Community", "Associates", "C-CDA"})
    EXPECT_NE(text.find(whole), std::string::npos) << whole;
  EXPECT_EQ(text.find("-\n"), std::string::npos);  // nothing of ours at a line's end
}

TEST(Pdf, VeryWideTablesLoseNothing) {
  Table table;
  std::vector<Cell> row;
  for (int i = 100; i < 300; ++i) row.push_back(cell("c" + std::to_string(i)));
  table.rows = {row, row};
  Document made = document();
  made.blocks = {table};
  const std::string text = text_of(render(made));
  for (int i = 100; i < 300; ++i) EXPECT_EQ(count(text, "c" + std::to_string(i)), 2U) << i;
}

TEST(Pdf, ARowTallerThanAPageIsCutBetweenLines) {
  std::string words;
  for (int i = 1000; i < 3000; ++i) words += "w" + std::to_string(i) + " ";
  Table table;
  table.columns = {{"Note", Align::start, 1}, {"By", Align::start, 1}};
  table.rows = {{cell(words), cell("short")}};
  Document made = document();
  made.blocks = {table};
  const std::string pdf = render(made);
  expect_sound(pdf);
  EXPECT_GT(pages_of(pdf), 1U);
  const std::string text = text_of(pdf);
  for (int i = 1000; i < 3000; i += 37) EXPECT_EQ(count(text, "w" + std::to_string(i)), 1U) << i;
}

TEST(Pdf, LongWordsBreakAndBadBytesAreReplaced) {
  Document made = document();
  Table table;
  table.columns = {{"A", Align::start, 1}, {"B", Align::start, 1}};
  table.rows = {{cell(std::string(900, 'Q')), cell("kept")},
                {cell(std::string("bad \xff\xfe bytes \x01\x00 end", 19)), cell("tail")}};
  made.blocks = {table, Paragraph{spans(std::string(5'000, 'Z')), false},
                 Paragraph{spans("line one\nline two"), true}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  EXPECT_EQ(count(text, "Q"), 900U);
  EXPECT_EQ(count(text, "Z"), 5'000U);
  EXPECT_NE(text.find("tail"), std::string::npos);
  EXPECT_NE(text.find("line two"), std::string::npos);
}

TEST(Pdf, WordsThatLookLikeMarksAreText) {
  Document made = document();
  std::string words;
  for (int i = 0; i < 400; ++i)
    words += "EMC /P << /MCID " + std::to_string(i) + " >> BDC (EMC\\) /Artifact BMC " +
             std::string(static_cast<std::size_t>(i % 7), ' ');
  made.blocks = {Heading{2, "EMC", "r"}, Paragraph{spans(words), false}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  EXPECT_NE(text.find("/MCID 0 >> BDC"), std::string::npos);
  EXPECT_NE(text.find("/MCID 399"), std::string::npos);
  EXPECT_NE(laid_open(pdf).find("/Artifact BMC"), std::string::npos);
}

TEST(Pdf, HeadingsBecomeBookmarksContentsAndLinks) {
  Document made = document();
  made.with_contents = true;
  Table table = long_table(100);
  table.rows.back()[0].anchor = "last-row";
  Spans linked = spans("to the last row");
  linked.front().target = "last-row";
  Spans loose = spans("to nowhere");
  loose.front().target = "no-such-anchor";
  made.blocks = {Heading{1, "Health Check Summary", "top"},
                 Paragraph{linked, false},
                 Paragraph{loose, false},
                 Heading{2, "First (part)", "a"},
                 Heading{3, "Inner", "b"},
                 table,
                 Heading{2, "Zweiter Teil – ü", "c"},
                 Paragraph{spans("end"), false}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string open = laid_open(pdf);
  EXPECT_EQ(count(open, "/Title (First \\(part\\))"), 1U);
  EXPECT_EQ(count(open, "/Title (Inner)"), 1U);
  EXPECT_EQ(count(open, "/Subtype /Link"), 3U);  // two of the contents, one in the text
  EXPECT_EQ(count(text_of(pdf), "First (part)"), 2U);
  EXPECT_EQ(count(run("pdftotext -l 1 % -", pdf).output, "Health Check Summary"), 1U);
}

TEST(Pdf, StructureTellsTablesHeadingsAndFigures) {
  Document made = document();
  Chart chart;
  chart.title = "Glucose";
  chart.alternative = "Glucose rose from 90 to 126";
  chart.series = {{"",
                   {{*base::parse_iso("2020-01-01"), 90, "", Tone::none},
                    {*base::parse_iso("2024-01-01"), 126, "", Tone::alert}}}};
  made.blocks = {Heading{2, "Labs", "l"},
                 long_table(3),
                 ChartRow{{chart}},
                 List{{{spans("item"), 0, "•"}}},
                 KeyValues{{{"Label", spans("value")}, {"Empty", {}}}},
                 Callout{Tone::alert, "Mind this", spans("because")}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string tree = run("pdfinfo -struct-text %", pdf).output;
  for (const char* part : {"H1", "H2", "Table", "TH", "TD", "Figure", "LI", "\"Analyte2\""}) {
    EXPECT_NE(tree.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(count(laid_open(pdf), "/Alt (Glucose rose from 90 to 126)"), 1U);
}

TEST(Pdf, BrokenPicturesAndPdfsBecomeNotes) {
  Document made = document();
  const std::string huge_png(
      "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x7f\xff\0\0\x7f\xff\x08\x06\0\0\0abcd", 33);
  made.blocks = {Image{"image/png", "no picture", "Scan A"},
                 Image{"image/png", huge_png, "Scan B"},
                 Image{"image/jpeg", "\xff\xd8\xff\xe0", "Scan C"},
                 Image{"image/gif", "GIF89a", "Scan D"},
                 EmbeddedPdf{"letter.pdf", ""},
                 EmbeddedPdf{"fax.pdf", "%PDF-1.4\n1 0 obj << /Pages 1 0 R >> endobj trailer"},
                 Paragraph{spans("after"), false}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  EXPECT_EQ(count(text, "Picture not shown"), 4U);
  EXPECT_EQ(count(text, "Document not shown"), 2U);
  EXPECT_NE(text.find("after"), std::string::npos);
}

/// A PDF that would act on opening, on its page and on a click.
std::string hostile_pdf() {
  return R"(%PDF-1.7
1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction 6 0 R
 /Names << /JavaScript << /Names [(x) 6 0 R] >> /EmbeddedFiles << /Names [(f) 8 0 R] >> >> >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R
 /Resources << /Font << /F 5 0 R >> >> /AA << /O 6 0 R >> /Annots [7 0 R] >> endobj
4 0 obj << /Length 44 >> stream
BT /F 24 Tf 40 300 Td (RECEIVEDTEXT) Tj ET  
endstream endobj
5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
6 0 obj << /S /JavaScript /JS (app.alert\(1\)) >> endobj
7 0 obj << /Type /Annot /Subtype /Link /Rect [0 0 99 99]
 /A << /S /Launch /F (calc.exe) >> >> endobj
8 0 obj << /Type /Filespec /F (evil.bin) /EF << /F 9 0 R >> >> endobj
9 0 obj << /Length 4 >> stream
evil
endstream endobj
trailer << /Root 1 0 R /Size 10 >>
)";
}

TEST(Pdf, ReceivedPagesAreShownAndCannotAct) {
  Document made = document();
  made.blocks = {Heading{2, "Received", "r"}, EmbeddedPdf{"letter.pdf", hostile_pdf()},
                 Heading{2, "Behind", "b"}, Paragraph{spans("after"), false}};
  const std::string pdf = render(made);
  expect_sound(pdf);
  const std::string text = text_of(pdf);
  EXPECT_NE(text.find("RECEIVEDTEXT"), std::string::npos);
  EXPECT_NE(text.find("letter.pdf"), std::string::npos);
  EXPECT_EQ(pages_of(pdf), 2U);
  const std::string open = laid_open(pdf);
  for (const char* word : {"JavaScript", "/JS", "/Launch", "calc.exe", "/OpenAction", "/AA",
                           "/EmbeddedFiles", "evil"}) {
    EXPECT_EQ(count(open, word), 0U) << word;
  }
}

TEST(Pdf, ReceivedPagesStandUpright) {
  Document inner = document();
  inner.blocks = {Paragraph{spans("UPPERMOST"), false}, Paragraph{spans("LOWERMOST"), false}};
  Document made = document();
  made.blocks = {EmbeddedPdf{"inner.pdf", render(inner)}};
  const std::string text = text_of(render(made));
  ASSERT_NE(text.find("UPPERMOST"), std::string::npos);
  EXPECT_LT(text.find("UPPERMOST"), text.find("LOWERMOST"));
}

TEST(Pdf, ThreadsDoNotDisturbEachOther) {
  Document made = document();
  made.blocks = {Heading{2, "Results", "r"}, long_table(60)};
  const std::string expected = render(made);
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (std::string& result : results) {
    threads.emplace_back([&result, &made] { result = render_pdf(made).value_or(""); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, expected);
}

TEST(Pdf, AnEmptyDocumentIsAPage) {
  const std::string pdf = render(Document{});
  expect_sound(pdf);
  EXPECT_EQ(pages_of(pdf), 1U);
}

}  // namespace
}  // namespace chartroom::report
