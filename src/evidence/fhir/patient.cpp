#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "evidence/fhir/values.hpp"
#include "evidence/identity.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence::fhir {
namespace {

PersonName read_name(const Json& json) {
  PersonName name;
  for (const Json& given : json["given"].children) {
    if (!given.scalar.empty()) name.given.push_back(given.text());
  }
  name.family = json["family"].text();
  for (const Json& suffix : json["suffix"].children) {
    if (!name.suffix.empty()) name.suffix += ' ';
    name.suffix += suffix.text();
  }
  name.use = json["use"].text();
  // A name that was only sent as text: the last word is taken as the family name.
  if (name.given.empty() && name.family.empty() && json["text"].exists()) {
    std::vector<std::string> words =
        base::split(std::string(base::trim(json["text"].string())), ' ');
    std::erase(words, "");
    if (!words.empty()) {
      name.family = words.back();
      words.pop_back();
      name.given = std::move(words);
    }
  }
  return name;
}

PostalAddress read_address(const Json& json) {
  PostalAddress address;
  for (const Json& line : json["line"].children) address.lines.push_back(line.text());
  address.city = json["city"].text();
  address.state = json["state"].text();
  address.zip = json["postalCode"].text();
  return address;
}

void read_identifiers(const Json& patient, Person& person) {
  for (const Json& json : patient["identifier"]) {
    Identifier identifier;
    identifier.system = system_uri(json["system"].string());
    identifier.value = json["value"].text();
    identifier.type = first_code(json["type"]);
    if (identifier.value.empty()) continue;
    if (identifier.system == kSsnSystem || identifier.type == "SS") {
      // Kept out of the list of identifiers, so that no report can print it by accident.
      if (person.ssn.empty()) person.ssn = usable_ssn(identifier.value);
      continue;
    }
    person.identifiers.push_back(std::move(identifier));
  }
}

// US Core's extensions for sex and birth sex, in their several spellings of value and URL.
std::string sex_of_extensions(const Json& patient) {
  std::string birth_sex;
  for (const Json& extension : patient["extension"]) {
    const std::string_view url = extension["url"].string();
    const std::string_view name = url.substr(url.rfind('/') == url.npos ? 0 : url.rfind('/') + 1);
    const std::string code = extension["valueCoding"].exists()
                                 ? extension["valueCoding"]["code"].text()
                                 : extension["valueCode"].text();
    std::string sex;
    if (code == "248152002" || code == "F" || code == "female") sex = "female";
    if (code == "248153007" || code == "M" || code == "male") sex = "male";
    if (name == "us-core-sex" || name == "us-core-individual-sex") {
      if (!sex.empty()) return sex;
    } else if (name == "us-core-birthsex") {
      birth_sex = sex;
    }
  }
  return birth_sex;
}

}  // namespace

Person read_patient(const Json& patient, std::string locator) {
  Person person;
  person.locator = std::move(locator);
  for (const Json& name : patient["name"]) {
    PersonName read = read_name(name);
    if (!read.family.empty() || !read.given.empty()) person.names.push_back(std::move(read));
  }
  const std::string birth = patient["birthDate"].text();
  person.birth_date = base::parse_date(birth);
  if (!person.birth_date) person.birth_date_raw = birth;
  person.sex = patient["gender"].text();
  if (person.sex.empty() || person.sex == "unknown") {
    const std::string extended = sex_of_extensions(patient);
    if (!extended.empty()) person.sex = extended;
  }
  for (const Json& address : patient["address"]) person.addresses.push_back(read_address(address));
  for (const Json& contact : patient["telecom"]) {
    const std::string value = contact["value"].text();
    if (value.empty()) continue;
    if (contact["system"].string() == "email") {
      person.emails.push_back(value);
    } else if (contact["system"].string() == "phone" || contact["system"].string() == "sms") {
      person.phones.push_back(value);
    }
  }
  read_identifiers(patient, person);
  person.language = concept_text(patient["communication"][0]["language"]);
  person.marital_status = concept_text(patient["maritalStatus"]);
  person.deceased = read_when(patient["deceasedDateTime"].string());
  person.is_deceased = person.deceased.known() || patient["deceasedBoolean"].is_true();
  return person;
}

}  // namespace chartroom::evidence::fhir
