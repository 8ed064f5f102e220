// Laboratory and other results, vital signs (C-CDA R2.1 §3.86 to §3.88, §3.112 and §3.113).
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

void read_observation(Context& context, const Scope& scope, const Statement& statement, Kind kind,
                      const char* category) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, kind, true);
  fact.category = category;
  const auto code = node.child("code");
  fact.codes = read_codes(context, code);
  const auto coded = fact.codes.size();
  fact.text = coded_text(context, code);
  read_measurement(context, statement, fact);
  // The answer's codes are of use where a question was asked, and would mislead by an analyte.
  fact.codes.resize(coded);
  if (fact.text.empty()) fact.text = context.text_of(node.child("text"));
  if (fact.text.empty() && fact.value.empty()) {
    context.lose(statement.locator, "A result has neither a code nor a value.");
    return;
  }
  fact.negated = is_negated(node);
  fact.status = status_of(node, "final");
  if (fact.status == "active") fact.status = "preliminary";
  if (fact.status == "stopped") fact.status = "cancelled";
  hide_if_withdrawn(fact);
  fact.set("panel", fact.group_text);
  const auto specimen = node.child("specimen").child("specimenRole").child("specimenPlayingEntity");
  auto material = coded_text(context, specimen.child("code"));
  if (material.empty()) material = scope.specimen;
  fact.set("specimen", std::move(material));
  add_comment(context, node, fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

/// The specimen of a panel, for its results that name none.
std::string panel_specimen(const Context& context, pugi::xml_node organizer) {
  const auto role = organizer.child("specimen").child("specimenRole");
  return cut(coded_text(context, role.child("specimenPlayingEntity").child("code")),
             kInheritedText);
}

}  // namespace

void read_result(Context& context, const Scope& scope, const Statement& statement) {
  read_observation(context, scope, statement, Kind::result,
                   scope.category.empty() ? "laboratory" : scope.category.c_str());
}

void read_imaging(Context& context, const Scope& scope, const Statement& statement) {
  read_observation(context, scope, statement, Kind::result, "imaging");
}

void read_vital(Context& context, const Scope& scope, const Statement& statement) {
  read_observation(context, scope, statement, Kind::vital, "vital-signs");
}

void read_result_organizer(Context& context, const Scope& scope, const Statement& statement) {
  Scope inner = scope;
  inner.specimen = panel_specimen(context, statement.node);
  read_components(context, inner, statement, read_result);
}

void read_vital_organizer(Context& context, const Scope& scope, const Statement& statement) {
  read_components(context, scope, statement, read_vital);
}

}  // namespace chartroom::evidence::ccda
