// Encounter (R4 §8.11), Procedure (§9.3), ImagingStudy (§10.5).

#include "evidence/fhir/context.hpp"

namespace chartroom::evidence::fhir {
namespace {

std::string class_text(const Json& encounter_class) {
  const std::string_view code = encounter_class["code"].string();
  if (code == "AMB") return "ambulatory";
  if (code == "EMER") return "emergency";
  if (code == "IMP" || code == "ACUTE" || code == "NONAC") return "inpatient";
  if (code == "OBSENC") return "observation";
  if (code == "VR") return "virtual";
  if (code == "HH") return "home health";
  if (code == "SS") return "short stay";
  if (code == "FLD") return "field";
  return encounter_class["display"].exists() ? encounter_class["display"].text()
                                             : std::string(code);
}

std::string diagnosis_text(const Context& context) {
  std::string all;
  for (const Json& diagnosis : context.resource["diagnosis"]) {
    std::string text = context.display(diagnosis["condition"]);
    if (text.empty()) {
      const Json* target = context.related(diagnosis["condition"]);
      if (target != nullptr) text = concept_text((*target)["code"]);
    }
    if (text.empty()) continue;
    if (!all.empty()) all += "; ";
    all += text;
  }
  return all;
}

}  // namespace

void read_encounter(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::encounter, resource["type"][0]);
  fact.encounter_ref.clear();
  fact.category = resource["class"]["code"].text();
  const std::string in_class = class_text(resource["class"]);
  fact.set("class", in_class);
  fact.set("type", concept_texts(resource["type"]));
  if (fact.text.empty()) fact.text = in_class.empty() ? "Encounter" : in_class + " encounter";
  fact.when = first_when(resource["period"], {"start"});
  fact.until = first_when(resource["period"], {"end"});
  fact.set("start", fact.when.text());
  fact.set("end", fact.until.text());
  fact.set("reason", concept_texts(resource["reasonCode"]));
  fact.set("diagnosis", diagnosis_text(context));
  fact.set("location", context.display(resource["location"][0]["location"]));
  fact.set("disposition", concept_text(resource["hospitalization"]["dischargeDisposition"]));
  fact.performer = context.display(resource["participant"][0]["individual"]);
  fact.organization = context.display(resource["serviceProvider"]);
  context.add(std::move(fact));
}

void read_procedure(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::procedure, resource["code"]);
  fact.category = first_code(resource["category"]);
  fact.when = first_when(resource, {"performedDateTime"});
  if (!fact.when.known()) {
    fact.when = first_when(resource["performedPeriod"], {"start", "end"});
    fact.until = first_when(resource["performedPeriod"], {"end"});
  }
  fact.negated = fact.status == "not-done";
  fact.performer = context.display(resource["performer"][0]["actor"]);
  fact.set("performer", fact.performer);
  fact.set("site", concept_texts(resource["bodySite"]));
  fact.set("outcome", concept_text(resource["outcome"]));
  fact.set("reason", concept_texts(resource["reasonCode"]));
  if (!resource["reasonCode"].exists()) {
    fact.set("reason", context.display(resource["reasonReference"][0]));
  }
  fact.organization = context.display(resource["location"]);
  context.add(std::move(fact));
}

void read_imaging_study(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::result, resource["procedureCode"][0]);
  fact.category = "imaging";
  fact.when = first_when(resource, {"started"});
  const Json& series = resource["series"][0];
  std::string modality = series["modality"]["display"].text();
  if (modality.empty()) modality = series["modality"]["code"].text();
  if (fact.text.empty()) fact.text = resource["description"].text();
  if (fact.text.empty()) fact.text = modality.empty() ? "Imaging study" : modality;
  fact.set("method", modality);
  fact.set("body_site", series["bodySite"]["display"].text());
  fact.organization = context.display(resource["location"]);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::fhir
