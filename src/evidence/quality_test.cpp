#include "evidence/quality.hpp"

#include <gtest/gtest.h>

#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

Fact graded_fact(bool coded, bool dated, std::size_t source = 0) {
  Fact fact;
  fact.kind = Kind::result;
  fact.text = "Glucose";
  fact.sources.push_back({source, "Observation/1"});
  if (coded) fact.codes.push_back({std::string(kLoinc), "2339-0", "", false});
  if (dated) fact.when = {base::Date{2024, 3, 14}.midnight_utc(), Precision::day, false, false};
  return fact;
}

TEST(Quality, CountsAreOfTheSourceThatSaysIt) {
  Record record;
  record.sources.resize(2);
  record.facts = {graded_fact(true, true), graded_fact(false, true, 1),
                  graded_fact(true, false, 1)};
  record.facts[0].value.number = "98";
  record.facts[1].value.number = "99";
  record.facts[1].range.low = "70";
  // What the first row shows as well stays what the second source says.
  record.facts[0].sources.push_back({1, "Observation/2"});
  Fact note = graded_fact(false, true, 1);
  note.kind = Kind::document;
  Fact withdrawn = graded_fact(true, true, 1);
  withdrawn.hidden = true;
  record.facts.push_back(note);
  record.facts.push_back(withdrawn);
  record.losses.push_back({1, "line 7", "it is no well-formed JSON"});
  ClinicalDocument document;
  document.source = 1;
  document.sections.resize(3);
  document.sections[0].entries = 2;
  document.sections[1].blocks.resize(1);
  record.documents.push_back(document);

  const auto qualities = quality_of(record);
  ASSERT_EQ(qualities.size(), 2U);
  EXPECT_EQ(qualities[0].facts, 1U);
  EXPECT_EQ(qualities[0].grade(), 'A');
  const SourceQuality& second = qualities[1];
  EXPECT_EQ(second.facts, 2U);
  EXPECT_EQ(second.coded, 1U);
  EXPECT_EQ(second.dated, 1U);
  EXPECT_EQ(second.measured, 1U);
  EXPECT_EQ(second.ranged, 1U);
  EXPECT_EQ(second.sections, 2U);
  EXPECT_EQ(second.narrative_only, 1U);
  EXPECT_EQ(second.documents, 1U);
  EXPECT_EQ(second.losses, 1U);
  EXPECT_EQ(second.grade(), 'C');
}

TEST(Quality, InferredDatesAndUnknownSystemsDoNotCount) {
  Record record;
  record.sources.resize(1);
  Fact fact = graded_fact(false, true);
  fact.codes.push_back({"urn:oid:1.2.3", "x", "", false});
  fact.codes.push_back({std::string(kLoinc), "2339-0", "", true});
  fact.when.inferred = true;
  record.facts = {fact};
  const auto quality = quality_of(record).front();
  EXPECT_EQ(quality.coded, 0U);
  EXPECT_EQ(quality.dated, 0U);
  EXPECT_EQ(quality.grade(), 'D');
}

TEST(Quality, Grades) {
  const auto grade = [](std::size_t coded, std::size_t dated) {
    SourceQuality quality;
    quality.facts = 10;
    quality.coded = coded;
    quality.dated = dated;
    return quality.grade();
  };
  EXPECT_EQ(grade(9, 10), 'A');
  EXPECT_EQ(grade(10, 8), 'B');
  EXPECT_EQ(grade(7, 7), 'B');
  EXPECT_EQ(grade(6, 9), 'C');
  EXPECT_EQ(grade(3, 10), 'D');
  EXPECT_EQ(SourceQuality{}.grade(), '-');
}

}  // namespace
}  // namespace chartroom::evidence
