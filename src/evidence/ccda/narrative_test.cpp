#include "evidence/ccda/narrative.hpp"

#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

using Type = NarrativeBlock::Type;

std::vector<NarrativeBlock> blocks(const std::string& text, const std::string& entries = "") {
  return read(with_section("11450-4", text, entries)).documents.at(0).sections.at(0).blocks;
}

std::string plain(const std::vector<NarrativeSpan>& spans) {
  std::string out;
  for (const auto& span : spans) out += span.line_break ? "\n" : span.text;
  return out;
}

TEST(CcdaNarrative, ParagraphsAndStyles) {
  const auto found = blocks(R"(Loose text<paragraph>One <content styleCode="Bold Italics">two
      </content> <content styleCode="Underline">three</content><br/>H<sub>2</sub>O, 10<sup>3</sup>
      </paragraph>)");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(plain(found[0].spans), "Loose text");
  EXPECT_EQ(plain(found[1].spans), "One two three\nH2O, 103");
  EXPECT_TRUE(found[1].spans.at(1).bold);
  EXPECT_TRUE(found[1].spans.at(1).italic);
  bool underlined = false;
  bool sub = false;
  bool super = false;
  for (const auto& span : found[1].spans) {
    underlined = underlined || (span.underline && span.text == "three");
    sub = sub || (span.subscript && span.text == "2");
    super = super || (span.superscript && span.text == "3");
  }
  EXPECT_TRUE(underlined && sub && super);
}

TEST(CcdaNarrative, NestedLists) {
  const auto found = blocks(R"(<list listType="ordered"><item>First<list><item>Inner</item></list>
      </item><item><paragraph>Second</paragraph><paragraph>More</paragraph></item></list>After)");
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].type, Type::list_item);
  EXPECT_TRUE(found[0].ordered);
  EXPECT_EQ(found[0].ordinal, 1U);
  EXPECT_EQ(found[1].level, 1U);
  EXPECT_FALSE(found[1].ordered);
  EXPECT_EQ(plain(found[1].spans), "Inner");
  EXPECT_EQ(found[2].ordinal, 2U);
  EXPECT_EQ(found[2].type, Type::list_item);
  EXPECT_EQ(plain(found[2].spans), "Second");
  EXPECT_EQ(found[3].type, Type::paragraph);
  EXPECT_EQ(plain(found[4].spans), "After");
  EXPECT_EQ(found[4].type, Type::paragraph);
  EXPECT_EQ(found[4].level, 0U);
}

TEST(CcdaNarrative, TablesWithSpansHeadersAndCaption) {
  const auto found = blocks(R"(<table><caption>Labs</caption><colgroup><col/></colgroup>
      <thead><tr><th colspan="2">Test</th></tr></thead><tbody>
      <tr><td rowspan="2"><paragraph>A</paragraph><paragraph>B</paragraph></td>
      <td><list><item>x</item><item>y</item></list></td></tr><tr><td colspan="99999999">z</td></tr>
      </tbody></table>)");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, Type::table);
  EXPECT_EQ(found[0].caption, "Labs");
  ASSERT_EQ(found[0].rows.size(), 3U);
  EXPECT_TRUE(found[0].rows[0].at(0).header);
  EXPECT_EQ(found[0].rows[0].at(0).column_span, 2U);
  EXPECT_EQ(found[0].rows[1].at(0).row_span, 2U);
  EXPECT_FALSE(found[0].rows[1].at(0).header);
  EXPECT_EQ(plain(found[0].rows[1].at(0).spans), "A\nB");
  EXPECT_EQ(plain(found[0].rows[1].at(1).spans), "\xE2\x80\xA2 x\n\xE2\x80\xA2 y");
  EXPECT_LE(found[0].rows[2].at(0).column_span, 1'000U);
}

TEST(CcdaNarrative, NothingActiveSurvives) {
  const auto found = blocks(R"x(<paragraph onclick="steal()">See
      <linkHtml href="javascript:alert(1)">the link</linkHtml><script>alert(2)</script>
      <x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(3)</x:script></paragraph>)x");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(plain(found[0].spans), "See the link");
}

TEST(CcdaNarrative, FootnotesAreNumberedAndStandAtTheEnd) {
  const auto found = blocks(R"(<paragraph>Dose<footnote ID="f1">per kg</footnote> and
      rate<footnoteRef IDREF="f1"/></paragraph>)");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(plain(found[0].spans), "Dose1 and rate1");
  EXPECT_EQ(plain(found[1].spans), "1 per kg");
}

TEST(CcdaNarrative, InlineImagesByTheirBytes) {
  const std::string entries = R"(<entry><observationMedia ID="png"><value mediaType="image/gif"
      representation="B64">iVBORw0KGgoAAAA=</value></observationMedia></entry>
      <entry><observationMedia ID="svg"><value mediaType="image/png" representation="B64">
      PHN2Zy8+</value></observationMedia></entry>)";
  const auto reading = read(with_section(
      "11450-4",
      R"(<renderMultiMedia referencedObject="png"><caption>Scan</caption></renderMultiMedia>
         <renderMultiMedia referencedObject="svg"/><renderMultiMedia referencedObject="none"/>)",
      entries));
  const auto& found = reading.documents.at(0).sections.at(0).blocks;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, Type::image);
  EXPECT_EQ(found[0].media_type, "image/png");
  EXPECT_EQ(found[0].caption, "Scan");
  EXPECT_EQ(reading.losses.size(), 2U);
}

TEST(CcdaNarrative, NestedSectionsKeepTheirDepth) {
  const auto reading = read(document(patient("", ""), body(R"(<component><section>
      <title>Outer</title><text>a</text><component><section><title>Inner</title><text>b</text>
      </section></component></section></component>)")));
  const auto& sections = reading.documents.at(0).sections;
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[1].title, "Inner");
  EXPECT_EQ(sections[1].depth, 1U);
  EXPECT_EQ(sections[1].locator, "component[1]/section/component[1]/section");
}

TEST(CcdaNarrative, ReferencesCannotMultiplyAText) {
  std::string entries;
  for (int i = 0; i < 2'000; ++i) {
    entries += R"(<entry><act><templateId root="2.16.840.1.113883.10.20.22.4.202"/>
        <text><reference value="#big"/></text></act></entry>)";
  }
  const auto reading = read(with_section(
      "11506-3", "<paragraph ID=\"big\">" + std::string(1'000'000, 'x') + "</paragraph>", entries));
  std::size_t bytes = 0;
  for (const auto& fact : reading.facts) {
    for (const auto& block : fact.narrative) bytes += plain(block.spans).size();
  }
  EXPECT_LE(bytes, kReferencedBytes);
  EXPECT_FALSE(reading.losses.empty());
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
