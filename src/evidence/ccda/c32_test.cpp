// A HITSP C32 document: the roots of its templates are none of C-CDA's, so sections are known by
// their LOINC code and entries by their kind of act.
#include <map>

#include "evidence/ccda/test_documents.hpp"
#include "evidence/shared_data_test.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

TEST(CcdaC32, EverySectionIsRead) {
  const auto reading =
      read_ccda(evidence::testing::load(CHARTROOM_SOURCE_DIR "/tests/fuzz/seeds/ccda/c32.xml"));
  ASSERT_TRUE(reading.has_value());
  EXPECT_TRUE(reading->losses.empty());
  std::map<Kind, std::vector<const Fact*>> facts;
  for (const Fact& fact : reading->facts) facts[fact.kind].push_back(&fact);
  ASSERT_EQ(facts[Kind::problem].size(), 1U);
  EXPECT_EQ(facts[Kind::problem][0]->text, "Asthma");
  EXPECT_EQ(facts[Kind::problem][0]->when.text(), "1999");
  ASSERT_EQ(facts[Kind::allergy].size(), 1U);
  EXPECT_EQ(facts[Kind::allergy][0]->text, "Penicillin G");
  EXPECT_EQ(*facts[Kind::allergy][0]->attribute("reaction"), "Hives");
  ASSERT_EQ(facts[Kind::medication].size(), 1U);
  EXPECT_EQ(facts[Kind::medication][0]->when.text(), "2010-01-01");
  ASSERT_EQ(facts[Kind::result].size(), 1U);
  EXPECT_EQ(facts[Kind::result][0]->value.number, "13.2");
  EXPECT_EQ(facts[Kind::result][0]->group_text, "CBC");
  EXPECT_EQ(facts[Kind::vital].size(), 2U);
  EXPECT_EQ(facts[Kind::immunization].size(), 1U);
  EXPECT_EQ(facts[Kind::encounter].size(), 1U);
  EXPECT_EQ(facts[Kind::procedure].size(), 1U);
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
