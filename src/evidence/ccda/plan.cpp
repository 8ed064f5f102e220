// Plans, goals and concerns; functional and mental status; coverage; care team.
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

const char* plan_category(pugi::xml_node node) {
  const std::string_view element = node.name();
  const std::string_view mood = node.attribute("moodCode").value();
  if (mood == "GOL") return "goal";
  if (has_template(node, templates::kInstruction)) return "instruction";
  if (has_template(node, "2.16.840.1.113883.10.20.22.4.140")) return "referral";
  if (has_template(node, "2.16.840.1.113883.10.20.22.4.144")) return "outcome";
  if (element == "substanceAdministration") return "planned-medication";
  if (element == "supply") return "planned-supply";
  if (element == "encounter") return "planned-encounter";
  if (element == "procedure") return "planned-procedure";
  if (element == "observation") return "planned-observation";
  return "planned-act";
}

}  // namespace

void read_plan(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::plan_of_care, false);
  fact.category = plan_category(node);
  const bool drug = std::string_view(node.name()) == "substanceAdministration";
  const auto code = drug ? product_code(node) : node.child("code");
  fact.codes = read_codes(context, code);
  fact.text = drug ? product_name(context, node) : coded_words(context, code);
  const auto own_text = context.text_of(node.child("text"));
  if (fact.text.empty()) fact.text = own_text;
  const auto coded = fact.codes.size();
  if (!drug) read_measurement(context, statement, fact);
  fact.codes.resize(coded);
  if (fact.text.empty()) fact.text = fact.value.raw;
  if (fact.text.empty()) fact.text = coded_text(context, code);
  const bool named = !fact.text.empty();
  if (named) {
    if (own_text != fact.text) fact.set("instructions", own_text);
    fact.set("reason", reasons_of(context, node));
    fact.negated = is_negated(node);
    fact.status = status_of(node, "completed");
    hide_if_withdrawn(fact);
    add_comment(context, node, fact);
    context.add(std::move(fact));
  }
  const bool has_parts = static_cast<bool>(node.child("entryRelationship"));
  if (!named && !has_parts) {
    context.lose(statement.locator, "A planned act has neither a code nor a text.");
  }
  read_nested(context, scope, statement);
}

void read_health_concern(Context& context, const Scope& scope, const Statement& statement) {
  // The act only says that what lies within is of concern; where that is a reference or a text,
  // the concern itself is the fact.
  Scope inner = within(scope, statement);
  inner.category.clear();
  bool any = false;
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node) || is_detail(child.node)) return;
    if (!reader_of(child.node)) return;
    any = true;
    read_statement(context, inner, child);
  });
  if (any) return;
  auto text = context.text_of(statement.node.child("text"));
  if (text.empty()) text = coded_words(context, statement.node.child("code"));
  Fact fact = start_fact(scope, statement, Kind::plan_of_care, false);
  fact.category = "health-concern";
  fact.codes = read_codes(context, statement.node.child("code"));
  fact.text = text.empty() ? "Health concern" : std::move(text);
  fact.status = status_of(statement.node, "completed");
  hide_if_withdrawn(fact);
  context.add(std::move(fact));
}

void read_directive(Context& context, const Scope& scope, const Statement& statement) {
  if (std::string_view(statement.node.name()) == "organizer") {
    return read_components(context, scope, statement, read_directive);
  }
  Fact fact = start_fact(scope, statement, Kind::plan_of_care, false);
  fact.category = "advance-directive";
  fact.codes = read_codes(context, statement.node.child("code"));
  fact.text = words_of(context, statement.node, statement.node.child("code"));
  const auto coded = fact.codes.size();
  read_measurement(context, statement, fact);
  fact.codes.resize(coded);
  if (fact.text.empty()) fact.text = "Advance directive";
  fact.negated = is_negated(statement.node);
  fact.status = status_of(statement.node, "completed");
  hide_if_withdrawn(fact);
  context.add(std::move(fact));
}

void read_functional(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::functional_status, true);
  if (fact.category.empty()) {
    fact.category = scope.section == Section::mental ? "mental-status" : "functional-status";
  }
  const auto code = node.child("code");
  fact.codes = read_codes(context, code);
  const auto coded = fact.codes.size();
  fact.text = coded_words(context, code);
  read_measurement(context, statement, fact);
  // "Finding of functional performance: dependence on cane": the finding is what matters.
  const bool finding = !fact.value.raw.empty() && fact.value.number.empty();
  if (finding) {
    fact.set("question", fact.text);
    fact.text = fact.value.raw;
  } else {
    fact.codes.resize(coded);
  }
  if (fact.text.empty()) fact.text = context.text_of(node.child("text"));
  if (fact.text.empty()) fact.text = coded_text(context, code);
  if (fact.text.empty()) {
    context.lose(statement.locator, "A status entry has neither a code nor a value.");
    return;
  }
  fact.negated = is_negated(node);
  fact.status = status_of(node, "final");
  hide_if_withdrawn(fact);
  add_comment(context, node, fact);
  const auto group = cut(fact.text, kInheritedText);
  context.add(std::move(fact));
  // The items of an assessment scale.
  Scope inner = within(scope, statement);
  inner.group_id = statement.locator;
  inner.group_text = group;
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (has_template(child.node, "2.16.840.1.113883.10.20.22.4.86")) {
      read_functional(context, inner, child);
    }
  });
  read_nested(context, scope, statement);
}

void read_functional_organizer(Context& context, const Scope& scope, const Statement& statement) {
  read_components(context, scope, statement, read_functional);
}

void read_coverage(Context& context, const Scope& scope, const Statement& statement) {
  bool any = false;
  const Scope inner = within(scope, statement);
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node) || std::string_view(child.node.name()) != "act") return;
    any = true;
    const auto node = child.node;
    Fact fact = start_fact(inner, child, Kind::coverage, false);
    fact.codes = read_codes(context, node.child("code"));
    for (const auto performer : node.children("performer")) {
      const auto entity = performer.child("assignedEntity");
      const bool payer = has_template(performer, "2.16.840.1.113883.10.20.22.4.87") ||
                         has_code(entity.child("code"), "PAYOR");
      if (payer) fact.set("payer", participant_organization(performer));
    }
    for (const auto participant : node.children("participant")) {
      const auto role = participant.child("participantRole");
      const std::string_view type = participant.attribute("typeCode").value();
      if (type == "HLD") continue;
      const auto period = read_period(participant.child("time"));
      if (!fact.when.known()) fact.when = period.start();
      if (!fact.until.known()) fact.until = period.high;
      fact.set("relationship", coded_text(context, role.child("code")));
    }
    for (const auto link : node.children("entryRelationship")) {
      const auto authorization = link.child("act");
      if (!has_template(authorization, "2.16.840.1.113883.10.20.1.19")) continue;
      std::string what;
      for (const auto subject : authorization.children("entryRelationship")) {
        append_to(what, coded_text(context, statement_below(subject).child("code")));
      }
      fact.set("authorizes", std::move(what));
    }
    const auto* payer = fact.attribute("payer");
    fact.text = coded_words(context, node.child("code"));
    if (payer) fact.text = fact.text.empty() ? *payer : *payer + " (" + fact.text + ")";
    if (fact.text.empty()) fact.text = "Insurance coverage";
    fact.status = status_of(statement.node, "active");
    hide_if_withdrawn(fact);
    context.add(std::move(fact));
  });
  if (!any) context.lose(statement.locator, "A coverage entry names no policy.");
}

void read_care_team(Context& context, const Scope& scope, const Statement& statement) {
  Scope inner = within(scope, statement);
  inner.group_id = statement.locator;
  inner.group_text = cut(coded_words(context, statement.node.child("code")), kInheritedText);
  bool any = false;
  each_related(statement, "component", [&](pugi::xml_node, const Statement& child) {
    for (const auto performer : child.node.children("performer")) {
      std::string who = participant_name(performer);
      append_to(who, participant_organization(performer));
      if (who.empty()) continue;
      any = true;
      Fact fact = start_fact(inner, child, Kind::care_team, false);
      fact.text = std::move(who);
      fact.codes = read_codes(context, performer.child("sdtc:functionCode"));
      fact.set("role", coded_text(context, performer.child("sdtc:functionCode")));
      fact.status = status_of(child.node, "completed");
      hide_if_withdrawn(fact);
      context.add(std::move(fact));
      return;
    }
    if (has_template(child.node, "2.16.840.1.113883.10.20.22.4.202")) {
      any = true;
      read_note(context, inner, child);
    }
  });
  if (!any) context.lose(statement.locator, "A care team names nobody.");
}

}  // namespace chartroom::evidence::ccda
