#include "app/applicant.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace chartroom::app {
namespace {

evidence::PostalAddress to_postal(const Address& address) {
  evidence::PostalAddress postal;
  if (address.street1) postal.lines.push_back(*address.street1);
  if (address.street2) postal.lines.push_back(*address.street2);
  postal.city = address.city.value_or("");
  postal.state = address.state.value_or("");
  postal.zip = address.zip.value_or("");
  return postal;
}

}  // namespace

bool carries_authorization(const NewOrder& order) {
  return std::any_of(order.attachments.begin(), order.attachments.end(),
                     [](const Attachment& a) { return a.type == "hipaaAuthorization"; });
}

std::set<order::Field> given_fields(const NewOrder& order, bool has_authorization) {
  std::set<order::Field> given;
  if (order.first_name && order.last_name) given.insert(order::Field::name);
  if (order.date_of_birth) given.insert(order::Field::date_of_birth);
  if (order.gender) given.insert(order::Field::gender);
  if (order.address && order.address->street1 && (order.address->state || order.address->zip)) {
    given.insert(order::Field::address);
  }
  if (!order.providers.empty()) given.insert(order::Field::providers);
  if (has_authorization) given.insert(order::Field::hipaa_authorization);
  return given;
}

evidence::Person to_person(const NewOrder& order) {
  evidence::Person person;
  evidence::PersonName name;
  if (order.first_name) name.given.push_back(*order.first_name);
  if (order.middle_name) name.given.push_back(*order.middle_name);
  name.family = order.last_name.value_or("");
  person.names.push_back(std::move(name));
  person.birth_date = order.date_of_birth;
  person.sex = order.gender.value_or("");
  if (order.address) person.addresses.push_back(to_postal(*order.address));
  if (order.phone) person.phones.push_back(*order.phone);
  if (order.client_user_email) person.emails.push_back(*order.client_user_email);
  if (order.ssn) person.ssn = order.ssn->reveal();
  for (const Provider& provider : order.providers) {
    if (provider.mrn) person.identifiers.push_back({"", *provider.mrn, "MR"});
  }
  return person;
}

std::vector<std::string> suppression_keys(const NewOrder& order, const Sealer& sealer) {
  if (!order.first_name || !order.last_name || !order.date_of_birth) return {};
  const std::string person = base::fold(*order.first_name) + "|" + base::fold(*order.last_name) +
                             "|" + order.date_of_birth->iso();
  std::vector<std::string> keys{sealer.keyed_hash("suppression|" + person)};
  if (order.ssn && order.ssn->reveal().size() >= 4) {
    const std::string& ssn = order.ssn->reveal();
    keys.push_back(sealer.keyed_hash("suppression|" + person + "|" + ssn.substr(ssn.size() - 4)));
  }
  return keys;
}

}  // namespace chartroom::app
