// Readers of clinical statements, one file per group. Each takes a statement and adds facts (none,
// one or several) or losses to the context.
#pragma once

#include <string>
#include <string_view>

#include "evidence/ccda/context.hpp"

namespace chartroom::evidence::ccda {

using Reader = void (*)(Context&, const Scope&, const Statement&);

/// Reads a statement of a section: by template if one is known, else by the section it stands in
/// and its kind of act. What neither can place becomes a loss.
void read_statement(Context& context, const Scope& scope, const Statement& statement);

/// Reads what stands in the entryRelationships of a statement and is a statement in its own right.
/// Details that the reader of `statement` itself looks at (status, severity, …) are passed over.
void read_nested(Context& context, const Scope& scope, const Statement& statement);

// problems.cpp
void read_problem_concern(Context& context, const Scope& scope, const Statement& statement);
void read_problem(Context& context, const Scope& scope, const Statement& statement);
void read_diagnosis_act(Context& context, const Scope& scope, const Statement& statement);
void read_deceased(Context& context, const Scope& scope, const Statement& statement);

// allergies.cpp
void read_allergy_concern(Context& context, const Scope& scope, const Statement& statement);
void read_allergy(Context& context, const Scope& scope, const Statement& statement);

// medications.cpp
void read_medication(Context& context, const Scope& scope, const Statement& statement);
void read_medication_wrapper(Context& context, const Scope& scope, const Statement& statement);
void read_supply(Context& context, const Scope& scope, const Statement& statement);
void read_immunization(Context& context, const Scope& scope, const Statement& statement);

// results.cpp
void read_result_organizer(Context& context, const Scope& scope, const Statement& statement);
void read_result(Context& context, const Scope& scope, const Statement& statement);
void read_vital_organizer(Context& context, const Scope& scope, const Statement& statement);
void read_vital(Context& context, const Scope& scope, const Statement& statement);
void read_imaging(Context& context, const Scope& scope, const Statement& statement);

// procedures.cpp
void read_procedure(Context& context, const Scope& scope, const Statement& statement);
void read_device_supply(Context& context, const Scope& scope, const Statement& statement);
void read_device_organizer(Context& context, const Scope& scope, const Statement& statement);
void read_encounter(Context& context, const Scope& scope, const Statement& statement);

// history.cpp
void read_social(Context& context, const Scope& scope, const Statement& statement);
void read_private_social(Context& context, const Scope& scope, const Statement& statement);
void read_family_organizer(Context& context, const Scope& scope, const Statement& statement);
void read_family(Context& context, const Scope& scope, const Statement& statement);

// plan.cpp
void read_plan(Context& context, const Scope& scope, const Statement& statement);
void read_health_concern(Context& context, const Scope& scope, const Statement& statement);
void read_directive(Context& context, const Scope& scope, const Statement& statement);
void read_functional_organizer(Context& context, const Scope& scope, const Statement& statement);
void read_functional(Context& context, const Scope& scope, const Statement& statement);
void read_coverage(Context& context, const Scope& scope, const Statement& statement);
void read_care_team(Context& context, const Scope& scope, const Statement& statement);

// notes.cpp
void read_note(Context& context, const Scope& scope, const Statement& statement);
void read_referenced_document(Context& context, const Scope& scope, const Statement& statement);
void read_imaging_study(Context& context, const Scope& scope, const Statement& statement);

// shared.cpp
/// Adds to a list in words; an empty text adds nothing.
void append_to(std::string& list, const std::string& more, const char* separator = ", ");
/// ActStatus in FHIR's words; `completed` is what "completed" means for this kind of fact.
[[nodiscard]] std::string status_of(pugi::xml_node statement, const char* completed);
/// Marks facts that the source itself withdrew. Call when the status is set.
void hide_if_withdrawn(Fact& fact);
/// Sets class, status, start and end.
void finish_encounter(Fact& fact);
[[nodiscard]] bool is_negated(pugi::xml_node statement);
/// First statement in an entryRelationship with this template, or whose code is `code`.
[[nodiscard]] pugi::xml_node related(pugi::xml_node statement, std::string_view template_root,
                                     std::string_view code = {});
/// Indications of a statement, in words.
[[nodiscard]] std::string reasons_of(const Context& context, pugi::xml_node statement);
/// Sets "comment" from a comment activity, when there is one.
void add_comment(const Context& context, pugi::xml_node statement, Fact& fact);
/// Words, where `coded` has none: what the statement's own <text> or its code's narrative says.
[[nodiscard]] std::string words_of(const Context& context, pugi::xml_node statement,
                                   pugi::xml_node coded);
/// Reads all values of an observation into the fact, with interpretation and reference range.
void read_measurement(Context& context, const Statement& statement, Fact& fact);
/// Reads the components of an organizer, each by `reader`; `group` names the facts' panel.
void read_components(Context& context, const Scope& scope, const Statement& organizer,
                     Reader reader);
[[nodiscard]] std::string product_name(const Context& context, pugi::xml_node statement);
[[nodiscard]] pugi::xml_node product_code(pugi::xml_node statement);

}  // namespace chartroom::evidence::ccda
