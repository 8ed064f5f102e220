#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "evidence/read.hpp"
#include "evidence/shared_data_test.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

When day(int year, unsigned month, unsigned date) {
  return {base::Date{year, month, date}.midnight_utc(), Precision::day, false, false};
}

When minute(int year, unsigned month, unsigned date, int minutes) {
  return {base::Date{year, month, date}.midnight_utc() + std::chrono::minutes(minutes),
          Precision::minute, true, false};
}

Fact lab(const char* loinc, const char* number, const char* unit, When when) {
  Fact fact;
  fact.kind = Kind::result;
  fact.codes = {{std::string(kLoinc), loinc, "", false}};
  fact.text = loinc;
  fact.value.raw = fact.value.number = number;
  fact.value.unit_raw = unit;
  fact.when = when;
  fact.status = "final";
  fact.sources = {{0, "Observation/x"}};
  return fact;
}

Fact coded(Kind kind, const char* system, const char* code, const char* text, When when) {
  Fact fact;
  fact.kind = kind;
  fact.codes = {{system, code, text, false}};
  fact.text = text;
  fact.when = when;
  fact.sources = {{0, "X/1"}};
  return fact;
}

Record record_of(std::size_t providers, const std::string& sex = "male") {
  Record record;
  record.applicant.sex = sex;
  record.applicant.birth_date = base::Date{1970, 1, 1};
  for (std::size_t i = 0; i < providers; ++i) {
    Source source;
    source.id = "raw-" + std::to_string(i);
    source.provider_id = "provider-" + std::to_string(i);
    source.sha256 = std::string(64, static_cast<char>('a' + static_cast<char>(i)));
    record.sources.push_back(source);
  }
  return record;
}

void add(Record& record, std::size_t source, const std::vector<Fact>& facts) {
  Reading reading;
  reading.facts = facts;
  add_reading(record, std::move(reading), source);
}

std::size_t shown(const Record& record) {
  return static_cast<std::size_t>(
      std::count_if(record.facts.begin(), record.facts.end(),
                    [](const Fact& fact) { return !fact.duplicate_of && !fact.hidden; }));
}

std::size_t conflicts(const Record& record) {
  return static_cast<std::size_t>(std::count_if(record.facts.begin(), record.facts.end(),
                                                [](const Fact& fact) { return fact.conflict; }));
}

Fact only(const Fact& fact, const std::string& sex = "male") {
  Record record = record_of(1, sex);
  add(record, 0, {fact});
  normalise(record);
  return record.facts.at(0);
}

TEST(Normalise, FlagOfTheLabWinsThenItsRangeThenOurTable) {
  Fact fact = lab("2160-0", "1.50", "mg/dL", day(2020, 1, 1));
  EXPECT_EQ(only(fact).flag, (Flag{"H", FlagOrigin::our_table}));
  fact.range.low = "0.5";
  fact.range.high = "1.6";
  EXPECT_EQ(only(fact).flag, (Flag{"N", FlagOrigin::lab_range}));
  fact.flag = {"L", FlagOrigin::lab};
  EXPECT_EQ(only(fact).flag, (Flag{"L", FlagOrigin::lab}));
}

TEST(Normalise, OurTableKnowsTheSexesApart) {
  const Fact fact = lab("718-7", "12.5", "g/dL", day(2020, 1, 1));
  EXPECT_EQ(only(fact, "male").flag.code, "L");
  EXPECT_EQ(only(fact, "female").flag.code, "N");
}

TEST(Normalise, RangesInWords) {
  Fact fact = lab("2093-3", "210", "mg/dL", day(2020, 1, 1));
  fact.range.text = "<200";
  EXPECT_EQ(only(fact).flag, (Flag{"H", FlagOrigin::lab_range}));
  fact.range.text = "125 - 220 mg/dL";
  EXPECT_EQ(only(fact).flag, (Flag{"N", FlagOrigin::lab_range}));
  fact.range.text = "see below";
  EXPECT_EQ(only(fact).flag, Flag{});
}

TEST(Normalise, ComparatorsLeaveSomeThingsOpen) {
  Fact fact = lab("2857-1", "0.1", "ng/mL", day(2020, 1, 1));
  fact.value.comparator = "<";
  EXPECT_EQ(only(fact).flag.code, "N");
  fact.value.number = "9";
  EXPECT_EQ(only(fact).flag.code, "");
  fact.value.comparator = ">";
  EXPECT_EQ(only(fact).flag.code, "H");
}

TEST(Normalise, UnknownUnitHasNoFlagAndNoTrend) {
  const Fact fact = only(lab("2345-7", "300", "glorps", day(2020, 1, 1)));
  EXPECT_TRUE(fact.flag.code.empty());
  EXPECT_TRUE(fact.value.canonical_number.empty());
  EXPECT_TRUE(fact.value.unit_ucum.empty());
  EXPECT_EQ(fact.value.raw, "300");
}

TEST(Normalise, ImplausibleIsKeptAndNotUsed) {
  Fact fact = lab("39156-5", "250", "kg/m2", day(2020, 1, 1));
  fact.kind = Kind::vital;
  EXPECT_EQ(only(fact).implausible, "outside 10 to 90 kg/m\xC2\xB2");
  EXPECT_TRUE(only(fact).flag.code.empty());
  // A child's height is no error.
  Fact height = lab("8302-2", "60", "cm", day(1970, 6, 1));
  EXPECT_TRUE(only(height).implausible.empty());
  height.when = day(2000, 6, 1);
  EXPECT_FALSE(only(height).implausible.empty());
}

TEST(Normalise, SystolicMustBeAboveDiastolic) {
  Record record = record_of(1);
  Fact systolic = lab("8480-6", "80", "mmHg", day(2020, 1, 1));
  Fact diastolic = lab("8462-4", "120", "mmHg", day(2020, 1, 1));
  systolic.group_id = diastolic.group_id = "bp";
  systolic.kind = diastolic.kind = Kind::vital;
  add(record, 0, {systolic, diastolic});
  normalise(record);
  for (const Fact& fact : record.facts) {
    EXPECT_EQ(fact.implausible, "systolic is not above diastolic");
  }
}

TEST(Normalise, SameMeasurementOfTwoSourcesIsOneRow) {
  Record record = record_of(2);
  add(record, 0, {lab("2345-7", "99", "mg/dL", day(2020, 1, 1))});
  add(record, 1, {lab("2339-0", "5.5", "mmol/L", minute(2020, 1, 1, 600))});
  normalise(record);
  EXPECT_EQ(shown(record), 1U);
  EXPECT_EQ(conflicts(record), 0U);
  for (const Fact& fact : record.facts) {
    if (fact.duplicate_of) {
      EXPECT_EQ(record.facts.at(*fact.duplicate_of).sources.size(), 2U);
    }
  }
}

TEST(Normalise, AnotherValueAtTheSameTimeIsAConflict) {
  Record record = record_of(2);
  add(record, 0, {lab("4548-4", "6.5", "%", minute(2020, 1, 1, 600))});
  add(record, 1, {lab("4548-4", "7.5", "%", minute(2020, 1, 1, 600))});
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
  EXPECT_EQ(conflicts(record), 2U);
}

TEST(Normalise, TwoValuesOfOneDayInOneSourceAreTwoMeasurements) {
  Record record = record_of(1);
  add(record, 0,
      {lab("2345-7", "90", "mg/dL", day(2020, 1, 1)),
       lab("2345-7", "140", "mg/dL", day(2020, 1, 1))});
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
  EXPECT_EQ(conflicts(record), 0U);
}

TEST(Normalise, UrineNeverMeetsBlood) {
  Record record = record_of(2);
  add(record, 0, {lab("2161-8", "100", "mg/dL", day(2020, 1, 1))});
  add(record, 1, {lab("2160-0", "100", "mg/dL", day(2020, 1, 1))});
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
  EXPECT_EQ(conflicts(record), 0U);
}

TEST(Normalise, FinalIsShownBeforePreliminary) {
  Record record = record_of(2);
  Fact preliminary = lab("4548-4", "6.5", "%", day(2020, 1, 1));
  preliminary.status = "preliminary";
  add(record, 0, {preliminary});
  add(record, 1, {lab("4548-4", "6.50", "%", day(2020, 1, 1))});
  normalise(record);
  ASSERT_EQ(shown(record), 1U);
  for (const Fact& fact : record.facts) {
    EXPECT_EQ(fact.duplicate_of.has_value(), fact.status == "preliminary");
  }
}

TEST(Normalise, TheAuthorsOwnEntryIsShownBeforeACopyReceivedFromElsewhere) {
  for (const bool copy_is_newer : {false, true}) {
    Record record = record_of(2);
    record.sources[0].provider_name = "Harbor Hospital";
    record.sources[1].provider_name = "Cedar Valley Clinic";
    record.sources[copy_is_newer ? 0 : 1].retrieved_at = base::from_unix_ms(1'000);
    Fact value = lab("2093-3", "212", "mg/dL", day(2023, 4, 5));
    value.organization = "CEDAR VALLEY CLINIC";
    for (const std::size_t source : {0U, 1U}) {
      value.sources = {{source, "Observation/x"}};
      add(record, source, {value});
    }
    normalise(record);
    ASSERT_EQ(shown(record), 1U);
    const auto row = std::find_if(record.facts.begin(), record.facts.end(),
                                  [](const Fact& fact) { return !fact.duplicate_of; });
    EXPECT_EQ(record.sources[row->sources.front().source].provider_name, "Cedar Valley Clinic");
    EXPECT_EQ(row->sources.size(), 2U);
  }
}

TEST(Normalise, FortyCopiesOfAProblemListAreOneRow) {
  Record record = record_of(1);
  for (std::size_t i = 0; i < 39; ++i) {
    Source copy = record.sources.front();
    copy.sha256 = std::to_string(i);
    record.sources.push_back(copy);
  }
  for (std::size_t i = 0; i < 40; ++i) {
    add(record, i,
        {coded(Kind::problem, kSnomed.data(), "38341003", "Hypertension", day(2010, 5, 1))});
  }
  normalise(record);
  ASSERT_EQ(shown(record), 1U);
  for (const Fact& fact : record.facts) {
    if (!fact.duplicate_of) {
      EXPECT_EQ(fact.sources.size(), 40U);
    }
  }
}

TEST(Normalise, EachProviderKeepsItsProblemLine) {
  Record record = record_of(2);
  for (std::size_t i = 0; i < 2; ++i) {
    add(record, i,
        {coded(Kind::problem, kSnomed.data(), "38341003", "Hypertension", day(2010, 5, 1))});
  }
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
}

TEST(Normalise, NegationIsAnotherStatement) {
  Record record = record_of(2);
  Fact allergy = coded(Kind::allergy, kSnomed.data(), "91936005", "Penicillin", day(2010, 5, 1));
  Fact none = allergy;
  none.negated = true;
  add(record, 0, {allergy});
  add(record, 1, {none});
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
}

TEST(Normalise, MedicationsWithinThreeDaysAreOne) {
  Record record = record_of(2);
  const auto drug = [](When when) {
    return coded(Kind::medication, kRxNorm.data(), "860975", "Metformin 500 MG", when);
  };
  add(record, 0, {drug(day(2020, 1, 1)), drug(day(2021, 1, 1))});
  add(record, 1, {drug(day(2020, 1, 3))});
  normalise(record);
  EXPECT_EQ(shown(record), 2U);
}

TEST(Normalise, VoidStatementsAreHidden) {
  Fact fact = lab("4548-4", "6.5", "%", day(2020, 1, 1));
  fact.status = "entered-in-error";
  const Fact hidden = only(fact);
  EXPECT_TRUE(hidden.hidden);
  EXPECT_EQ(hidden.hidden_reason, "entered in error");
}

TEST(Normalise, ReplacedDocumentCountsNothing) {
  Record record = record_of(2);
  for (Source& source : record.sources) source.format = SourceFormat::ccda;
  Reading first;
  first.facts = {coded(Kind::problem, kSnomed.data(), "38341003", "Hypertension", day(2010, 5, 1))};
  first.documents.resize(1);
  first.documents[0].id = "1";
  Reading second = first;
  second.documents[0].id = "2";
  second.documents[0].replaces_id = "1";
  add_reading(record, first, 0);
  add_reading(record, second, 1);
  normalise(record);
  EXPECT_EQ(shown(record), 1U);
  EXPECT_TRUE(record.documents.at(0).replaced != record.documents.at(1).replaced);
}

TEST(Normalise, FutureDatesAreMarked) {
  Record record = record_of(1);
  record.sources[0].retrieved_at = base::Date{2020, 1, 1}.midnight_utc();
  add(record, 0, {lab("4548-4", "6.5", "%", day(2021, 1, 1))});
  normalise(record);
  ASSERT_NE(record.facts[0].attribute("future_date"), nullptr);
}

// --- order of arrival ---

// Everything that a report could show of a record, as text.
std::string print(const Record& record) {
  std::string all;
  for (const Fact& fact : record.facts) {
    all += std::to_string(static_cast<int>(fact.kind)) + fact.text + "|" + fact.when.text() + "|" +
           fact.value.raw + fact.value.canonical_number + "|" + fact.flag.code +
           (fact.conflict ? "C" : "") + (fact.hidden ? "H" : "") +
           (fact.duplicate_of ? std::to_string(*fact.duplicate_of) : "-") + fact.implausible;
    for (const SourceRef& ref : fact.sources) {
      all += "@" + record.sources.at(ref.source).sha256.substr(0, 4) + "/" + ref.locator;
    }
    all += "\n";
  }
  for (const Source& source : record.sources) all += source.provider_id + source.sha256;
  for (const Loss& loss : record.losses) all += std::to_string(loss.source) + loss.reason;
  return all;
}

Fact any_fact() {
  const When when = *rc::gen::arbitrary<bool>()
                        ? day(2020, 1, *rc::gen::inRange(1U, 4U))
                        : minute(2020, 1, *rc::gen::inRange(1U, 4U), *rc::gen::inRange(0, 3) * 60);
  const std::string number = *rc::gen::element<std::string>("5.5", "99", "99.1", "5.50", "140");
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return lab("2345-7", number.c_str(), *rc::gen::element("mg/dL", "mmol/L"), when);
    case 1:
      return lab("2339-0", number.c_str(), "mg/dL", when);
    case 2:
      return coded(Kind::medication, kRxNorm.data(), *rc::gen::element("1", "2"), "Drug", when);
    default:
      return coded(Kind::problem, kSnomed.data(), *rc::gen::element("3", "4"), "Problem", when);
  }
}

TEST(NormaliseProperty, ArrivalOrderChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 5);
    std::vector<std::vector<Fact>> facts(count);
    for (auto& each : facts) {
      each = *rc::gen::container<std::vector<Fact>>(rc::gen::exec(any_fact));
    }
    std::vector<std::size_t> arrival(count);
    std::iota(arrival.begin(), arrival.end(), std::size_t{0});
    const Record all = record_of(count);
    const auto build = [&](const std::vector<std::size_t>& order) {
      Record record = all;
      record.sources.clear();
      for (const std::size_t each : order) {
        record.sources.push_back(all.sources[each]);
        add(record, record.sources.size() - 1, facts[each]);
      }
      normalise(record);
      return print(record);
    };
    const std::string first = build(arrival);
    std::reverse(arrival.begin(), arrival.end());
    RC_ASSERT(build(arrival) == first);
    std::rotate(arrival.begin(), arrival.begin() + 1, arrival.end());
    RC_ASSERT(build(arrival) == first);
  }));
}

TEST(NormaliseProperty, DuplicatesPointAtShownFacts) {
  EXPECT_TRUE(rc::check([] {
    Record record = record_of(2);
    for (std::size_t i = 0; i < 2; ++i) {
      add(record, i, *rc::gen::container<std::vector<Fact>>(rc::gen::exec(any_fact)));
    }
    normalise(record);
    for (const Fact& fact : record.facts) {
      if (!fact.duplicate_of) continue;
      RC_ASSERT(*fact.duplicate_of < record.facts.size());
      RC_ASSERT(!record.facts[*fact.duplicate_of].duplicate_of.has_value());
    }
  }));
}

// Each provider keeps its problem list, but a document that came through two of them is one list.
TEST(Normalise, ADocumentThroughTwoProvidersIsOneDocument) {
  const Fact problem =
      coded(Kind::problem, "http://snomed.info/sct", "38341003", "Hypertension", day(2020, 1, 1));
  for (const bool same_document : {true, false}) {
    Record record = record_of(2);
    for (std::size_t source = 0; source < 2; ++source) {
      record.sources[source].format = SourceFormat::ccda;
      Reading reading;
      reading.facts = {problem};
      ClinicalDocument document;
      document.id = same_document ? "2.16.1^7" : "2.16.1^" + std::to_string(source);
      reading.documents.push_back(document);
      add_reading(record, std::move(reading), source);
    }
    normalise(record);
    std::size_t shown = 0;
    for (const Fact& fact : record.facts) {
      if (fact.duplicate_of) continue;
      ++shown;
      EXPECT_EQ(fact.sources.size(), same_document ? 2U : 1U);
    }
    EXPECT_EQ(shown, same_document ? 1U : 2U);
  }
}

TEST(Normalise, TheSameFileTwiceAddsNothing) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto files = testing::files_under("fhir/synthea-2019");
  ASSERT_FALSE(files.empty());
  const std::string bytes = testing::load(files.front());
  std::size_t once = 0;
  for (std::size_t copies = 1; copies <= 2; ++copies) {
    Record record = record_of(copies);
    for (Source& source : record.sources) source.provider_id = "one";
    for (std::size_t i = 0; i < copies; ++i) {
      auto readings = read_fhir(bytes);
      ASSERT_TRUE(readings.has_value());
      add_reading(record, std::move(readings->at(0)), i);
    }
    normalise(record);
    if (copies == 1) once = shown(record);
    EXPECT_EQ(shown(record), once);
    EXPECT_EQ(conflicts(record), 0U);
  }
  EXPECT_GT(once, 80U);
}

}  // namespace
}  // namespace chartroom::evidence
