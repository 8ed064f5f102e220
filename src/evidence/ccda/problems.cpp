// Problems, diagnoses and the health concerns that hold them (C-CDA R2.1 §3.77 to §3.80).
#include <algorithm>
#include <array>

#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr std::string_view kEntryReference = "2.16.840.1.113883.10.20.22.4.122";

/// Status values in FHIR's words (SNOMED CT; Problem Status value set).
std::string clinical_status(pugi::xml_node status) {
  const auto value = status.child("value");
  if (has_code(value, "55561003")) return "active";
  if (has_code(value, "413322009")) return "resolved";
  if (has_code(value, "73425007")) return "inactive";
  if (has_code(value, "246455001")) return "recurrence";
  if (has_code(value, "263855007")) return "relapse";
  if (has_code(value, "277022003")) return "remission";
  return {};
}

/// "No current problems or disability", "No known problems".
bool says_no_problem(const std::vector<Code>& codes) {
  return std::ranges::any_of(
      codes, [](const Code& code) { return code.code == "160245001" || code.code == "160244002"; });
}

const char* category_of(const Scope& scope) {
  switch (scope.section) {
    case Section::encounters:
    case Section::encounter_diagnoses:
      return "encounter-diagnosis";
    case Section::concerns:
      return "health-concern";
    case Section::procedures:
    case Section::findings:
      return "procedure-finding";
    default:
      return "problem-list-item";
  }
}

/// The status that the problem has when it does not say so itself.
std::string implied_status(pugi::xml_node problem, const Fact& fact,
                           const std::string& concern_status) {
  const auto high = problem.child("effectiveTime").child("high");
  // An end at an unknown date is still an end (C-CDA R2.1 §3.78).
  const bool ended = std::string_view(high.attribute("nullFlavor").value()) == "UNK";
  if (fact.until.known() || ended) return "resolved";
  if (concern_status == "completed" || concern_status == "aborted") return "inactive";
  return "active";
}

void read_problem_in(Context& context, const Scope& scope, const Statement& statement,
                     pugi::xml_node concern) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::problem, false);
  if (fact.category.empty()) fact.category = category_of(scope);
  const auto value = node.child("value");
  fact.codes = read_codes(context, value);
  fact.text = words_of(context, node, value);
  if (fact.text.empty()) fact.text = coded_words(context, node.child("code"));
  if (fact.text.empty() && fact.codes.empty()) {
    context.lose(statement.locator, "A problem has neither a code nor a name.");
    return;
  }
  fact.negated = is_negated(node) || says_no_problem(fact.codes);
  // "It is not so that there is a problem" says that there is none at all.
  if (is_negated(node) && has_code(value, "55607006")) fact.text = "No known problems";
  if (!fact.when.known()) {
    fact.when = read_period(concern.child("effectiveTime")).start();
    fact.when.inferred = fact.when.known();
  }
  fact.status = status_of(node, "");
  const std::string concern_status = concern.child("statusCode").attribute("code").value();
  if (concern_status == "nullified") fact.status = "entered-in-error";
  if (fact.status != "entered-in-error") {
    fact.status = clinical_status(related(node, templates::kProblemStatus, "33999-4"));
    if (fact.status.empty()) fact.status = implied_status(node, fact, concern_status);
    fact.set("clinical_status", fact.status);
  }
  hide_if_withdrawn(fact);
  const auto severity = related(node, templates::kSeverity, "SEV");
  fact.set("severity", coded_text(context, severity.child("value")));
  const auto age = related(node, templates::kAge, "445518008");
  fact.set("age_at_onset", quantity_text(age.child("value")));
  if (!fact.when.inferred) fact.set("onset", fact.when.date_text());
  fact.set("abated", fact.until.date_text());
  fact.set("category", fact.category);
  fact.set("health_status",
           coded_text(context,
                      related(node, "2.16.840.1.113883.10.20.22.4.5", "11323-3").child("value")));
  add_comment(context, node, fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

/// Reads the observations of an act around problems; false when it has none.
bool read_observations(Context& context, const Scope& scope, const Statement& act) {
  bool any = false;
  const Scope inner = within(scope, act);
  each_related(act, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node)) return;
    const auto reader = reader_of(child.node);
    const bool problem =
        reader == read_problem ||
        (!reader && !is_detail(child.node) && std::string_view(child.node.name()) == "observation");
    if (!problem) return;
    any = true;
    read_problem_in(context, inner, child, act.node);
  });
  return any;
}

/// What else stands in an act around problems.
void read_others(Context& context, const Scope& scope, const Statement& act) {
  const Scope inner = within(scope, act);
  each_related(act, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    const auto reader = reader_of(child.node);
    if (is_null(child.node) || is_detail(child.node) || !reader || reader == read_problem) return;
    read_statement(context, inner, child);
  });
}

/// The category that the kind of diagnosis act stands for.
std::string diagnosis_category(pugi::xml_node act, const Scope& scope) {
  struct Named {
    std::string_view root;
    const char* category;
  };
  static constexpr std::array kNamed = {
      Named{"2.16.840.1.113883.10.20.22.4.80", "encounter-diagnosis"},
      Named{"2.16.840.1.113883.10.20.22.4.33", "discharge-diagnosis"},
      Named{"2.16.840.1.113883.10.20.22.4.34", "admission-diagnosis"},
      Named{"2.16.840.1.113883.10.20.22.4.65", "preoperative-diagnosis"},
      Named{"2.16.840.1.113883.10.20.22.4.51", "postprocedure-diagnosis"}};
  for (const auto& named : kNamed) {
    if (has_template(act, named.root)) return named.category;
  }
  return scope.category.empty() ? "encounter-diagnosis" : scope.category;
}

}  // namespace

void read_problem(Context& context, const Scope& scope, const Statement& statement) {
  read_problem_in(context, scope, statement, {});
}

void read_problem_concern(Context& context, const Scope& scope, const Statement& statement) {
  // CCD R1 uses one template for the acts around problems and around allergies.
  if (scope.section == Section::allergies) return read_allergy_concern(context, scope, statement);
  const bool any = read_observations(context, scope, statement);
  read_others(context, scope, statement);
  if (!any && !related(statement.node, kEntryReference)) {
    context.lose(statement.locator, "A problem's entry holds no observation of the problem.");
  }
}

void read_diagnosis_act(Context& context, const Scope& scope, const Statement& statement) {
  Scope inner = scope;
  inner.category = diagnosis_category(statement.node, scope);
  if (inner.encounter_ref.empty()) inner.encounter_ref = scope.document_encounter;
  const bool any = read_observations(context, inner, statement);
  if (!any && !related(statement.node, kEntryReference)) {
    context.lose(statement.locator, "A diagnosis's entry holds no observation of the diagnosis.");
  }
}

void read_deceased(Context& context, const Scope& scope, const Statement& statement) {
  Fact fact = start_fact(scope, statement, Kind::problem, false);
  fact.category = "deceased";
  fact.codes = read_codes(context, statement.node.child("value"));
  fact.text = "Deceased";
  const auto cause = related(statement.node, "2.16.840.1.113883.10.20.22.4.4");
  if (auto words = coded_text(context, cause.child("value")); !words.empty()) {
    fact.text += ", cause: " + words;
  }
  fact.negated = is_negated(statement.node);
  fact.set("category", fact.category);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::ccda
