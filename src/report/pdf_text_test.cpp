#include "report/pdf_text.hpp"

#include <gtest/gtest.h>
#include <pango/pangocairo.h>

#include <barrier>
#include <future>
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

/// What cairo keeps of the font of a text, in a thread of its own that goes on until both are
/// known: at this size, and for all sizes.
std::pair<cairo_scaled_font_t*, cairo_font_face_t*> font_of(std::barrier<>& both) {
  TextEngine engine;
  const TextPtr box = engine.make("word", TextStyle{}, 0);
  auto* run = static_cast<PangoLayoutRun*>(box->lines.front().line->runs->data);
  auto* font = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(run->item->analysis.font));
  cairo_font_face_t* const face = cairo_scaled_font_get_font_face(font);
  both.arrive_and_wait();
  return {font, face};
}

// cairo 1.16 ends the process when a thread takes up a font that another one is just letting go.
TEST(PdfText, ThreadsShareNoFonts) {
  std::barrier both(2);
  auto one = std::async(std::launch::async, [&] { return font_of(both); });
  auto other = std::async(std::launch::async, [&] { return font_of(both); });
  const auto first = one.get();
  const auto second = other.get();
  EXPECT_NE(first.first, nullptr);
  EXPECT_NE(first.first, second.first);
  EXPECT_NE(first.second, second.second);
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
