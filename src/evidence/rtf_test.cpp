#include "evidence/rtf.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence {
namespace {

TEST(Rtf, TheWordsOfALetter) {
  EXPECT_EQ(rtf_text(R"({\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}{\colortbl;\red0\green0\blue0;})"
                     "\n"
                     R"({\info{\author Somebody}}\pard\b History:\b0  no chest pain.\par )"
                     R"(Plan\line rest\par})"),
            "History: no chest pain.\nPlan\nrest");
}

TEST(Rtf, CharactersBeyondAscii) {
  EXPECT_EQ(rtf_text(R"({\rtf1 M\'fcller 37\'b0 \u8805?5 \'93quoted\'94 \emdash\~x})"),
            "M\xC3\xBCller 37\xC2\xB0 \xE2\x89\xA5"
            "5 \xE2\x80\x9Cquoted\xE2\x80\x9D \xE2\x80\x94 x");
  EXPECT_EQ(rtf_text(R"({\rtf1\uc2 \u-10179ab\u-8704cd!})"), "\xF0\x9F\x98\x80!");
  EXPECT_EQ(rtf_text(R"({\rtf1 a\\b\{c\}})"), "a\\b{c}");
}

TEST(Rtf, TablesKeepTheirCells) {
  EXPECT_EQ(rtf_text(R"({\rtf1\trowd Sodium\cell 140\cell\row\trowd Potassium\cell 4.1\cell\row})"),
            "Sodium\t140\t\nPotassium\t4.1");
}

TEST(Rtf, WhatIsNoTextIsLeftOut) {
  EXPECT_EQ(rtf_text(R"({\rtf1 a{\pict\pngblip 89504e47}{\*\unknown secret}{\header Page}b})"),
            "ab");
  EXPECT_EQ(rtf_text("{\\rtf1 a\\bin5 {{}}}b}"), "ab");
  EXPECT_EQ(rtf_text(R"({\rtf1 {\field{\*\fldinst HYPERLINK "x"}{\fldrslt shown}}})"), "shown");
}

TEST(Rtf, BrokenInputEndsAndStaysUtf8) {
  std::string deep = "{\\rtf1 a";
  for (int i = 0; i < 100'000; ++i) deep += "{";
  deep += "hidden";
  for (int i = 0; i < 100'000; ++i) deep += "}";
  EXPECT_EQ(rtf_text(deep + "b}"), "ab");
  for (const char* broken :
       {"{\\rtf1 \\", "{\\rtf1 \\'", "{\\rtf1 \\'f", "}}}}", "{\\rtf1\\bin999 x",
        "{\\rtf1\\u-99999999999999 x", "\\u55357?", "\\u56320?"}) {
    EXPECT_TRUE(base::is_valid_utf8(rtf_text(broken))) << broken;
  }
}

// --- where such documents come from ---

constexpr const char* kRtfNote = R"({\rtf1\ansi Stress test negative.\par Follow up in a year.})";

TEST(Rtf, BodyOfAnUnstructuredDocumentIsRead) {
  const std::string xml =
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>Consult</title><component><nonXMLBody>"
      "<text mediaType=\"text/rtf\" representation=\"B64\">" +
      base::to_base64(kRtfNote) + "</text></nonXMLBody></component></ClinicalDocument>";
  const auto reading = read_ccda(xml);
  ASSERT_TRUE(reading.has_value());
  ASSERT_EQ(reading->facts.size(), 1U);
  const Fact& fact = reading->facts.front();
  EXPECT_EQ(*fact.attribute("media_type"), "text/rtf");
  ASSERT_FALSE(fact.narrative.empty());
  EXPECT_EQ(fact.narrative.front().spans.front().text.substr(0, 21), "Stress test negative.");
  EXPECT_EQ(reading->documents.front().unstructured_bytes,
            "Stress test negative.\nFollow up in a year.");
}

TEST(Rtf, AttachmentOfADocumentReferenceIsRead) {
  const std::string json =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p"}},)"
      R"({"resource":{"resourceType":"DocumentReference","id":"d","subject":{"reference":"Patient/p"},)"
      R"("content":[{"attachment":{"contentType":"application/rtf","data":")" +
      base::to_base64(kRtfNote) + R"("}}]}}]})";
  const auto readings = read_fhir(json);
  ASSERT_TRUE(readings && readings->size() == 1);
  EXPECT_TRUE(readings->front().losses.empty());
  ASSERT_EQ(readings->front().facts.size(), 1U);
  EXPECT_EQ(readings->front().facts.front().narrative.front().spans.front().text,
            "Stress test negative.");
}

TEST(Rtf, ABodyThatCannotBeShownIsNamed) {
  const auto is_named = [](const std::string& attributes) {
    const auto reading = read_ccda(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><component><nonXMLBody><text " + attributes +
        " representation=\"B64\">SUkqAAgAAAA=</text></nonXMLBody></component>"
        "</ClinicalDocument>");
    EXPECT_TRUE(reading && reading->facts.size() == 1);
    return reading && std::ranges::any_of(reading->losses, [](const Loss& loss) {
             return loss.reason.find("cannot be shown") != std::string::npos;
           });
  };
  EXPECT_TRUE(is_named("mediaType=\"image/bmp\""));
  EXPECT_FALSE(is_named("mediaType=\"image/tiff\""));
  EXPECT_FALSE(is_named(""));  // the bytes are those of a TIFF
}

}  // namespace
}  // namespace chartroom::evidence
