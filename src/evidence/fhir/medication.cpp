// MedicationRequest, -Statement, -Dispense, -Administration (R4 §11.1 to §11.4) and Medication.

#include "evidence/fhir/context.hpp"
#include "evidence/schedule.hpp"

namespace chartroom::evidence::fhir {
namespace {

// medication[x]: a concept, or a reference to a (contained) Medication.
Fact start_medication(const Context& context) {
  const Json& resource = context.resource;
  const Json& reference = resource["medicationReference"];
  const Json* concept_value = &resource["medicationCodeableConcept"];
  const Json* medication = nullptr;
  if (reference.exists()) {
    medication = context.index.resolve(reference, resource);
    if (medication != nullptr) concept_value = &(*medication)["code"];
  }
  Fact fact = context.start(Kind::medication, *concept_value);
  if (fact.text.empty()) fact.text = reference["display"].text();
  if (medication != nullptr) fact.set("form", concept_text((*medication)["form"]));
  if (fact.text.empty()) context.lose("the medication that it refers to was not sent");
  fact.set("product", fact.text);
  return fact;
}

/// "4-6" of a member and its …Max.
std::string span_text(const Json& repeat, const char* least, const char* most) {
  const std::string from = repeat[least].text();
  const std::string to = repeat[most].text();
  return to.empty() || to == from ? from : from + "-" + to;
}

/// Timing.repeat (FHIR R4): so many times in a period.
std::string repeat_text(const Json& repeat) {
  const std::string period = span_text(repeat, "period", "periodMax");
  if (period.empty()) return {};
  std::string times = span_text(repeat, "frequency", "frequencyMax");
  if (times.empty()) times = "1";
  const std::string unit = repeat["periodUnit"].text();
  if (period == "1") return times_a(times, unit);
  if (times == "1") return every(period, unit);
  return times + " times " + every(period, unit);
}

std::string timing_text(const Json& timing) {
  std::string named = concept_text(timing["code"]);
  if (!named.empty()) return named;
  const Json& repeat = timing["repeat"];
  std::string words = repeat_text(repeat);
  for (const Json& event : repeat["when"]) {
    if (!words.empty()) words += ", ";
    if (repeat["offset"].exists()) words += span_of_time(repeat["offset"].text(), "min") + " ";
    words += timing_event(event.text());
  }
  return words;
}

std::string dose_text(const Json& dosage) {
  // R4 has doseAndRate[]; the flat form is DSTU2's, still sent by some.
  const Json& dose = dosage["doseAndRate"].exists() ? dosage["doseAndRate"][0] : dosage;
  if (dose["doseQuantity"].exists()) return quantity_text(dose["doseQuantity"]);
  const Json& range = dose["doseRange"];
  if (!range.exists()) return {};
  return quantity_text(range["low"]) + " - " + quantity_text(range["high"]);
}

void read_dosage(const Json& dosages, Fact& fact) {
  const Json& first = dosages[0];
  fact.set("dose", dose_text(first));
  fact.set("route", concept_text(first["route"]));
  fact.set("frequency", timing_text(first["timing"]));
  std::string instructions;
  for (const Json& dosage : dosages) {
    std::string text = dosage["text"].text();
    if (text.empty()) text = dosage["patientInstruction"].text();
    if (text.empty() && dosage["asNeededBoolean"].is_true()) text = "as needed";
    if (text.empty()) continue;
    if (!instructions.empty()) instructions += "; ";
    instructions += text;
  }
  fact.set("instructions", instructions);
}

void read_reason(const Context& context, Fact& fact) {
  std::string reason = concept_texts(context.resource["reasonCode"]);
  if (reason.empty()) {
    const Json& reference = context.resource["reasonReference"][0];
    reason = context.display(reference);
    if (const Json* target = context.related(reference); target != nullptr && reason.empty()) {
      reason = concept_text((*target)["code"]);
    }
  }
  fact.set("reason", reason);
}

void set_period(Fact& fact, When start, When end) {
  fact.when = start;
  fact.until = end;
  fact.set("start", start.date_text());
  fact.set("end", end.date_text());
}

}  // namespace

void read_medication_request(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = start_medication(context);
  fact.category = resource["intent"].text();
  const Json& validity = resource["dispenseRequest"]["validityPeriod"];
  When start = first_when(resource, {"authoredOn"});
  if (!start.known()) start = first_when(validity, {"start"});
  set_period(fact, start, first_when(validity, {"end"}));
  read_dosage(resource["dosageInstruction"], fact);
  fact.set("refills", resource["dispenseRequest"]["numberOfRepeatsAllowed"].text());
  read_reason(context, fact);
  fact.set("prescriber", context.display(resource["requester"]));
  fact.author = context.display(resource["requester"]);
  fact.negated = resource["doNotPerform"].is_true();
  context.add(std::move(fact));
}

void read_medication_statement(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = start_medication(context);
  fact.category = "statement";
  When start = first_when(resource, {"effectiveDateTime"});
  const Json& period = resource["effectivePeriod"];
  if (!start.known()) start = first_when(period, {"start"});
  if (!start.known()) {
    start = first_when(resource, {"dateAsserted"});
    start.inferred = start.known();
  }
  set_period(fact, start, first_when(period, {"end"}));
  read_dosage(resource["dosage"], fact);
  read_reason(context, fact);
  fact.author = context.display(resource["informationSource"]);
  fact.negated = fact.status == "not-taken";
  context.add(std::move(fact));
}

void read_medication_dispense(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = start_medication(context);
  fact.category = "dispense";
  set_period(fact, first_when(resource, {"whenHandedOver", "whenPrepared"}), {});
  read_dosage(resource["dosageInstruction"], fact);
  fact.set("quantity", quantity_text(resource["quantity"]));
  fact.set("days_supply", quantity_text(resource["daysSupply"]));
  fact.performer = context.display(resource["performer"][0]["actor"]);
  context.add(std::move(fact));
}

void read_medication_administration(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = start_medication(context);
  fact.category = "administration";
  const Json& period = resource["effectivePeriod"];
  When start = first_when(resource, {"effectiveDateTime"});
  if (!start.known()) start = first_when(period, {"start"});
  set_period(fact, start, first_when(period, {"end"}));
  const Json& dosage = resource["dosage"];
  fact.set("dose", quantity_text(dosage["dose"]));
  fact.set("route", concept_text(dosage["route"]));
  fact.set("instructions", dosage["text"].text());
  read_reason(context, fact);
  fact.performer = context.display(resource["performer"][0]["actor"]);
  fact.negated = fact.status == "not-done";
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::fhir
