#include "evidence/schedule.hpp"

#include <gtest/gtest.h>

#include "evidence/read.hpp"

namespace chartroom::evidence {
namespace {

TEST(Schedule, Words) {
  EXPECT_EQ(times_a("1", "d"), "once a day");
  EXPECT_EQ(times_a("2", "wk"), "twice a week");
  EXPECT_EQ(times_a("1-2", "d"), "1-2 times a day");
  EXPECT_EQ(every("1", "mo"), "every month");
  EXPECT_EQ(every("6", "h"), "every 6 hours");
  EXPECT_EQ(every("2", "fortnight"), "every 2 fortnights");
  EXPECT_EQ(timing_event("ACM"), "before breakfast");
  EXPECT_EQ(timing_event("MORN.early"), "in the early morning");
  EXPECT_EQ(timing_event("IMD"), "IMD");
}

/// What FHIR says of a repetition, in words.
std::string words_of(const std::string& repeat) {
  const auto readings = read_item(
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",)"
      R"("id":"1"}},{"resource":{"resourceType":"MedicationRequest","id":"m","status":"active",)"
      R"("subject":{"reference":"Patient/1"},"medicationCodeableConcept":{"text":"Aspirin"},)"
      R"("dosageInstruction":[{"timing":{"repeat":)" +
      repeat + "}}]}}]}");
  if (!readings || readings->empty() || readings->front().facts.empty()) return "not read";
  const std::string* words = readings->front().facts.front().attribute("frequency");
  return words == nullptr ? "" : *words;
}

TEST(Schedule, OfFhir) {
  EXPECT_EQ(words_of(R"({"frequency":1,"period":1,"periodUnit":"d"})"), "once a day");
  EXPECT_EQ(words_of(R"({"frequency":1,"frequencyMax":2,"period":1,"periodUnit":"d"})"),
            "1-2 times a day");
  EXPECT_EQ(words_of(R"({"period":4,"periodMax":6,"periodUnit":"h"})"), "every 4-6 hours");
  EXPECT_EQ(words_of(R"({"frequency":3,"period":2,"periodUnit":"wk"})"), "3 times every 2 weeks");
  EXPECT_EQ(words_of(R"({"when":["ACM","HS"],"offset":30})"),
            "30 minutes before breakfast, 30 minutes at bedtime");
  EXPECT_EQ(words_of(R"({"boundsPeriod":{"start":"2020-01-01"}})"), "");
}

}  // namespace
}  // namespace chartroom::evidence
