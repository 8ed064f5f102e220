// What the readers of single resource types work with.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "evidence/fhir/index.hpp"
#include "evidence/fhir/values.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence::fhir {

/// The panel that an Observation belongs to, known from reports and panels that list it.
struct Group {
  std::string id;    ///< "DiagnosticReport/7"
  std::string text;  ///< "Lipid panel"
};
using Groups = std::unordered_map<const Json*, Group>;

/// One resource that is about to be read into `reading`. Lives for one call.
struct Context {
  const Index& index;
  const Groups& groups;
  Reading& reading;
  const Json& resource;
  std::string locator;

  /// A fact with what every resource has: locator, confidentiality, encounter.
  [[nodiscard]] Fact start(Kind kind) const;
  /// As above with codes and text of a CodeableConcept.
  [[nodiscard]] Fact start(Kind kind, const Json& concept_value) const;
  void add(Fact fact) const { reading.facts.push_back(std::move(fact)); }
  void lose(std::string reason) const { reading.losses.push_back({0, locator, std::move(reason)}); }
  /// What `reference` points at, unless that is about another patient.
  [[nodiscard]] const Json* related(const Json& reference) const;
  [[nodiscard]] std::string display(const Json& reference) const {
    return index.display(reference, resource);
  }
};

/// subject, patient or beneficiary of a resource; a missing value when it has none.
[[nodiscard]] const Json& subject_of(const Json& resource);
/// The first member of `holder` among `names` that exists and reads as a time.
[[nodiscard]] When first_when(const Json& holder, std::initializer_list<std::string_view> names);
/// Hides a fact whose status says that it must not be believed ("entered-in-error").
void hide(Fact& fact, std::string reason);

void read_observation(const Context& context);
void read_diagnostic_report(const Context& context);
void read_document_reference(const Context& context);
void read_media(const Context& context);
void read_imaging_study(const Context& context);
void read_condition(const Context& context);
void read_allergy(const Context& context);
void read_family_history(const Context& context);
void read_immunization(const Context& context);
void read_medication_request(const Context& context);
void read_medication_statement(const Context& context);
void read_medication_dispense(const Context& context);
void read_medication_administration(const Context& context);
void read_procedure(const Context& context);
void read_encounter(const Context& context);
void read_care_plan(const Context& context);
void read_goal(const Context& context);
void read_service_request(const Context& context);
void read_device(const Context& context);
void read_coverage(const Context& context);
void read_care_team(const Context& context);
void read_questionnaire_response(const Context& context);

}  // namespace chartroom::evidence::fhir
