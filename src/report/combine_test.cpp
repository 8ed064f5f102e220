#include <gtest/gtest.h>

#include "report/pdf_testing.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

using testing::count;
using testing::document;
using testing::expect_sound;
using testing::laid_open;
using testing::pages_of;
using testing::run;
using testing::spans;
using testing::text_of;

Document part_document(const std::string& word, int pages) {
  Document made = document();
  made.title = "Part " + word;
  made.with_contents = true;
  for (int i = 0; i < pages; ++i) {
    made.blocks.emplace_back(Heading{2, word + " section " + std::to_string(i), ""});
    made.blocks.emplace_back(Paragraph{spans(word + "-body-" + std::to_string(i)), false});
    if (i + 1 < pages) made.blocks.emplace_back(PageBreak{});
  }
  return made;
}

std::string part(const std::string& word, int pages) {
  return render_pdf(part_document(word, pages)).value();
}

Document cover() {
  Document made = document();
  made.title = "Combined Report";
  made.blocks = {KeyValues{{{"Applicant", spans("Avery Example")}}}};
  return made;
}

using Parts = std::vector<std::pair<std::string, Document>>;

/// The parts behind the cover.
std::string bound(const Parts& parts) {
  PdfPress press;
  std::vector<PdfPress::Part> numbered;
  for (const auto& [title, made] : parts) numbered.push_back({title, press.draw(made)});
  return press.write(press.bind(cover(), numbered)).value_or("");
}

Parts alpha_and_beta() {
  return {{"Alpha", part_document("alpha", 3)}, {"Beta", part_document("beta", 2)}};
}

/// The text of one page, from 1.
std::string page_text(const std::string& pdf, std::size_t page) {
  const std::string n = std::to_string(page);
  return run("pdftotext -layout -f " + n + " -l " + n + " % -", pdf).output;
}

/// How wide a blank is, is for pdftotext to guess.
std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

TEST(Combine, NumbersPagesThroughoutAndListsParts) {
  const std::string pdf = bound(alpha_and_beta());
  expect_sound(pdf);
  ASSERT_EQ(pages_of(pdf), 6U);
  for (std::size_t page = 1; page <= 6; ++page) {
    EXPECT_EQ(count(without_blanks(page_text(pdf, page)), std::to_string(page) + "/6"), 1U);
  }
  const std::string contents = page_text(pdf, 1);
  EXPECT_NE(contents.find("Combined Report"), std::string::npos);
  const auto line_of = [&](const std::string& word) {
    const std::size_t at = contents.find(word);
    if (at == std::string::npos) return std::string("missing");
    const std::string line = contents.substr(at, contents.find('\n', at) - at);
    return line.substr(line.find_last_of(' ') + 1);
  };
  EXPECT_EQ(line_of("Alpha"), "2");
  EXPECT_EQ(line_of("alpha section 2"), "4");
  EXPECT_EQ(line_of("Beta"), "5");
  EXPECT_NE(page_text(pdf, 5).find("beta-body-0"), std::string::npos);
}

TEST(Combine, BookmarksAreNestedAndLinksLeadSomewhere) {
  const std::string pdf = bound(alpha_and_beta());
  const std::string open = laid_open(pdf);
  EXPECT_EQ(count(open, "/Title (Alpha)"), 1U);
  EXPECT_EQ(count(open, "/Title (beta section 1)"), 1U);
  // Cover: two parts, five sections; contents of the parts: three and two.
  EXPECT_EQ(count(open, "/Subtype /Link"), 12U);
  EXPECT_EQ(count(open, "/Dest [\n    null"), 0U);
  EXPECT_EQ(count(open, "/StructTreeRoot "), 1U);
  const std::string tree = run("pdfinfo -struct-text %", pdf).output;
  EXPECT_NE(tree.find("\"alpha-body-2\""), std::string::npos);
  EXPECT_NE(tree.find("\"beta-body-1\""), std::string::npos);
  const std::string outline =
      run("qpdf --json=2 --json-key=outlines % | grep -E 'title|destpageposfrom1'", pdf).output;
  EXPECT_NE(outline.find("\"destpageposfrom1\": 6,\n"), std::string::npos) << outline;
  // qpdf names what stands under a bookmark before the bookmark.
  EXPECT_LT(outline.find("alpha section 2"), outline.find("\"Alpha\""));
  EXPECT_LT(outline.find("\"Alpha\""), outline.find("beta section 0"));
  EXPECT_LT(outline.find("beta section 0"), outline.find("\"Beta\""));
}

TEST(Combine, IsTheSameTwice) { EXPECT_EQ(bound(alpha_and_beta()), bound(alpha_and_beta())); }

TEST(Press, ADocumentDoesNotKnowWhatItIsBoundWith) {
  PdfPress press;
  const std::size_t alpha = press.draw(part_document("alpha", 2));
  const std::size_t beta = press.draw(part_document("beta", 2));
  const std::size_t both = press.bind(cover(), {{"Beta", beta}, {"Alpha", alpha}});
  const std::size_t one = press.bind(cover(), {{"Beta", beta}});
  const std::string alone = press.write(beta).value_or("");
  expect_sound(alone);
  EXPECT_EQ(text_of(alone), text_of(part("beta", 2)));
  EXPECT_EQ(count(laid_open(alone), "alpha"), 0U);
  const std::string bound = press.write(both).value_or("");
  const std::string less = press.write(one).value_or("");
  expect_sound(less);
  EXPECT_EQ(pages_of(less), 3U);
  EXPECT_EQ(count(laid_open(less), "alpha"), 0U);
  // Each is the same whatever was written before it.
  EXPECT_TRUE(press.write(beta).value_or("") == alone);
  EXPECT_TRUE(press.write(both).value_or("") == bound);
  EXPECT_TRUE(press.write(one).value_or("") == less);
}

TEST(Press, DrawsOnAfterItHasWritten) {
  PdfPress press;
  const std::size_t alpha = press.draw(part_document("alpha", 1));
  expect_sound(press.write(alpha).value_or(""));
  const std::size_t beta = press.draw(part_document("beta", 1));
  const std::string bound =
      press.write(press.bind(cover(), {{"Alpha", alpha}, {"Beta", beta}})).value_or("");
  expect_sound(bound);
  EXPECT_NE(page_text(bound, 2).find("alpha-body-0"), std::string::npos);
  EXPECT_NE(page_text(bound, 3).find("beta-body-0"), std::string::npos);
}

TEST(Combine, NoPartsIsACover) {
  const std::string pdf = bound({});
  expect_sound(pdf);
  EXPECT_EQ(pages_of(pdf), 1U);
}

}  // namespace
}  // namespace chartroom::report
