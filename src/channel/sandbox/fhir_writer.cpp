#include "channel/sandbox/fhir_writer.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "base/bytes.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/json_text.hpp"
#include "channel/sandbox/note.hpp"

namespace chartroom::channel {
namespace {

namespace json = boost::json;
using json::array;
using json::object;

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr std::string_view kIcd10 = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
constexpr std::string_view kCvx = "http://hl7.org/fhir/sid/cvx";
constexpr std::string_view kUcum = "http://unitsofmeasure.org";
const std::string kTerms = "http://terminology.hl7.org/CodeSystem/";
const std::string kUsCore = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";

object coding(std::string_view system, std::string_view code, std::string_view display) {
  return {{"system", system}, {"code", code}, {"display", display}};
}

object concept_of(std::string_view system, std::string_view code, std::string_view text) {
  return {{"coding", array{coding(system, code, text)}}, {"text", text}};
}

object category(std::string_view system, std::string_view code) {
  return {{"coding", array{object{{"system", kTerms + std::string(system)}, {"code", code}}}}};
}

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

object quantity(const std::string& value, std::string_view unit) {
  return {{"value", number(value)}, {"unit", unit}, {"system", kUcum}, {"code", unit}};
}

class Writer {
 public:
  Writer(const Chart& chart, std::size_t facility)
      : chart_(chart),
        place_(facility),
        facility_(chart.facilities[facility]),
        base_("https://fhir.provider-" + facility_.id + ".example/r4"),
        patient_id_(id("patient")) {}

  std::string write() {
    bool seen = false;
    for (const Visit& visit : chart_.visits) seen = seen || visit.facility == place_;
    if (!seen) return {};
    patient();
    organization();
    practitioner();
    allergies();
    relatives();
    for (std::size_t i = 0; i < chart_.visits.size(); ++i) {
      if (chart_.visits[i].facility == place_) visit(chart_.visits[i], stamp(chart_.visits[i]));
    }
    for (const LabCopy& copy : chart_.copies) {
      if (copy.facility != place_) continue;
      const Visit& origin = chart_.visits[copy.visit];
      report(origin.labs[copy.report], origin.start, "copy|" + stamp(origin), {});
    }
    const auto total = static_cast<std::int64_t>(entries_.size());
    return json_text(
        object{{"resourceType", "Bundle"},
               {"id", id("bundle")},
               {"type", "searchset"},
               {"total", total},
               {"link", array{object{{"relation", "self"},
                                     {"url", base_ + "/Patient/" + patient_id_ + "/$everything"}}}},
               {"entry", std::move(entries_)}});
  }

 private:
  static std::string stamp(const Visit& visit) {
    return std::to_string(base::to_unix_ms(visit.start));
  }

  [[nodiscard]] std::string id(const std::string& what) const {
    return stable_uuid(chart_.seed + '|' + facility_.id + '|' + what);
  }

  static std::string instant(base::TimePoint t) { return base::format_iso(t); }
  static std::string day(base::TimePoint t) { return base::Date::from(t).iso(); }
  static std::string slug(std::string_view text) { return stable_hex(text, 16); }

  [[nodiscard]] object subject() const { return {{"reference", "Patient/" + patient_id_}}; }
  [[nodiscard]] object clinician() const {
    return {{"reference", "Practitioner/" + facility_.clinician.id},
            {"display", facility_.clinician.name()}};
  }
  [[nodiscard]] object organisation() const {
    return {{"reference", "Organization/" + facility_.id}, {"display", facility_.name}};
  }

  /// Starts a resource: type, id and, where US Core has one, its profile.
  static object resource(std::string_view type, std::string id, std::string_view profile) {
    object made{{"resourceType", type}, {"id", std::move(id)}};
    if (!profile.empty()) {
      made["meta"] = object{{"profile", array{json::value(kUsCore + std::string(profile))}}};
    }
    return made;
  }

  void add(object resource) {
    std::string url = base_ + '/' + std::string(resource["resourceType"].as_string()) + '/' +
                      std::string(resource["id"].as_string());
    entries_.push_back(object{{"fullUrl", std::move(url)},
                              {"resource", std::move(resource)},
                              {"search", object{{"mode", "match"}}}});
  }

  void patient() {
    const Identity& who = chart_.who;
    object made = resource("Patient", patient_id_, "patient");
    array identifiers{object{
        {"use", "usual"},
        {"type", object{{"coding", array{object{{"system", kTerms + "v2-0203"}, {"code", "MR"}}}}}},
        {"system", base_ + "/mrn"},
        {"value", stable_hex(chart_.seed + facility_.id + "mrn", 10)}}};
    if (!who.ssn.empty()) {
      identifiers.push_back(object{
          {"type",
           object{{"coding", array{object{{"system", kTerms + "v2-0203"}, {"code", "SS"}}}}}},
          {"system", "http://hl7.org/fhir/sid/us-ssn"},
          {"value", who.ssn}});
    }
    made["identifier"] = std::move(identifiers);
    made["active"] = true;
    object name{{"use", "official"}, {"family", who.family}};
    if (!who.given.empty()) name["given"] = json::value_from(who.given);
    made["name"] = array{std::move(name)};
    array telecom;
    if (!who.phone.empty()) {
      telecom.push_back(object{{"system", "phone"}, {"value", who.phone}, {"use", "home"}});
    }
    if (!who.email.empty()) telecom.push_back(object{{"system", "email"}, {"value", who.email}});
    if (!telecom.empty()) made["telecom"] = std::move(telecom);
    made["gender"] = who.sex.empty() ? "unknown" : who.sex;
    made["birthDate"] = who.birth.iso();
    if (!who.street.empty() || !who.city.empty() || !who.zip.empty() || !who.state.empty()) {
      object address{{"use", "home"}};
      if (!who.street.empty()) address["line"] = json::value_from(who.street);
      if (!who.city.empty()) address["city"] = who.city;
      if (!who.state.empty()) address["state"] = who.state;
      if (!who.zip.empty()) address["postalCode"] = who.zip;
      address["country"] = "US";
      made["address"] = array{std::move(address)};
    }
    made["managingOrganization"] = organisation();
    add(std::move(made));
  }

  void organization() {
    object made = resource("Organization", facility_.id, "organization");
    made["active"] = true;
    made["name"] = facility_.name;
    made["telecom"] = array{object{{"system", "phone"}, {"value", facility_.phone}}};
    made["address"] = array{object{{"line", array{json::value(facility_.street)}},
                                   {"city", facility_.city},
                                   {"state", facility_.state},
                                   {"postalCode", facility_.zip},
                                   {"country", "US"}}};
    add(std::move(made));
  }

  void practitioner() {
    const Clinician& doctor = facility_.clinician;
    object made = resource("Practitioner", doctor.id, "practitioner");
    made["identifier"] =
        array{object{{"system", "http://hl7.org/fhir/sid/us-npi"}, {"value", doctor.npi}}};
    made["name"] = array{object{{"family", doctor.family},
                                {"given", array{json::value(doctor.given)}},
                                {"suffix", array{json::value("MD")}}}};
    add(std::move(made));
  }

  void allergies() {
    const auto state = [](object& made) {
      made["clinicalStatus"] = category("allergyintolerance-clinical", "active");
      made["verificationStatus"] = category("allergyintolerance-verification", "confirmed");
    };
    if (chart_.allergies.empty()) {
      object made = resource("AllergyIntolerance", id("allergy|none"), "allergyintolerance");
      state(made);
      made["code"] = concept_of(kSnomed, "716186003", "No known allergy");
      made["patient"] = subject();
      add(std::move(made));
    }
    for (const Allergen* allergen : chart_.allergies) {
      object made = resource("AllergyIntolerance", id("allergy|" + std::string(allergen->code)),
                             "allergyintolerance");
      state(made);
      made["category"] = array{json::value(allergen->category)};
      made["criticality"] = "low";
      made["code"] = concept_of(allergen->system, allergen->code, allergen->text);
      made["patient"] = subject();
      made["reaction"] =
          array{object{{"manifestation",
                        array{concept_of(kSnomed, allergen->reaction_snomed, allergen->reaction)}},
                       {"severity", allergen->severity}}};
      add(std::move(made));
    }
  }

  void relatives() {
    for (const Relative& relative : chart_.relatives) {
      object made = resource(
          "FamilyMemberHistory",
          id("relative|" + std::string(relative.role_code) + std::string(relative.snomed)), {});
      made["status"] = "completed";
      made["patient"] = subject();
      made["relationship"] = concept_of(kTerms + "v3-RoleCode", relative.role_code, relative.role);
      if (relative.deceased) made["deceasedBoolean"] = true;
      made["condition"] = array{object{
          {"code", concept_of(kSnomed, relative.snomed, relative.condition)},
          {"onsetAge",
           object{{"value", relative.age}, {"unit", "a"}, {"system", kUcum}, {"code", "a"}}}}};
      add(std::move(made));
    }
  }

  void visit(const Visit& visit, const std::string& key) {
    const object encounter_ref{{"reference", "Encounter/" + id("encounter|" + key)}};
    encounter(visit, key);
    for (const Problem& problem : visit.new_problems) {
      condition(
          problem, visit,
          "problem|" + std::string(problem.key) + (problem.resolved ? '|' + key : std::string()),
          "problem-list-item", encounter_ref);
    }
    for (const Problem& problem : visit.diagnoses) {
      condition(problem, visit, diagnosis_key(problem, key), "encounter-diagnosis", encounter_ref);
    }
    if (visit.vitals) vitals(*visit.vitals, visit, key, encounter_ref);
    for (const LabReport& labs : visit.labs) report(labs, visit.start, key, encounter_ref);
    for (const Prescription& given : visit.prescriptions) prescription(given, key, encounter_ref);
    for (const Vaccine* vaccine : visit.vaccines) {
      object made =
          resource("Immunization", id("shot|" + key + std::string(vaccine->cvx)), "immunization");
      made["status"] = "completed";
      made["vaccineCode"] = concept_of(kCvx, vaccine->cvx, vaccine->text);
      made["patient"] = subject();
      made["encounter"] = encounter_ref;
      made["occurrenceDateTime"] = instant(visit.start);
      made["primarySource"] = true;
      add(std::move(made));
    }
    for (const Act* act : visit.acts) {
      object made = resource("Procedure", id("act|" + key + std::string(act->key)), "procedure");
      made["status"] = "completed";
      made["code"] = concept_of(kSnomed, act->snomed, act->text);
      made["subject"] = subject();
      made["encounter"] = encounter_ref;
      made["performedDateTime"] = instant(visit.start);
      made["performer"] = array{object{{"actor", clinician()}}};
      made["note"] = array{object{{"text", act->finding}}};
      add(std::move(made));
    }
    if (visit.smoking) habits(visit, key, encounter_ref);
    note(visit, key, encounter_ref);
  }

  static std::string diagnosis_key(const Problem& problem, const std::string& key) {
    return "diagnosis|" + std::string(problem.key) + '|' + key;
  }

  void encounter(const Visit& visit, const std::string& key) {
    const bool emergency = visit.kind == VisitKind::emergency;
    const bool video = visit.kind == VisitKind::video;
    object made = resource("Encounter", id("encounter|" + key), "encounter");
    made["status"] = "finished";
    made["class"] = object{{"system", kTerms + "v3-ActCode"},
                           {"code", emergency ? "EMER"
                                    : video   ? "VR"
                                              : "AMB"},
                           {"display", emergency ? "emergency"
                                       : video   ? "virtual"
                                                 : "ambulatory"}};
    object type = emergency ? concept_of(kSnomed, "50849002", "Emergency room admission")
                  : visit.kind == VisitKind::checkup
                      ? concept_of(kSnomed, "185349003", "Encounter for check up")
                      : concept_of(kSnomed, "185345009", "Encounter for symptom");
    type["text"] = visit_title(visit.kind);
    made["type"] = array{std::move(type)};
    made["subject"] = subject();
    made["participant"] = array{object{{"individual", clinician()}}};
    made["period"] = object{{"start", instant(visit.start)}, {"end", instant(visit.end)}};
    made["reasonCode"] = array{object{{"text", visit.reason}}};
    array diagnoses;
    for (const Problem& problem : visit.diagnoses) {
      diagnoses.push_back(
          object{{"condition", object{{"reference", "Condition/" + id(diagnosis_key(problem, key))},
                                      {"display", problem.text}}}});
    }
    if (!diagnoses.empty()) made["diagnosis"] = std::move(diagnoses);
    made["serviceProvider"] = organisation();
    add(std::move(made));
  }

  void condition(const Problem& problem, const Visit& visit, const std::string& key,
                 std::string_view kind, const object& encounter_ref) {
    const bool on_list = kind == "problem-list-item";
    object made =
        resource("Condition", id(key),
                 on_list ? "condition-problems-health-concerns" : "condition-encounter-diagnosis");
    made["clinicalStatus"] =
        category("condition-clinical", problem.resolved ? "resolved" : "active");
    made["verificationStatus"] = category("condition-ver-status", "confirmed");
    made["category"] = array{category("condition-category", kind)};
    made["code"] = object{{"coding", array{coding(kSnomed, problem.snomed, problem.text),
                                           coding(kIcd10, problem.icd10, problem.text)}},
                          {"text", problem.text}};
    made["subject"] = subject();
    made["encounter"] = encounter_ref;
    made["onsetDateTime"] = day(problem.onset);
    if (problem.resolved) made["abatementDateTime"] = day(*problem.resolved);
    made["recordedDate"] = day(visit.start);
    made["recorder"] = clinician();
    add(std::move(made));
  }

  object observation(const std::string& key, std::string_view profile, std::string_view kind,
                     object code, base::TimePoint at, const object& encounter_ref) {
    object made = resource("Observation", id(key), profile);
    made["status"] = "final";
    made["category"] = array{category("observation-category", kind)};
    made["code"] = std::move(code);
    made["subject"] = subject();
    if (!encounter_ref.empty()) made["encounter"] = encounter_ref;
    made["effectiveDateTime"] = instant(at);
    made["performer"] = array{organisation()};
    return made;
  }

  void vitals(const Vitals& v, const Visit& visit, const std::string& key,
              const object& encounter_ref) {
    struct Row {
      std::string_view profile, loinc, text, unit;
      const std::string& value;
    };
    const std::array rows = {
        Row{"body-height", "8302-2", "Body height", "cm", v.height_cm},
        Row{"body-weight", "29463-7", "Body weight", "kg", v.weight_kg},
        Row{"bmi", "39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", v.bmi},
        Row{"heart-rate", "8867-4", "Heart rate", "/min", v.pulse},
        Row{"respiratory-rate", "9279-1", "Respiratory rate", "/min", v.respiration},
        Row{"body-temperature", "8310-5", "Body temperature", "Cel", v.temperature_c},
        Row{"vital-signs", "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%",
            v.oxygen},
    };
    for (const Row& row : rows) {
      object made =
          observation("vital|" + key + std::string(row.loinc), row.profile, "vital-signs",
                      concept_of(kLoinc, row.loinc, row.text), visit.start, encounter_ref);
      made["valueQuantity"] = quantity(row.value, row.unit);
      add(std::move(made));
    }
    object pressure = observation(
        "vital|" + key + "bp", "blood-pressure", "vital-signs",
        concept_of(kLoinc, "85354-9", "Blood pressure panel with all children optional"),
        visit.start, encounter_ref);
    pressure["component"] =
        array{object{{"code", concept_of(kLoinc, "8480-6", "Systolic blood pressure")},
                     {"valueQuantity", quantity(v.systolic, "mm[Hg]")}},
              object{{"code", concept_of(kLoinc, "8462-4", "Diastolic blood pressure")},
                     {"valueQuantity", quantity(v.diastolic, "mm[Hg]")}}};
    add(std::move(pressure));
  }

  void report(const LabReport& labs, base::TimePoint at, const std::string& key,
              const object& encounter_ref) {
    array results;
    for (const LabValue& value : labs.values) {
      const std::string name = "lab|" + key + std::string(value.test->key);
      object made =
          observation(name, "observation-lab", "laboratory",
                      concept_of(kLoinc, value.test->loinc, value.test->text), at, encounter_ref);
      made["valueQuantity"] = quantity(value.value, value.test->unit);
      made["interpretation"] =
          array{object{{"coding", array{coding(kTerms + "v3-ObservationInterpretation", value.flag,
                                               value.flag == "H"   ? "High"
                                               : value.flag == "L" ? "Low"
                                                                   : "Normal")}}}};
      object range;
      if (!value.test->low.empty()) {
        range["low"] = quantity(std::string(value.test->low), value.test->unit);
      }
      if (!value.test->high.empty()) {
        range["high"] = quantity(std::string(value.test->high), value.test->unit);
      }
      made["referenceRange"] = array{std::move(range)};
      results.push_back(
          object{{"reference", "Observation/" + id(name)}, {"display", value.test->text}});
      add(std::move(made));
    }
    object made = resource("DiagnosticReport", id("report|" + key + std::string(labs.panel->key)),
                           "diagnosticreport-lab");
    made["status"] = "final";
    made["category"] = array{category("v2-0074", "LAB")};
    made["code"] = concept_of(kLoinc, labs.panel->loinc, labs.panel->text);
    made["subject"] = subject();
    if (!encounter_ref.empty()) made["encounter"] = encounter_ref;
    made["effectiveDateTime"] = instant(at);
    made["issued"] = instant(at + std::chrono::hours{20});
    made["performer"] = array{organisation()};
    made["result"] = std::move(results);
    add(std::move(made));
  }

  void prescription(const Prescription& given, const std::string& key,
                    const object& encounter_ref) {
    const Drug& drug = *given.drug;
    object made = resource("MedicationRequest", id("order|" + key + std::string(drug.key)),
                           "medicationrequest");
    made["status"] = given.end ? "completed" : "active";
    made["intent"] = "order";
    made["medicationCodeableConcept"] = concept_of(kRxNorm, drug.rxnorm, drug.text);
    made["subject"] = subject();
    made["encounter"] = encounter_ref;
    made["authoredOn"] = instant(given.start);
    made["requester"] = clinician();
    made["reasonCode"] = array{object{{"text", given.reason}}};
    object dosage{
        {"text", drug.sig},
        {"timing",
         object{{"repeat",
                 object{{"frequency", drug.times_a_day}, {"period", 1}, {"periodUnit", "d"}}}}},
        {"route", concept_of("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", drug.route_ncit,
                             drug.route)},
        {"doseAndRate",
         array{object{{"doseQuantity", quantity(std::string(drug.dose), drug.dose_unit)}}}}};
    made["dosageInstruction"] = array{std::move(dosage)};
    object period{{"start", day(given.start)}};
    if (given.end) period["end"] = day(*given.end);
    made["dispenseRequest"] = object{{"validityPeriod", std::move(period)},
                                     {"numberOfRepeatsAllowed", given.end ? 0 : 3}};
    add(std::move(made));
  }

  void habits(const Visit& visit, const std::string& key, const object& encounter_ref) {
    object smoking = observation("habit|" + key + "smoking", "smokingstatus", "social-history",
                                 concept_of(kLoinc, "72166-2", "Tobacco smoking status"),
                                 visit.start, encounter_ref);
    smoking["valueCodeableConcept"] =
        concept_of(kSnomed, visit.smoking->snomed, visit.smoking->text);
    add(std::move(smoking));
    if (visit.kind != VisitKind::checkup) return;
    object alcohol = observation("habit|" + key + "alcohol", "simple-observation", "social-history",
                                 concept_of(kLoinc, "74013-4", "Alcoholic drinks per day"),
                                 visit.start, encounter_ref);
    alcohol["valueQuantity"] = quantity(decimal(visit.drinks_a_week / 7.0, 1), "/d");
    add(std::move(alcohol));
  }

  void note(const Visit& visit, const std::string& key, const object& encounter_ref) {
    object made = resource("DocumentReference", id("note|" + key), "documentreference");
    made["status"] = "current";
    made["type"] = concept_of(kLoinc, "11506-3", "Progress note");
    made["category"] = array{object{
        {"coding",
         array{object{{"system",
                       "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"},
                      {"code", "clinical-note"}}}}}};
    made["subject"] = subject();
    made["date"] = instant(visit.end);
    made["author"] = array{clinician()};
    made["custodian"] = organisation();
    made["content"] = array{object{{"attachment", object{{"contentType", "text/plain"},
                                                         {"data", base::to_base64(visit.note)},
                                                         {"title", visit_title(visit.kind)},
                                                         {"creation", instant(visit.end)}}}}};
    made["context"] =
        object{{"encounter", array{encounter_ref}},
               {"period", object{{"start", instant(visit.start)}, {"end", instant(visit.end)}}}};
    add(std::move(made));
  }

  const Chart& chart_;
  std::size_t place_;
  const Facility& facility_;
  std::string base_;
  std::string patient_id_;
  array entries_;
};

}  // namespace

std::string write_fhir(const Chart& chart, std::size_t facility) {
  return Writer(chart, facility).write();
}

}  // namespace chartroom::channel
