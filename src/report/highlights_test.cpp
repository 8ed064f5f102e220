#include "report/highlights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "report/composed.hpp"
#include "report/concern_findings.hpp"
#include "report/health.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

using evidence::Kind;

std::vector<std::string> rules_of(const evidence::Record& record, const OrderContext& context) {
  std::vector<std::string> ids;
  const Lens lens(record, context);
  for (const Signal& signal : signals(lens)) ids.push_back(signal.rule);
  return ids;
}

bool has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

TEST(Highlights, SignalsNameTheirRuleTheGravestFirst) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const Lens lens(record, context);
  const std::vector<Signal> all = signals(lens);
  const auto ids = rules_of(record, context);
  EXPECT_TRUE(has(ids, "tobacco-contradiction"));  // never, and cotinine is positive
  EXPECT_TRUE(has(ids, "weight-loss-5"));
  EXPECT_TRUE(has(ids, "bp-mean-140"));
  EXPECT_TRUE(has(ids, "a1c-65"));
  EXPECT_TRUE(has(ids, "sbp-140"));
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i - 1].level, all[i].level);
  for (const Signal& signal : all) {
    EXPECT_FALSE(signal.evidence.empty()) << signal.rule;
    EXPECT_FALSE(signal.source.empty()) << signal.rule;
  }
}

TEST(Highlights, AnOrderTypesOwnLevelStandsInForTheTables) {
  evidence::Record record = sample::empty_record();
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  record.facts.push_back(sample::measured(Kind::vital, "8480-6", "Systolic pressure", "136",
                                          "mm[Hg]", "2026-02-01", "Observation/bp"));
  OrderContext context = sample::context();
  EXPECT_FALSE(has(rules_of(record, context), "sbp-140"));
  context.levels = {{"sbp-140", "135"}};
  const Lens lens(record, context);
  const std::vector<Signal> all = signals(lens);
  const auto found = std::find_if(all.begin(), all.end(),
                                  [](const Signal& each) { return each.rule == "sbp-140"; });
  ASSERT_NE(found, all.end());
  EXPECT_NE(found->text.find("level of this order type: 135"), std::string::npos);
  EXPECT_NE(found->source.find("set by the order type in place of 140"), std::string::npos);
}

TEST(Highlights, AMedicineWithoutItsDiagnosisIsASignal) {
  evidence::Record record = sample::empty_record();
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  record.facts.push_back(
      sample::fact(Kind::medication, "Metformin 500 MG", "2025-01-01", "MedicationRequest/1"));
  const OrderContext context = sample::context();
  const auto implied = implied_conditions(Lens(record, context));
  ASSERT_EQ(implied.size(), 1U);
  EXPECT_EQ(implied.front().group->id, "diabetes");
  EXPECT_TRUE(has(rules_of(record, context), "medicine-implies"));
  record.facts.push_back(
      sample::fact(Kind::problem, "Type 2 diabetes", "2020-01-01", "Condition/1"));
  EXPECT_TRUE(implied_conditions(Lens(record, context)).empty());
  EXPECT_FALSE(has(rules_of(record, context), "medicine-implies"));
}

TEST(Highlights, SexAndAgeNarrowARule) {
  evidence::Record record = sample::empty_record();
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  record.facts.push_back(sample::measured(Kind::result, "718-7", "Hemoglobin", "12.5", "g/dL",
                                          "2025-06-01T10:00:00Z", "Observation/hb"));
  const OrderContext context = sample::context();
  EXPECT_FALSE(has(rules_of(record, context), "hb-13-m"));  // she is a woman
  record.applicant.sex = "male";
  EXPECT_TRUE(has(rules_of(record, context), "hb-13-m"));
}

TEST(Highlights, KidneyFunctionThatFallsIsASignal) {
  evidence::Record record = sample::empty_record();
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  const auto add = [&](const char* value, const char* date) {
    record.facts.push_back(sample::measured(Kind::result, "33914-3", "eGFR", value,
                                            "mL/min/{1.73_m2}", date,
                                            std::string("Observation/") + date));
  };
  add("88", "2023-01-01T10:00:00Z");
  add("70", "2025-01-01T10:00:00Z");
  const OrderContext context = sample::context();
  EXPECT_TRUE(has(rules_of(record, context), "egfr-fall-5"));
  record.facts.pop_back();
  add("80", "2025-01-01T10:00:00Z");
  EXPECT_FALSE(has(rules_of(record, context), "egfr-fall-5"));
}

TEST(Highlights, AskedConditionsAreAnswered) {
  evidence::Record record = sample::full_record();
  OrderContext context = sample::context();
  context.conditions = {"diabetes", "COPD", "left-handedness", "I20-I25"};
  const Lens lens(record, context);
  const auto section = concerns_section(lens);
  const auto& rows = section.data.as_array();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows.at(0).at("answer").as_string(), "found");
  EXPECT_EQ(rows.at(1).at("answer").as_string(), "not found");
  EXPECT_FALSE(rows.at(2).at("mapped").as_bool());
  EXPECT_EQ(rows.at(3).at("groupId").as_string(), "coronary");
  const evidence::Record nothing = sample::empty_record();
  const Lens unread(nothing, context);
  EXPECT_EQ(findings_for(unread, read_condition("COPD")).answer, Answer::not_assessable);
}

TEST(Highlights, WordsOfNotesHaveTheirPlace) {
  evidence::Record record = sample::full_record();
  evidence::Fact note =
      sample::fact(Kind::document, "Visit note", "2025-02-02", "DocumentReference/9");
  note.narrative.push_back({});
  note.narrative.back().spans.push_back({"She has a family, and her asthma is quiet."});
  record.facts.push_back(note);
  const OrderContext context = sample::context();
  const Findings findings = findings_for(Lens(record, context), read_condition("COPD"));
  ASSERT_EQ(findings.notes.size(), 1U);
  EXPECT_EQ(findings.notes.front().offset, 26U);
  EXPECT_NE(findings.notes.front().text.find("asthma is quiet"), std::string::npos);
  EXPECT_EQ(findings.answer, Answer::suggested);
}

TEST(Highlights, ANoteOfASmokerContradictsNever) {
  evidence::Record record = sample::full_record();
  for (const char* words : {"Patient is an active smoker.", "She is not a current smoker."}) {
    evidence::Fact note = sample::fact(Kind::document, "Visit note", "2025-02-02",
                                       "DocumentReference/" + std::string(words).substr(0, 3));
    note.narrative.push_back({});
    note.narrative.back().spans.push_back({words});
    record.facts.push_back(note);
  }
  const OrderContext context = sample::context();
  const Lens lens(record, context);
  const auto against = tobacco_of(lens).against_never;
  EXPECT_EQ(std::count_if(against.begin(), against.end(),
                          [](const Item& item) { return item.fact->kind == Kind::document; }),
            1);
}

TEST(Highlights, VisitsHaveASettingAndAStay) {
  const auto visit = [](const char* kind, const char* text) {
    evidence::Fact made = sample::fact(Kind::encounter, text, "2025-01-01", "Encounter/1");
    made.set("class", kind);
    return made;
  };
  EXPECT_EQ(setting_of(visit("AMB", "Office visit")), Setting::in_person);
  EXPECT_EQ(setting_of(visit("VR", "Follow-up")), Setting::remote);
  EXPECT_EQ(setting_of(visit("EMER", "Emergency room admission")), Setting::emergency);
  EXPECT_EQ(setting_of(visit("IMP", "Hospital admission")), Setting::inpatient);
  EXPECT_EQ(setting_of(visit("AMB", "Urgent care clinic")), Setting::in_person);
  EXPECT_EQ(setting_of(visit("", "Something")), Setting::other);
  evidence::Fact stay = visit("IMP", "Hospital admission");
  EXPECT_EQ(stay_text(stay), "");
  stay.until = sample::on("2025-01-04");
  EXPECT_EQ(stay_text(stay), "3 nights");
}

TEST(Highlights, TheRelativesAgeDecides) {
  evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  EXPECT_EQ(early_family(Lens(record, context)).size(), 1U);  // father, heart attack at 52
  for (evidence::Fact& fact : record.facts) {
    if (fact.kind != Kind::family_history) continue;
    for (evidence::Attribute& attribute : fact.attributes) {
      if (attribute.name == "age_at_onset") attribute.value = "75";
    }
  }
  EXPECT_TRUE(early_family(Lens(record, context)).empty());
}

TEST(Highlights, PlansWithoutAResultStayOpen) {
  evidence::Record record = sample::full_record();
  evidence::Fact plan =
      sample::fact(Kind::plan_of_care, "Colonoscopy", "2025-01-01", "ServiceRequest/1");
  plan.status = "active";
  record.facts.push_back(plan);
  const OrderContext context = sample::context();
  const auto open = [&] {
    const auto items = unfinished(Lens(record, context));
    return std::count_if(items.begin(), items.end(),
                         [](const Item& item) { return item.fact->text == "Colonoscopy"; });
  };
  EXPECT_EQ(open(), 1);
  record.facts.push_back(
      sample::fact(Kind::procedure, "Colonoscopy", "2025-02-01", "Procedure/77"));
  EXPECT_EQ(open(), 0);
}

}  // namespace
}  // namespace chartroom::report
