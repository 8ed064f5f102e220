#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <random>

#include "evidence/quality.hpp"
#include "evidence/read.hpp"
#include "report/health.hpp"
#include "report/render.hpp"
#include "report/reports.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

bool holds(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

std::string healthcheck_html(const evidence::Record& record, const OrderContext& context) {
  return render_html(healthcheck_document(Lens(record, context)));
}

std::string healthcheck_text(const evidence::Record& record, const OrderContext& context) {
  return boost::json::serialize(healthcheck_json(Lens(record, context)));
}

TEST(Healthcheck, EveryValueAndEntryIsInBothForms) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const std::string html = healthcheck_html(record, context);
  const std::string json = healthcheck_text(record, context);
  for (const evidence::Fact& fact : record.facts) {
    for (const std::string& text : {fact.text, fact.value.raw, fact.when.date_text()}) {
      if (text.empty()) continue;
      EXPECT_TRUE(holds(json, text)) << text;
      // Names of measured vitals give way to the analyte's or the column's in the tables.
      if (fact.kind != evidence::Kind::vital || text != fact.text) {
        EXPECT_TRUE(holds(html, text)) << text;
      }
    }
    for (const evidence::Attribute& attribute : fact.attributes) {
      EXPECT_TRUE(holds(html, attribute.value)) << attribute.value;
      EXPECT_TRUE(holds(json, attribute.value)) << attribute.value;
    }
    EXPECT_TRUE(holds(json, fact.sources.front().locator)) << fact.sources.front().locator;
  }
}

TEST(Healthcheck, RowsEndWithTagsThatLeadToTheSourceIndex) {
  const std::string html = healthcheck_html(sample::full_record(), sample::context());
  EXPECT_TRUE(holds(html, "<a href=\"#source-S1\">[S1 Condition/7]</a>"));
  EXPECT_TRUE(holds(html, "id=\"source-S1\""));
  EXPECT_TRUE(holds(html, "[S1 MedicationRequest/3f0c9a52…]"));  // long ids are shortened
}

TEST(Healthcheck, NamesBrokenSourcesWithTheirReason) {
  const std::string html = healthcheck_html(sample::full_record(), sample::context());
  EXPECT_TRUE(holds(html, "record-4.json"));
  EXPECT_TRUE(holds(html, "the file ends in the middle of an element"));
  const std::string json = healthcheck_text(sample::full_record(), sample::context());
  EXPECT_TRUE(holds(json, "the file ends in the middle of an element"));
}

TEST(Healthcheck, NothingOfAnotherPersonIsShown) {
  evidence::Record record = sample::full_record();
  record.facts.push_back(
      sample::fact(evidence::Kind::problem, "Strangers disease", "2020-01-01", "Condition/x", 4));
  const OrderContext context = sample::context();
  for (const std::string& text :
       {healthcheck_html(record, context), healthcheck_text(record, context),
        boost::json::serialize(apidata_json(Lens(record, context)))}) {
    EXPECT_FALSE(holds(text, "Stranger"));
    EXPECT_FALSE(holds(text, "987654321"));  // the applicant's own SSN
  }
  for (const ProviderChart& chart : ccdraw_documents(Lens(record, context))) {
    EXPECT_NE(chart.provider_id, "provider-Hill Clinic");
  }
}

TEST(Healthcheck, ComputesWhatTheSourcesDoNotGive) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto json = healthcheck_json(Lens(record, context));
  const auto& build = json.at("build").as_object();
  EXPECT_EQ(build.at("rows").as_array().at(0).at("bmiComputed").as_string(), "29.4");
  EXPECT_TRUE(holds(std::string(build.at("lossOf5Percent").as_string()), "12.1 %"));
  EXPECT_TRUE(holds(std::string(build.at("lossOf5Percent").as_string()), "unexplained"));
  const auto& pressure = json.at("bloodPressure").as_object();
  EXPECT_EQ(pressure.at("meanLastThree").as_string(), "148 / 88 mmHg (3 readings)");
  EXPECT_EQ(pressure.at("atOrOver140Over90").as_string(), "4 of 6 readings");
  EXPECT_TRUE(holds(std::string(pressure.at("treated").as_string()), "lisinopril"));
  const auto& lipids = json.at("lipids").as_object();
  EXPECT_EQ(lipids.at("computed").as_array().at(0).at("nonHdl").as_string(), "160");
  EXPECT_EQ(lipids.at("computed").as_array().at(0).at("totalToHdl").as_string(), "4.4");
  EXPECT_EQ(json.at("profile").at("ageAtOrder").as_int64(), 58);
}

TEST(Healthcheck, PositiveCotinineContradictsNever) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto json = healthcheck_json(Lens(record, context));
  EXPECT_EQ(json.at("tobacco").at("status").as_string(), "never");
  ASSERT_EQ(json.at("tobacco").at("contradictions").as_array().size(), 1U);
  EXPECT_TRUE(json.at("profile").at("tobacco").at("contradicted").as_bool());
}

TEST(Healthcheck, DuplicatesAndHiddenFactsAreCountedAndConflictsMarked) {
  evidence::Record record = sample::full_record();
  evidence::Fact copy = record.facts.front();
  copy.sources = {{1, "component[1]/entry[1]"}};
  copy.duplicate_of = 0;
  record.facts.push_back(copy);
  evidence::Fact withdrawn =
      sample::fact(evidence::Kind::problem, "Withdrawn finding", "2020-01-01", "Condition/w");
  withdrawn.hidden = true;
  withdrawn.hidden_reason = "entered in error";
  record.facts.push_back(withdrawn);
  record.facts[2].conflict = true;
  const OrderContext context = sample::context();
  const std::string html = healthcheck_html(record, context);
  EXPECT_FALSE(holds(html, "Withdrawn finding"));
  EXPECT_TRUE(holds(html, "1 entry left out: entered in error."));
  EXPECT_TRUE(holds(html, "1 duplicate entry"));
  EXPECT_TRUE(holds(html, "Conflict: sources differ"));
  EXPECT_TRUE(holds(html, "[S2\u00a0§1.1]"));
}

TEST(Healthcheck, SaysHowGoodTheDataOfEachSourceAre) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto qualities = evidence::quality_of(record);
  const auto json = healthcheck_json(Lens(record, context));
  const auto& shown = json.at("notes").at("quality").as_array();
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(shown[0].at("source").as_string(), "S1");
  EXPECT_EQ(shown[0].at("grade").as_string(), std::string(1, qualities[0].grade()));
  EXPECT_EQ(shown[0].at("facts").to_number<std::size_t>(), qualities[0].facts);
  EXPECT_TRUE(holds(healthcheck_html(record, context), "Quality of the data, by source"));
}

TEST(Healthcheck, RestrictedEntriesCarryTheNoticeOfTheLaw) {
  evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  EXPECT_FALSE(holds(healthcheck_html(record, context), "42 CFR part 2"));
  record.facts.front().sensitivity = "R";
  EXPECT_TRUE(holds(healthcheck_html(record, context), "1 entry marked as restricted"));
  EXPECT_TRUE(holds(healthcheck_html(record, context),
                    "42 CFR part 2 prohibits unauthorized use or disclosure of these records."));
}

TEST(Healthcheck, EmptyAndNotRetrievedDiffer) {
  const OrderContext context = sample::context();
  evidence::Record record = sample::empty_record();
  EXPECT_TRUE(holds(healthcheck_html(record, context), "Not retrieved."));
  EXPECT_FALSE(holds(healthcheck_html(record, context), "None found in the sources."));
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  record.outcomes.front().status = evidence::SourceOutcome::Status::empty;
  EXPECT_TRUE(holds(healthcheck_html(record, context), "None found in the sources."));
}

TEST(Healthcheck, TheOrderOfArrivalDoesNotMatter) {
  const OrderContext context = sample::context();
  evidence::Record first = sample::full_record();
  evidence::Record second = first;
  std::mt19937 shuffler(7);
  std::shuffle(second.facts.begin(), second.facts.end(), shuffler);
  evidence::normalise(first);
  evidence::normalise(second);
  EXPECT_EQ(healthcheck_text(first, context), healthcheck_text(second, context));
  EXPECT_EQ(healthcheck_html(first, context), healthcheck_html(second, context));
  EXPECT_EQ(boost::json::serialize(apidata_json(Lens(first, context))),
            boost::json::serialize(apidata_json(Lens(second, context))));
}

TEST(Ccdraw, ShowsDocumentsOfAProviderInDateOrder) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto charts = ccdraw_documents(Lens(record, context));
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_EQ(charts[0].provider_id, "provider-Lakeside Hospital");
  const std::string html = render_html(charts[0].document);
  EXPECT_LT(html.find("Laboratory of 2022-02-02"), html.find("Laboratory of 2024-05-05"));
  EXPECT_TRUE(holds(html, "13.4 g/dL"));
  EXPECT_TRUE(holds(html, "Nothing: every part of these documents is shown."));
}

TEST(Apidata, HasTheDocumentedSectionsAndStringValues) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto json = apidata_json(Lens(record, context));
  for (const char* key : {"humanId", "createdAt", "profile", "allergies", "demographics",
                          "encounters", "functional_statuses", "immunizations", "issues",
                          "medications", "plans_of_care", "procedures", "social_history",
                          "test_results", "vitals", "organizations", "family_history", "sources"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const auto& result : json.at("test_results").as_array()) {
    EXPECT_EQ(result.at("id").as_string().size(), 24U);
    for (const auto& component : result.at("components").as_array()) {
      EXPECT_TRUE(component.at("value").is_string());
    }
  }
  EXPECT_EQ(json.at("vitals").as_array().size(), 6U);
  EXPECT_EQ(json.at("vitals").as_array().at(0).at("results").as_array().size(), 4U);
}

TEST(Apidata, IdsAreUnique) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const auto json = apidata_json(Lens(record, context));
  std::vector<std::string> ids;
  for (const char* key : {"issues", "medications", "test_results", "vitals", "encounters"}) {
    for (const auto& item : json.at(key).as_array()) {
      ids.emplace_back(item.at("id").as_string());
    }
  }
  const auto total = ids.size();
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(ids.size(), total);
}

TEST(Build, KnowsNamesFormatsAndWhatCanBeMade) {
  EXPECT_TRUE(is_supported({"healthcheck", Format::json, {}}));
  EXPECT_FALSE(is_supported({"apidata", Format::pdf, {}}));
  EXPECT_FALSE(is_supported({"combined", Format::pdf, {}}));
  EXPECT_FALSE(is_supported({"combined", Format::pdf, {"apidata"}}));
  EXPECT_TRUE(is_supported({"combined", Format::pdf, {"healthcheck", "ccdraw"}}));
  const evidence::Record nothing = sample::empty_record();
  evidence::Record documents = sample::full_record();
  documents.facts.clear();
  EXPECT_FALSE(can_build("healthcheck", nothing));
  EXPECT_FALSE(can_build("ccdraw", nothing));
  EXPECT_FALSE(can_build("healthcheck", documents));
  EXPECT_TRUE(can_build("ccdraw", documents));
  EXPECT_FALSE(can_build("unknown", documents));
}

TEST(Build, UnknownReportIsAnErrorAndNothingGivesNothing) {
  EXPECT_FALSE(build({{"nonsense", Format::pdf, {}}}, sample::full_record(), sample::context()));
  const auto built = build(
      {{"healthcheck", Format::json, {}}, {"combined", Format::pdf, {"healthcheck", "ccdraw"}}},
      sample::empty_record(), sample::context());
  ASSERT_TRUE(built);
  EXPECT_TRUE(built->empty());
}

TEST(Build, MakesAllReportsOfAFullRecord) {
  const auto built = build({{"healthcheck", Format::pdf, {}},
                            {"healthcheck", Format::html, {}},
                            {"healthcheck", Format::json, {}},
                            {"ccdraw", Format::html, {}},
                            {"apidata", Format::json, {}},
                            {"combined", Format::pdf, {"healthcheck", "ccdraw"}}},
                           sample::full_record(), sample::context());
  ASSERT_TRUE(built);
  ASSERT_EQ(built->size(), 6U);
  EXPECT_EQ(built->at(0).bytes.substr(0, 5), "%PDF-");
  EXPECT_EQ(built->at(3).provider_ids, std::vector<std::string>{"provider-Lakeside Hospital"});
  EXPECT_EQ(built->at(5).base_report_names, (std::vector<std::string>{"healthcheck", "ccdraw"}));
  EXPECT_EQ(built->at(5).bytes.substr(0, 5), "%PDF-");
}

}  // namespace
}  // namespace chartroom::report
