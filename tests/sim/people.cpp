#include "people.hpp"

#include <array>

namespace chartroom::sim {
namespace {

using order::Channel;
using order::Field;
using order::Trigger;
using std::chrono::days;

std::string two_digits(unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); }

app::Address address_of(const Person& person) {
  app::Address address;
  address.street1 = person.street;
  address.city = "Boise";
  address.state = "ID";
  address.zip = person.zip;
  return address;
}

app::Attachment authorization() {
  return {"hipaaAuthorization", "application/pdf", base::Sensitive<std::string>("%PDF-")};
}

const std::set<Field> kNetworkNeeds{Field::name, Field::date_of_birth, Field::gender,
                                    Field::address, Field::hipaa_authorization};
const std::set<Field> kVendorNeeds{Field::name,      Field::date_of_birth,
                                   Field::gender,    Field::address,
                                   Field::providers, Field::hipaa_authorization};

}  // namespace

std::vector<Person> make_people(unsigned count, Dice& dice) {
  static const std::array kStarts{"Bar", "Cole", "Dun", "Ester", "Fal", "Gar", "Hol", "Ing"};
  static const std::array kEnds{"worth", "man", "ley", "ton", "berg", "son", "field"};
  static const std::vector<std::string> kFemale{"Anna", "Carla", "Edith", "Gwen", "Irene"};
  static const std::vector<std::string> kMale{"Bruno", "David", "Felix", "Hugo", "John"};
  std::vector<Person> people;
  for (unsigned i = 0; i < count; ++i) {
    Person person;
    person.client_user_id = "applicant-" + two_digits(i);
    const bool male = dice.one_in(2);
    person.first = dice.of(male ? kMale : kFemale);
    person.gender = male ? "male" : "female";
    person.last =
        std::string(kStarts[i % kStarts.size()]) + kEnds[(i / kStarts.size()) % kEnds.size()];
    person.birth = std::to_string(1940 + (i * 17) % 60) + "-" + two_digits(1 + i % 12) + "-" +
                   two_digits(1 + i % 28);
    person.street = std::to_string(100 + i) + " Mill Lane";
    person.zip = "837" + two_digits(i % 100);
    if (i % 3 == 2) {
      person.last = people.back().last;
      person.street = people.back().street;
      person.zip = people.back().zip;
    }
    people.push_back(std::move(person));
  }
  return people;
}

std::string marker_of(const Person& person) { return "finding-of-" + person.client_user_id + "x"; }

app::NewOrder all_about(const Person& person) {
  app::NewOrder order;
  order.client_user_id = person.client_user_id;
  order.client_user_email = person.client_user_id + "@example.com";
  order.first_name = person.first;
  order.last_name = person.last;
  order.gender = person.gender;
  order.date_of_birth = base::parse_date(person.birth);
  order.address = address_of(person);
  app::Provider provider;
  provider.name = "Hill Street Clinic";
  provider.address = app::Address{};
  provider.address->zip = "83712";
  order.providers.push_back(provider);
  order.attachments.push_back(authorization());
  return order;
}

app::NewOrder order_for(const Person& person, const std::string& type, Dice& dice) {
  app::NewOrder order = all_about(person);
  order.order_type = type;
  if (dice.one_in(4)) order.attachments.clear();
  if (dice.one_in(5)) order.gender.reset();
  if (dice.one_in(5)) order.providers.clear();
  if (dice.one_in(8)) order.address.reset();
  if (dice.one_in(3)) order.client_data_json = R"({"agent":"7","share":1.50})";
  return order;
}

app::RetrievedItem record_of(const Person& person, Dice& dice) {
  static const std::vector<std::string> kProviders{"Hill Street Clinic", "Harbor Hospital",
                                                   "Lakeside Practice"};
  std::string patient = R"({"resource":{"resourceType":"Patient","id":"p1","name":[{"family":")" +
                        person.last + R"(","given":[")" + person.first + R"("]}],"birthDate":")" +
                        person.birth + "\"";
  const bool vague = dice.one_in(6);
  if (!vague) {
    patient += R"(,"gender":")" + person.gender + R"(","address":[{"line":[")" + person.street +
               R"("],"city":"Boise","state":"ID","postalCode":")" + person.zip + R"("}])";
  }
  app::RetrievedItem item;
  item.provider_name = dice.of(kProviders);
  item.provider_id = "provider-" + item.provider_name.substr(0, 4);
  item.media_type = "application/fhir+json";
  item.label = "bundle.json";
  const std::string finding = marker_of(person);
  item.bytes =
      R"({"resourceType":"Bundle","type":"collection","entry":[)" + patient +
      R"(}},{"resource":{"resourceType":"Condition","id":"c)" + std::to_string(dice.roll(3)) +
      R"(","subject":{"reference":"Patient/p1"},"code":{"text":")" + finding +
      R"("},"clinicalStatus":{"coding":[{"code":"active"}]},"onsetDateTime":"2020-05-0)" +
      std::to_string(1 + dice.roll(9)) +
      R"("}},{"resource":{"resourceType":"Encounter","id":"e1",)"
      R"("status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"},"period":{"start":"20)" +
      std::to_string(20 + dice.roll(7)) + R"(-03-01"}}}]})";
  return item;
}

std::vector<order::OrderType> make_order_types() {
  const auto make = [](const char* code, std::vector<order::ChannelPlan> channels,
                       base::Duration timeout, base::Duration task_time) {
    order::OrderType type;
    type.code = type.alias = type.description = code;
    type.channels = std::move(channels);
    type.timeout = timeout;
    type.task_time = task_time;
    type.reminders = {days{1}, days{2}, days{4}};
    type.outputs = {{"apidata", "json", {}}};
    return type;
  };
  std::vector<order::OrderType> types;
  types.push_back(
      make("network", {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds}}, days{3}, days{2}));
  types.push_back(make("complete",
                       {{Channel::portal, Trigger::at_start, {}, {}},
                        {Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
                        {Channel::aps, Trigger::at_start, days{7}, kVendorNeeds}},
                       days{20}, days{6}));
  types.back().sufficiency = {3, 4, false, 0};
  types.push_back(make("ladder",
                       {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
                        {Channel::portal, Trigger::when_insufficient, {}, {}},
                        {Channel::aps, Trigger::when_insufficient, {}, kVendorNeeds}},
                       days{12}, days{5}));
  types.back().sufficiency = {2, 1, false, 36};
  types.push_back(
      make("vendor", {{Channel::aps, Trigger::at_start, {}, kVendorNeeds}}, days{10}, days{3}));
  types.back().sufficiency = {2, 1, true, 0};
  types.push_back(
      make("portal", {{Channel::portal, Trigger::at_start, {}, {}}}, days{8}, days{30}));
  // Two that are asked at the same time.
  types.push_back(make("both",
                       {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
                        {Channel::aps, Trigger::at_start, {}, kVendorNeeds}},
                       days{9}, days{4}));
  types.back().sufficiency = {4, 4, false, 0};
  types.push_back(order::default_order_types().front());
  return types;
}

}  // namespace chartroom::sim
