#include "report/scan.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "report/embedded.hpp"
#include "report/pdf_testing.hpp"
#include "report/scan_testing.hpp"

namespace chartroom::report {
namespace {

using base::ErrorCode;
using testing::count;
using testing::run;
using testing::scan_of;
using testing::Sheet;

TEST(Scan, AFaxKeepsItsPagesAndTheirSize) {
  Sheet fine;
  fine.width = 1728;
  fine.height = 2200;
  fine.dots_across = 204;
  fine.dots_down = 196;
  Sheet coarse = fine;
  coarse.height = 1078;
  coarse.dots_down = 98;
  const auto scan = pages_of_scan(scan_of({fine, coarse}));
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(scan->damaged, 0U);
  testing::expect_sound(scan->pdf);
  EXPECT_EQ(testing::pages_of(scan->pdf), 2U);
  const std::string info = run("pdfinfo -l 2 %", scan->pdf).output;
  EXPECT_EQ(count(info, "size:  609.882 x 808.163"), 1U) << info;
  EXPECT_EQ(count(info, "size:  609.882 x 792"), 1U) << info;
  // Black and white stay that: one bit a dot.
  const std::string pictures = run("pdfimages -list %", scan->pdf).output;
  EXPECT_EQ(count(pictures, "gray    1   1"), 2U) << pictures;
  EXPECT_LT(scan->pdf.size(), 20'000U);
  EXPECT_EQ(scan->pdf, pages_of_scan(scan_of({fine, coarse}))->pdf);
}

/// Dots of the first page that are black and white, at one dot a point.
std::pair<std::size_t, std::size_t> ink_and_paper(const std::string& pdf) {
  const std::string grey = run("pdftoppm -r 72 -gray -singlefile %", pdf).output;
  std::pair<std::size_t, std::size_t> counted;
  for (const char dot : grey) {
    if (static_cast<unsigned char>(dot) < 0x40) ++counted.first;
    if (static_cast<unsigned char>(dot) > 0xF0) ++counted.second;
  }
  return counted;
}

TEST(Scan, EveryKindOfPageShowsInkOnPaper) {
  Sheet fax;
  Sheet packed = fax;
  packed.compression = COMPRESSION_PACKBITS;
  Sheet grey;
  grey.compression = COMPRESSION_LZW;
  grey.bits = 8;
  Sheet colour = grey;
  colour.compression = COMPRESSION_ADOBE_DEFLATE;
  colour.samples = 3;
  Sheet clear = colour;  // paper that is not there is white
  clear.samples = 4;
  clear.paper = 0;
  for (Sheet sheet : {fax, packed, grey, colour, clear}) {
    sheet.dots_across = sheet.dots_down = 72;
    const auto scan = pages_of_scan(scan_of({sheet}));
    ASSERT_TRUE(scan) << sheet.compression;
    const auto [ink, paper] = ink_and_paper(scan->pdf);
    EXPECT_NEAR(static_cast<double>(ink), 200, 20) << sheet.compression;
    EXPECT_GT(paper, 200U * 97) << sheet.compression;
  }
}

TEST(Scan, WithoutAResolutionAPageIsAsWideAsALetter) {
  for (const double told : {0.0, 1.0, 90'000.0}) {
    Sheet sheet;
    sheet.dots_across = sheet.dots_down = told;
    const auto scan = pages_of_scan(scan_of({sheet}));
    ASSERT_TRUE(scan);
    EXPECT_EQ(count(run("pdfinfo %", scan->pdf).output, "612 x 306 pts"), 1U) << told;
  }
}

TEST(Scan, DamageIsCountedAndTheRestIsShown) {
  Sheet grey;
  grey.compression = COMPRESSION_ADOBE_DEFLATE;
  grey.bits = 8;
  std::string broken;
  for (const Sheet& sheet : {Sheet{}, grey}) {
    broken = scan_of({sheet, sheet});
    for (std::size_t at = 10; at < 60; ++at) broken[at] = '\x55';  // strips of the first page
    const auto scan = pages_of_scan(broken);
    ASSERT_TRUE(scan) << scan.error().message;
    EXPECT_EQ(scan->damaged, 1U) << sheet.compression;
    EXPECT_EQ(testing::pages_of(scan->pdf), 2U) << sheet.compression;
  }
  const auto blocks = embedded("A letter", broken);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(std::get<Callout>(blocks[0]).title.text, "Damaged scan");
  // However it is cut, it ends.
  const std::string whole = scan_of({Sheet{}, grey});
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const auto cut = pages_of_scan(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(cut || cut.error().code == ErrorCode::corrupt) << size;
  }
}

TEST(Scan, PagesThatAreCutOffAreSaid) {
  const std::string whole = scan_of({Sheet{}, Sheet{}});
  EXPECT_EQ(pages_of_scan(whole)->damaged, 0U);
  const auto cut = pages_of_scan(std::string_view(whole).substr(0, whole.size() - 40));
  ASSERT_TRUE(cut);
  EXPECT_EQ(testing::pages_of(cut->pdf), 1U);
  EXPECT_EQ(cut->damaged, 1U);
}

TEST(Scan, LimitsAndOtherFilesAreRefused) {
  EXPECT_EQ(pages_of_scan("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(pages_of_scan("%PDF-1.7").error().code, ErrorCode::corrupt);
  EXPECT_EQ(pages_of_scan(std::string_view("II*\0\x08\0\0\0", 8)).error().code, ErrorCode::corrupt);
  Sheet wide;
  wide.width = 40'000;
  wide.height = 10;
  EXPECT_EQ(pages_of_scan(scan_of({wide})).error().code, ErrorCode::too_large);
  Sheet huge;
  huge.width = huge.height = 5'000;
  EXPECT_EQ(pages_of_scan(scan_of({huge})).error().code, ErrorCode::too_large);
  Sheet small;
  small.width = small.height = 16;
  EXPECT_EQ(pages_of_scan(scan_of(std::vector<Sheet>(kScanPages + 1, small))).error().code,
            ErrorCode::too_large);
  const auto blocks = embedded("A letter", scan_of({huge}));
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(std::get<Callout>(blocks[0]).title.text, "Not shown");
}

TEST(Scan, PagesThatGoRoundInACircleEnd) {
  std::string scan = scan_of({Sheet{}});
  // A directory: how many entries, twelve bytes each, then the place of the next directory.
  std::uint32_t directory = 0;
  std::uint16_t entries = 0;
  std::memcpy(&directory, &scan[4], sizeof directory);
  std::memcpy(&entries, &scan[directory], sizeof entries);
  std::memcpy(&scan[directory + sizeof entries + std::size_t{12} * entries], &directory,
              sizeof directory);
  const auto pages = pages_of_scan(scan);
  ASSERT_TRUE(pages);
  EXPECT_EQ(testing::pages_of(pages->pdf), 1U);
}

}  // namespace
}  // namespace chartroom::report
