#include "report/pdf_text.hpp"

#include <gtest/gtest.h>
#include <pango/pango.h>

#include <map>

namespace chartroom::report::pdf {
namespace {

TEST(PdfText, ALineIsMadeOnceForAllWidthsThatItFitsInto) {
  TextEngine engine;
  const TextStyle style;
  const TextPtr wide = engine.make("Hemoglobin A1c", style, 300);
  EXPECT_EQ(wide->lines.size(), 1U);
  EXPECT_EQ(engine.make("Hemoglobin A1c", style, 200), wide);
  const TextPtr narrow = engine.make("Hemoglobin A1c", style, wide->width - 5);
  EXPECT_EQ(narrow->lines.size(), 2U);
  EXPECT_EQ(engine.make("Hemoglobin A1c", style, 200), wide);
}

TEST(PdfText, WhatDependsOnTheWidthIsMadeForEach) {
  TextEngine engine;
  TextStyle right;
  right.align = Align::end;
  EXPECT_GT(engine.make("6.9", right, 300)->lines.front().x,
            engine.make("6.9", right, 200)->lines.front().x);
  TextStyle cut;
  cut.one_line = true;
  EXPECT_LE(engine.make("a title that is too long", cut, 40)->width, 40.1);
  EXPECT_GT(engine.make("a title that is too long", cut, 300)->width, 40.1);
}

/// The glyphs of the first line.
std::vector<PangoGlyph> glyphs_of(const TextPtr& box) {
  std::vector<PangoGlyph> glyphs;
  for (GSList* run = box->lines.front().line->runs; run != nullptr; run = run->next) {
    const PangoGlyphString* string = static_cast<PangoLayoutRun*>(run->data)->glyphs;
    for (int i = 0; i < string->num_glyphs; ++i) glyphs.push_back(string->glyphs[i].glyph);
  }
  return glyphs;
}

TEST(PdfText, CharactersStandForThemselvesWhateverIsBesideThem) {
  TextEngine engine;
  const TextStyle style;
  std::map<char, PangoGlyph> alone;
  for (char c = '!'; c <= '~'; ++c) {
    alone[c] = glyphs_of(engine.make(std::string_view(&c, 1), style, 0)).at(0);
  }
  for (const auto& [first, glyph] : alone) {
    std::string pairs;  // with all the others behind it
    for (const auto& [second, unused] : alone) pairs += {first, second};
    const auto together = glyphs_of(engine.make(pairs, style, 0));
    ASSERT_EQ(together.size(), pairs.size()) << first;
    for (std::size_t i = 0; i < together.size(); ++i) {
      EXPECT_EQ(together[i], alone.at(pairs[i])) << pairs.substr(i / 2 * 2, 2);
    }
  }
}

TEST(PdfText, MarksStandOnTheirLetters) {
  TextEngine engine;
  // Letter and mark, and the one character that is both.
  EXPECT_EQ(glyphs_of(engine.make("Zoe\u0308", TextStyle{}, 0)),
            glyphs_of(engine.make("Zo\u00eb", TextStyle{}, 0)));
}

TEST(PdfText, OurOwnWordsAreKeptFromReportToReportAndNothingElse) {
  const TextStyle style;
  Spans ours(1);
  ours.front() = {.text = "None found.", .own_words = true};
  Spans theirs(1);
  theirs.front() = {.text = "None found."};
  Spans linked = ours;
  linked.front().target = "below";
  TextEngine one;
  TextEngine other;
  EXPECT_EQ(one.make(ours, style, 0), other.make(ours, style, 0));
  EXPECT_NE(one.make(theirs, style, 0), other.make(theirs, style, 0));
  EXPECT_NE(one.make(theirs, style, 0), one.make(ours, style, 0));
  EXPECT_NE(one.make(linked, style, 0), one.make(ours, style, 0));
}

TEST(PdfText, WhatStandsInOurCodeIsOursAndAStringIsNot) {
  const std::string from_a_record = "Hypertension";
  EXPECT_TRUE(Wording("Problem").own);
  EXPECT_FALSE(Wording(from_a_record).own);
  EXPECT_FALSE(Wording(from_a_record.c_str()).own);
  EXPECT_FALSE(Wording(std::string_view(from_a_record)).own);
}

}  // namespace
}  // namespace chartroom::report::pdf
