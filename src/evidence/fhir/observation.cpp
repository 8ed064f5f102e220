// Observation (R4 §10.1) of every category, with components.

#include <array>

#include "evidence/fhir/context.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence::fhir {
namespace {

struct CategoryKind {
  std::string_view category;
  Kind kind;
};
// The first category of a resource that stands here decides.
constexpr std::array<CategoryKind, 17> kCategoryKinds{{
    {"laboratory", Kind::result},
    {"vital-signs", Kind::vital},
    {"vital-sign", Kind::vital},
    {"social-history", Kind::social_history},
    {"sdoh", Kind::social_history},
    {"imaging", Kind::result},
    {"exam", Kind::result},
    {"procedure", Kind::result},
    {"therapy", Kind::result},
    {"clinical-test", Kind::result},
    {"functional-status", Kind::functional_status},
    {"cognitive-status", Kind::functional_status},
    {"disability-status", Kind::functional_status},
    {"care-experience-preference", Kind::plan_of_care},
    {"treatment-intervention-preference", Kind::plan_of_care},
    {"activity", Kind::social_history},
    {"survey", Kind::functional_status},
}};

bool is_vital_group(std::string_view group) {
  return group == "build" || group == "bp" || group == "vital";
}

bool is_habit_group(std::string_view group) { return group == "tobacco" || group == "alcohol"; }

// Without a category that we know, the code tells what it is.
Kind kind_by_code(const Fact& fact) {
  if (smoking_meaning(fact)) return Kind::social_history;
  const Analyte* analyte = find_analyte(fact);
  if (analyte == nullptr) return Kind::result;
  if (is_vital_group(analyte->group)) return Kind::vital;
  return is_habit_group(analyte->group) && analyte->specimen == Specimen::none
             ? Kind::social_history
             : Kind::result;
}

void classify(const Json& resource, Fact& fact) {
  for (const CategoryKind& each : kCategoryKinds) {
    for (const Json& category : resource["category"]) {
      for (const Json& coding : category["coding"]) {
        if (coding["code"].string() != each.category) continue;
        fact.category = each.category;
        fact.kind = each.kind;
        // Many systems send tobacco and alcohol as answers of a survey.
        const bool survey = each.kind == Kind::functional_status;
        if (survey && kind_by_code(fact) == Kind::social_history) fact.kind = Kind::social_history;
        return;
      }
    }
  }
  fact.category = first_code(resource["category"][0]);
  fact.kind = kind_by_code(fact);
}

// What Observation and its components have in common.
void read_measurement(const Json& holder, Fact& fact) {
  fact.value = read_value(holder, fact.codes);
  fact.range = read_range(holder["referenceRange"]);
  fact.flag = read_flag(holder["interpretation"]);
  fact.set("interpretation_text", concept_texts(holder["interpretation"]));
  fact.set("absent_reason", concept_text(holder["dataAbsentReason"]));
}

std::string notes_of(const Json& resource) {
  std::string all;
  for (const Json& note : resource["note"]) {
    if (!all.empty()) all += "\n";
    all += note["text"].text();
  }
  return all;
}

Fact common_part(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::result, resource["code"]);
  classify(resource, fact);
  fact.when = first_when(resource, {"effectiveDateTime", "effectiveInstant"});
  if (!fact.when.known()) {
    fact.when = first_when(resource["effectivePeriod"], {"start", "end"});
    fact.until = first_when(resource["effectivePeriod"], {"end"});
  }
  if (!fact.when.known()) {
    fact.when = first_when(resource, {"issued"});
    fact.when.inferred = fact.when.known();
  }
  fact.performer = context.display(resource["performer"][0]);
  fact.set("method", concept_text(resource["method"]));
  fact.set("body_site", concept_text(resource["bodySite"]));
  if (const Json* specimen = context.related(resource["specimen"])) {
    fact.set("specimen", concept_text((*specimen)["type"]));
  } else {
    fact.set("specimen", resource["specimen"]["display"].text());
  }
  if (const auto group = context.groups.find(&resource); group != context.groups.end()) {
    fact.group_id = group->second.id;
    fact.group_text = group->second.text;
    fact.set("panel", group->second.text);
  }
  return fact;
}

void describe_social_history(Fact& fact) {
  if (fact.kind != Kind::social_history) return;
  fact.set("question", fact.text);
  fact.set("value", fact.value.raw);
}

}  // namespace

void read_observation(const Context& context) {
  const Json& resource = context.resource;
  const Fact base = common_part(context);
  std::size_t components = 0;
  for (const Json& json : resource["component"]) {
    Fact fact = base;
    fact.codes = read_codes(json["code"]);
    fact.text = concept_text(json["code"]);
    if (fact.group_id.empty()) {
      fact.group_id = context.locator;
      fact.group_text = base.text;
      fact.set("panel", base.text);
    }
    read_measurement(json, fact);
    describe_social_history(fact);
    context.add(std::move(fact));
    ++components;
  }
  Fact whole = base;
  read_measurement(resource, whole);
  const std::string notes = notes_of(resource);
  if (!notes.empty()) whole.narrative = text_blocks(notes);
  // A panel that only lists its members says nothing itself.
  const bool is_frame = components > 0 || resource["hasMember"].exists();
  if (is_frame && whole.value.empty() && notes.empty()) return;
  describe_social_history(whole);
  context.add(std::move(whole));
}

}  // namespace chartroom::evidence::fhir
