#include "report/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "report/concerns.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

TEST(Rules, EachHasAnIdOfItsOwnAndASource) {
  std::set<std::string> ids;
  for (const auto* list : {&rules().measurements, &rules().courses}) {
    for (const AttentionRule& rule : *list) {
      EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
      EXPECT_FALSE(rule.source.empty()) << rule.id;
      EXPECT_FALSE(rule.text.empty()) << rule.id;
      EXPECT_NE(rule.level, evidence::Attention::none) << rule.id;
    }
  }
  for (const AttentionRule& rule : rules().measurements) {
    ASSERT_NE(rule.analyte, nullptr) << rule.id;
    EXPECT_TRUE(parse_number(rule.value).has_value()) << rule.id;
  }
}

// What colors a value in a table and what the headline says must not differ.
TEST(Rules, LevelsAreThoseOfTheAnalyteTable) {
  for (const AttentionRule& rule : rules().measurements) {
    if (!rule.sex.empty() || rule.age_from || rule.age_below) continue;
    bool there = false;
    for (const evidence::AttentionLevel& level : rule.analyte->levels) {
      there = there || (parse_number(level.value) == parse_number(rule.value) &&
                        level.above == rule.above && level.attention == rule.level);
    }
    EXPECT_TRUE(there) << rule.id;
  }
}

TEST(Rules, GroupsHaveWhatTheyAreFoundBy) {
  std::set<std::string> ids;
  for (const Concern& group : rules().groups) {
    EXPECT_TRUE(ids.insert(group.id).second) << group.id;
    EXPECT_FALSE(group.words.empty()) << group.id;
    EXPECT_FALSE(group.icd10.empty()) << group.id;
    for (const std::string& id : group.analytes) {
      EXPECT_NE(evidence::find_analyte_by_id(id), nullptr) << group.id << " " << id;
    }
    EXPECT_EQ(find_concern(group.name), &group) << group.id;
  }
  EXPECT_EQ(rules().groups.size(), 24U);
}

TEST(Conditions, CodesAndRangesAreRead) {
  const AskedCondition code = read_condition("i25.10");
  ASSERT_TRUE(code.codes.has_value());
  ASSERT_NE(code.group, nullptr);
  EXPECT_EQ(code.group->id, "coronary");
  const AskedCondition range = read_condition("E10 – E14");
  ASSERT_TRUE(range.codes.has_value());
  EXPECT_EQ(range.group->id, "diabetes");
  EXPECT_TRUE(range.codes->holds("E11.9"));
  EXPECT_TRUE(range.codes->holds("E14.2"));
  EXPECT_FALSE(range.codes->holds("E15"));
  EXPECT_FALSE(range.codes->holds("E09.1"));
  EXPECT_FALSE(read_condition("E14-E10").codes.has_value());  // the wrong way round is no range
  EXPECT_FALSE(read_condition("left-handedness").mapped());
  EXPECT_FALSE(read_condition("B12 deficiency").codes.has_value());
}

TEST(Conditions, ARangeFindsCodesAndEntriesWithoutCodes) {
  const AskedCondition range = read_condition("E10-E14");
  evidence::Fact coded;
  coded.text = "DM";
  coded.codes.push_back({std::string(evidence::kIcd10Cm), "E11.65", "", false});
  EXPECT_TRUE(speaks_of(coded, range));
  coded.codes.front().code = "R73.03";
  EXPECT_FALSE(speaks_of(coded, range));  // of the group, but outside of what was asked
  evidence::Fact words;
  words.text = "Type 2 diabetes mellitus";
  words.codes.push_back({std::string(evidence::kSnomed), "44054006", "", false});
  EXPECT_TRUE(speaks_of(words, range));
}

}  // namespace
}  // namespace chartroom::report
