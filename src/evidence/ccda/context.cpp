#include "evidence/ccda/context.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr std::string_view kPrivacyAnnotation = "2.16.840.1.113883.3.3251.1.4";

/// Appends with white space collapsed; stops at the limit.
void append_collapsed(std::string& out, std::string_view text, std::size_t limit) {
  for (const char c : text) {
    if (out.size() >= limit) return;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
}

void flatten(pugi::xml_node node, std::string& out, std::size_t limit, std::size_t& elements) {
  for (const auto child : node.children()) {
    if (out.size() >= limit || ++elements > kShortTextElements) return;
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      append_collapsed(out, child.value(), limit);
      continue;
    }
    if (child.type() != pugi::node_element) continue;
    const std::string_view name = child.name();
    const bool inline_element = name == "content" || name == "sub" || name == "sup" ||
                                name == "linkHtml" || name == "footnoteRef";
    if (!inline_element) append_collapsed(out, " ", limit);
    flatten(child, out, limit, elements);
    if (!inline_element) append_collapsed(out, " ", limit);
  }
}

std::string annotated_sensitivity(pugi::xml_node node) {
  for (const char* relation : {"entryRelationship", "component", "entry"}) {
    for (const auto link : node.children(relation)) {
      const auto organizer = link.child("organizer");
      if (!has_template(organizer, kPrivacyAnnotation)) continue;
      for (const auto component : organizer.children("component")) {
        const auto observation = component.child("observation");
        if (std::string_view(observation.child("code").attribute("code").value()) ==
            "SECCLASSOBS") {
          return observation.child("value").attribute("code").value();
        }
      }
    }
  }
  return {};
}

pugi::xml_node assigned(pugi::xml_node participation) {
  for (const char* name : {"assignedAuthor", "assignedEntity", "assignedCustodian",
                           "associatedEntity", "relatedEntity"}) {
    if (const auto found = participation.child(name)) return found;
  }
  return {};
}

/// "2015-06-22", "6/22/15 10:30": figures with at least two marks between them.
bool is_bare_date(std::string_view text) {
  if (text.find_first_not_of("0123456789-/.: ") != std::string_view::npos) return false;
  return std::ranges::count_if(text, [](char c) { return c == '-' || c == '/' || c == '.'; }) >= 2;
}

/// What stands in the cells beside this one.
std::string beside(pugi::xml_node cell) {
  constexpr int kCells = 20;
  std::string words;
  int cells = 0;
  for (const auto other : cell.parent().children()) {
    if (++cells > kCells) break;
    if (other == cell || other.type() != pugi::node_element) continue;
    const auto text = flat_text(other);
    if (text.empty() || is_bare_date(text)) continue;
    if (!words.empty()) words += "; ";
    words += text;
  }
  return cut(std::move(words), kShortText);
}

}  // namespace

Context::Context(pugi::xml_node document, Reading& reading) : reading_(reading) {
  index_ids(document);
}

void Context::index_ids(pugi::xml_node node) {
  for (auto child = node.first_child(); child; child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    if (const auto id = child.attribute("ID")) ids_.emplace(id.value(), child);
    index_ids(child);
  }
}

void Context::add(Fact fact) {
  assert(!fact.sources.empty());
  if (reading_.facts.size() >= kFacts) {
    if (!facts_full_)
      lose(fact.sources.front().locator,
           "The document holds more entries than the limit; the rest was not read.");
    facts_full_ = true;
    return;
  }
  reading_.facts.push_back(std::move(fact));
}

void Context::lose(std::string locator, std::string reason) {
  if (reading_.losses.size() > kLosses) return;
  if (reading_.losses.size() == kLosses) {
    reason = "More entries could not be placed than are listed here.";
  }
  reading_.losses.push_back({0, std::move(locator), std::move(reason)});
}

pugi::xml_node Context::by_id(std::string_view id) const {
  if (id.starts_with('#')) id.remove_prefix(1);
  const auto found = ids_.find(id);
  return found == ids_.end() ? pugi::xml_node() : found->second;
}

pugi::xml_node Context::referenced(pugi::xml_node node) const {
  const auto target = node.child("reference").attribute("value");
  return target ? by_id(target.value()) : pugi::xml_node();
}

std::string Context::text_of(pugi::xml_node node) const {
  if (auto own = flat_text(node); !own.empty()) return own;
  const auto target = referenced(node);
  auto text = flat_text(target);
  // Some refer to the first cell of a row, where the date is or nothing.
  const std::string_view name = target.name();
  if ((name == "td" || name == "th") && (text.empty() || is_bare_date(text))) {
    if (auto words = beside(target); !words.empty()) return words;
  }
  return text;
}

bool Context::spend(std::size_t bytes) {
  if (bytes > kReferencedBytes - spent_) {
    // Used up for good, so that the work of trying is bounded as well.
    spent_ = kReferencedBytes;
    return false;
  }
  spent_ += bytes;
  return true;
}

std::string cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string flat_text(pugi::xml_node node, std::size_t limit) {
  std::string out;
  std::size_t elements = 0;
  // Some bytes more than allowed, so that the cut can see whether a character ends at the limit.
  flatten(node, out, limit + 4, elements);
  out = cut(std::move(out), limit);
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool has_template(pugi::xml_node node, std::string_view root) {
  return std::ranges::any_of(node.children("templateId"), [root](pugi::xml_node id) {
    return root == id.attribute("root").value();
  });
}

pugi::xml_node present_child(pugi::xml_node node, const char* name) {
  for (const auto child : node.children(name)) {
    if (!is_null(child)) return child;
  }
  return {};
}

pugi::xml_node statement_below(pugi::xml_node link) {
  static constexpr std::array kStatements = {
      "act",       "encounter", "observation",      "observationMedia",
      "organizer", "procedure", "regionOfInterest", "substanceAdministration",
      "supply"};
  for (const char* name : kStatements) {
    if (const auto found = link.child(name)) return found;
  }
  return {};
}

void each_related(const Statement& parent, const char* relation,
                  const std::function<void(pugi::xml_node, const Statement&)>& visit) {
  std::size_t place = 0;
  for (const auto link : parent.node.children(relation)) {
    ++place;
    const auto statement = statement_below(link);
    if (!statement) continue;
    visit(link, {statement, parent.locator + "/" + relation + "[" + std::to_string(place) + "]/" +
                                statement.name()});
  }
}

std::string name_text(pugi::xml_node name) {
  if (is_null(name)) return {};
  std::string out;
  const auto add = [&out](const std::string& part) {
    if (part.empty()) return;
    if (!out.empty()) out += ' ';
    out += part;
  };
  for (const char* part : {"prefix", "given", "family", "suffix"}) {
    for (const auto element : name.children(part)) {
      if (!is_null(element)) add(flat_text(element));
    }
  }
  return cut(out.empty() ? flat_text(name) : std::move(out), kInheritedText);
}

std::string participant_name(pugi::xml_node participation) {
  const auto who = assigned(participation);
  for (const char* person :
       {"assignedPerson", "associatedPerson", "relatedPerson", "informationRecipient"}) {
    if (auto name = name_text(who.child(person).child("name")); !name.empty()) return name;
  }
  const auto device = who.child("assignedAuthoringDevice");
  for (const char* label : {"manufacturerModelName", "softwareName"}) {
    if (auto name = flat_text(device.child(label), kInheritedText); !name.empty()) return name;
  }
  return {};
}

std::string participant_organization(pugi::xml_node participation) {
  const auto who = assigned(participation);
  for (const char* organization :
       {"representedOrganization", "representedCustodianOrganization", "scopingOrganization"}) {
    if (auto name = name_text(present_child(who.child(organization), "name")); !name.empty()) {
      return name;
    }
  }
  return {};
}

std::string sensitivity_of(pugi::xml_node node, const std::string& inherited) {
  std::string own = node.child("confidentialityCode").attribute("code").value();
  if (own.empty()) own = annotated_sensitivity(node);
  if (own == "R" || own == "V") return own;
  // An explicit "normal" inside of a restricted document lifts the restriction, anything else
  // that we do not know must not.
  return own == "N" || own == "L" || own == "M" || own == "U" ? std::string() : inherited;
}

Scope within(const Scope& scope, const Statement& statement) {
  Scope inner = scope;
  ++inner.depth;
  inner.sensitivity = sensitivity_of(statement.node, scope.sensitivity);
  const auto author = statement.node.child("author");
  if (auto name = participant_name(author); !name.empty()) inner.author = std::move(name);
  if (auto name = participant_organization(author); !name.empty()) {
    inner.organization = std::move(name);
  }
  if (const auto period = read_period(statement.node.child("effectiveTime"));
      period.start().known()) {
    inner.time = period.start();
  }
  return inner;
}

Fact start_fact(const Scope& scope, const Statement& statement, Kind kind, bool infer_time) {
  Fact fact;
  fact.kind = kind;
  fact.category = scope.category;
  fact.sources.push_back({0, statement.locator});
  fact.encounter_ref = scope.encounter_ref;
  fact.group_id = scope.group_id;
  fact.group_text = scope.group_text;
  const auto own = within(scope, statement);
  fact.sensitivity = own.sensitivity;
  fact.author = own.author;
  fact.organization = own.organization;
  for (const auto performer : statement.node.children("performer")) {
    if (fact.performer.empty()) fact.performer = participant_name(performer);
    if (auto name = participant_organization(performer); !name.empty()) {
      if (fact.performer.empty()) fact.performer = name;
      fact.organization = std::move(name);
    }
  }
  const auto period = read_period(statement.node.child("effectiveTime"));
  fact.when = period.start();
  fact.until = period.high;
  if (!fact.when.known() && infer_time && scope.time.known()) {
    fact.when = scope.time;
    fact.when.inferred = true;
  }
  return fact;
}

}  // namespace chartroom::evidence::ccda
