// Medications and immunizations (C-CDA R2.1 §3.41, §3.55, §3.60 to §3.62).
#include <algorithm>

#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

/// A medication's effectiveTimes: when it is taken, and how often.
struct Schedule {
  When start;
  When end;
  std::string frequency;
};

Schedule read_schedule(pugi::xml_node statement) {
  Schedule schedule;
  for (const auto time : statement.children("effectiveTime")) {
    if (is_null(time)) continue;
    if (auto words = frequency_text(time); !words.empty()) {
      append_to(schedule.frequency, words);
      continue;
    }
    const auto period = read_period(time);
    if (!schedule.start.known()) schedule.start = period.start();
    if (!schedule.end.known()) schedule.end = period.high;
  }
  return schedule;
}

/// "as needed for pain" of a precondition.
std::string precondition_text(const Context& context, pugi::xml_node statement) {
  for (const auto condition : statement.children("precondition")) {
    const auto criterion = condition.child("criterion");
    if (!criterion) continue;
    auto why = coded_words(context, criterion.child("value"));
    if (why.empty()) why = context.text_of(criterion.child("text"));
    return why.empty() ? "as needed" : "as needed for " + why;
  }
  return {};
}

/// The cell of a medication's row in the narrative whose column is about directions; the whole row
/// when no column says so, nothing when `text` does not refer to a row.
std::string directions_cell(const Context& context, pugi::xml_node text) {
  const auto row = context.referenced(text);
  if (std::string_view(row.name()) != "tr") return {};
  auto table = row.parent();
  while (table && std::string_view(table.name()) != "table") table = table.parent();
  std::size_t column = 0;
  for (const auto heading : table.child("thead").child("tr").children()) {
    if (heading.type() != pugi::node_element) continue;
    const auto words = base::to_lower_ascii(flat_text(heading, 200));
    if (words.starts_with("sig") || words.find("direction") != std::string::npos ||
        words.find("instruction") != std::string::npos) {
      std::size_t place = 0;
      for (const auto cell : row.children()) {
        if (cell.type() == pugi::node_element && place++ == column) return flat_text(cell);
      }
    }
    if (++column == 100) break;
  }
  return {};
}

/// The directions in words: a free-text sig, else instructions, else the statement's own text.
std::string instructions_of(const Context& context, pugi::xml_node node, const std::string& name) {
  const auto sig = related(node, templates::kFreeTextSig, "76662-6");
  if (auto text = context.text_of(sig.child("text")); !text.empty()) return text;
  const auto instruction = related(node, templates::kInstruction);
  if (auto text = context.text_of(instruction.child("text")); !text.empty()) return text;
  if (auto cell = directions_cell(context, node.child("text")); !cell.empty()) return cell;
  auto text = context.text_of(node.child("text"));
  return text == name ? std::string() : text;
}

std::string prescriber_of(pugi::xml_node node) {
  const auto order = related(node, templates::kSupplyOrder);
  if (auto name = participant_name(order.child("author")); !name.empty()) return name;
  return participant_name(node.child("author"));
}

std::string dose_text(const Context& context, pugi::xml_node node) {
  auto dose = quantity_text(node.child("doseQuantity"));
  const std::string_view unit = node.child("doseQuantity").attribute("unit").value();
  if (!dose.empty() && (unit.empty() || unit == "1") && !node.child("doseQuantity").child("low")) {
    auto form = coded_words(context, present_child(node, "administrationUnitCode"));
    // Units that UCUM lacks ("units" of insulin) stand in a translation.
    if (form.empty()) {
      form = flat_text(node.child("doseQuantity").child("translation").child("originalText"));
    }
    if (!form.empty()) dose += " " + form;
  }
  append_to(dose, quantity_text(node.child("rateQuantity")), ", at ");
  return dose;
}

std::string refills_of(pugi::xml_node node) {
  const auto order = related(node, templates::kSupplyOrder);
  return present_child(order, "repeatNumber").attribute("value").value();
}

/// "No known medications", "patient not on self-medications" (SNOMED CT).
bool says_no_medication(const std::vector<Code>& codes) {
  return std::ranges::any_of(codes, [](const Code& code) {
    return code.code == "182904002" || code.code == "787481004" || code.code == "1234391009";
  });
}

}  // namespace

void read_medication(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::medication, false);
  fact.codes = read_codes(context, product_code(node));
  fact.text = product_name(context, node);
  fact.negated = is_negated(node) || says_no_medication(fact.codes);
  if (fact.text.empty() && fact.negated) fact.text = "No known medications";
  if (fact.text.empty()) fact.text = context.text_of(node.child("text"));
  if (fact.text.empty()) fact.text = coded_words(context, node.child("code"));
  if (fact.text.empty()) {
    context.lose(statement.locator, "A medication has neither a code nor a name.");
    return;
  }
  auto schedule = read_schedule(node);
  fact.when = schedule.start;
  fact.until = schedule.end;
  append_to(schedule.frequency, precondition_text(context, node));
  fact.status = status_of(node, "completed");
  hide_if_withdrawn(fact);
  fact.set("product", fact.text);
  fact.set("dose", dose_text(context, node));
  fact.set("route", coded_text(context, present_child(node, "routeCode")));
  fact.set("frequency", std::move(schedule.frequency));
  fact.set("instructions", instructions_of(context, node, fact.text));
  fact.set("start", fact.when.date_text());
  fact.set("end", fact.until.date_text());
  fact.set("refills", refills_of(node));
  fact.set("reason", reasons_of(context, node));
  fact.set("prescriber", prescriber_of(node));
  add_comment(context, node, fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

void read_medication_wrapper(Context& context, const Scope& scope, const Statement& statement) {
  const Scope inner = within(scope, statement);
  bool any = false;
  each_related(statement, "entryRelationship", [&](pugi::xml_node, const Statement& child) {
    if (is_null(child.node) || is_detail(child.node)) return;
    any = true;
    read_statement(context, inner, child);
  });
  if (!any) context.lose(statement.locator, "A medication's entry holds no medication.");
}

void read_supply(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::medication, false);
  fact.category = "dispense";
  fact.codes = read_codes(context, product_code(node));
  fact.text = product_name(context, node);
  if (fact.text.empty()) fact.text = context.text_of(node.child("text"));
  if (fact.text.empty()) {
    context.lose(statement.locator, "A supply names no product.");
    return;
  }
  fact.status = status_of(node, "completed");
  hide_if_withdrawn(fact);
  fact.set("product", fact.text);
  fact.set("dose", quantity_text(node.child("quantity")));
  fact.set("start", fact.when.date_text());
  fact.set("end", fact.until.date_text());
  fact.set("refills", present_child(node, "repeatNumber").attribute("value").value());
  fact.set("prescriber", participant_name(node.child("author")));
  context.add(std::move(fact));
}

void read_immunization(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::immunization, true);
  fact.codes = read_codes(context, product_code(node));
  fact.text = product_name(context, node);
  if (fact.text.empty()) fact.text = context.text_of(node.child("text"));
  if (fact.text.empty()) {
    context.lose(statement.locator, "An immunization has neither a code nor a name.");
    return;
  }
  fact.negated = is_negated(node);
  fact.status = fact.negated ? "not-done" : status_of(node, "completed");
  hide_if_withdrawn(fact);
  const auto product = node.child("consumable").child("manufacturedProduct");
  fact.set("lot", flat_text(present_child(product.child("manufacturedMaterial"), "lotNumberText")));
  fact.set("manufacturer",
           name_text(present_child(product.child("manufacturerOrganization"), "name")));
  // The number of the dose stands in a nested act (R2.1), or where doses are counted (R1.1).
  for (const auto link : node.children("entryRelationship")) {
    const std::string number = link.child("sequenceNumber").attribute("value").value();
    if (!number.empty() && !fact.attribute("dose_number")) fact.set("dose_number", number);
  }
  if (!fact.attribute("dose_number")) {
    fact.set("dose_number", present_child(node, "repeatNumber").attribute("value").value());
  }
  fact.set("dose", dose_text(context, node));
  fact.set("route", coded_text(context, present_child(node, "routeCode")));
  const auto refusal = related(node, templates::kRefusalReason);
  fact.set("reason", coded_text(context, refusal.child("code")));
  add_comment(context, node, fact);
  context.add(std::move(fact));
  read_nested(context, scope, statement);
}

}  // namespace chartroom::evidence::ccda
