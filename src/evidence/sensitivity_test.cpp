#include "evidence/sensitivity.hpp"

#include <gtest/gtest.h>

#include <map>

#include "evidence/read.hpp"

namespace chartroom::evidence {
namespace {

std::string resource(const char* id, const char* labels) {
  return std::string(R"(,{"resource":{"resourceType":"Condition","id":")") + id +
         R"(","meta":{"security":[)" + labels +
         R"(]},"subject":{"reference":"Patient/p"},"code":{"text":"Condition )" + id + R"("}}})";
}

std::string label(const char* code) {
  return std::string(R"({"system":"http://terminology.hl7.org/CodeSystem/v3-x","code":")") + code +
         R"("})";
}

Record record_with_marks() {
  const std::string bundle =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p"}})" +
      resource("plain", "") + resource("normal", label("N").c_str()) +
      resource("restricted", label("R").c_str()) +
      resource("part2", (label("N") + "," + label("NORDSCLCD")).c_str()) +
      resource("substance", label("ETH").c_str()) + resource("therapy", label("PSYTHPN").c_str()) +
      "]}";
  auto readings = read_fhir(bundle);
  EXPECT_TRUE(readings && readings->size() == 1);
  Record record;
  record.sources.resize(1);
  add_reading(record, std::move(readings->front()), 0);
  return record;
}

TEST(Sensitivity, LabelsOfFhirAreKept) {
  std::map<std::string, std::string> marks;
  for (const Fact& fact : record_with_marks().facts) marks[fact.text] = fact.sensitivity;
  EXPECT_EQ(marks["Condition plain"], "");
  EXPECT_EQ(marks["Condition normal"], "");
  EXPECT_EQ(marks["Condition restricted"], "R");
  EXPECT_EQ(marks["Condition part2"], "R");
  EXPECT_EQ(marks["Condition substance"], "R");
  EXPECT_EQ(marks["Condition therapy"], "V");
}

TEST(Sensitivity, IncludedMarksStayAndShow) {
  Record record = record_with_marks();
  apply_policy(record, SensitivityPolicy::include);
  for (const Fact& fact : record.facts) EXPECT_FALSE(fact.hidden);
}

TEST(Sensitivity, WithheldFindingsAreHiddenAndCounted) {
  Record record = record_with_marks();
  apply_policy(record, SensitivityPolicy::withhold);
  normalise(record);
  std::size_t hidden = 0;
  for (const Fact& fact : record.facts) {
    EXPECT_EQ(fact.hidden, is_marked(fact.sensitivity));
    if (!fact.hidden) continue;
    ++hidden;
    EXPECT_NE(fact.hidden_reason.find("confidential"), std::string::npos);
  }
  EXPECT_EQ(hidden, 4U);
  EXPECT_EQ(record.facts.size(), 6U);
}

constexpr const char* kMarkedDocument =
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><confidentialityCode code=\"N\"/>"
    "<component><structuredBody>"
    "<component><section><title>Open</title><text>Hay fever</text></section></component>"
    "<component><section><title>Closed</title><confidentialityCode code=\"R\"/>"
    "<text>Opioid use</text></section></component>"
    "</structuredBody></component></ClinicalDocument>";

TEST(Sensitivity, MarkedSectionsLoseTheirText) {
  auto reading = read_ccda(kMarkedDocument);
  ASSERT_TRUE(reading.has_value());
  Record record;
  record.sources.resize(1);
  add_reading(record, std::move(*reading), 0);
  apply_policy(record, SensitivityPolicy::withhold);
  const auto& sections = record.documents.front().sections;
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].blocks.front().spans.front().text, "Hay fever");
  ASSERT_EQ(sections[1].blocks.size(), 1U);
  EXPECT_EQ(sections[1].blocks.front().spans.front().text.substr(0, 9), "Withheld:");
}

TEST(Sensitivity, AMarkedBodyIsWithheldWhole) {
  auto reading = read_ccda(
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><confidentialityCode code=\"V\"/>"
      "<component><nonXMLBody><text>Therapy notes</text></nonXMLBody></component>"
      "</ClinicalDocument>");
  ASSERT_TRUE(reading.has_value());
  Record record;
  record.sources.resize(1);
  add_reading(record, std::move(*reading), 0);
  apply_policy(record, SensitivityPolicy::withhold);
  EXPECT_TRUE(record.facts.front().hidden);
  EXPECT_EQ(record.documents.front().unstructured_bytes.substr(0, 9), "Withheld:");
}

}  // namespace
}  // namespace chartroom::evidence
