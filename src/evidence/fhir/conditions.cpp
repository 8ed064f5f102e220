// Condition (R4 §9.2), AllergyIntolerance (§9.1), FamilyMemberHistory (§9.5), Immunization (§9.8).

#include "evidence/fhir/context.hpp"

namespace chartroom::evidence::fhir {
namespace {

std::string age_text(const Json& holder, const char* age, const char* range, const char* text) {
  if (holder[age].exists()) return quantity_text(holder[age]);
  if (holder[range].exists()) {
    return quantity_text(holder[range]["low"]) + " - " + quantity_text(holder[range]["high"]);
  }
  return holder[text].text();
}

void read_verification(const Json& resource, Fact& fact) {
  const std::string verification = first_code(resource["verificationStatus"]);
  if (verification == "refuted") {
    fact.negated = true;
    hide(fact, "refuted");
  } else if (verification == "entered-in-error") {
    hide(fact, "entered in error");
  } else if (verification == "unconfirmed" || verification == "provisional" ||
             verification == "differential") {
    fact.set("verification", verification);
  }
}

}  // namespace

void read_condition(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::problem, resource["code"]);
  fact.category = first_code(resource["category"][0]);
  for (const Json& category : resource["category"]) {
    if (first_code(category) == "problem-list-item") fact.category = "problem-list-item";
  }
  fact.set("category", fact.category);
  fact.status = first_code(resource["clinicalStatus"]);
  fact.set("clinical_status", fact.status);
  fact.when = first_when(resource, {"onsetDateTime"});
  if (!fact.when.known()) fact.when = first_when(resource["onsetPeriod"], {"start"});
  fact.set("onset", fact.when.known()
                        ? fact.when.date_text()
                        : age_text(resource, "onsetAge", "onsetRange", "onsetString"));
  if (!fact.when.known()) {
    // The day of entry is no onset, but it tells where on the time line the statement belongs.
    fact.when = first_when(resource, {"recordedDate"});
    fact.when.inferred = fact.when.known();
  }
  fact.until = first_when(resource, {"abatementDateTime"});
  if (!fact.until.known()) fact.until = first_when(resource["abatementPeriod"], {"end", "start"});
  fact.set("abated", fact.until.known()
                         ? fact.until.date_text()
                         : age_text(resource, "abatementAge", "abatementRange", "abatementString"));
  fact.set("severity", concept_text(resource["severity"]));
  fact.set("body_site", concept_texts(resource["bodySite"]));
  fact.author = context.display(resource["recorder"]);
  if (fact.author.empty()) fact.author = context.display(resource["asserter"]);
  read_verification(resource, fact);
  context.add(std::move(fact));
}

void read_allergy(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::allergy, resource["code"]);
  fact.status = first_code(resource["clinicalStatus"]);
  fact.category = resource["category"][0].text();
  fact.when = first_when(resource, {"onsetDateTime"});
  if (!fact.when.known()) fact.when = first_when(resource["onsetPeriod"], {"start"});
  if (!fact.when.known()) {
    fact.when = first_when(resource, {"recordedDate"});
    fact.when.inferred = fact.when.known();
  }
  std::string reactions;
  std::string severity;
  for (const Json& reaction : resource["reaction"]) {
    const std::string text = concept_texts(reaction["manifestation"]);
    if (!reactions.empty() && !text.empty()) reactions += "; ";
    reactions += text;
    if (severity.empty()) severity = reaction["severity"].text();
    if (fact.text.empty()) fact.text = concept_text(reaction["substance"]);
  }
  fact.set("allergen", fact.text);
  fact.set("reaction", reactions);
  fact.set("severity", severity);
  fact.set("criticality", resource["criticality"].text());
  fact.set("type", resource["type"].text());
  fact.author = context.display(resource["recorder"]);
  for (const Code& code : fact.codes) {
    // SNOMED CT: no known allergy, no known drug / food / environmental allergy.
    if (code.code == "716186003" || code.code == "409137002" || code.code == "429625007" ||
        code.code == "428607008") {
      fact.negated = true;
    }
  }
  read_verification(resource, fact);
  context.add(std::move(fact));
}

void read_family_history(const Context& context) {
  const Json& resource = context.resource;
  Fact base = context.start(Kind::family_history);
  base.when = first_when(resource, {"date"});
  const std::string relationship = concept_text(resource["relationship"]);
  base.set("relationship", relationship);
  if (resource["deceasedBoolean"].is_true() || resource["deceasedDate"].exists() ||
      resource["deceasedAge"].exists() || resource["deceasedString"].exists()) {
    const std::string age = age_text(resource, "deceasedAge", "deceasedRange", "deceasedString");
    base.set("deceased", age.empty() ? "yes" : age);
  }
  bool any = false;
  for (const Json& condition : resource["condition"]) {
    Fact fact = base;
    fact.codes = read_codes(condition["code"]);
    fact.text = concept_text(condition["code"]);
    fact.set("age_at_onset", age_text(condition, "onsetAge", "onsetRange", "onsetString"));
    if (condition["contributedToDeath"].is_true()) fact.set("deceased", "from this condition");
    context.add(std::move(fact));
    any = true;
  }
  if (any) return;
  base.codes = read_codes(resource["relationship"]);
  base.text = relationship;
  context.add(std::move(base));
}

void read_immunization(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::immunization, resource["vaccineCode"]);
  fact.when = first_when(resource, {"occurrenceDateTime", "recorded"});
  fact.negated = fact.status == "not-done";
  fact.set("lot", resource["lotNumber"].text());
  fact.set("manufacturer", context.display(resource["manufacturer"]));
  const Json& protocol = resource["protocolApplied"][0];
  fact.set("dose_number", protocol["doseNumberPositiveInt"].exists()
                              ? protocol["doseNumberPositiveInt"].text()
                              : protocol["doseNumberString"].text());
  fact.performer = context.display(resource["performer"][0]["actor"]);
  fact.organization = context.display(resource["location"]);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::fhir
