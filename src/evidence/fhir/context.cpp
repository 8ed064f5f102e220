#include "evidence/fhir/context.hpp"

#include <algorithm>
#include <array>

namespace chartroom::evidence::fhir {
namespace {

// What meta.security may say beside the confidentiality itself (HL7 v3 ActCode): why something is
// sensitive (substance use, HIV, mental health, sexuality, violence, genetics), and that it must
// not be disclosed again (42 CFR Part 2).
constexpr std::array<std::string_view, 15> kSensitive = {
    "ETH", "ETHUD", "SUD", "OPIOIDUD", "HIV",  "STD",       "PSY",       "MH",
    "BH",  "SEX",   "SDV", "SV",       "GDIS", "NORDSCLCD", "42CFRPart2"};

// Confidentiality of meta.security (HL7 v3 Confidentiality): only what is more than normal.
std::string sensitivity_of(const Json& resource) {
  std::string found;
  for (const Json& label : resource["meta"]["security"]) {
    const std::string_view code = label["code"].string();
    if (code == "V" || code == "PSYTHPN") return "V";
    const bool sensitive =
        std::find(kSensitive.begin(), kSensitive.end(), code) != kSensitive.end();
    if (code == "R" || sensitive) found = "R";
  }
  return found;
}

}  // namespace

Fact Context::start(Kind kind) const {
  Fact fact;
  fact.kind = kind;
  fact.sources.push_back({0, locator});
  fact.sensitivity = sensitivity_of(resource);
  fact.status = resource["status"].text();
  for (const char* member : {"encounter", "context"}) {
    const Json& reference = resource[member].is_object() && resource[member]["encounter"].exists()
                                ? resource[member]["encounter"][0]
                                : resource[member];
    if (!reference["reference"].exists()) continue;
    const Json* encounter = index.resolve(reference, resource);
    const Resource* known = encounter == nullptr ? nullptr : index.find(*encounter);
    fact.encounter_ref = known == nullptr ? reference["reference"].text() : known->locator();
    break;
  }
  return fact;
}

Fact Context::start(Kind kind, const Json& concept_value) const {
  Fact fact = start(kind);
  fact.codes = read_codes(concept_value);
  fact.text = concept_text(concept_value);
  return fact;
}

const Json& subject_of(const Json& resource) {
  for (const char* member : {"subject", "patient", "beneficiary"}) {
    if (resource[member].exists()) return resource[member];
  }
  return resource["subject"];
}

const Json* Context::related(const Json& reference) const {
  const Json* target = index.resolve(reference, resource);
  if (target == nullptr) return nullptr;
  const Json& their_subject = subject_of(*target);
  if (!their_subject.exists()) return target;
  const bool same =
      index.resolve(their_subject, *target) == index.resolve(subject_of(resource), resource);
  return same ? target : nullptr;
}

When first_when(const Json& holder, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const When when = read_when(holder[name].string());
    if (when.known()) return when;
  }
  return {};
}

void hide(Fact& fact, std::string reason) {
  fact.hidden = true;
  fact.hidden_reason = std::move(reason);
}

}  // namespace chartroom::evidence::fhir
