#include "report/fhir_resources.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <string_view>

#include "base/bytes.hpp"
#include "report/fact_rows.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report::fhir_out {
namespace {

namespace json = boost::json;
using evidence::Fact;
using evidence::Kind;

constexpr const char* kConditionClinical =
    "http://terminology.hl7.org/CodeSystem/condition-clinical";
constexpr const char* kConditionVerification =
    "http://terminology.hl7.org/CodeSystem/condition-ver-status";
constexpr const char* kAllergyClinical =
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
constexpr const char* kAllergyVerification =
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
constexpr const char* kObservationCategory =
    "http://terminology.hl7.org/CodeSystem/observation-category";
constexpr const char* kInterpretation =
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
constexpr const char* kActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

std::string said(const Fact& fact, const char* name) {
  const std::string* value = fact.attribute(name);
  return value == nullptr ? std::string{} : *value;
}

json::object words_of(const std::string& text) { return {{"text", safe(text)}}; }

void put_words(json::object& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = words_of(text);
}
void put_list(json::object& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = json::array{words_of(text)};
}
void put_date(json::object& to, const char* key, const evidence::When& when) {
  if (when.known()) to[key] = date_time(when);
}
void put_display(json::object& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = json::object{{"display", safe(text)}};
}

/// The status itself when R4 allows it there, else the other one.
template <std::size_t N>
std::string status_of(const Fact& fact, const std::array<std::string_view, N>& allowed,
                      std::string_view otherwise) {
  const bool known = std::find(allowed.begin(), allowed.end(), fact.status) != allowed.end();
  return known ? fact.status : std::string(otherwise);
}

json::object period(const Fact& fact) {
  json::object made;
  put_date(made, "start", fact.when);
  put_date(made, "end", fact.until);
  return made;
}

bool is_plain_decimal(const std::string& digits) {
  return !digits.empty() && parse_number(digits).has_value() && digits.front() != '+' &&
         digits.front() != '.' && digits.back() != '.';
}

json::object quantity(const std::string& number, const evidence::Value& value) {
  json::object made{{"value", decimal(number)}};
  put(made, "comparator", value.comparator);
  put(made, "unit", value.unit_raw.empty() ? value.unit_ucum : value.unit_raw);
  if (!value.unit_ucum.empty()) {
    made["system"] = std::string(evidence::kUcum);
    made["code"] = safe(value.unit_ucum);
  }
  return made;
}

json::object condition(const Fact& fact) {
  static constexpr std::array<std::string_view, 6> kStates = {"active",   "recurrence", "relapse",
                                                              "inactive", "remission",  "resolved"};
  json::object made{{"resourceType", "Condition"}};
  const std::string state = status_of(fact, kStates, fact.until.known() ? "resolved" : "");
  if (!state.empty() && !fact.negated) made["clinicalStatus"] = coded(kConditionClinical, state);
  if (fact.negated) made["verificationStatus"] = coded(kConditionVerification, "refuted");
  put_list(made, "category", fact.category);
  put_words(made, "severity", said(fact, "severity"));
  made["code"] = codeable(fact.codes, fact.text);
  put_date(made, "onsetDateTime", fact.when);
  put_date(made, "abatementDateTime", fact.until);
  return made;
}

json::object medication(const Fact& fact) {
  static constexpr std::array<std::string_view, 7> kStates = {
      "active", "completed", "intended", "stopped", "on-hold", "unknown", "not-taken"};
  json::object made{{"resourceType", "MedicationStatement"},
                    {"status", fact.negated ? "not-taken" : status_of(fact, kStates, "unknown")},
                    {"medicationCodeableConcept", codeable(fact.codes, fact.text)}};
  if (json::object when = period(fact); !when.empty()) made["effectivePeriod"] = std::move(when);
  put_display(made, "informationSource", said(fact, "prescriber"));
  put_list(made, "reasonCode", said(fact, "reason"));
  json::object dosage;
  std::string text = said(fact, "instructions");
  for (const char* name : {"dose", "frequency"}) {
    const std::string more = said(fact, name);
    if (!more.empty() && text.find(more) == std::string::npos) {
      text += (text.empty() ? "" : "; ") + more;
    }
  }
  put(dosage, "text", text);
  put_words(dosage, "route", said(fact, "route"));
  if (!dosage.empty()) made["dosage"] = json::array{std::move(dosage)};
  return made;
}

json::object allergy(const Fact& fact) {
  static constexpr std::array<std::string_view, 3> kStates = {"active", "inactive", "resolved"};
  static constexpr std::array<std::string_view, 3> kSeverities = {"mild", "moderate", "severe"};
  json::object made{
      {"resourceType", "AllergyIntolerance"},
      {"clinicalStatus", coded(kAllergyClinical, status_of(fact, kStates, "active"))}};
  if (fact.negated) made["verificationStatus"] = coded(kAllergyVerification, "refuted");
  const std::string criticality = said(fact, "criticality");
  if (criticality == "low" || criticality == "high") made["criticality"] = criticality;
  made["code"] = codeable(fact.codes, fact.text);
  put_date(made, "onsetDateTime", fact.when);
  if (const std::string reaction = said(fact, "reaction"); !reaction.empty()) {
    json::object one{{"manifestation", json::array{words_of(reaction)}}};
    const std::string severity = said(fact, "severity");
    if (std::find(kSeverities.begin(), kSeverities.end(), severity) != kSeverities.end()) {
      one["severity"] = severity;
    }
    made["reaction"] = json::array{std::move(one)};
  }
  return made;
}

const char* category_of(Kind kind) {
  switch (kind) {
    case Kind::vital:
      return "vital-signs";
    case Kind::social_history:
      return "social-history";
    case Kind::functional_status:
      return "survey";
    default:
      return "laboratory";
  }
}

json::object range_json(const evidence::Range& range, const evidence::Value& value) {
  json::object made;
  const auto bound = [&](const char* key, const std::string& number) {
    if (!is_plain_decimal(number)) return;
    evidence::Value unit;
    unit.unit_raw = value.unit_raw;
    unit.unit_ucum = value.unit_ucum;
    made[key] = quantity(number, unit);
  };
  bound("low", range.low);
  bound("high", range.high);
  put(made, "text", range.text);
  return made;
}

json::object observation(const Fact& fact) {
  static constexpr std::array<std::string_view, 7> kStates = {
      "registered", "preliminary", "final", "amended", "corrected", "cancelled", "unknown"};
  const char* category = fact.category == "imaging" ? "imaging" : category_of(fact.kind);
  json::object made{{"resourceType", "Observation"},
                    {"status", status_of(fact, kStates, "final")},
                    {"category", json::array{coded(kObservationCategory, category)}},
                    {"code", codeable(fact.codes, fact.text)}};
  put_date(made, "effectiveDateTime", fact.when);
  if (is_plain_decimal(fact.value.number)) {
    made["valueQuantity"] = quantity(fact.value.number, fact.value);
  } else if (!fact.value.raw.empty()) {
    made["valueString"] = safe(fact.value.raw);
  } else if (const std::string answer = said(fact, "value"); !answer.empty()) {
    made["valueString"] = safe(answer);
  } else {
    put_words(made, "dataAbsentReason", said(fact, "absent_reason"));
  }
  if (!fact.flag.code.empty()) {
    made["interpretation"] = json::array{coded(kInterpretation, fact.flag.code)};
  }
  if (json::object range = range_json(fact.range, fact.value); !range.empty()) {
    made["referenceRange"] = json::array{std::move(range)};
  }
  if (!fact.narrative.empty()) {
    made["note"] = json::array{json::object{{"text", safe(narrative_text(fact.narrative))}}};
  }
  put_words(made, "method", said(fact, "method"));
  put_words(made, "bodySite", said(fact, "body_site"));
  if (!fact.performer.empty()) {
    made["performer"] = json::array{json::object{{"display", safe(fact.performer)}}};
  }
  return made;
}

json::object procedure(const Fact& fact) {
  static constexpr std::array<std::string_view, 7> kStates = {
      "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown"};
  json::object made{{"resourceType", "Procedure"},
                    {"status", fact.negated ? "not-done" : status_of(fact, kStates, "completed")},
                    {"code", codeable(fact.codes, fact.text)}};
  if (fact.until.known()) {
    made["performedPeriod"] = period(fact);
  } else {
    put_date(made, "performedDateTime", fact.when);
  }
  const std::string performer = fact.performer.empty() ? said(fact, "performer") : fact.performer;
  if (!performer.empty()) {
    made["performer"] =
        json::array{json::object{{"actor", json::object{{"display", safe(performer)}}}}};
  }
  put_list(made, "bodySite", said(fact, "site"));
  put_words(made, "outcome", said(fact, "outcome"));
  return made;
}

const char* class_of(Setting setting) {
  switch (setting) {
    case Setting::remote:
      return "VR";
    case Setting::emergency:
      return "EMER";
    case Setting::inpatient:
      return "IMP";
    case Setting::in_person:
    case Setting::other:
      break;
  }
  return "AMB";
}

json::object encounter(const Fact& fact) {
  static constexpr std::array<std::string_view, 8> kStates = {"planned",     "arrived", "triaged",
                                                              "in-progress", "onleave", "finished",
                                                              "cancelled",   "unknown"};
  json::object made{
      {"resourceType", "Encounter"},
      {"status", status_of(fact, kStates, "finished")},
      {"class", json::object{{"system", kActCode}, {"code", class_of(setting_of(fact))}}},
      {"type", json::array{codeable(fact.codes, fact.text)}}};
  if (json::object when = period(fact); !when.empty()) made["period"] = std::move(when);
  put_list(made, "reasonCode", said(fact, "reason"));
  if (!fact.performer.empty()) {
    made["participant"] =
        json::array{json::object{{"individual", json::object{{"display", safe(fact.performer)}}}}};
  }
  put_display(made, "serviceProvider", fact.organization);
  return made;
}

json::object immunization(const Fact& fact) {
  json::object made{
      {"resourceType", "Immunization"},
      {"status", fact.negated || fact.status == "not-done" ? "not-done" : "completed"},
      {"vaccineCode", codeable(fact.codes, fact.text)}};
  if (fact.when.known()) {
    made["occurrenceDateTime"] = date_time(fact.when);
  } else {
    made["occurrenceString"] = "unknown";
  }
  put(made, "lotNumber", said(fact, "lot"));
  put_display(made, "manufacturer", said(fact, "manufacturer"));
  return made;
}

json::object family(const Fact& fact) {
  json::object one{{"code", codeable(fact.codes, fact.text)}};
  put(one, "onsetString", said(fact, "age_at_onset"));
  json::object made{{"resourceType", "FamilyMemberHistory"}, {"status", "completed"}};
  const std::string relationship = said(fact, "relationship");
  made["relationship"] = words_of(relationship.empty() ? "not given" : relationship);
  put(made, "deceasedString", said(fact, "deceased"));
  made["condition"] = json::array{std::move(one)};
  return made;
}

json::object document(const Fact& fact) {
  json::object attachment;
  const std::string title = said(fact, "title");
  put(attachment, "title", title.empty() ? fact.text : title);
  if (!fact.narrative.empty()) {
    attachment["contentType"] = "text/plain; charset=utf-8";
    attachment["data"] = base::to_base64(narrative_text(fact.narrative));
  } else {
    put(attachment, "contentType", said(fact, "media_type"));
  }
  json::object made{{"resourceType", "DocumentReference"},
                    {"status", "current"},
                    {"type", codeable(fact.codes, fact.text)},
                    {"content", json::array{json::object{{"attachment", std::move(attachment)}}}}};
  if (!fact.author.empty()) {
    made["author"] = json::array{json::object{{"display", safe(fact.author)}}};
  }
  put_display(made, "custodian", fact.organization);
  if (fact.when.known()) made["context"] = json::object{{"period", period(fact)}};
  return made;
}

json::object plan(const Fact& fact) {
  static constexpr std::array<std::string_view, 6> kStates = {"draft",   "active",    "on-hold",
                                                              "revoked", "completed", "unknown"};
  json::object made{{"resourceType", "CarePlan"},
                    {"status", status_of(fact, kStates, "unknown")},
                    {"intent", "plan"}};
  put(made, "title", fact.text);
  put_list(made, "category", fact.category);
  if (json::object when = period(fact); !when.empty()) made["period"] = std::move(when);
  if (!fact.narrative.empty()) put(made, "description", narrative_text(fact.narrative));
  return made;
}

json::object device(const Fact& fact) {
  return {{"resourceType", "Device"}, {"type", codeable(fact.codes, fact.text)}};
}

json::object insurance(const Fact& fact) {
  json::object made{{"resourceType", "Coverage"},
                    {"status", fact.status == "cancelled" ? "cancelled" : "active"},
                    {"type", codeable(fact.codes, fact.text)}};
  const std::string payor = fact.organization.empty() ? fact.text : fact.organization;
  made["payor"] = json::array{json::object{{"display", safe(payor)}}};
  if (json::object when = period(fact); !when.empty()) made["period"] = std::move(when);
  return made;
}

json::object team(const Fact& fact) {
  json::object made{{"resourceType", "CareTeam"}, {"status", "active"}};
  made["participant"] =
      json::array{json::object{{"member", json::object{{"display", safe(fact.text)}}}}};
  return made;
}

json::object of_kind(const Fact& fact) {
  switch (fact.kind) {
    case Kind::problem:
      return condition(fact);
    case Kind::medication:
      return medication(fact);
    case Kind::allergy:
      return allergy(fact);
    case Kind::result:
    case Kind::vital:
    case Kind::social_history:
    case Kind::functional_status:
      return observation(fact);
    case Kind::procedure:
      return procedure(fact);
    case Kind::encounter:
      return encounter(fact);
    case Kind::immunization:
      return immunization(fact);
    case Kind::family_history:
      return family(fact);
    case Kind::document:
      return document(fact);
    case Kind::plan_of_care:
      return plan(fact);
    case Kind::device:
      return device(fact);
    case Kind::coverage:
      return insurance(fact);
    case Kind::care_team:
      return team(fact);
  }
  return {};
}

const char* subject_key(Kind kind) {
  switch (kind) {
    case Kind::allergy:
    case Kind::immunization:
    case Kind::family_history:
    case Kind::device:
      return "patient";
    case Kind::coverage:
      return "beneficiary";
    default:
      return "subject";
  }
}

}  // namespace

json::object resource(const Item& item, const std::string& id, const std::string& patient_id) {
  json::object body = of_kind(*item.fact);
  json::object made{{"resourceType", body.at("resourceType")}, {"id", id}};
  if (!item.fact->sensitivity.empty()) {
    made["meta"] = json::object{
        {"security", json::array{json::object{
                         {"system", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"},
                         {"code", safe(item.fact->sensitivity)}}}}};
  }
  for (auto& member : body) made[member.key()] = std::move(member.value());
  made[subject_key(item.fact->kind)] = json::object{{"reference", "Patient/" + patient_id}};
  return made;
}

}  // namespace chartroom::report::fhir_out
