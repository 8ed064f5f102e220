#include "report/concerns.hpp"

#include <gtest/gtest.h>

namespace chartroom::report {
namespace {

evidence::Fact fact(const std::string& text, const std::string& icd10 = "") {
  evidence::Fact made;
  made.text = text;
  if (!icd10.empty()) made.codes.push_back({"http://hl7.org/fhir/sid/icd-10-cm", icd10, "", false});
  return made;
}

TEST(Concerns, OrdersWordsFindTheirGroup) {
  for (const auto& [asked, id] :
       std::vector<std::pair<const char*, const char*>>{{"COPD", "lung"},
                                                        {"Tobacco use", "tobacco"},
                                                        {" type 2 DIABETES ", "diabetes"},
                                                        {"j44.1", "lung"},
                                                        {"CAD", "coronary"}}) {
    const Concern* concern = find_concern(asked);
    ASSERT_NE(concern, nullptr) << asked;
    EXPECT_EQ(concern->id, id);
  }
  EXPECT_EQ(find_concern("left-handedness"), nullptr);
  EXPECT_EQ(find_concern(""), nullptr);
  EXPECT_EQ(find_concern("also tired"), nullptr);  // holds "als", but not as a word
}

TEST(Concerns, ChartsSayItInOtherWordsOrInCodes) {
  const Concern* lung = find_concern("COPD");
  EXPECT_TRUE(speaks_of(fact("Chronic obstructive lung disease"), lung, "COPD"));
  EXPECT_TRUE(speaks_of(fact("Lung trouble", "J44.9"), lung, "COPD"));
  EXPECT_FALSE(speaks_of(fact("Acute bronchitis", "J20.9"), lung, "COPD"));
}

TEST(Concerns, SayingNoIsNotAFinding) {
  const Concern* tobacco = find_concern("Tobacco use");
  EXPECT_TRUE(speaks_of(fact("Smokes tobacco daily"), tobacco, "Tobacco use"));
  EXPECT_FALSE(speaks_of(fact("Never smoked tobacco"), tobacco, "Tobacco use"));
  evidence::Fact negated = fact("Diabetes mellitus");
  negated.negated = true;
  EXPECT_FALSE(speaks_of(negated, find_concern("diabetes"), "diabetes"));
}

TEST(Concerns, UnknownTextIsSearchedAsItStands) {
  EXPECT_TRUE(speaks_of(fact("Left-handedness noted"), nullptr, "left-handedness"));
  EXPECT_FALSE(speaks_of(fact("Right hand"), nullptr, "left-handedness"));
  EXPECT_FALSE(speaks_of(fact("anything"), nullptr, "  "));
}

}  // namespace
}  // namespace chartroom::report
