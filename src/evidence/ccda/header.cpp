#include "evidence/ccda/header.hpp"

#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"

namespace chartroom::evidence::ccda {
namespace {

/// "root^extension", or the root alone.
std::string instance_id(pugi::xml_node id) {
  if (is_null(id)) return {};
  const std::string root = id.attribute("root").value();
  const std::string extension = id.attribute("extension").value();
  return extension.empty() ? root : root + "^" + extension;
}

std::string author_text(pugi::xml_node document) {
  std::string fallback;
  for (const auto author : document.children("author")) {
    const bool person = author.child("assignedAuthor").child("assignedPerson");
    auto name = participant_name(author);
    const auto organization = participant_organization(author);
    if (name.empty()) {
      name = organization;
    } else if (!organization.empty()) {
      name += ", " + organization;
    }
    if (person && !name.empty()) return name;
    if (fallback.empty()) fallback = name;
  }
  return fallback;
}

std::string custodian_name(pugi::xml_node document) {
  return name_text(present_child(document.child("custodian")
                                     .child("assignedCustodian")
                                     .child("representedCustodianOrganization"),
                                 "name"));
}

std::string facility_name(pugi::xml_node encounter) {
  const auto facility = encounter.child("location").child("healthCareFacility");
  auto name = name_text(present_child(facility.child("location"), "name"));
  if (name.empty()) {
    name = name_text(present_child(facility.child("serviceProviderOrganization"), "name"));
  }
  return name;
}

std::string encounter_text(const Context& context, pugi::xml_node encounter) {
  std::string out;
  const auto add = [&out](const std::string& part) {
    if (!part.empty()) out += (out.empty() ? "" : ", ") + part;
  };
  add(coded_words(context, encounter.child("code")));
  const auto period = read_period(encounter.child("effectiveTime"));
  add(period.start().text());
  if (period.high.known() && period.high.text() != period.start().text()) {
    add("until " + period.high.text());
  }
  add(facility_name(encounter));
  return out;
}

/// Who takes care of the patient, as the header says (serviceEvent/performer).
void read_header_care_team(Context& context, const Scope& scope, pugi::xml_node document) {
  std::size_t event_place = 0;
  for (const auto documentation : document.children("documentationOf")) {
    ++event_place;
    const auto event = documentation.child("serviceEvent");
    std::size_t place = 0;
    for (const auto performer : event.children("performer")) {
      ++place;
      auto who = participant_name(performer);
      const auto organization = participant_organization(performer);
      if (who.empty()) who = organization;
      if (who.empty()) continue;
      const Statement at{event, "documentationOf[" + std::to_string(event_place) +
                                    "]/serviceEvent/performer[" + std::to_string(place) + "]"};
      Fact fact = start_fact(scope, at, Kind::care_team, false);
      // The period of the service, not of this person's part in it.
      const auto period = read_period(performer.child("time"));
      fact.when = period.start();
      fact.until = period.high;
      fact.text = std::move(who);
      fact.performer = fact.text;
      if (!organization.empty()) fact.organization = organization;
      auto role = coded_words(context, performer.child("functionCode"));
      if (role.empty()) {
        role = coded_words(context, performer.child("assignedEntity").child("code"));
      }
      fact.set("role", std::move(role));
      context.add(std::move(fact));
    }
  }
}

}  // namespace

ClinicalDocument read_header(const Context& context, pugi::xml_node document) {
  ClinicalDocument out;
  out.id = instance_id(document.child("id"));
  out.set_id = instance_id(document.child("setId"));
  out.version = document.child("versionNumber").attribute("value").value();
  for (const auto related : document.children("relatedDocument")) {
    if (std::string_view(related.attribute("typeCode").value()) == "RPLC") {
      out.replaces_id = instance_id(related.child("parentDocument").child("id"));
    }
  }
  if (auto codes = read_codes(context, document.child("code")); !codes.empty()) {
    out.type = std::move(codes.front());
  }
  out.title = flat_text(document.child("title"));
  if (out.title.empty()) out.title = coded_words(context, document.child("code"));
  out.effective = read_time(document.child("effectiveTime"));
  out.author = author_text(document);
  out.custodian = custodian_name(document);
  out.encounter =
      encounter_text(context, document.child("componentOf").child("encompassingEncounter"));
  return out;
}

Scope read_document_scope(Context& context, pugi::xml_node document) {
  Scope scope;
  scope.sensitivity = sensitivity_of(document, {});
  for (const auto author : document.children("author")) {
    if (scope.author.empty()) scope.author = participant_name(author);
    if (scope.organization.empty()) scope.organization = participant_organization(author);
  }
  if (scope.organization.empty()) scope.organization = custodian_name(document);
  const Statement encounter{document.child("componentOf").child("encompassingEncounter"),
                            "componentOf/encompassingEncounter"};
  read_header_care_team(context, scope, document);
  if (!encounter.node) return scope;
  scope.time = read_period(encounter.node.child("effectiveTime")).start();
  Fact fact = start_fact(scope, encounter, Kind::encounter, false);
  fact.codes = read_codes(context, encounter.node.child("code"));
  fact.text = coded_text(context, encounter.node.child("code"));
  fact.set("type", fact.text);
  fact.set("location", facility_name(encounter.node));
  fact.set("disposition",
           coded_text(context, present_child(encounter.node, "dischargeDispositionCode")));
  for (const auto participant : encounter.node.children("encounterParticipant")) {
    if (fact.performer.empty()) fact.performer = participant_name(participant);
  }
  if (fact.performer.empty()) {
    fact.performer = participant_name(encounter.node.child("responsibleParty"));
  }
  finish_encounter(fact);
  // An encounter of which nothing is known but its id tells a reader nothing.
  if (fact.when.known() || !fact.codes.empty()) {
    scope.document_encounter = encounter.locator;
    context.add(std::move(fact));
  }
  return scope;
}

}  // namespace chartroom::evidence::ccda
