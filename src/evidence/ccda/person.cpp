// recordTarget: who the document is about.
#include <algorithm>

#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/header.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr std::string_view kSsnRoot = "2.16.840.1.113883.4.1";

std::string attribute(pugi::xml_node node, const char* name) {
  return std::string(base::trim(node.attribute(name).value()));
}

bool contains_word(std::string_view list, std::string_view word) {
  const auto words = base::split(list, ' ');
  return std::ranges::find(words, word) != words.end();
}

/// EntityNameUse (2.16.840.1.113883.5.45) in FHIR's words.
std::string name_use(pugi::xml_node name) {
  const std::string_view use = name.attribute("use").value();
  if (contains_word(use, "P") || contains_word(use, "A")) return "nickname";
  if (contains_word(use, "M")) return "maiden";
  if (read_period(name.child("validTime")).high.known()) return "old";
  if (contains_word(use, "L") || contains_word(use, "C") || contains_word(use, "OR")) {
    return "official";
  }
  return use.empty() ? "" : "usual";
}

/// A name without parts: "Doe, Jane A." or "Jane A. Doe".
PersonName from_free_text(const std::string& text) {
  PersonName name;
  auto given = text;
  if (const auto comma = text.find(','); comma != std::string::npos) {
    name.family = base::trim(std::string_view(text).substr(0, comma));
    given = base::trim(std::string_view(text).substr(comma + 1));
  } else if (const auto space = text.rfind(' '); space != std::string::npos) {
    name.family = text.substr(space + 1);
    given = text.substr(0, space);
  } else {
    name.family = text;
    given.clear();
  }
  for (auto& part : base::split(given, ' ')) {
    if (!part.empty()) name.given.push_back(std::move(part));
  }
  return name;
}

/// One <name> holds several names when parts are qualified: call-me names, birth names, and more
/// than one family name.
void add_names(pugi::xml_node element, std::vector<PersonName>& names) {
  if (is_null(element)) return;
  PersonName main;
  main.use = name_use(element);
  std::vector<std::string> call_me;
  std::vector<std::string> birth_families;
  for (const auto part : element.children()) {
    if (part.type() != pugi::node_element || is_null(part)) continue;
    auto text = flat_text(part);
    if (text.empty()) continue;
    const std::string_view kind = part.name();
    const std::string_view qualifier = part.attribute("qualifier").value();
    if (kind == "given") {
      (contains_word(qualifier, "CL") ? call_me : main.given).push_back(std::move(text));
    } else if (kind == "family" && contains_word(qualifier, "BR")) {
      birth_families.push_back(std::move(text));
    } else if (kind == "family") {
      main.family += (main.family.empty() ? "" : " ") + text;
    } else if (kind == "suffix" && !contains_word(qualifier, "AC")) {
      main.suffix += (main.suffix.empty() ? "" : " ") + text;
    }
  }
  if (main.given.empty() && main.family.empty() && call_me.empty() && birth_families.empty()) {
    const auto text = flat_text(element);
    if (text.empty()) return;
    const auto use = main.use;
    main = from_free_text(text);
    main.use = use;
  }
  if (main.family.empty() && !birth_families.empty()) {
    main.family = birth_families.front();
    if (main.use.empty()) main.use = "maiden";
    birth_families.erase(birth_families.begin());
  }
  if (main.given.empty() && !call_me.empty()) main.given = std::move(call_me), call_me.clear();
  names.push_back(main);
  for (auto& family : birth_families) {
    names.push_back({main.given, std::move(family), main.suffix, "maiden"});
  }
  for (auto& nickname : call_me) {
    names.push_back({{std::move(nickname)}, main.family, main.suffix, "nickname"});
  }
}

PostalAddress read_address(pugi::xml_node node) {
  PostalAddress address;
  for (const auto part : node.children()) {
    if (part.type() != pugi::node_element || is_null(part)) continue;
    auto text = flat_text(part);
    if (text.empty()) continue;
    const std::string_view kind = part.name();
    if (kind == "streetAddressLine" || kind == "additionalLocator" || kind == "unitID" ||
        kind == "deliveryAddressLine") {
      address.lines.push_back(std::move(text));
    } else if (kind == "city") {
      address.city = std::move(text);
    } else if (kind == "state") {
      address.state = std::move(text);
    } else if (kind == "postalCode") {
      address.zip = std::move(text);
    }
  }
  if (address.lines.empty()) {
    const auto number = flat_text(node.child("houseNumber"));
    const auto street = flat_text(node.child("streetName"));
    if (!street.empty()) address.lines.push_back(number.empty() ? street : number + " " + street);
  }
  return address;
}

void add_telecom(pugi::xml_node node, Person& person) {
  if (is_null(node)) return;
  auto value = attribute(node, "value");
  const auto lower = base::to_lower_ascii(value);
  if (lower.starts_with("mailto:")) {
    value = value.substr(7);
    if (!value.empty()) person.emails.push_back(std::move(value));
  } else if (lower.find(':') == std::string::npos && lower.find('@') != std::string::npos) {
    person.emails.push_back(std::move(value));
  } else if (lower.starts_with("tel:") || lower.find(':') == std::string::npos) {
    if (lower.starts_with("tel:")) value = base::trim(std::string_view(value).substr(4));
    const bool digits = std::ranges::any_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (digits) person.phones.push_back(std::move(value));
  }
}

/// Nine digits that the Social Security Administration can have issued; empty otherwise. A
/// placeholder such as 000-00-0000 would contradict the true number of the right person.
std::string possible_ssn(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '-' && c != ' ') {
      return {};
    }
  }
  const bool possible = digits.size() == 9 && !digits.starts_with("000") &&
                        !digits.starts_with("666") && digits[0] != '9' &&
                        digits.substr(3, 2) != "00" && digits.substr(5) != "0000" &&
                        digits.find_first_not_of(digits[0]) != std::string::npos;
  return possible ? digits : std::string();
}

void add_id(pugi::xml_node node, Person& person) {
  if (is_null(node)) return;
  const auto root = attribute(node, "root");
  const auto extension = attribute(node, "extension");
  if (root == kSsnRoot) {
    if (person.ssn.empty()) person.ssn = possible_ssn(extension);
    return;
  }
  if (root.empty() && extension.empty()) return;
  Identifier id;
  id.system = extension.empty() ? "urn:ietf:rfc:3986" : "urn:oid:" + root;
  id.value = extension.empty() ? root : extension;
  person.identifiers.push_back(std::move(id));
}

std::string read_sex(Context& context, pugi::xml_node code, const std::string& locator) {
  if (is_null(code)) return {};
  const auto value = attribute(code, "code");
  if (value == "F") return "female";
  if (value == "M") return "male";
  if (value == "UN") return "other";
  if (value.empty() || value == "UNK" || value == "U") return "unknown";
  context.lose(locator + "/patientRole/patient/administrativeGenderCode",
               "The gender code of the patient is none that is known.");
  return "unknown";
}

void read_birth(pugi::xml_node node, Person& person) {
  if (is_null(node)) return;
  const auto written = attribute(node, "value");
  const auto when = read_time(written);
  if (!when.known() || when.precision < Precision::day) {
    person.birth_date_raw = written;
    return;
  }
  // The calendar day as written: a time zone must not move somebody's birthday.
  std::string digits;
  for (const char c : written) {
    if (c >= '0' && c <= '9' && digits.size() < 8) digits += c;
  }
  person.birth_date =
      base::parse_date(digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2));
  if (!person.birth_date) person.birth_date_raw = written;
}

void read_death(pugi::xml_node patient, Person& person) {
  const auto flag = patient.child("sdtc:deceasedInd");
  const std::string_view value = flag.attribute("value").value();
  person.deceased = read_time(patient.child("sdtc:deceasedTime"));
  person.is_deceased =
      person.deceased.known() || (!is_null(flag) && (value == "true" || value == "1"));
}

}  // namespace

Person read_person(Context& context, pugi::xml_node document) {
  Person person;
  std::size_t place = 0;
  for (const auto target : document.children("recordTarget")) {
    const auto locator = "recordTarget[" + std::to_string(++place) + "]";
    if (place > 1) {
      context.lose(locator, "The document names more than one patient; only the first was read.");
      continue;
    }
    person.locator = locator;
    const auto role = target.child("patientRole");
    const auto patient = role.child("patient");
    for (const auto id : role.children("id")) add_id(id, person);
    for (const auto address : role.children("addr")) {
      if (!is_null(address)) person.addresses.push_back(read_address(address));
    }
    std::erase_if(person.addresses, [](const PostalAddress& address) {
      return address.lines.empty() && address.city.empty() && address.zip.empty();
    });
    for (const auto telecom : role.children("telecom")) add_telecom(telecom, person);
    for (const auto name : patient.children("name")) add_names(name, person.names);
    person.sex = read_sex(context, patient.child("administrativeGenderCode"), locator);
    read_birth(patient.child("birthTime"), person);
    read_death(patient, person);
    person.marital_status = coded_text(context, present_child(patient, "maritalStatusCode"));
    for (const auto language : patient.children("languageCommunication")) {
      const std::string_view preferred = language.child("preferenceInd").attribute("value").value();
      if (person.language.empty() || preferred == "true") {
        if (auto code = attribute(present_child(language, "languageCode"), "code"); !code.empty()) {
          person.language = std::move(code);
        }
      }
    }
  }
  if (place == 0) context.lose("recordTarget", "The document names no patient.");
  return person;
}

}  // namespace chartroom::evidence::ccda
