// Allergies and intolerances (C-CDA R2.1 §3.4 and §3.5).
#include <algorithm>
#include <array>

#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

/// "No known allergy" and its kinds as statements of their own (SNOMED CT).
bool says_no_allergy(const std::vector<Code>& codes) {
  static constexpr std::array<std::string_view, 6> kNone = {"716186003", "409137002", "428607008",
                                                            "716184000", "428197003", "716220001"};
  return std::ranges::any_of(
      codes, [](const Code& code) { return std::ranges::find(kNone, code.code) != kNone.end(); });
}

struct Agent {
  std::string name;
  std::vector<Code> codes;
};

Agent read_agent(const Context& context, pugi::xml_node observation) {
  Agent agent;
  for (const auto participant : observation.children("participant")) {
    const auto entity = participant.child("participantRole").child("playingEntity");
    if (!entity) continue;
    const auto code = entity.child("code");
    auto name = coded_words(context, code);
    if (name.empty()) name = flat_text(present_child(entity, "name"));
    if (name.empty()) name = coded_text(context, code);
    if (name.empty()) continue;
    agent.name += (agent.name.empty() ? "" : ", ") + name;
    for (auto& each : read_codes(context, code)) agent.codes.push_back(std::move(each));
  }
  return agent;
}

/// All reactions, each with its severity: "Hives (moderate)".
std::string reactions_of(const Context& context, pugi::xml_node observation,
                         std::string& worst_severity) {
  std::string all;
  for (const auto link : observation.children("entryRelationship")) {
    const auto reaction = link.child("observation");
    const std::string_view type = link.attribute("typeCode").value();
    const bool manifests = type == "MFST" && !reaction.child("templateId");
    if (!has_template(reaction, templates::kReaction) && !manifests) continue;
    const auto words = words_of(context, reaction, reaction.child("value"));
    const auto severity =
        coded_text(context, related(reaction, templates::kSeverity, "SEV").child("value"));
    if (worst_severity.empty()) worst_severity = severity;
    if (words.empty()) continue;
    all += (all.empty() ? "" : ", ") + words;
    if (!severity.empty()) all += " (" + severity + ")";
  }
  return all;
}

std::string none_text(pugi::xml_node observation) {
  const auto value = observation.child("value");
  for (const auto* drug : {"416098002", "59037007", "419511003"}) {
    if (has_code(value, drug)) return "No known drug allergies";
  }
  for (const auto* food : {"414285001", "235719002", "418471000"}) {
    if (has_code(value, food)) return "No known food allergies";
  }
  return "No known allergies";
}

std::string status_from(pugi::xml_node status) {
  const auto value = status.child("value");
  if (has_code(value, "55561003")) return "active";
  if (has_code(value, "73425007")) return "inactive";
  if (has_code(value, "413322009")) return "resolved";
  return {};
}

void read_allergy_in(Context& context, const Scope& scope, const Statement& statement,
                     pugi::xml_node concern) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::allergy, false);
  auto agent = read_agent(context, node);
  const auto value = node.child("value");
  auto type_codes = read_codes(context, value);
  const auto type = coded_words(context, value);
  fact.negated = is_negated(node) || says_no_allergy(type_codes) || says_no_allergy(agent.codes);
  if (!agent.name.empty()) {
    fact.text = agent.name;
    fact.codes = std::move(agent.codes);
  } else if (fact.negated) {
    fact.codes = std::move(type_codes);
    fact.text = says_no_allergy(fact.codes) && !type.empty() ? type : none_text(node);
  } else {
    // The substance stands nowhere but in the narrative, or the value names it.
    fact.text = context.text_of(node.child("text"));
    fact.codes = std::move(type_codes);
    if (fact.text.empty()) fact.text = type;
  }
  if (fact.text.empty()) {
    context.lose(statement.locator, "An allergy names no substance.");
    return;
  }
  fact.set("allergen", agent.name);
  fact.set("type", type);
  std::string severity;
  fact.set("reaction", reactions_of(context, node, severity));
  const auto own = coded_text(context, related(node, templates::kSeverity, "SEV").child("value"));
  fact.set("severity", own.empty() ? severity : own);
  fact.set("criticality",
           coded_text(context, related(node, templates::kCriticality, "82606-5").child("value")));
  const std::string concern_status = concern.child("statusCode").attribute("code").value();
  fact.status = status_from(related(node, templates::kAllergyStatus, "33999-4"));
  if (fact.status.empty()) {
    fact.status = fact.until.known()                                             ? "resolved"
                  : concern_status == "completed" || concern_status == "aborted" ? "inactive"
                                                                                 : "active";
  }
  if (concern_status == "nullified" || status_of(node, "") == "entered-in-error") {
    fact.status = "entered-in-error";
  }
  hide_if_withdrawn(fact);
  if (!fact.when.known()) {
    fact.when = read_period(concern.child("effectiveTime")).start();
    fact.when.inferred = fact.when.known();
  }
  add_comment(context, node, fact);
  context.add(std::move(fact));
  // Beside reactions there may be what was done about them; those are facts of their own.
  const Scope inner = within(scope, statement);
  each_related(statement, "entryRelationship", [&](pugi::xml_node link, const Statement& child) {
    const bool manifests = std::string_view(link.attribute("typeCode").value()) == "MFST";
    if (manifests || has_template(child.node, templates::kReaction)) {
      read_nested(context, inner, child);
    }
  });
}

}  // namespace

void read_allergy(Context& context, const Scope& scope, const Statement& statement) {
  read_allergy_in(context, scope, statement, {});
}

void read_allergy_concern(Context& context, const Scope& scope, const Statement& statement) {
  bool any = false;
  const Scope inner = within(scope, statement);
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    const auto reader = reader_of(child.node);
    if (is_null(child.node) || std::string_view(child.node.name()) != "observation") return;
    if (reader != read_allergy && (reader || is_detail(child.node))) return;
    any = true;
    read_allergy_in(context, inner, child, statement.node);
  });
  if (!any) {
    context.lose(statement.locator, "An allergy's entry holds no observation of the allergy.");
  }
}

}  // namespace chartroom::evidence::ccda
