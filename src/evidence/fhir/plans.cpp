// CarePlan, Goal, ServiceRequest, CareTeam (R4 §9.6 to §9.9), Coverage, Device, and
// QuestionnaireResponse.

#include "base/limits.hpp"
#include "evidence/fhir/context.hpp"

namespace chartroom::evidence::fhir {

void read_care_plan(const Context& context) {
  const Json& resource = context.resource;
  // The category is what the plan is; its title and description are often missing.
  std::string name;
  std::vector<Code> codes;
  for (const Json& category : resource["category"]) {
    const std::string code = first_code(category);
    if (code == "assess-plan") continue;
    if (name.empty()) name = concept_text(category);
    for (Code& each : read_codes(category)) codes.push_back(std::move(each));
  }
  Fact fact = context.start(Kind::plan_of_care);
  fact.codes = codes;
  fact.text = resource["title"].exists() ? resource["title"].text() : name;
  if (fact.text.empty()) fact.text = "Care plan";
  fact.category = "care-plan";
  fact.when = first_when(resource["period"], {"start"});
  if (!fact.when.known()) fact.when = first_when(resource, {"created"});
  fact.until = first_when(resource["period"], {"end"});
  std::string description = resource["description"].text();
  for (const Json& activity : resource["activity"]) {
    const Json& detail = activity["detail"];
    const std::string text =
        detail["code"].exists() ? concept_text(detail["code"]) : detail["description"].text();
    if (text.empty()) continue;
    if (!description.empty()) description += "\n";
    description += text + (detail["status"].exists() ? " (" + detail["status"].text() + ")" : "");
  }
  fact.narrative = text_blocks(description);
  if (fact.narrative.empty() && resource["text"]["div"].exists() &&
      !html_blocks(resource["text"]["div"].string(), fact.narrative)) {
    context.lose("its narrative is no well-formed XHTML");
  }
  context.add(std::move(fact));
}

void read_goal(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::plan_of_care, resource["description"]);
  fact.category = "goal";
  fact.status = resource["lifecycleStatus"].text();
  fact.when = first_when(resource, {"startDate", "statusDate"});
  fact.until = first_when(resource["target"][0], {"dueDate"});
  context.add(std::move(fact));
}

void read_service_request(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::plan_of_care, resource["code"]);
  fact.category = "order";
  fact.when = first_when(resource, {"occurrenceDateTime"});
  if (!fact.when.known()) fact.when = first_when(resource["occurrencePeriod"], {"start"});
  if (!fact.when.known()) fact.when = first_when(resource, {"authoredOn"});
  fact.negated = resource["doNotPerform"].is_true();
  fact.author = context.display(resource["requester"]);
  fact.set("reason", concept_texts(resource["reasonCode"]));
  context.add(std::move(fact));
}

void read_device(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::device, resource["type"]);
  if (fact.text.empty()) fact.text = resource["deviceName"][0]["name"].text();
  if (fact.text.empty()) fact.text = "Device";
  fact.when = first_when(resource, {"manufactureDate"});
  fact.when.inferred = fact.when.known();
  fact.set("manufacturer", resource["manufacturer"].text());
  fact.set("model", resource["modelNumber"].text());
  fact.set("lot", resource["lotNumber"].text());
  context.add(std::move(fact));
}

void read_coverage(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::coverage, resource["type"]);
  const std::string payor = context.display(resource["payor"][0]);
  if (fact.text.empty()) fact.text = payor.empty() ? "Coverage" : payor;
  fact.organization = payor;
  fact.when = first_when(resource["period"], {"start"});
  fact.until = first_when(resource["period"], {"end"});
  context.add(std::move(fact));
}

void read_care_team(const Context& context) {
  const Json& resource = context.resource;
  bool any = false;
  for (const Json& participant : resource["participant"]) {
    Fact fact = context.start(Kind::care_team, participant["role"][0]);
    const std::string member = context.display(participant["member"]);
    const Json* target = context.index.resolve(participant["member"], context.resource);
    // The patient is a member of Synthea's care teams; that tells a reader nothing.
    if (target != nullptr && (*target)["resourceType"].string() == "Patient") continue;
    if (participant["member"]["reference"].string().find("Patient/") != std::string_view::npos) {
      continue;
    }
    fact.set("role", fact.text);
    if (!member.empty()) fact.text = member;
    if (fact.text.empty()) continue;
    fact.performer = member;
    fact.when = first_when(resource["period"], {"start"});
    fact.until = first_when(resource["period"], {"end"});
    context.add(std::move(fact));
    any = true;
  }
  if (!any) context.lose("the care team names nobody but the patient");
}

namespace {

void append_answers(const Json& items, unsigned level, std::size_t depth,
                    std::vector<NarrativeBlock>& out) {
  if (depth > base::limits::kJsonDepth) return;
  for (const Json& item : items) {
    std::string line = item["text"].exists() ? item["text"].text() : item["linkId"].text();
    for (const Json& answer : item["answer"]) {
      std::vector<Code> codes;
      const Value value = read_value(answer, codes);
      line += ": " + value.raw + (value.unit_raw.empty() ? "" : " " + value.unit_raw);
    }
    NarrativeBlock block;
    block.type = NarrativeBlock::Type::list_item;
    block.level = level;
    NarrativeSpan span;
    span.text = std::move(line);
    block.spans.push_back(std::move(span));
    out.push_back(std::move(block));
    append_answers(item["item"], level + 1, depth + 1, out);
    for (const Json& answer : item["answer"]) {
      append_answers(answer["item"], level + 1, depth + 1, out);
    }
  }
}

}  // namespace

void read_questionnaire_response(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::functional_status);
  fact.category = "questionnaire";
  fact.text = resource["_questionnaire"]["extension"][0]["valueString"].text();
  if (fact.text.empty()) fact.text = "Questionnaire";
  fact.when = first_when(resource, {"authored"});
  fact.author = context.display(resource["author"]);
  append_answers(resource["item"], 0, 1, fact.narrative);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::fhir
