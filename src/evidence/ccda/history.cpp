// Social and family history (C-CDA R2.1 §3.28, §3.99, §3.100, §3.109).
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr std::string_view kSmoking = "2.16.840.1.113883.10.20.22.4.78";
constexpr std::string_view kTobacco = "2.16.840.1.113883.10.20.22.4.85";
constexpr std::string_view kBirthSex = "2.16.840.1.113883.10.20.22.4.200";
constexpr std::string_view kPregnancy = "2.16.840.1.113883.10.20.15.3.8";

/// What is asked, where the code alone does not say it ("Assertion").
std::string question_of(const Context& context, pugi::xml_node node) {
  const auto code = node.child("code");
  const bool assertion = has_code(code, "ASSERTION");
  if (!assertion) {
    if (auto words = coded_words(context, code); !words.empty()) return words;
  }
  if (has_template(node, kTobacco)) return "Tobacco use";
  if (has_template(node, kSmoking)) return "Smoking status";
  if (has_template(node, kBirthSex)) return "Sex at birth";
  if (has_template(node, kPregnancy)) return "Pregnancy";
  return assertion ? std::string() : coded_text(context, code);
}

void read_social_as(Context& context, const Scope& scope, const Statement& statement,
                    const char* sensitivity) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::social_history, true);
  if (fact.sensitivity.empty()) fact.sensitivity = sensitivity;
  fact.category = "social-history";
  fact.codes = read_codes(context, node.child("code"));
  const auto question = question_of(context, node);
  read_measurement(context, statement, fact);
  fact.text = question;
  if (fact.text.empty()) fact.text = fact.value.raw;
  if (fact.value.empty()) {
    // R1.1 systems put the answer into the text alone.
    fact.value.raw = context.text_of(node.child("text"));
    if (fact.text.empty()) fact.text = fact.value.raw;
  }
  if (fact.text.empty()) {
    context.lose(statement.locator, "A social history entry has neither a question nor an answer.");
    return;
  }
  fact.set("question", question);
  auto answer = fact.value.raw;
  if (!answer.empty() && !fact.value.unit_raw.empty() && fact.value.unit_raw != "1") {
    answer += " " + fact.value.unit_raw;
  }
  fact.set("value", std::move(answer));
  fact.set("start", fact.when.inferred ? std::string() : fact.when.date_text());
  fact.set("end", fact.until.date_text());
  fact.negated = is_negated(node);
  fact.status = status_of(node, "final");
  hide_if_withdrawn(fact);
  add_comment(context, node, fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

/// The relative that an organizer or a single observation is about.
struct Relative {
  std::string relationship;
  std::string deceased;
};

Relative read_relative(const Context& context, pugi::xml_node node) {
  Relative relative;
  const auto subject = node.child("subject").child("relatedSubject");
  relative.relationship = cut(coded_text(context, subject.child("code")), kInheritedText);
  const auto person = subject.child("subject");
  const std::string_view deceased = person.child("sdtc:deceasedInd").attribute("value").value();
  if (deceased == "true" || deceased == "1") relative.deceased = "true";
  if (deceased == "false" || deceased == "0") relative.deceased = "false";
  if (read_time(person.child("sdtc:deceasedTime")).known()) relative.deceased = "true";
  return relative;
}

void read_family_of(Context& context, const Scope& scope, const Statement& statement,
                    const Relative& relative) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::family_history, false);
  const auto value = node.child("value");
  fact.codes = read_codes(context, value);
  fact.text = words_of(context, node, value);
  if (fact.text.empty()) {
    // CCD R1 and some others name the condition in the code.
    fact.codes = read_codes(context, node.child("code"));
    fact.text = coded_words(context, node.child("code"));
  }
  if (fact.text.empty()) {
    context.lose(statement.locator, "A family history entry names no condition.");
    return;
  }
  fact.negated = is_negated(node);
  fact.status = status_of(node, "completed");
  hide_if_withdrawn(fact);
  fact.set("relationship", relative.relationship);
  const auto age = related(node, templates::kAge, "445518008");
  fact.set("age_at_onset", quantity_text(age.child("value")));
  const bool caused_death = static_cast<bool>(related(node, templates::kFamilyDeath));
  fact.set("deceased", caused_death ? "true" : relative.deceased);
  if (caused_death) fact.set("cause_of_death", "true");
  add_comment(context, node, fact);
  context.add(std::move(fact));
}

}  // namespace

void read_social(Context& context, const Scope& scope, const Statement& statement) {
  read_social_as(context, scope, statement, "");
}

void read_private_social(Context& context, const Scope& scope, const Statement& statement) {
  read_social_as(context, scope, statement, "R");
}

void read_family(Context& context, const Scope& scope, const Statement& statement) {
  read_family_of(context, scope, statement, read_relative(context, statement.node));
}

void read_family_organizer(Context& context, const Scope& scope, const Statement& statement) {
  const auto relative = read_relative(context, statement.node);
  Scope inner = within(scope, statement);
  inner.group_id = statement.locator;
  inner.group_text = relative.relationship;
  bool any = false;
  each_related(statement, "component", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node)) return;
    any = true;
    if (std::string_view(child.node.name()) == "observation") {
      read_family_of(context, inner, child, relative);
    } else {
      read_statement(context, inner, child);
    }
  });
  if (!any) context.lose(statement.locator, "A relative's entry holds no observation.");
}

}  // namespace chartroom::evidence::ccda
