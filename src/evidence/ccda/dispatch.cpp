// Which reader a clinical statement belongs to.
#include <algorithm>
#include <array>

#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

struct Route {
  std::string_view root;
  Reader reader;
};

#define CCDA "2.16.840.1.113883.10.20."

// The most specific first: a smoking status is also a social history observation, a functional
// status problem also a problem observation.
constexpr std::array kRoutes = {
    Route{CCDA "22.4.78", read_social},              // smoking status
    Route{CCDA "22.4.85", read_social},              // tobacco use
    Route{CCDA "22.4.200", read_social},             // birth sex
    Route{CCDA "22.4.501", read_private_social},     // sexual orientation
    Route{CCDA "34.3.45", read_private_social},      // gender identity
    Route{CCDA "22.4.506", read_private_social},     // tribal affiliation
    Route{CCDA "22.4.507", read_social},             // sex
    Route{CCDA "22.4.217", read_social},             // past or present occupation
    Route{CCDA "22.4.503", read_social},             // occupation
    Route{CCDA "22.4.504", read_social},             // industry
    Route{CCDA "15.3.8", read_social},               // pregnancy
    Route{CCDA "22.4.72", read_social},              // caregiver characteristics
    Route{CCDA "22.4.109", read_social},             // home environment
    Route{CCDA "22.4.111", read_social},             // cultural and religious
    Route{CCDA "22.4.38", read_social},              //
    Route{CCDA "1.33", read_social},                 // CCD R1
    Route{CCDA "22.4.68", read_functional},          // functional status problem
    Route{CCDA "22.4.73", read_functional},          // cognitive status problem
    Route{CCDA "22.4.79", read_deceased},            //
    Route{CCDA "22.4.80", read_diagnosis_act},       // encounter diagnosis
    Route{CCDA "22.4.33", read_diagnosis_act},       // hospital discharge diagnosis
    Route{CCDA "22.4.34", read_diagnosis_act},       // hospital admission diagnosis
    Route{CCDA "22.4.51", read_diagnosis_act},       // postprocedure diagnosis
    Route{CCDA "22.4.65", read_diagnosis_act},       // preoperative diagnosis
    Route{CCDA "22.4.3", read_problem_concern},      //
    Route{CCDA "22.4.4", read_problem},              //
    Route{CCDA "1.28", read_problem},                // CCD R1
    Route{CCDA "22.4.19", read_problem},             // indication
    Route{CCDA "22.4.30", read_allergy_concern},     //
    Route{CCDA "22.4.7", read_allergy},              //
    Route{CCDA "24.3.90", read_allergy},             // substance or device allergy
    Route{CCDA "1.18", read_allergy},                // CCD R1 alert
    Route{CCDA "22.4.42", read_plan},                // planned medication
    Route{CCDA "22.4.120", read_plan},               // planned immunization
    Route{CCDA "22.4.52", read_immunization},        //
    Route{CCDA "22.4.35", read_medication_wrapper},  // discharge medication
    Route{CCDA "22.4.36", read_medication_wrapper},  // admission medication
    Route{CCDA "22.4.16", read_medication},          //
    Route{CCDA "1.24", read_medication},             // CCD R1
    Route{CCDA "22.4.17", read_supply},              //
    Route{CCDA "22.4.18", read_supply},              //
    Route{CCDA "22.4.26", read_vital_organizer},     //
    Route{CCDA "1.35", read_vital_organizer},        // CCD R1
    Route{CCDA "22.4.27", read_vital},               //
    Route{CCDA "22.4.1", read_result_organizer},     //
    Route{CCDA "1.32", read_result_organizer},       // CCD R1
    Route{CCDA "22.4.2", read_result},               //
    Route{CCDA "1.31", read_result},                 // CCD R1
    Route{CCDA "6.2.12", read_imaging},              // DIR text observation
    Route{CCDA "6.2.13", read_imaging},              // DIR code observation
    Route{CCDA "6.2.14", read_imaging},              // DIR quantity measurement
    Route{CCDA "6.2.6", read_imaging_study},         // DIR study
    Route{CCDA "6.2.5", read_procedure},             // DIR procedure context
    Route{CCDA "22.4.135", read_device_organizer},   //
    Route{CCDA "22.4.50", read_device_supply},       //
    Route{CCDA "22.4.14", read_procedure},           //
    Route{CCDA "22.4.13", read_procedure},           //
    Route{CCDA "22.4.12", read_procedure},           //
    Route{CCDA "1.29", read_procedure},              // CCD R1
    Route{CCDA "22.4.49", read_encounter},           //
    Route{CCDA "1.21", read_encounter},              // CCD R1
    Route{CCDA "22.4.45", read_family_organizer},    //
    Route{CCDA "1.23", read_family_organizer},       // CCD R1
    Route{CCDA "22.4.46", read_family},              //
    Route{CCDA "1.22", read_family},                 // CCD R1
    Route{CCDA "22.4.66", read_functional_organizer},
    Route{CCDA "22.4.75", read_functional_organizer},  // mental status
    Route{CCDA "22.4.67", read_functional},            //
    Route{CCDA "22.4.74", read_functional},            // mental status
    Route{CCDA "22.4.69", read_functional},            // assessment scale
    Route{CCDA "22.4.70", read_functional},            // pressure ulcer
    Route{CCDA "22.4.114", read_functional},           // longitudinal wound
    Route{CCDA "22.4.124", read_functional},           // nutritional status
    Route{CCDA "22.4.127", read_functional},           // sensory status
    Route{CCDA "22.4.128", read_functional},           // self-care activities
    Route{CCDA "22.4.138", read_functional},           // nutrition assessment
    Route{CCDA "22.4.505", read_functional},           // disability
    Route{CCDA "22.4.113", read_functional},           // prognosis
    Route{CCDA "22.4.132", read_health_concern},       //
    Route{CCDA "22.4.136", read_health_concern},       // risk concern
    Route{CCDA "22.4.5", read_functional},             // health status
    Route{CCDA "22.4.39", read_plan},                  // planned act
    Route{CCDA "22.4.40", read_plan},                  // planned encounter
    Route{CCDA "22.4.41", read_plan},                  // planned procedure
    Route{CCDA "22.4.43", read_plan},                  // planned supply
    Route{CCDA "22.4.44", read_plan},                  // planned observation
    Route{CCDA "22.4.121", read_plan},                 // goal
    Route{CCDA "22.4.110", read_plan},                 // progress toward goal
    Route{CCDA "22.4.123", read_plan},                 // drug monitoring
    Route{CCDA "22.4.129", read_plan},                 // planned coverage
    Route{CCDA "22.4.130", read_plan},                 // nutrition recommendation
    Route{CCDA "22.4.131", read_plan},                 // intervention
    Route{CCDA "22.4.146", read_plan},                 // planned intervention
    Route{CCDA "22.4.140", read_plan},                 // patient referral
    Route{CCDA "22.4.141", read_plan},                 // handoff
    Route{CCDA "22.4.144", read_plan},                 // outcome
    Route{CCDA "22.4.20", read_plan},                  // instruction
    Route{CCDA "1.25", read_plan},                     // CCD R1 plan of care
    Route{CCDA "22.4.108", read_directive},            // organizer
    Route{CCDA "22.4.48", read_directive},             // advance directive
    Route{CCDA "1.17", read_directive},                // CCD R1
    Route{CCDA "22.4.60", read_coverage},              //
    Route{CCDA "1.20", read_coverage},                 // CCD R1
    Route{CCDA "22.4.500", read_care_team},            //
    Route{CCDA "22.4.202", read_note},                 //
    Route{CCDA "22.4.64", read_note},                  // comment that stands alone
};

constexpr std::array<std::string_view, 31> kDetails = {
    CCDA "22.4.5",
    CCDA "22.4.6",
    CCDA "22.4.8",
    CCDA "22.4.9",
    CCDA "22.4.17",
    CCDA "22.4.18",
    CCDA "22.4.19",
    CCDA "22.4.20",
    CCDA "22.4.28",
    CCDA "22.4.31",
    CCDA "22.4.47",
    CCDA "22.4.53",
    CCDA "22.4.61",
    CCDA "22.4.63",
    CCDA "22.4.64",
    CCDA "22.4.86",
    CCDA "22.4.118",
    CCDA "22.4.119",
    CCDA "22.4.122",
    CCDA "22.4.143",
    CCDA "22.4.145",
    CCDA "22.4.147",
    CCDA "1.19",
    CCDA "1.47",
    CCDA "1.57",
    CCDA "6.2.8",
    CCDA "6.2.9",
    CCDA "6.2.10",
    CCDA "6.2.11",                   // DICOM references
    "2.16.840.1.113883.3.3251.1.4",  // DS4P privacy annotation, see sensitivity_of()
    "2.16.840.1.113883.3.445.21",    // DS4P security observation
};

/// Details that carry no template: status, severity, criticality, age, comment, certainty.
constexpr std::array<std::string_view, 8> kDetailCodes = {
    "33999-4", "SEV", "82606-5", "445518008", "48767-8", "66455-7", "ASSERTION", "408729009"};

#undef CCDA

/// An organizer of no kind of its own, such as the parts of one prescription: each part is read as
/// if it stood alone.
void read_cluster(Context& context, const Scope& scope, const Statement& statement) {
  read_components(context, scope, statement, read_statement);
}

Reader by_section(const Scope& scope, std::string_view element) {
  const bool act = element == "act";
  const bool observation = element == "observation";
  const bool organizer = element == "organizer";
  const bool procedure = element == "procedure";
  const bool drug = element == "substanceAdministration";
  switch (scope.section) {
    case Section::problems:
    case Section::encounter_diagnoses:
      return act ? read_problem_concern : observation ? read_problem : nullptr;
    case Section::allergies:
      return act ? read_allergy_concern : observation ? read_allergy : nullptr;
    case Section::medications:
      return drug                  ? read_medication
             : element == "supply" ? read_supply
             : act                 ? read_medication_wrapper
             : organizer           ? read_cluster
                                   : nullptr;
    case Section::immunizations:
      return drug ? read_immunization : organizer ? read_cluster : nullptr;
    case Section::results:
    case Section::findings:
      return organizer          ? read_result_organizer
             : observation      ? read_result
             : procedure || act ? read_procedure
                                : nullptr;
    case Section::vitals:
      return organizer ? read_vital_organizer : observation ? read_vital : nullptr;
    case Section::procedures:
      return procedure || act || observation ? read_procedure
             : drug                          ? read_medication
             : organizer                     ? read_cluster
                                             : nullptr;
    case Section::encounters:
      return element == "encounter" ? read_encounter : act ? read_diagnosis_act : nullptr;
    case Section::social:
      return observation ? read_social : nullptr;
    case Section::family:
      return organizer ? read_family_organizer : observation ? read_family : nullptr;
    case Section::functional:
    case Section::mental:
      return organizer ? read_functional_organizer : observation ? read_functional : nullptr;
    case Section::plan:
    case Section::goals:
      return read_plan;
    case Section::concerns:
      return act ? read_health_concern : observation ? read_problem : nullptr;
    case Section::equipment:
      return organizer             ? read_device_organizer
             : element == "supply" ? read_device_supply
             : procedure || act    ? read_procedure
                                   : nullptr;
    case Section::payers:
      return act ? read_coverage : nullptr;
    case Section::care_team:
      return organizer ? read_care_team : nullptr;
    case Section::directives:
      return observation || organizer ? read_directive : nullptr;
    case Section::notes:
      return act ? read_note : nullptr;
    case Section::unknown:
      break;
  }
  // Of an unknown section, only what its kind of act alone tells apart.
  if (drug) return read_medication;
  if (procedure) return read_procedure;
  if (element == "encounter") return read_encounter;
  return nullptr;
}

/// References to other entries by id carry nothing of their own.
bool is_bare_reference(pugi::xml_node statement) {
  for (const auto child : statement.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string_view name = child.name();
    if (name != "id" && name != "templateId" && name != "statusCode" && name != "realmCode") {
      return false;
    }
  }
  return true;
}

/// True for what is ordered, proposed, promised or aimed at, and did not happen.
bool is_intended(pugi::xml_node statement) {
  static constexpr std::array<std::string_view, 8> kMoods = {"RQO", "INT", "PRMS", "PRP",
                                                             "GOL", "ARQ", "APT",  "APT.RQO"};
  return std::ranges::find(kMoods, statement.attribute("moodCode").value()) != kMoods.end();
}

}  // namespace

Reader reader_of(pugi::xml_node statement) {
  for (const auto& route : kRoutes) {
    if (has_template(statement, route.root)) return route.reader;
  }
  return nullptr;
}

bool is_detail(pugi::xml_node statement) {
  // Encounter diagnoses of published test data call themselves indications as well.
  if (reader_of(statement) == read_diagnosis_act) return false;
  for (const auto root : kDetails) {
    if (has_template(statement, root)) return true;
  }
  if (statement.child("templateId")) return false;
  const std::string_view code = statement.child("code").attribute("code").value();
  return std::ranges::find(kDetailCodes, code) != kDetailCodes.end();
}

void read_statement(Context& context, const Scope& scope, const Statement& statement) {
  const std::string_view element = statement.node.name();
  // An act with a nullFlavor says that there is no information; its section's narrative is shown.
  if (is_null(statement.node) || is_bare_reference(statement.node)) return;
  // Images belong to the narrative that refers to them.
  if (element == "observationMedia" || element == "regionOfInterest") return;
  if (has_template(statement.node, "2.16.840.1.113883.3.3251.1.4")) return;
  if (scope.depth > kNesting) {
    context.lose(statement.locator, "An entry is nested deeper than the limit.");
    return;
  }
  auto reader = reader_of(statement.node);
  const bool plan = scope.section == Section::plan || scope.section == Section::goals;
  const bool done =
      std::string_view(statement.node.child("statusCode").attribute("code").value()) ==
          "completed" &&
      !is_intended(statement.node);
  // In a plan, a medication activity (mood INT) is not yet a medication of the patient, and an
  // encounter not yet a visit.
  if (plan && !done &&
      (reader == read_medication || reader == read_immunization || reader == read_procedure ||
       reader == read_encounter)) {
    reader = read_plan;
  }
  if (!reader && is_intended(statement.node) && element != "substanceAdministration") {
    reader = read_plan;
  }
  if (!reader && statement.node.child("reference").child("externalDocument")) {
    reader = read_referenced_document;
  }
  if (!reader) reader = by_section(scope, element);
  if (!reader) {
    context.lose(statement.locator,
                 "An entry is of a kind that is not known here; see the section's text.");
    return;
  }
  reader(context, scope, statement);
  // A document that an organizer refers to, such as a quality measure, is not what it holds.
  if (reader == read_referenced_document && element == "organizer") {
    read_cluster(context, scope, statement);
  }
}

void read_nested(Context& context, const Scope& scope, const Statement& statement) {
  const Scope inner = within(scope, statement);
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node) || is_detail(child.node)) return;
    const std::string_view element = child.node.name();
    if (is_bare_reference(child.node)) return;
    if (element == "observationMedia" || element == "regionOfInterest") return;
    if (reader_of(child.node) || is_intended(child.node) ||
        child.node.child("reference").child("externalDocument")) {
      read_statement(context, inner, child);
    } else {
      context.lose(
          child.locator,
          "A part of an entry is of a kind that is not known here; see the section's text.");
    }
  });
}

}  // namespace chartroom::evidence::ccda
