// The reader over every FHIR file of the shared data.

#include "evidence/shared_data_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "evidence/fhir/json.hpp"
#include "evidence/read.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

using testing::files_under;
using testing::load;

std::map<Kind, std::size_t> count_kinds(const Reading& reading) {
  std::map<Kind, std::size_t> counts;
  for (const Fact& fact : reading.facts) ++counts[fact.kind];
  return counts;
}

// How often a type of resource stands in a Bundle, without the reader under test.
std::size_t count_type(const fhir::Json& bundle, std::string_view type) {
  std::size_t count = 0;
  for (const fhir::Json& entry : bundle["entry"]) {
    if (entry["resource"]["resourceType"].string() == type) ++count;
  }
  return count;
}

TEST(SharedFhir, EveryFileIsReadAndEveryFactHasItsPlace) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t files = 0;
  for (const auto& path : files_under("fhir")) {
    const std::string name = path.filename().string();
    const auto readings = read_item(load(path));
    ASSERT_TRUE(readings.has_value()) << name;
    ++files;
    for (const Reading& reading : *readings) {
      EXPECT_FALSE(reading.person.locator.empty()) << name;
      for (const Fact& fact : reading.facts) {
        ASSERT_EQ(fact.sources.size(), 1U) << name;
        EXPECT_NE(fact.sources.front().locator.find('/'), std::string::npos) << name;
        EXPECT_FALSE(fact.text.empty() && fact.codes.empty()) << name << fact.sources[0].locator;
      }
    }
  }
  EXPECT_EQ(files, 248U);
}

TEST(SharedFhir, SyntheaPatientsHaveAllOfTheirResources) {
  CHARTROOM_NEED_SHARED_DATA();
  for (const char* folder : {"fhir/synthea-2019", "fhir/synthea-2021-uscore"}) {
    std::vector<std::string> supporting_text;
    for (const auto& path : files_under(folder)) {
      if (path.filename().string().starts_with("0-")) supporting_text.push_back(load(path));
    }
    const std::vector<std::string_view> supporting(supporting_text.begin(), supporting_text.end());
    for (const auto& path : files_under(folder)) {
      const std::string name = path.filename().string();
      if (name.starts_with("0-")) continue;
      const std::string bytes = load(path);
      const auto readings = read_fhir(bytes, supporting);
      ASSERT_TRUE(readings.has_value()) << name;
      ASSERT_EQ(readings->size(), 1U) << name;
      auto counts = count_kinds(readings->front());
      std::size_t nodes = fhir::kJsonNodesMost;
      const auto document = fhir::JsonDocument::parse(bytes, nodes);
      ASSERT_TRUE(document.has_value());
      const auto expect = [&](Kind kind, std::string_view type) {
        EXPECT_EQ(counts[kind], count_type(document->root(), type)) << name << " " << type;
      };
      expect(Kind::problem, "Condition");
      expect(Kind::encounter, "Encounter");
      expect(Kind::immunization, "Immunization");
      expect(Kind::procedure, "Procedure");
      expect(Kind::allergy, "AllergyIntolerance");
      expect(Kind::medication, "MedicationRequest");
      EXPECT_GE(counts[Kind::vital] + counts[Kind::result] + counts[Kind::social_history] +
                    counts[Kind::functional_status],
                count_type(document->root(), "Observation"))
          << name;
      for (const Loss& loss : readings->front().losses) {
        EXPECT_NE(loss.reason.find("billing"), std::string::npos)
            << name << " " << loss.locator << " " << loss.reason;
      }
    }
  }
}

TEST(SharedFhir, EncountersOfTheUsCoreBundlesNameTheirPlaceAndClinician) {
  CHARTROOM_NEED_SHARED_DATA();
  std::vector<std::string> supporting_text;
  for (const auto& path : files_under("fhir/synthea-2021-uscore")) {
    if (path.filename().string().starts_with("0-")) supporting_text.push_back(load(path));
  }
  ASSERT_EQ(supporting_text.size(), 2U);
  const auto path = files_under("fhir/synthea-2021-uscore").back();
  const auto readings = read_fhir(load(path), {supporting_text.begin(), supporting_text.end()});
  ASSERT_TRUE(readings.has_value());
  std::size_t documents = 0;
  for (const Fact& fact : readings->at(0).facts) {
    if (fact.kind == Kind::encounter) {
      EXPECT_FALSE(fact.organization.empty());
      EXPECT_FALSE(fact.performer.empty());
    }
    if (fact.kind == Kind::document) {
      ++documents;
      EXPECT_FALSE(fact.narrative.empty());
    }
  }
  EXPECT_GT(documents, 10U);
}

TEST(SharedFhir, NumbersAreThoseOfTheFile) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t numbers = 0;
  std::size_t with_canonical = 0;
  for (const auto& path : files_under("fhir/synthea-2019")) {
    const std::string bytes = load(path);
    auto readings = read_fhir(bytes);
    ASSERT_TRUE(readings.has_value());
    Record record;
    record.sources.resize(1);
    add_reading(record, std::move(readings->at(0)), 0);
    normalise(record);
    for (const Fact& fact : record.facts) {
      if (fact.value.number.empty()) continue;
      ++numbers;
      with_canonical += fact.value.canonical_number.empty() ? 0 : 1;
      EXPECT_NE(bytes.find(": " + fact.value.number), std::string::npos) << fact.value.number;
    }
  }
  EXPECT_GT(numbers, 300U);
  EXPECT_GT(with_canonical * 10, numbers * 8);
}

TEST(SharedFhir, BulkConditionsGoToTheirPatients) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto folder = testing::shared_folder() / "fhir/bulk-ndjson-10";
  const std::string patients = load(folder / "Patient.000.ndjson");
  const auto people = read_fhir(patients);
  ASSERT_TRUE(people.has_value());
  EXPECT_GE(people->size(), 10U);
  const auto readings = read_fhir(load(folder / "Condition.000.ndjson"), {patients});
  ASSERT_TRUE(readings.has_value());
  EXPECT_GT(readings->size(), 1U);
  std::size_t conditions = 0;
  for (const Reading& reading : *readings) {
    EXPECT_FALSE(reading.person.names.empty());
    conditions += reading.facts.size();
  }
  EXPECT_GT(conditions, 500U);
}

TEST(SharedFhir, TruncatedFilesNeverCrash) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto files = files_under("fhir/inferno-uscore");
  for (const auto& path : files) {
    const std::string bytes = load(path);
    for (std::size_t part = 1; part < 12; ++part) {
      EXPECT_FALSE(read_fhir(std::string_view(bytes).substr(0, bytes.size() * part / 12)));
    }
  }
}

// Types that are looked at where others refer to them.
bool is_only_referenced(std::string_view type) {
  constexpr std::array<std::string_view, 12> kTypes{
      "Binary",           "Endpoint",     "Group",         "Location",
      "Medication",       "Organization", "Patient",       "Practitioner",
      "PractitionerRole", "Provenance",   "RelatedPerson", "Specimen"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// A panel or report that only lists its members, which are findings of their own.
bool is_frame(const fhir::Json& resource) {
  const std::string_view type = resource["resourceType"].string();
  if (type == "Observation") {
    return resource["hasMember"].exists() || resource["component"].exists();
  }
  return type == "DiagnosticReport" && resource["result"].exists() &&
         !resource["conclusion"].exists();
}

void collect_resources(const fhir::Json& json, std::vector<const fhir::Json*>& resources) {
  if (json["resourceType"].string() != "Bundle") {
    resources.push_back(&json);
    return;
  }
  for (const fhir::Json& entry : json["entry"]) collect_resources(entry["resource"], resources);
}

// Every resource of a file is a finding, holds one, or is named as a loss.
void expect_nothing_silent(const std::string& name, const std::string& bytes,
                           const std::vector<Reading>& readings) {
  std::set<std::string> places;
  for (const Reading& reading : readings) {
    for (const Fact& fact : reading.facts) places.insert(fact.sources.front().locator);
    for (const Loss& loss : reading.losses) places.insert(loss.locator);
  }
  std::size_t nodes = fhir::kJsonNodesMost;
  std::vector<fhir::JsonDocument> documents;
  const std::vector<std::string> texts = detect(bytes) == Detected::fhir_ndjson
                                             ? base::split(bytes, '\n')
                                             : std::vector<std::string>{bytes};
  for (const std::string& text : texts) {
    if (auto document = fhir::JsonDocument::parse(text, nodes)) {
      documents.push_back(std::move(*document));
    }
  }
  std::vector<const fhir::Json*> resources;
  for (const auto& document : documents) collect_resources(document.root(), resources);
  for (const fhir::Json* resource : resources) {
    const std::string type = (*resource)["resourceType"].text();
    const std::string place = type + "/" + (*resource)["id"].text();
    if (is_only_referenced(type) || is_frame(*resource) || places.count(type) > 0) continue;
    const auto at = places.lower_bound(place);
    EXPECT_TRUE(at != places.end() && at->starts_with(place)) << name << " " << place;
  }
}

TEST(SharedFhir, NothingIsPassedOverInSilence) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t files = 0;
  for (const char* folder : {"fhir/synthea-2019", "fhir/synthea-2021-uscore", "fhir/inferno-uscore",
                             "fhir/us-core-examples", "fhir/bulk-ndjson-10"}) {
    const auto paths = files_under(folder);
    std::vector<std::string> contents;
    for (const auto& path : paths) contents.push_back(load(path));
    for (std::size_t i = 0; i < paths.size(); ++i) {
      std::vector<std::string_view> supporting;
      for (std::size_t j = 0; j < paths.size(); ++j) {
        if (j != i) supporting.emplace_back(contents[j]);
      }
      const auto readings = read_item(contents[i], supporting);
      ASSERT_TRUE(readings.has_value());
      // Without a patient nothing can be kept, and the product says so.
      if (readings->empty()) continue;
      ++files;
      expect_nothing_silent(paths[i].filename().string(), contents[i], *readings);
    }
  }
  EXPECT_GE(files, 200U);
}

TEST(SharedFhir, SmokingStatusIsUnderstood) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t statements = 0;
  for (const auto& path : files_under("fhir/synthea-2019")) {
    const auto readings = read_fhir(load(path));
    for (const Fact& fact : readings->at(0).facts) {
      const Analyte* analyte = find_analyte(fact);
      if (analyte == nullptr || analyte->id != "smoking_status") continue;
      ++statements;
      EXPECT_EQ(fact.kind, Kind::social_history);
      const auto meaning = smoking_meaning(fact);
      ASSERT_TRUE(meaning.has_value());
      EXPECT_TRUE(meaning->status != Smoking::unknown);
    }
  }
  EXPECT_GT(statements, 3U);
}

}  // namespace
}  // namespace chartroom::evidence
