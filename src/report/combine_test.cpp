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
  const auto pdf = combine_pdfs(cover(), {{"Alpha", part("alpha", 3)}, {"Beta", part("beta", 2)}});
  ASSERT_TRUE(pdf.has_value());
  expect_sound(*pdf);
  ASSERT_EQ(pages_of(*pdf), 6U);
  for (std::size_t page = 1; page <= 6; ++page) {
    EXPECT_EQ(count(without_blanks(page_text(*pdf, page)), std::to_string(page) + "/6"), 1U);
  }
  const std::string contents = page_text(*pdf, 1);
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
  EXPECT_NE(page_text(*pdf, 5).find("beta-body-0"), std::string::npos);
}

TEST(Combine, BookmarksAreNestedAndLinksLeadSomewhere) {
  const auto pdf = combine_pdfs(cover(), {{"Alpha", part("alpha", 3)}, {"Beta", part("beta", 2)}});
  ASSERT_TRUE(pdf.has_value());
  const std::string open = laid_open(*pdf);
  EXPECT_EQ(count(open, "/Title (Alpha)"), 1U);
  EXPECT_EQ(count(open, "/Title (beta section 1)"), 1U);
  // Cover: two parts, five sections; contents of the parts: three and two.
  EXPECT_EQ(count(open, "/Subtype /Link"), 12U);
  EXPECT_EQ(count(open, "/Dest [\n    null"), 0U);
  EXPECT_EQ(count(open, "/StructTreeRoot "), 1U);
  const std::string tree = run("pdfinfo -struct-text %", *pdf).output;
  EXPECT_NE(tree.find("\"alpha-body-2\""), std::string::npos);
  EXPECT_NE(tree.find("\"beta-body-1\""), std::string::npos);
}

TEST(Combine, IsTheSameTwice) {
  const std::vector<PdfPart> parts = {{"Alpha", part("alpha", 2)}};
  const auto first = combine_pdfs(cover(), parts);
  const auto second = combine_pdfs(cover(), parts);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_TRUE(*first == *second);
}

TEST(Combine, APartThatIsNoPdfSaysSo) {
  const auto pdf = combine_pdfs(cover(), {{"Broken", "not a pdf"}, {"Alpha", part("alpha", 1)}});
  ASSERT_TRUE(pdf.has_value());
  expect_sound(*pdf);
  EXPECT_EQ(pages_of(*pdf), 3U);
  EXPECT_NE(page_text(*pdf, 2).find("could not be included"), std::string::npos);
  EXPECT_NE(page_text(*pdf, 3).find("alpha-body-0"), std::string::npos);
}

TEST(Combine, ForeignPartsKeepTheirPagesAndLoseWhatActs) {
  const std::string foreign = R"(%PDF-1.7
1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (bad) >> >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 400 300] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /Rotate 90 /Contents 4 0 R /StructParents 0
 /Resources << /Font << /F 5 0 R >> >> /AA << /O << /S /JavaScript /JS (bad) >> >>
 /Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://bad/) >> >>
           << /Type /Annot /Subtype /Screen /Rect [0 0 9 9] /A << /S /Launch /F (bad) >> >> ] >> endobj
4 0 obj << /Length 42 >> stream
BT /F 24 Tf 40 200 Td (FOREIGNTEXT) Tj ET 
endstream endobj
5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
trailer << /Root 1 0 R /Size 6 /Info << /Producer (Chartroom) >> >>
)";
  const auto pdf = combine_pdfs(cover(), {{"Scan", foreign}});
  ASSERT_TRUE(pdf.has_value());
  expect_sound(*pdf);
  EXPECT_EQ(pages_of(*pdf), 2U);
  const std::string text = page_text(*pdf, 2);
  EXPECT_NE(text.find("FOREIGNTEXT"), std::string::npos);
  EXPECT_EQ(count(without_blanks(text), "2/2"), 1U);
  const std::string open = laid_open(*pdf);
  for (const char* word : {"JavaScript", "(bad)", "http://bad", "/Launch", "/AA", "/OpenAction"}) {
    EXPECT_EQ(count(open, word), 0U) << word;
  }
}

TEST(Press, BindsWhatItDrewAsIfItHadBeenRead) {
  PdfPress press;
  const std::size_t alpha = press.draw(part_document("alpha", 3));
  const std::size_t beta = press.draw(part_document("beta", 2));
  const auto bound = press.write(press.bind(cover(), {{"Alpha", alpha}, {"Beta", beta}}));
  const auto read = combine_pdfs(cover(), {{"Alpha", part("alpha", 3)}, {"Beta", part("beta", 2)}});
  ASSERT_TRUE(bound && read);
  expect_sound(*bound);
  EXPECT_EQ(text_of(*bound), text_of(*read));
  const auto structure = [](const std::string& pdf) {
    return run("pdfinfo -struct-text % | grep -v Object", pdf).output;
  };
  EXPECT_NE(structure(*bound).find("\"beta-body-1\""), std::string::npos);
  EXPECT_EQ(structure(*bound), structure(*read));
  const auto outline = [](const std::string& pdf) {
    return run("qpdf --json=2 --json-key=outlines % | grep -E 'title|destpageposfrom1'", pdf)
        .output;
  };
  EXPECT_NE(outline(*bound).find("beta section 1"), std::string::npos);
  EXPECT_EQ(outline(*bound), outline(*read));
  const std::string open = laid_open(*bound);
  EXPECT_EQ(count(open, "/Subtype /Link"), 12U);
  EXPECT_EQ(count(open, "/Dest [\n    null"), 0U);
}

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
  const auto pdf = combine_pdfs(cover(), {});
  ASSERT_TRUE(pdf.has_value());
  expect_sound(*pdf);
  EXPECT_EQ(pages_of(*pdf), 1U);
}

}  // namespace
}  // namespace chartroom::report
