// Hostile and broken input, encodings, namespaces.
#include "evidence/ccda/xml.hpp"

#include "base/limits.hpp"
#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

const std::string kProblem = R"(<entry><observation classCode="OBS" moodCode="EVN">
  <value xsi:type="CD" code="44054006" codeSystem="2.16.840.1.113883.6.96" displayName="Diabetes"/>
  </observation></entry>)";

TEST(CcdaXml, RefusesWhatIsNoDocument) {
  EXPECT_NE(why_refused(""), "");
  EXPECT_NE(why_refused("   \n "), "");
  EXPECT_NE(why_refused("PK\x03\x04 zip"), "");
  EXPECT_NE(why_refused("{\"resourceType\":\"Bundle\"}"), "");
  EXPECT_NE(why_refused("<html><body/></html>"), "");
  EXPECT_NE(why_refused("<ClinicalDocument xmlns=\"urn:other\"/>"), "");
}

TEST(CcdaXml, NamesFragments) {
  for (const char* fragment :
       {"<section xmlns=\"urn:hl7-org:v3\"/>", "<!-- a --><observation/><observation/>",
        "<recordTarget>", "<sdtc:signatureText/>"}) {
    const auto reading = read_ccda(fragment);
    ASSERT_FALSE(reading.has_value());
    EXPECT_EQ(reading.error().code, base::ErrorCode::corrupt);
    EXPECT_EQ(reading.error().message,
              "This is a fragment of a C-CDA document and not a whole one: it names no patient.");
  }
}

TEST(CcdaXml, RefusesDoctypeAndEntities) {
  const std::string bomb =
      "<!DOCTYPE ClinicalDocument [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>&b;</title></ClinicalDocument>";
  EXPECT_NE(why_refused(bomb).find("DOCTYPE"), std::string::npos);
  const std::string external =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><ClinicalDocument/>";
  EXPECT_NE(why_refused(external).find("DOCTYPE"), std::string::npos);
  const std::string inner =
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><!ENTITY x \"y\"></ClinicalDocument>";
  EXPECT_NE(why_refused(inner).find("DOCTYPE"), std::string::npos);
}

TEST(CcdaXml, BoundsDepth) {
  const auto nested = [](std::size_t depth) {
    std::string xml = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">";
    for (std::size_t i = 1; i < depth; ++i) xml += "<a>";
    for (std::size_t i = 1; i < depth; ++i) xml += "</a>";
    return xml + "</ClinicalDocument>";
  };
  EXPECT_EQ(why_refused(nested(base::limits::kXmlDepth)), "");
  EXPECT_NE(why_refused(nested(base::limits::kXmlDepth + 1)).find("256 levels"), std::string::npos);
  std::string endless = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">";
  for (int i = 0; i < 1'000'000; ++i) endless += "<a>";
  EXPECT_NE(why_refused(endless).find("256 levels"), std::string::npos);
}

TEST(CcdaXml, BoundsElementsAndSize) {
  std::string many = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">";
  for (std::size_t i = 0; i <= kXmlElements; ++i) many += "<a/>";
  many += "</ClinicalDocument>";
  auto reading = read_ccda(many);
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().code, base::ErrorCode::too_large);
  const std::string large(base::limits::kDocumentBytes + 1, ' ');
  reading = read_ccda(large);
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().code, base::ErrorCode::too_large);
}

TEST(CcdaXml, ReadsHugeAttributesAndTexts) {
  const std::string huge(5'000'000, 'x');
  const auto reading =
      read_section_of("11450-4",
                      R"(<entry><observation><value xsi:type="CD" code="1" displayName=")" + huge +
                          R"("/></observation></entry>)",
                      huge);
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].text.size(), huge.size());
}

TEST(CcdaXml, RefusesWhatIsNotWellFormed) {
  const auto whole = with_section("11450-4", "text", kProblem);
  for (const char* broken : {"<ClinicalDocument xmlns='urn:hl7-org:v3'><a></b></ClinicalDocument>",
                             "<ClinicalDocument xmlns='urn:hl7-org:v3'/>tail",
                             "<ClinicalDocument xmlns='urn:hl7-org:v3'/><ClinicalDocument/>",
                             "<ClinicalDocument xmlns='urn:hl7-org:v3'><a b=c/></ClinicalDocument>",
                             "<ClinicalDocument xmlns='urn:hl7-org:v3'><a b/></ClinicalDocument>",
                             "<ClinicalDocument xmlns='urn:hl7-org:v3'>1 < 2</ClinicalDocument>"}) {
    EXPECT_NE(why_refused(broken).find("well-formed"), std::string::npos) << broken;
  }
  EXPECT_EQ(why_refused(whole), "");
}

TEST(CcdaXml, EveryTruncationIsRefused) {
  const auto whole = with_section("11450-4", "<list><item>a</item></list>", kProblem);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read_ccda(std::string_view(whole).substr(0, length)).has_value()) << length;
  }
}

TEST(CcdaXml, PrefixesDoNotMatter) {
  const auto reading = read(
      R"(<h:ClinicalDocument xmlns:h="urn:hl7-org:v3" xmlns:s="urn:hl7-org:sdtc"
           xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
         <h:recordTarget><h:patientRole><h:patient><s:deceasedInd value="true"/></h:patient>
         </h:patientRole></h:recordTarget><h:component><h:structuredBody><h:component><h:section>
         <h:code code="11450-4"/><h:entry><h:observation>
         <h:value i:type="h:CD" code="44054006" displayName="Diabetes"/>
         </h:observation></h:entry></h:section></h:component></h:structuredBody></h:component>
         </h:ClinicalDocument>)");
  EXPECT_TRUE(reading.person.is_deceased);
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].text, "Diabetes");
}

TEST(CcdaXml, ForeignNamespacesAreNotRead) {
  const auto reading = read_section_of("11450-4", R"(<entry xmlns="urn:example:other"><observation>
      <value code="44054006" displayName="Diabetes"/></observation></entry>)");
  EXPECT_TRUE(reading.facts.empty());
}

std::string titled(const std::string& declaration, const std::string& title) {
  return declaration + "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>" + title +
         "</title></ClinicalDocument>";
}

TEST(CcdaXml, ReadsEncodings) {
  const std::string utf8 = titled("\xEF\xBB\xBF<?xml version='1.0'?>", "M\xC3\xBCller");
  EXPECT_EQ(read(utf8).documents.at(0).title, "M\xC3\xBCller");
  const std::string latin1 = titled("<?xml version='1.0' encoding='ISO-8859-1'?>", "M\xFCller");
  EXPECT_EQ(read(latin1).documents.at(0).title, "M\xC3\xBCller");
  const std::string windows =
      titled("<?xml version='1.0' encoding=\"windows-1252\"?>", "\x93q\x94");
  EXPECT_EQ(read(windows).documents.at(0).title, "\xE2\x80\x9Cq\xE2\x80\x9D");
  const auto unsupported = titled("<?xml version='1.0' encoding='EBCDIC-US'?>", "a");
  EXPECT_NE(why_refused(unsupported).find("encoding"), std::string::npos);
}

TEST(CcdaXml, ReadsUtf16OfBothOrdersWithAndWithoutMark) {
  const std::string text = titled("<?xml version='1.0' encoding='UTF-16'?>", "Jane");
  std::string little;
  std::string big;
  for (const char c : text) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  for (const auto& bytes : {little, big, "\xFF\xFE" + little, "\xFE\xFF" + big}) {
    EXPECT_EQ(read(bytes).documents.at(0).title, "Jane");
  }
}

TEST(CcdaXml, RepairsInvalidUtf8AndSaysSo) {
  const auto reading = read(titled("", "M\xFCller"));
  EXPECT_EQ(reading.documents.at(0).title, "M\xEF\xBF\xBDller");
  bool said = false;
  for (const auto& loss : reading.losses) said = said || loss.reason.starts_with("Some characters");
  EXPECT_TRUE(said);
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
