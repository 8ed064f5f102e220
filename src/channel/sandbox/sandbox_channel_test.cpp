#include "channel/sandbox/sandbox_channel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "base/bytes.hpp"
#include "base/testing.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/folder_loader.hpp"
#include "channel/sandbox/life.hpp"
#include "channel/sandbox/personas.hpp"
#include "evidence/identity.hpp"
#include "evidence/read.hpp"

namespace chartroom::channel {
namespace {

using app::RetrievalAnswer;
using app::RetrievalRequest;
using order::Channel;

base::TimePoint at(const char* iso) { return *base::parse_iso(iso); }

/// What the app does with an order's demographics, for what the sandbox looks at.
void fill_person(RetrievalRequest& request) {
  const app::NewOrder& order = request.applicant;
  evidence::PersonName name;
  if (order.first_name) name.given.push_back(*order.first_name);
  if (order.middle_name) name.given.push_back(*order.middle_name);
  name.family = order.last_name.value_or("");
  request.person.names = {name};
  request.person.birth_date = order.date_of_birth;
  request.person.sex = order.gender.value_or("");
  if (order.phone) request.person.phones = {*order.phone};
  if (order.address) {
    evidence::PostalAddress address;
    if (order.address->street1) address.lines.push_back(*order.address->street1);
    address.city = order.address->city.value_or("");
    address.state = order.address->state.value_or("");
    address.zip = order.address->zip.value_or("");
    request.person.addresses = {address};
  }
  if (order.ssn) request.person.ssn = order.ssn->reveal();
}

RetrievalRequest jane(const std::string& last_name = "Doe") {
  RetrievalRequest request;
  request.order_id = "order";
  request.sandbox = true;
  request.now = at("2026-11-20T10:00:00Z");
  request.asked_at = request.now;
  app::NewOrder& order = request.applicant;
  order.first_name = "Jane";
  order.middle_name = "A.";
  order.last_name = last_name;
  order.gender = "female";
  order.date_of_birth = base::Date{1968, 2, 13};
  order.phone = "(555) 213-5555";
  app::Address address;
  address.street1 = "969-1762 Buttery Rd.";
  address.city = "Boise";
  address.state = "ID";
  address.zip = "83712";
  order.address = address;
  order.conditions = {"COPD", "Tobacco use"};
  fill_person(request);
  return request;
}

std::shared_ptr<const SandboxNetwork> network(std::vector<std::filesystem::path> folders = {}) {
  base::NullLogger logger;
  SandboxOptions options;
  options.folders = std::move(folders);
  return SandboxNetwork::load(options, logger);
}

RetrievalAnswer ask(RetrievalRequest request, Channel kind = Channel::ehr) {
  request.channel = kind;
  auto answer = SandboxNetwork::channel(network(), kind)->retrieve(request);
  EXPECT_TRUE(answer.has_value());
  return answer ? *answer : RetrievalAnswer{};
}

evidence::IdentityDecision match(const RetrievalRequest& request, const evidence::Person& found) {
  return evidence::match_identity(request.person, found, evidence::Trust::network,
                                  base::Date::from(request.now));
}

std::string all_bytes(const RetrievalAnswer& answer) {
  std::string text;
  for (const auto& item : answer.items) text += item.bytes;
  return text;
}

TEST(SandboxGenerator, SameRequestGivesSameBytes) {
  const RetrievalAnswer first = ask(jane());
  ASSERT_FALSE(first.items.empty());
  EXPECT_EQ(base::sha256_hex(all_bytes(first)), base::sha256_hex(all_bytes(ask(jane()))));
}

TEST(SandboxGenerator, ALaterNowOnlyAdds) {
  Identity who;
  who.given = {"Jane"};
  who.family = "Doe";
  who.birth = {1968, 2, 13};
  who.sex = "female";
  const Chart before = live(who, {}, at("2024-03-01T00:00:00Z"));
  const Chart after = live(who, {}, at("2026-11-20T00:00:00Z"));
  ASSERT_LT(before.visits.size(), after.visits.size());
  for (std::size_t i = 0; i < before.visits.size(); ++i) {
    EXPECT_EQ(before.visits[i].start, after.visits[i].start);
    EXPECT_EQ(before.visits[i].note, after.visits[i].note);
    EXPECT_EQ(before.visits[i].prescriptions.size(), after.visits[i].prescriptions.size());
  }
}

TEST(SandboxGenerator, NothingLiesInTheFuture) {
  for (const Visit& visit : live({{"A"}, "B", {1950, 1, 1}, "male", {}, "", "", "", "", "", ""}, {},
                                 at("2026-11-20T00:00:00Z"))
                                .visits) {
    EXPECT_LT(visit.end, at("2026-11-20T00:00:00Z"));
  }
}

#ifndef CHARTROOM_TEST_APPLICANTS
#define CHARTROOM_TEST_APPLICANTS 200
#endif
constexpr int kApplicants = CHARTROOM_TEST_APPLICANTS;

/// Many applicants: names of several scripts, all ages, optional fields missing here and there.
RetrievalRequest random_applicant(int number) {
  Chance chance("applicants", std::to_string(number));
  const std::vector<std::string> given = {"Zoë",    "José",  "Łukasz",  "Mary Ann", "Søren",
                                          "Nguyễn", "Олена", "D'Andre", "Li",       "Ayşe"};
  const std::vector<std::string> family = {"Müller",   "O'Brien", "García-López", "Østergård",
                                           "Petrenko", "van Dyk", "Нечай",        "Smith & Sons",
                                           "Çelik",    "Wu"};
  RetrievalRequest request = jane(chance.pick(family));
  app::NewOrder& order = request.applicant;
  order.first_name = chance.pick(given);
  if (chance.likely(.5)) order.middle_name.reset();
  order.gender = chance.likely(.5) ? "male" : "female";
  order.date_of_birth =
      base::Date{chance.between(1935, 2018), static_cast<unsigned>(chance.between(1, 12)),
                 static_cast<unsigned>(chance.between(1, 28))};
  if (chance.likely(.4)) order.phone.reset();
  if (chance.likely(.3)) order.address->city.reset();
  if (chance.likely(.3)) order.conditions.clear();
  if (chance.likely(.2)) order.ssn = base::Sensitive<std::string>("900123456");
  fill_person(request);
  return request;
}

TEST(SandboxGenerator, EveryApplicantIsReadBackAcceptedAndWhole) {
  for (int number = 0; number < kApplicants; ++number) {
    const RetrievalRequest request = random_applicant(number);
    const RetrievalAnswer answer = ask(request);
    std::map<evidence::Kind, std::size_t> counts;
    std::set<bool> formats;
    for (const auto& item : answer.items) {
      const auto readings = evidence::read_item(item.bytes);
      ASSERT_TRUE(readings.has_value()) << number << ' ' << readings.error().message;
      ASSERT_EQ(readings->size(), 1U) << number;
      const evidence::Reading& reading = readings->front();
      const auto decision = match(request, reading.person);
      EXPECT_EQ(decision.verdict, evidence::Verdict::accept) << number << ' ' << decision.reason;
      for (const auto& loss : reading.losses) {
        ADD_FAILURE() << number << ' ' << loss.locator << ' ' << loss.reason;
      }
      EXPECT_TRUE(evidence::impossible_finding(request.person, reading.facts).empty());
      for (const auto& fact : reading.facts) ++counts[fact.kind];
      formats.insert(item.media_type == "application/xml");
    }
    EXPECT_EQ(formats.size(), 2U) << number;
    using evidence::Kind;
    for (const Kind kind :
         {Kind::problem, Kind::allergy, Kind::result, Kind::vital, Kind::procedure, Kind::encounter,
          Kind::immunization, Kind::family_history, Kind::document}) {
      EXPECT_GT(counts[kind], 0U) << number << ' ' << evidence::section_name(kind);
    }
    if (request.applicant.date_of_birth->year < 2000) {
      EXPECT_GT(counts[Kind::medication], 0U) << number;
      EXPECT_GT(counts[Kind::social_history], 0U) << number;
    }
  }
}

TEST(SandboxGenerator, NarrativeOfTheCcdHasEveryAnchorThatEntriesNameAndOneOnly) {
  const RetrievalAnswer answer = ask(jane());
  std::size_t documents = 0;
  for (const auto& item : answer.items) {
    if (item.media_type != "application/xml") continue;
    ++documents;
    pugi::xml_document xml;
    ASSERT_TRUE(xml.load_buffer(item.bytes.data(), item.bytes.size()));
    std::multiset<std::string> anchors;
    for (const auto& node : xml.select_nodes("//*/@ID")) anchors.insert(node.attribute().value());
    std::size_t references = 0;
    for (const auto& node : xml.select_nodes("//reference/@value")) {
      ++references;
      EXPECT_EQ(anchors.count(std::string(node.attribute().value()).substr(1)), 1U);
    }
    EXPECT_GT(references, 50U);
  }
  EXPECT_GT(documents, 0U);
}

TEST(SandboxGenerator, ProvidersShareALaboratorySheet) {
  RetrievalRequest request = jane();
  for (int i = 0; i < 20; ++i) {
    request.applicant.first_name = std::string("Jane") + static_cast<char>('a' + i);
    const Chart chart = live({{*request.applicant.first_name},
                              "Doe",
                              {1968, 2, 13},
                              "female",
                              {},
                              "Boise",
                              "ID",
                              "83712",
                              "",
                              "",
                              ""},
                             {}, request.now);
    EXPECT_EQ(chart.copies.empty(), chart.facilities.size() == 2);
  }
}

TEST(SandboxGenerator, OnlyAnOrderedSocialSecurityNumberIsInARecord) {
  RetrievalRequest request = jane();
  EXPECT_EQ(all_bytes(ask(request)).find("us-ssn"), std::string::npos);
  request.applicant.ssn = base::Sensitive<std::string>("900123456");
  EXPECT_NE(all_bytes(ask(request)).find("900123456"), std::string::npos);
}

TEST(SandboxChannel, AnswersNothingOutsideTheSandboxOrWithoutABirthDate) {
  RetrievalRequest request = jane();
  request.sandbox = false;
  EXPECT_TRUE(ask(request).items.empty());
  request = jane();
  request.applicant.date_of_birth.reset();
  EXPECT_TRUE(ask(request).items.empty());
}

TEST(SandboxChannel, PortalGivesTheConnectedProvidersRecordsOnly) {
  RetrievalRequest request = jane();
  auto portal = SandboxNetwork::channel(network(), Channel::portal);
  const auto choices = portal->portals(request, "");
  ASSERT_GE(choices.size(), 4U);
  request.connection = choices.front().id;
  const auto own = portal->retrieve(request);
  ASSERT_TRUE(own && !own->items.empty());
  for (const auto& item : own->items) EXPECT_EQ(item.provider_id, choices.front().id);
  request.connection = choices.back().id;
  EXPECT_TRUE(portal->retrieve(request)->items.empty());
  const auto found = portal->portals(request, "prairie STAR");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().name, "Prairie Star Medical Group");
}

TEST(SandboxChannel, ApsTakesDaysAndSendsAnOlderPractice) {
  RetrievalRequest request = jane();
  RetrievalAnswer answer = ask(request, Channel::aps);
  EXPECT_EQ(answer.status, RetrievalAnswer::Status::still_running);
  EXPECT_GT(answer.retry_after.count(), 0);
  EXPECT_TRUE(answer.items.empty());
  request.now += std::chrono::days{7};
  answer = ask(request, Channel::aps);
  EXPECT_EQ(answer.status, RetrievalAnswer::Status::complete);
  ASSERT_EQ(answer.items.size(), 1U);
  EXPECT_EQ(evidence::detect(answer.items.front().bytes), evidence::Detected::ccda);
}

TEST(SandboxChannel, ApsVendorTellsHowFarItHasCome) {
  const auto ids = [](const RetrievalAnswer& answer) {
    std::vector<std::string> found;
    found.reserve(answer.notes.size());
    for (const app::VendorNote& note : answer.notes) found.push_back(note.id);
    return found;
  };
  RetrievalRequest request = jane();
  EXPECT_TRUE(ask(request, Channel::ehr).notes.empty());
  RetrievalAnswer answer = ask(request, Channel::aps);
  EXPECT_EQ(ids(answer), std::vector<std::string>{"sent"});
  const app::VendorNote first = answer.notes.front();
  ASSERT_EQ(first.provider_names.size(), 1U);
  EXPECT_NE(first.text.find(first.provider_names.front()), std::string::npos);
  EXPECT_EQ(first.client_provider_id, "");

  request.now += std::chrono::days{1};
  answer = ask(request, Channel::aps);
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"sent", "receipt-confirmed"}));
  EXPECT_EQ(answer.notes.front().text, first.text);
  request.now += std::chrono::days{6};
  answer = ask(request, Channel::aps);
  EXPECT_EQ(ids(answer),
            (std::vector<std::string>{"sent", "receipt-confirmed", "records-received"}));
  ASSERT_EQ(answer.items.size(), 1U);
  EXPECT_EQ(answer.notes.back().provider_ids,
            std::vector<std::string>{answer.items.front().provider_id});
}

TEST(SandboxChannel, ApsVendorSpeaksOfTheProviderThatWasOrdered) {
  RetrievalRequest request = jane();
  app::Provider provider;
  provider.name = "Maxwell Forrest M.D.";
  provider.organization_name = "Brentwood North Family Practice";
  provider.client_provider_id = "HAPI-12345";
  request.applicant.providers = {provider};
  const RetrievalAnswer answer = ask(request, Channel::aps);
  ASSERT_EQ(answer.notes.size(), 1U);
  EXPECT_EQ(answer.notes.front().provider_names,
            (std::vector<std::string>{"Maxwell Forrest M.D.", "Brentwood North Family Practice"}));
  EXPECT_EQ(answer.notes.front().client_provider_id, "HAPI-12345");
}

TEST(SandboxPersonas, AreFoundWithoutRegardToCase) {
  EXPECT_EQ(find_persona("norecords"), &kPersonas.front());
  EXPECT_EQ(find_persona("Doe"), nullptr);
}

TEST(SandboxPersonas, DoWhatTheTableSays) {
  for (const auto* silent : {"NoRecords", "Suppressed", "ExtraFee", "Question"})
    EXPECT_TRUE(ask(jane(silent)).items.empty()) << silent;
  EXPECT_EQ(ask(jane("TimesOut")).status, RetrievalAnswer::Status::still_running);

  RetrievalRequest pended = jane("PENDED");
  EXPECT_EQ(ask(pended).status, RetrievalAnswer::Status::needs_authorization);
  EXPECT_EQ(ask(pended).detail, "Starfleet Medical");
  pended.authorized = true;
  EXPECT_FALSE(ask(pended).items.empty());

  RetrievalRequest down = jane("VendorDown");
  auto channel = SandboxNetwork::channel(network(), Channel::ehr);
  for (down.attempt = 0; down.attempt < 3; ++down.attempt) {
    const auto answer = channel->retrieve(down);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, base::ErrorCode::unavailable);
  }
  EXPECT_FALSE(channel->retrieve(down)->items.empty());
}

TEST(SandboxPersonas, TheRecordsOfficeWantsItsFeeBeforeItCopies) {
  RetrievalRequest fee = jane("ExtraFee");
  const RetrievalAnswer asked = ask(fee, Channel::aps);
  EXPECT_EQ(asked.status, RetrievalAnswer::Status::needs_fee_approval);
  EXPECT_EQ(asked.ask.fee, (order::Fee{4'500, "USD"}));
  EXPECT_FALSE(asked.detail.empty());
  fee.approved_fees.push_back({asked.ask.id, asked.ask.fee});
  EXPECT_EQ(ask(fee, Channel::aps).status, RetrievalAnswer::Status::still_running);
  fee.now += std::chrono::days{6};
  EXPECT_FALSE(ask(fee, Channel::aps).items.empty());
}

TEST(SandboxPersonas, TheCopyingServiceAsksOneQuestionAfterTheOther) {
  RetrievalRequest question = jane("Question");
  const RetrievalAnswer first = ask(question, Channel::aps);
  EXPECT_EQ(first.status, RetrievalAnswer::Status::needs_answer);
  ASSERT_EQ(first.ask.choices.size(), 2U);
  RetrievalRequest nobody = question;
  nobody.answers.push_back({first.ask.id, first.ask.choices.back()});
  EXPECT_EQ(ask(nobody, Channel::aps).status, RetrievalAnswer::Status::complete);
  EXPECT_TRUE(ask(nobody, Channel::aps).items.empty());
  question.answers.push_back({first.ask.id, first.ask.choices.front()});
  const RetrievalAnswer second = ask(question, Channel::aps);
  EXPECT_EQ(second.status, RetrievalAnswer::Status::needs_answer);
  EXPECT_NE(second.ask.id, first.ask.id);
  EXPECT_TRUE(second.ask.choices.empty());
  question.answers.push_back({second.ask.id, "2012 to 2015"});
  question.now += std::chrono::days{6};
  EXPECT_FALSE(ask(question, Channel::aps).items.empty());
}

TEST(SandboxPersonas, TheWrongPersonIsNeverAccepted) {
  const RetrievalRequest request = jane("WrongPerson");
  const RetrievalAnswer answer = ask(request);
  ASSERT_FALSE(answer.items.empty());
  for (const auto& item : answer.items) {
    const auto readings = evidence::read_item(item.bytes);
    ASSERT_TRUE(readings && readings->size() == 1);
    EXPECT_EQ(readings->front().person.birth_date, request.person.birth_date);
    EXPECT_NE(match(request, readings->front().person).verdict, evidence::Verdict::accept);
  }
}

TEST(SandboxPersonas, BrokenDocumentsComeBesideGoodOnes) {
  std::size_t good = 0;
  std::size_t broken = 0;
  for (const auto& item : ask(jane("BrokenDocument")).items) {
    ++(evidence::read_item(item.bytes) ? good : broken);
  }
  EXPECT_GE(good, 2U);
  EXPECT_EQ(broken, 2U);
}

std::filesystem::path shared_data() {
  return std::filesystem::path(CHARTROOM_SOURCE_DIR) / "../shared/data/clinical";
}

class SandboxFolders : public testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(shared_data())) return;
    base::testing::do_without("the shared clinical data are not beside the project");
  }
};

RetrievalRequest order_for(const evidence::Person& person) {
  RetrievalRequest request = jane();
  request.applicant = {};
  if (!person.names.empty()) {
    request.applicant.last_name = person.names.front().family;
    if (!person.names.front().given.empty()) {
      request.applicant.first_name = person.names.front().given.front();
    }
  }
  request.applicant.date_of_birth = person.birth_date;
  request.person = person;
  return request;
}

TEST_F(SandboxFolders, EveryPatientIsFoundByTheirOwnDemographics) {
  const auto whole = network({shared_data()});
  EXPECT_GT(whole->folder_people(), 20U);
  auto channel = SandboxNetwork::channel(whole, Channel::ehr);
  std::size_t people = 0;
  for (const char* place : {"fhir/synthea-2019", "fhir/inferno-uscore", "ccda/vendor"}) {
    for (const auto& entry : std::filesystem::directory_iterator(shared_data() / place)) {
      const auto bytes = read_file(entry.path());
      ASSERT_TRUE(bytes.has_value());
      const auto readings = evidence::read_item(*bytes);
      if (!readings) continue;
      for (const auto& reading : *readings) {
        if (!reading.person.birth_date || reading.person.names.empty()) continue;
        ++people;
        const auto answer = channel->retrieve(order_for(reading.person));
        ASSERT_TRUE(answer.has_value());
        EXPECT_TRUE(std::any_of(answer->items.begin(), answer->items.end(), [&](const auto& item) {
          return item.bytes == *bytes;
        })) << entry.path().filename();
        // A patient of the folders gets nothing that was invented.
        for (const auto& item : answer->items) EXPECT_NE(item.label, "everything.json");
      }
    }
  }
  EXPECT_GT(people, 8U);
}

TEST_F(SandboxFolders, SomebodyElseOfTheSameBirthDateGetsNoInventedRecord) {
  auto channel = SandboxNetwork::channel(network({shared_data() / "ccda/vendor"}), Channel::ehr);
  RetrievalRequest request = jane("Unrelated");
  request.applicant.date_of_birth = base::Date{1970, 5, 1};  // Alice Newman's
  fill_person(request);
  const auto answer = channel->retrieve(request);
  ASSERT_TRUE(answer && !answer->items.empty());
  for (const auto& item : answer->items) {
    const auto readings = evidence::read_item(item.bytes);
    ASSERT_TRUE(readings.has_value());
    for (const auto& reading : *readings) {
      EXPECT_NE(match(request, reading.person).verdict, evidence::Verdict::accept);
    }
  }
}

TEST_F(SandboxFolders, ABulkFolderGivesOnePatientsRowsOnly) {
  auto channel =
      SandboxNetwork::channel(network({shared_data() / "fhir/bulk-ndjson-10"}), Channel::ehr);
  std::size_t with_facts = 0;
  const auto text = read_file(shared_data() / "fhir/bulk-ndjson-10/Patient.000.ndjson");
  ASSERT_TRUE(text.has_value());
  const auto patients = evidence::read_fhir(*text);
  ASSERT_TRUE(patients.has_value());
  for (const auto& patient : *patients) {
    const auto answer = channel->retrieve(order_for(patient.person));
    ASSERT_TRUE(answer.has_value());
    bool own = false;
    for (const auto& item : answer->items) {
      const auto readings = evidence::read_item(item.bytes);
      if (item.supporting) continue;
      ASSERT_TRUE(readings && readings->size() == 1U);
      const bool is_own = readings->front().person.locator == patient.person.locator;
      own = own || is_own;
      if (is_own && !readings->front().facts.empty()) ++with_facts;
    }
    EXPECT_TRUE(own);
  }
  EXPECT_GT(with_facts, 5U);
}

TEST(SandboxNetwork, AFolderThatIsNotThereIsNoReasonToFail) {
  EXPECT_EQ(network({"/nonexistent/folder"})->folder_people(), 0U);
}

}  // namespace
}  // namespace chartroom::channel
