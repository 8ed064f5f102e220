// What several groups of entries need.
#include <array>

#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {

void append_to(std::string& list, const std::string& more, const char* separator) {
  if (more.empty()) return;
  if (!list.empty()) list += separator;
  list += more;
}

std::string status_of(pugi::xml_node statement, const char* completed) {
  const std::string_view code = statement.child("statusCode").attribute("code").value();
  if (code == "completed") return completed;
  if (code == "nullified" || code == "obsolete") return "entered-in-error";
  if (code == "aborted") return "stopped";
  if (code == "suspended" || code == "held") return "on-hold";
  if (code == "new") return "draft";
  if (code == "active" || code == "cancelled" || code == "normal") return std::string(code);
  return {};
}

void hide_if_withdrawn(Fact& fact) {
  if (fact.status != "entered-in-error") return;
  fact.hidden = true;
  fact.hidden_reason = "Entered in error, says the source.";
}

bool is_negated(pugi::xml_node statement) {
  const std::string_view value = statement.attribute("negationInd").value();
  return value == "true" || value == "1";
}

pugi::xml_node related(pugi::xml_node statement, std::string_view template_root,
                       std::string_view code) {
  for (const auto link : statement.children("entryRelationship")) {
    const auto inner = statement_below(link);
    if (has_template(inner, template_root)) return inner;
    if (!code.empty() && has_code(inner.child("code"), code)) return inner;
  }
  return {};
}

std::string reasons_of(const Context& context, pugi::xml_node node) {
  std::string all;
  for (const auto link : node.children("entryRelationship")) {
    const auto reason = statement_below(link);
    const bool by_type = std::string_view(link.attribute("typeCode").value()) == "RSON" &&
                         !reason.child("templateId");
    if (!has_template(reason, templates::kIndication) && !by_type) continue;
    append_to(all, words_of(context, reason, reason.child("value")));
  }
  return all;
}

void add_comment(const Context& context, pugi::xml_node statement, Fact& fact) {
  const auto comment = related(statement, templates::kComment, "48767-8");
  if (comment) fact.set("comment", context.text_of(comment.child("text")));
}

std::string words_of(const Context& context, pugi::xml_node statement, pugi::xml_node coded) {
  if (auto words = coded_words(context, coded); !words.empty()) return words;
  if (auto words = context.text_of(statement.child("text")); !words.empty()) return words;
  return coded_text(context, coded);
}

namespace {

/// The letters that Fact::flag knows (HL7 ObservationInterpretation, 2.16.840.1.113883.5.83).
std::string flag_letters(std::string_view code) {
  struct Letters {
    std::string_view code;
    const char* flag;
  };
  static constexpr std::array kLetters = {
      Letters{"H", "H"},   Letters{"HU", "HH"}, Letters{"HH", "HH"}, Letters{">", "H"},
      Letters{"HX", "H"},  Letters{"L", "L"},   Letters{"LU", "LL"}, Letters{"LL", "LL"},
      Letters{"<", "L"},   Letters{"LX", "L"},  Letters{"A", "A"},   Letters{"AA", "A"},
      Letters{"ABN", "A"}, Letters{"N", "N"}};
  for (const auto& each : kLetters) {
    if (each.code == code) return each.flag;
  }
  return {};
}

}  // namespace

void read_measurement(Context& context, const Statement& statement, Fact& fact) {
  std::vector<Code> answers;
  bool all_readable = true;
  for (const auto node : statement.node.children("value")) {
    bool readable = true;
    Value value = read_value(context, node, answers, readable);
    all_readable = all_readable && readable;
    if (fact.value.empty()) {
      fact.value = std::move(value);
    } else if (!value.raw.empty()) {
      // Several values of one observation make a text; none of them is the number.
      fact.value.raw += "; " + value.raw;
      fact.value.number.clear();
      fact.value.comparator.clear();
    }
  }
  if (!all_readable) {
    context.lose(statement.locator + "/value", "A value is of a type that could not be read.");
  }
  for (auto& code : answers) fact.codes.push_back(std::move(code));
  std::string meanings;
  for (const auto interpretation : statement.node.children("interpretationCode")) {
    if (is_null(interpretation)) continue;
    if (fact.flag.code.empty()) {
      fact.flag.code = flag_letters(interpretation.attribute("code").value());
      if (!fact.flag.code.empty()) fact.flag.origin = FlagOrigin::lab;
    }
    const auto words = coded_text(context, interpretation);
    if (!words.empty()) meanings += (meanings.empty() ? "" : ", ") + words;
  }
  fact.set("interpretation_text", std::move(meanings));
  fact.range = read_ranges(context, statement.node);
  fact.set("method", coded_text(context, present_child(statement.node, "methodCode")));
  fact.set("body_site", coded_text(context, present_child(statement.node, "targetSiteCode")));
}

void read_components(Context& context, const Scope& scope, const Statement& organizer,
                     Reader reader) {
  Scope inner = within(scope, organizer);
  inner.group_id = organizer.locator;
  inner.group_text = cut(coded_words(context, organizer.node.child("code")), kInheritedText);
  std::size_t place = 0;
  const std::size_t before = context.produced();
  bool any = false;  // "there is no information" is an answer too
  for (const auto component : organizer.node.children("component")) {
    ++place;
    const auto node = statement_below(component);
    if (!node) continue;
    any |= is_null(node);
    const Statement statement{
        node, organizer.locator + "/component[" + std::to_string(place) + "]/" + node.name()};
    if (std::string_view(node.name()) == "observation" && !reader_of(node)) {
      reader(context, inner, statement);
    } else {
      read_statement(context, inner, statement);
    }
  }
  any |= context.produced() != before;
  if (!any && !is_null(organizer.node) && !is_null(organizer.node.child("code"))) {
    context.lose(organizer.locator, "An organizer holds nothing that could be read.");
  }
}

pugi::xml_node product_code(pugi::xml_node statement) {
  auto product = statement.child("consumable").child("manufacturedProduct");
  if (!product) product = statement.child("product").child("manufacturedProduct");
  const auto material = product.child("manufacturedMaterial");
  return material ? material.child("code") : product.child("manufacturedLabeledDrug").child("code");
}

std::string product_name(const Context& context, pugi::xml_node statement) {
  const auto code = product_code(statement);
  if (auto words = coded_words(context, code); !words.empty()) return words;
  const auto holder = code ? code.parent()
                           : statement.child("consumable")
                                 .child("manufacturedProduct")
                                 .child("manufacturedMaterial");
  if (auto name = flat_text(present_child(holder, "name")); !name.empty()) return name;
  return coded_text(context, code);
}

}  // namespace chartroom::evidence::ccda
