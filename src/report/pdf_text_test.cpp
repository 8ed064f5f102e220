#include "report/pdf_text.hpp"

#include <gtest/gtest.h>
#include <pango/pango.h>

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
  const auto alone = [&](const char* text) { return glyphs_of(engine.make(text, style, 0)).at(0); };
  for (const char* text : {"2x4", "->", "(5)"}) {
    const auto together = glyphs_of(engine.make(text, style, 0));
    ASSERT_EQ(together.size(), std::string_view(text).size()) << text;
    for (std::size_t i = 0; i < together.size(); ++i) {
      EXPECT_EQ(together[i], alone(std::string(1, text[i]).c_str())) << text;
    }
  }
}

}  // namespace
}  // namespace chartroom::report::pdf
