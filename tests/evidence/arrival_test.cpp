// The same documents in any order of arrival give the same bytes of apidata.

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <numeric>
#include <random>

#include "base/bytes.hpp"
#include "evidence/read.hpp"
#include "evidence/shared_data_test.hpp"
#include "report/build.hpp"

namespace chartroom {
namespace {

namespace json = boost::json;
using evidence::Reading;
using evidence::Record;
using evidence::Source;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kOrders = 50;
#else
constexpr std::size_t kOrders = 1000;
#endif

/// One retrieved document: where it came from and what is in it.
struct Arrival {
  Source source;
  Reading reading;
};

std::vector<Arrival> read_all(const std::vector<std::string>& documents) {
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto readings = evidence::read_item(documents[i]);
    EXPECT_TRUE(readings.has_value());
    if (!readings || readings->empty()) continue;
    Arrival arrival;
    arrival.source.id = "record-" + std::to_string(i);
    arrival.source.provider_id = "provider-" + std::to_string(i % 3);
    arrival.source.provider_name = "Practice " + std::to_string(i % 3);
    arrival.source.channel = "ehr";
    arrival.source.sha256 = base::sha256_hex(documents[i]);
    arrival.source.retrieved_at =
        base::from_unix_ms(1'793'000'000'000 + 1000 * static_cast<std::int64_t>(i));
    arrival.source.format = evidence::detect(documents[i]) == evidence::Detected::ccda
                                ? evidence::SourceFormat::ccda
                                : evidence::SourceFormat::fhir_json;
    arrival.reading = std::move(readings->front());
    arrivals.push_back(std::move(arrival));
  }
  return arrivals;
}

std::string apidata_of(const std::vector<Arrival>& arrivals,
                       const std::vector<std::size_t>& order) {
  Record record;
  record.applicant = arrivals.front().reading.person;
  for (const std::size_t i : order) {
    const std::size_t source = record.sources.size();
    record.sources.push_back(arrivals[i].source);
    evidence::SourceOutcome outcome;
    outcome.source = source;
    outcome.person = arrivals[i].reading.person;
    record.outcomes.push_back(std::move(outcome));
    evidence::add_reading(record, arrivals[i].reading, source);
  }
  evidence::normalise(record);
  report::OrderContext context;
  context.order_id = "order";
  context.human_id = "0123456789abcdef0123456789abcdef";
  context.created = base::from_unix_ms(1'793'100'000'000);
  const auto built = report::build({{"apidata", report::Format::json, {}}}, record, context);
  EXPECT_TRUE(built.has_value() && built->size() == 1);
  return built && built->size() == 1 ? built->front().bytes : std::string{};
}

void expect_one_answer(const std::vector<std::string>& documents, std::size_t orders) {
  const std::vector<Arrival> arrivals = read_all(documents);
  ASSERT_GE(arrivals.size(), 3U);
  std::vector<std::size_t> order(arrivals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::string first = apidata_of(arrivals, order);
  EXPECT_GT(first.size(), 1000U);
  std::mt19937 dice(20'261'101);
  for (std::size_t round = 0; round < orders; ++round) {
    std::shuffle(order.begin(), order.end(), dice);
    ASSERT_EQ(base::sha256_hex(apidata_of(arrivals, order)), base::sha256_hex(first))
        << "order " << round;
  }
}

// --- documents of our own: what they say overlaps, repeats and contradicts ---

json::object coding(const char* system, std::string code, std::string text) {
  return {{"coding", json::array{json::object{{"system", system}, {"code", code}}}},
          {"text", std::move(text)}};
}

// Statement `number` as document `dice` says it: the day, the digits or the code may be others.
json::object statement(unsigned number, std::mt19937& dice) {
  const json::object patient{{"reference", "Patient/p"}};
  const std::string day =
      "2024-0" + std::to_string(1 + number % 6) + "-1" + std::to_string(number % 4 + dice() % 2);
  const std::string id = std::to_string(number) + "-" + std::to_string(dice() % 4);
  switch (number % 4) {
    case 0:
      return {{"resourceType", "Observation"},
              {"id", "o" + id},
              {"status", dice() % 3 == 0 ? "preliminary" : "final"},
              {"subject", patient},
              {"category", json::array{coding("", "laboratory", "")}},
              {"code", coding("http://loinc.org", number % 8 == 0 ? "4548-4" : "2093-3", "Test")},
              {"effectiveDateTime", dice() % 2 == 0 ? day : day + "T08:30:00Z"},
              {"valueQuantity", json::object{{"value", 5 + static_cast<int>(dice() % 2)},
                                             {"unit", number % 8 == 0 ? "%" : "mg/dL"},
                                             {"system", "http://unitsofmeasure.org"},
                                             {"code", number % 8 == 0 ? "%" : "mg/dL"}}}};
    case 1:
      return {{"resourceType", "Condition"},
              {"id", "c" + id},
              {"subject", patient},
              {"clinicalStatus", coding("", dice() % 2 == 0 ? "active" : "resolved", "")},
              {"code", coding("http://snomed.info/sct", std::to_string(1000 + number % 12),
                              "Condition " + std::to_string(number % 12))},
              {dice() % 2 == 0 ? "onsetDateTime" : "recordedDate", day}};
    case 2:
      return {{"resourceType", "MedicationRequest"},
              {"id", "m" + id},
              {"status", "active"},
              {"subject", patient},
              {"medicationCodeableConcept",
               coding("http://www.nlm.nih.gov/research/umls/rxnorm",
                      std::to_string(2000 + number % 8), "Drug " + std::to_string(number % 8))},
              {"authoredOn", day}};
    default:
      return {{"resourceType", "Encounter"},
              {"id", "e" + id},
              {"status", "finished"},
              {"subject", patient},
              {"type", json::array{json::object{{"text", "Visit"}}}},
              {"period", json::object{{"start", day + "T09:00:00Z"}, {"end", day + "T10:00:00Z"}}}};
  }
}

std::vector<std::string> made_documents() {
  std::vector<std::string> documents;
  std::mt19937 dice(7);
  for (int document = 0; document < 8; ++document) {
    json::array entries{json::object{
        {"resource", json::object{{"resourceType", "Patient"},
                                  {"id", "p"},
                                  {"name", json::array{json::object{{"given", json::array{"Jane"}},
                                                                    {"family", "Doe"}}}},
                                  {"gender", "female"},
                                  {"birthDate", "1968-02-13"}}}}};
    for (unsigned number = 0; number < 48; ++number) {
      if (dice() % 3 != 0) {
        entries.push_back(json::object{{"resource", statement(number, dice)}});
      }
    }
    documents.push_back(json::serialize(
        json::object{{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", entries}}));
  }
  // The same document once more, through another provider; and a C-CDA in two versions.
  documents.push_back(documents.front());
  std::string summary =
      evidence::testing::load(CHARTROOM_SOURCE_DIR "/tests/fuzz/seeds/ccda/summary.xml");
  documents.push_back(summary);
  const std::size_t at = summary.find("<title>");
  if (at != std::string::npos) summary.insert(at + 7, "Another ");
  documents.push_back(summary);
  return documents;
}

TEST(Arrival, AThousandOrdersOfMadeDocumentsGiveOneAnswer) {
  expect_one_answer(made_documents(), kOrders);
}

// --- the shared data ---

// The Bundle of one patient as one Bundle for each encounter, with what refers to it; the rest by
// turns.
std::vector<std::string> split_bundle(const std::string& bytes, std::size_t most) {
  const json::value bundle = json::parse(bytes);
  std::vector<json::array> parts(most);
  json::value patient;
  std::map<std::string, std::size_t> encounters;
  for (const json::value& entry : bundle.at("entry").as_array()) {
    const json::object& resource = entry.at("resource").as_object();
    const json::string& type = resource.at("resourceType").as_string();
    if (type == "Patient") {
      patient = entry;
      continue;
    }
    std::string key;
    if (type == "Encounter") key = std::string(entry.at("fullUrl").as_string());
    if (const json::value* encounter = resource.if_contains("encounter")) {
      if (encounter->is_object()) key = std::string(encounter->at("reference").as_string());
    }
    const std::size_t part = encounters.emplace(key, encounters.size()).first->second % most;
    parts[part].push_back(entry);
  }
  std::vector<std::string> documents;
  for (json::array& part : parts) {
    if (part.empty()) continue;
    part.insert(part.begin(), patient);
    documents.push_back(json::serialize(
        json::object{{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", part}}));
  }
  return documents;
}

TEST(Arrival, AThousandOrdersOfAPatientsVisitsGiveOneAnswer) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto paths = evidence::testing::files_under("fhir/synthea-2019");
  const auto smallest =
      std::min_element(paths.begin(), paths.end(), [](const auto& a, const auto& b) {
        return std::filesystem::file_size(a) < std::filesystem::file_size(b);
      });
  auto documents = split_bundle(evidence::testing::load(*smallest), 12);
  documents.push_back(documents.front());
  expect_one_answer(documents, kOrders);
}

// As if all published documents were about one person: hundreds of duplicates and contradictions.
TEST(Arrival, ManyOrdersOfAllDocumentsGiveOneAnswer) {
  CHARTROOM_NEED_SHARED_DATA();
  std::vector<std::string> documents;
  for (const char* folder : {"ccda/onc-cert", "ccda/vendor"}) {
    for (const auto& path : evidence::testing::files_under(folder)) {
      std::string bytes = evidence::testing::load(path);
      if (evidence::read_item(bytes)) documents.push_back(std::move(bytes));
    }
  }
  expect_one_answer(documents, kOrders / 5);
}

}  // namespace
}  // namespace chartroom
