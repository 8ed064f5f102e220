#include "channel/sandbox/ccda_writer.hpp"

#include <set>
#include <sstream>

#include "base/text.hpp"
#include "channel/sandbox/ccda_sections.hpp"
#include "channel/sandbox/ccda_xml.hpp"
#include "channel/sandbox/chance.hpp"

namespace chartroom::channel {
namespace {

using namespace cda;

void write_address(pugi::xml_node parent, const std::vector<std::string>& street,
                   const std::string& city, const std::string& state, const std::string& zip) {
  if (street.empty() && city.empty() && state.empty() && zip.empty()) {
    add(parent, "addr", {{"nullFlavor", "UNK"}});
    return;
  }
  pugi::xml_node address = add(parent, "addr", {{"use", "HP"}});
  for (const std::string& line : street) add_text(address, "streetAddressLine", line);
  if (!city.empty()) add_text(address, "city", city);
  if (!state.empty()) add_text(address, "state", state);
  if (!zip.empty()) add_text(address, "postalCode", zip);
  add_text(address, "country", "US");
}

void write_telecom(pugi::xml_node parent, const std::string& phone) {
  if (phone.empty()) {
    add(parent, "telecom", {{"nullFlavor", "UNK"}});
  } else {
    add(parent, "telecom", {{"value", "tel:" + phone}, {"use", "HP"}});
  }
}

void write_organisation(pugi::xml_node parent, const char* name, const Facility& facility) {
  pugi::xml_node organisation = add(parent, name);
  add(organisation, "id", {{"root", stable_uuid("organisation|" + facility.id)}});
  add_text(organisation, "name", facility.name);
  write_telecom(organisation, facility.phone);
  write_address(organisation, {facility.street}, facility.city, facility.state, facility.zip);
}

void write_clinician(pugi::xml_node parent, const char* person, const Facility& facility) {
  const Clinician& doctor = facility.clinician;
  add(parent, "id", {{"root", "2.16.840.1.113883.4.6"}, {"extension", doctor.npi}});
  write_address(parent, {facility.street}, facility.city, facility.state, facility.zip);
  write_telecom(parent, facility.phone);
  pugi::xml_node name = add(add(parent, person), "name");
  add_text(name, "given", doctor.given);
  add_text(name, "family", doctor.family);
  add_text(name, "suffix", "MD");
}

void write_patient(pugi::xml_node document, const Chart& chart, const Facility& facility) {
  const Identity& who = chart.who;
  pugi::xml_node role = add(add(document, "recordTarget"), "patientRole");
  add(role, "id",
      {{"root", stable_uuid("mrn|" + facility.id)},
       {"extension", stable_hex(chart.seed + facility.id + "mrn", 10)}});
  if (!who.ssn.empty()) {
    add(role, "id", {{"root", "2.16.840.1.113883.4.1"}, {"extension", who.ssn}});
  }
  write_address(role, who.street, who.city, who.state, who.zip);
  write_telecom(role, who.phone);
  pugi::xml_node patient = add(role, "patient");
  pugi::xml_node name = add(patient, "name", {{"use", "L"}});
  for (const std::string& given : who.given) add_text(name, "given", given);
  add_text(name, "family", who.family);
  if (who.sex.empty()) {
    add(patient, "administrativeGenderCode", {{"nullFlavor", "UNK"}});
  } else {
    const std::string_view code = who.sex == "male" ? "M" : who.sex == "female" ? "F" : "UN";
    add_code(patient, "administrativeGenderCode", code, "2.16.840.1.113883.5.1", who.sex);
  }
  add(patient, "birthTime", {{"value", day(who.birth.midnight_utc())}});
  add(patient, "raceCode", {{"nullFlavor", "UNK"}});
  add(patient, "ethnicGroupCode", {{"nullFlavor", "UNK"}});
  write_organisation(role, "providerOrganization", facility);
}

void write_header(pugi::xml_node document, const Chart& chart, const Facility& facility,
                  const std::vector<const Visit*>& visits) {
  const std::string key = chart.seed + '|' + facility.id + "|ccd";
  const std::string version = std::to_string(visits.size());
  const std::string written = stamp(visits.back()->end + std::chrono::days{14});
  add(document, "realmCode", {{"code", "US"}});
  add(document, "typeId", {{"root", "2.16.840.1.113883.1.3"}, {"extension", "POCD_HD000040"}});
  add_template(document, "22.1.1", "2015-08-01");
  add_template(document, "22.1.2", "2015-08-01");
  add(document, "id", {{"root", stable_uuid(key + '|' + version)}});
  add_code(document, "code", "34133-9", kLoinc, "Summarization of Episode Note");
  add_text(document, "title", facility.name + ": Continuity of Care Document");
  add(document, "effectiveTime", {{"value", written}});
  add_code(document, "confidentialityCode", "N", "2.16.840.1.113883.5.25", "Normal");
  add(document, "languageCode", {{"code", "en-US"}});
  add(document, "setId", {{"root", stable_uuid(key)}});
  add(document, "versionNumber", {{"value", version}});
  write_patient(document, chart, facility);
  pugi::xml_node author = add(document, "author");
  add(author, "time", {{"value", written}});
  pugi::xml_node assigned = add(author, "assignedAuthor");
  write_clinician(assigned, "assignedPerson", facility);
  write_organisation(assigned, "representedOrganization", facility);
  write_organisation(add(add(document, "custodian"), "assignedCustodian"),
                     "representedCustodianOrganization", facility);
  pugi::xml_node event =
      add(add(document, "documentationOf"), "serviceEvent", {{"classCode", "PCPR"}});
  pugi::xml_node time = add(event, "effectiveTime");
  add(time, "low", {{"value", day(visits.front()->start)}});
  add(time, "high", {{"value", day(visits.back()->end)}});
  pugi::xml_node performer = add(event, "performer", {{"typeCode", "PRF"}});
  write_clinician(add(performer, "assignedEntity"), "assignedPerson", facility);
}

}  // namespace

std::string write_ccda(const Chart& chart, std::size_t facility) {
  std::vector<const Visit*> visits;
  for (const Visit& visit : chart.visits) {
    if (visit.facility == facility) visits.push_back(&visit);
  }
  if (visits.empty()) return {};
  pugi::xml_document xml;
  pugi::xml_node declaration = xml.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node document = add(xml, "ClinicalDocument",
                                {{"xmlns", "urn:hl7-org:v3"},
                                 {"xmlns:sdtc", "urn:hl7-org:sdtc"},
                                 {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"}});
  write_header(document, chart, chart.facilities[facility], visits);
  write_sections(add(add(document, "component"), "structuredBody"), chart, facility, visits);
  std::ostringstream out;
  xml.save(out, " ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(out).str();
}

}  // namespace chartroom::channel
