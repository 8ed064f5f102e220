// Procedures, devices and encounters (C-CDA R2.1 §3.25, §3.69, §3.81 to §3.83).
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr std::string_view kActEncounterCodes = "2.16.840.1.113883.5.4";

/// Devices that a procedure put in or used, each a fact of its own.
void read_devices(Context& context, const Scope& scope, const Statement& statement,
                  const Fact& procedure) {
  std::size_t place = 0;
  for (const auto participant : statement.node.children("participant")) {
    ++place;
    const auto role = participant.child("participantRole");
    const auto device = role.child("playingDevice");
    const std::string_view type = participant.attribute("typeCode").value();
    const bool product = type == "PRD" && role.child("playingEntity");
    if (!device && !product) continue;
    const auto what = device ? device : role.child("playingEntity");
    Fact fact = start_fact(scope, statement, Kind::device, true);
    fact.sources.front().locator += "/participant[" + std::to_string(place) + "]";
    fact.when = procedure.when;
    // An endoscope was used on the patient, a pacemaker stays with the patient.
    fact.category = scope.section == Section::equipment ? "" : "procedure-device";
    fact.codes = read_codes(context, what.child("code"));
    fact.text = coded_text(context, what.child("code"));
    if (fact.text.empty()) fact.text = flat_text(what.child("manufacturerModelName"));
    if (fact.text.empty()) fact.text = flat_text(present_child(what, "name"));
    if (fact.text.empty()) fact.text = procedure.text;
    if (fact.text.empty()) continue;
    const auto id = present_child(role, "id");
    fact.set("udi", id.attribute("extension").value());
    fact.set("model", flat_text(what.child("manufacturerModelName")));
    fact.set("manufacturer", name_text(present_child(role.child("scopingEntity"), "desc")));
    fact.status = procedure.status == "completed" ? "active" : procedure.status;
    fact.negated = procedure.negated;
    hide_if_withdrawn(fact);
    context.add(std::move(fact));
  }
}

std::string locations_of(const Context& context, pugi::xml_node node) {
  std::string all;
  for (const auto participant : node.children("participant")) {
    if (std::string_view(participant.attribute("typeCode").value()) != "LOC") continue;
    const auto role = participant.child("participantRole");
    auto name = name_text(present_child(role.child("playingEntity"), "name"));
    if (name.empty()) name = coded_text(context, role.child("code"));
    append_to(all, name);
  }
  return all;
}

std::string indications_of(const Context& context, pugi::xml_node node) {
  std::string all;
  for (const auto link : node.children("entryRelationship")) {
    const auto reason = statement_below(link);
    const bool by_type = std::string_view(link.attribute("typeCode").value()) == "RSON" &&
                         !reason.child("templateId");
    // Some systems put a diagnosis where the indication goes; both templates then stand there.
    if (!has_template(reason, templates::kIndication) && !by_type) continue;
    if (has_template(reason, "2.16.840.1.113883.10.20.22.4.80")) continue;
    append_to(all, words_of(context, reason, reason.child("value")));
  }
  return all;
}

/// Names of the diagnoses below an encounter; the facts are read by read_nested().
std::string diagnoses_of(const Context& context, pugi::xml_node encounter) {
  std::string all;
  for (const auto link : encounter.children("entryRelationship")) {
    const auto act = link.child("act");
    if (!has_template(act, "2.16.840.1.113883.10.20.22.4.80")) continue;
    for (const auto inner : act.children("entryRelationship")) {
      const auto observation = inner.child("observation");
      if (!is_null(observation)) append_to(all, coded_text(context, observation.child("value")));
    }
  }
  return all;
}

/// The class (ambulatory, inpatient, emergency) where it is among the codes.
std::string class_of(const Context& context, pugi::xml_node code) {
  if (kActEncounterCodes == code.attribute("codeSystem").value()) return coded_text(context, code);
  for (const auto translation : code.children("translation")) {
    if (kActEncounterCodes == translation.attribute("codeSystem").value()) {
      return coded_text(context, translation);
    }
  }
  return {};
}

}  // namespace

void read_procedure(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::procedure, true);
  const auto code = node.child("code");
  fact.codes = read_codes(context, code);
  fact.text = words_of(context, node, code);
  const auto value = present_child(node, "value");
  if (value) {
    std::vector<Code> answers;
    bool readable = true;
    fact.value = read_value(context, value, answers, readable);
    fact.set("outcome", fact.value.raw);
    if (!readable)
      context.lose(statement.locator + "/value", "A value is of a type that could not be read.");
  }
  const bool has_device = node.child("participant").child("participantRole").child("playingDevice");
  if (fact.text.empty() && !has_device) {
    context.lose(statement.locator, "A procedure has neither a code nor a name.");
    return;
  }
  fact.negated = is_negated(node);
  fact.status = fact.negated ? "not-done" : status_of(node, "completed");
  if (fact.status == "active") fact.status = "in-progress";
  if (fact.status == "cancelled") fact.status = "not-done";
  hide_if_withdrawn(fact);
  std::string sites;
  for (const auto site : node.children("targetSiteCode"))
    append_to(sites, coded_text(context, site));
  fact.set("site", std::move(sites));
  fact.set("performer", fact.performer);
  fact.set("location", locations_of(context, node));
  fact.set("reason", indications_of(context, node));
  fact.set("method", coded_text(context, present_child(node, "methodCode")));
  add_comment(context, node, fact);
  read_devices(context, scope, statement, fact);
  if (!fact.text.empty()) context.add(std::move(fact));
  read_nested(context, scope, statement);
}

void read_device_supply(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::device, false);
  auto code =
      node.child("participant").child("participantRole").child("playingDevice").child("code");
  if (is_null(code)) code = product_code(node);
  if (is_null(code)) code = node.child("code");
  fact.codes = read_codes(context, code);
  fact.text = words_of(context, node, code);
  if (fact.text.empty()) {
    context.lose(statement.locator, "A supply names no product.");
    return;
  }
  fact.set("udi", present_child(node.child("participant").child("participantRole"), "id")
                      .attribute("extension")
                      .value());
  fact.set("quantity", quantity_text(node.child("quantity")));
  fact.status = status_of(node, "completed");
  fact.negated = is_negated(node);
  hide_if_withdrawn(fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

void read_device_organizer(Context& context, const Scope& scope, const Statement& statement) {
  read_components(context, scope, statement, read_functional);
}

void finish_encounter(Fact& fact) {
  if (fact.status.empty() || fact.status == "completed") fact.status = "finished";
  if (fact.status == "active") fact.status = "in-progress";
  if (fact.text.empty()) fact.text = "Encounter";
  fact.set("start", fact.when.date_text());
  fact.set("end", fact.until.date_text());
  hide_if_withdrawn(fact);
}

void read_encounter(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::encounter, true);
  const auto code = node.child("code");
  fact.codes = read_codes(context, code);
  fact.text = words_of(context, node, code);
  fact.status = status_of(node, "finished");
  fact.negated = is_negated(node);
  fact.set("class", class_of(context, code));
  fact.set("type", fact.text);
  fact.set("reason", indications_of(context, node));
  fact.set("location", locations_of(context, node));
  fact.set("disposition",
           coded_text(context, present_child(node, "sdtc:dischargeDispositionCode")));
  fact.set("diagnosis", diagnoses_of(context, node));
  add_comment(context, node, fact);
  finish_encounter(fact);
  context.add(std::move(fact));
  Scope inner = scope;
  inner.encounter_ref = statement.locator;
  read_nested(context, inner, statement);
}

}  // namespace chartroom::evidence::ccda
