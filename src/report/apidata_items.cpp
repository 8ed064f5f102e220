#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "report/apidata.hpp"
#include "report/fact_rows.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Fact;
using evidence::Kind;

std::string attribute(const Fact& fact, const char* name) {
  const std::string* value = fact.attribute(name);
  return value == nullptr ? std::string{} : *value;
}

std::string first_of(std::string a, std::string b) { return a.empty() ? std::move(b) : a; }

std::string raw_value(const Fact& fact) {
  return fact.value.raw.empty() ? fact.value.comparator + fact.value.number : fact.value.raw;
}

json::object provider_json(const Fact& fact) {
  return json::object{{"name", first_of(fact.performer, fact.author)},
                      {"departmentName", attribute(fact, "location")},
                      {"address", json::object{}}};
}

/// Facts of `kind` that name `encounter` as the visit they belong to.
std::vector<Item> of_visit(const Lens& lens, const Item& encounter, Kind kind) {
  const evidence::SourceRef& place = encounter.fact->sources.front();
  std::vector<Item> found;
  for (const Item& item : lens.of(kind)) {
    if (!item.fact->encounter_ref.empty() && item.fact->encounter_ref == place.locator &&
        item.fact->sources.front().source == place.source) {
      found.push_back(item);
    }
  }
  return found;
}

json::object measured(const Item& item) {
  const Fact& fact = *item.fact;
  json::object made{{"name", first_of(fact.text, test_name(item))},
                    {"value", raw_value(fact)},
                    {"unit", fact.value.unit_raw},
                    {"codes", api_codes(fact.codes)}};
  if (!fact.range.empty()) {
    made["referenceRange"] =
        json::object{{"low", fact.range.low}, {"high", fact.range.high}, {"text", fact.range.text}};
  }
  if (!fact.flag.code.empty()) made["interpretation"] = fact.flag.code;
  return made;
}

}  // namespace

std::string stable_id(const std::vector<std::string_view>& parts) {
  std::string all;
  for (const std::string_view part : parts) {
    all += std::to_string(part.size());
    all += ':';
    all += part;
  }
  return base::sha256_hex(all).substr(0, 24);
}

std::string api_time(const evidence::When& when) {
  return when.precision >= evidence::Precision::minute ? base::format_iso(when.value)
                                                       : when.date_text();
}

json::array api_codes(const std::vector<evidence::Code>& codes) {
  json::array made;
  for (const evidence::Code& code : codes) {
    const std::string oid = evidence::system_oid(code.system);
    json::object each{{"name", code.display},
                      {"code", code.code},
                      {"codeSystem", oid.empty() ? code.system : oid},
                      {"codeSystemName", std::string(evidence::system_name(code.system))}};
    if (code.inferred) each["inferred"] = "true";
    made.push_back(std::move(each));
  }
  return made;
}

json::object api_organization(const Lens& lens, const Fact& fact) {
  const std::size_t source = fact.sources.front().source;
  const auto& sources = lens.record().sources;
  const bool known = source < sources.size();
  const std::string name = !fact.organization.empty() ? fact.organization
                           : known                    ? sources[source].provider_name
                                                      : std::string{};
  const std::string id =
      stable_id({"organization", known ? sources[source].provider_id : std::string{}, name});
  return json::object{
      {"id", id}, {"name", name}, {"href", "/v1/human/medical/organizations/" + id}};
}

json::object api_common(const Lens& lens, const Item& item, const char* section) {
  const Fact& fact = *item.fact;
  const evidence::SourceRef& place = fact.sources.front();
  const auto& sources = lens.record().sources;
  const bool known = place.source < sources.size();
  const std::string source_id = known ? sources[place.source].id : std::string{};
  const std::string retrieved =
      known ? base::format_iso(sources[place.source].retrieved_at) : std::string{};
  // Several facts may stand at one place of a source (components of one Observation).
  const std::string codes = json::serialize(api_codes(fact.codes));
  return json::object{{"id", stable_id({section, source_id, place.locator, fact.text, codes,
                                        fact.when.text(), raw_value(fact)})},
                      {"source", known ? sources[place.source].channel : std::string{}},
                      {"createdAt", retrieved},
                      {"updatedAt", retrieved},
                      {"organization", api_organization(lens, fact)},
                      {"author", fact.author},
                      {"codes", api_codes(fact.codes)},
                      {"evidence", sources_json(lens.all_sources(item))}};
}

json::object api_allergy(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "allergies");
  made["name"] = fact.text;
  made["status"] = fact.status;
  if (fact.negated) made["negated"] = "true";
  made["allergen"] = json::object{{"name", first_of(attribute(fact, "allergen"), fact.text)},
                                  {"codes", api_codes(fact.codes)}};
  json::array reactions;
  if (const std::string reaction = attribute(fact, "reaction"); !reaction.empty()) {
    reactions.push_back(json::object{{"name", reaction},
                                     {"severity", attribute(fact, "severity")},
                                     {"reactionType", json::object{{"codes", json::array{}}}},
                                     {"codes", json::array{}}});
  }
  made["reactionsFull"] = std::move(reactions);
  made["dateTime"] = api_time(fact.when);
  made["dateRange"] = json::object{{"start", api_time(fact.when)}, {"end", api_time(fact.until)}};
  return made;
}

json::object api_issue(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "issues");
  made["name"] = fact.text;
  made["dateTime"] = api_time(fact.when);
  made["status"] = fact.status;
  made["category"] = fact.category;
  made["severity"] = attribute(fact, "severity");
  made["endDate"] = api_time(fact.until);
  if (fact.negated) made["negated"] = "true";
  return made;
}

json::object api_medication(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "medications");
  std::string dosage;
  for (const char* name : {"dose", "route", "frequency"}) {
    const std::string part = attribute(fact, name);
    if (!part.empty()) dosage += (dosage.empty() ? "" : " ") + part;
  }
  made["name"] = fact.text;
  made["productName"] = first_of(attribute(fact, "product"), fact.text);
  made["instructions"] = attribute(fact, "instructions");
  made["dosageInfo"] = dosage;
  made["refillsTotal"] = attribute(fact, "refills");
  made["details"] = json::object{
      {"frequency", json::object{{"number", ""}, {"unit", attribute(fact, "frequency")}}},
      {"route", attribute(fact, "route")},
      {"strength", json::object{{"number", ""}, {"unit", ""}}},
      {"dosage", json::object{{"form", ""}, {"value", attribute(fact, "dose")}}}};
  made["status"] = fact.status;
  made["reason"] = attribute(fact, "reason");
  made["prescriber"] = attribute(fact, "prescriber");
  made["startDate"] = first_of(api_time(fact.when), attribute(fact, "start"));
  made["endDate"] = first_of(api_time(fact.until), attribute(fact, "end"));
  return made;
}

json::object api_encounter(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "encounters");
  made["name"] = fact.text;
  made["dateTime"] = api_time(fact.when);
  made["endDateTime"] = api_time(fact.until);
  made["visitType"] = first_of(attribute(fact, "type"), fact.text);
  made["visitClass"] = attribute(fact, "class");
  json::array reasons;
  if (const std::string reason = attribute(fact, "reason"); !reason.empty()) {
    reasons.emplace_back(reason);
  }
  made["reasons"] = std::move(reasons);
  json::array diagnoses;
  json::array problems;
  if (const std::string diagnosis = attribute(fact, "diagnosis"); !diagnosis.empty()) {
    diagnoses.push_back(json::object{{"name", diagnosis}});
  }
  for (const Item& problem : of_visit(lens, item, Kind::problem)) {
    json::object each{{"name", problem.fact->text}, {"codes", api_codes(problem.fact->codes)}};
    const bool is_diagnosis = problem.fact->category == "encounter-diagnosis";
    (is_diagnosis ? diagnoses : problems).push_back(std::move(each));
  }
  made["diagnoses"] = std::move(diagnoses);
  made["problems"] = std::move(problems);
  const auto reference_list = [&](Kind kind, const char* section) {
    json::array list;
    for (const Item& each : of_visit(lens, item, kind)) {
      list.push_back(json::object{{"id", api_common(lens, each, section)["id"]},
                                  {"name", first_of(each.fact->text, test_name(each))}});
    }
    return list;
  };
  json::array medications;
  for (const Item& each : of_visit(lens, item, Kind::medication)) {
    json::object full = api_medication(lens, each);
    medications.push_back(json::object{{"name", full["name"]},
                                       {"productName", full["productName"]},
                                       {"instructions", full["instructions"]},
                                       {"dosageInfo", full["dosageInfo"]},
                                       {"codes", full["codes"]}});
  }
  made["medications"] = std::move(medications);
  made["orders"] = json::array{};
  made["plansOfCare"] = reference_list(Kind::plan_of_care, "plans_of_care");
  made["patientInstruction"] = "";
  made["provider"] = provider_json(fact);
  made["disposition"] = attribute(fact, "disposition");
  json::array tests;
  for (const Item& each : of_visit(lens, item, Kind::result)) tests.push_back(measured(each));
  made["testResults"] = std::move(tests);
  json::array vitals;
  for (const Item& each : of_visit(lens, item, Kind::vital)) vitals.push_back(measured(each));
  made["vitalSigns"] = std::move(vitals);
  return made;
}

json::object api_immunization(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "immunizations");
  made["name"] = fact.text;
  json::array dates;
  if (fact.when.known()) dates.emplace_back(api_time(fact.when));
  made["dates"] = std::move(dates);
  made["dateTime"] = api_time(fact.when);
  made["status"] = fact.status;
  made["lotNumber"] = attribute(fact, "lot");
  made["manufacturer"] = attribute(fact, "manufacturer");
  return made;
}

json::object api_procedure(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "procedures");
  made["name"] = fact.text;
  made["dateTime"] = api_time(fact.when);
  made["status"] = fact.status;
  made["site"] = attribute(fact, "site");
  made["performer"] = json::object{{"name", first_of(fact.performer, attribute(fact, "performer"))},
                                   {"phone", ""},
                                   {"address", json::object{}}};
  made["specimenCodes"] = json::array{};
  made["deviceCodes"] = json::array{};
  return made;
}

json::object api_plan(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "plans_of_care");
  made["name"] = fact.text;
  made["text"] = first_of(raw_value(fact), attribute(fact, "instructions"));
  made["date"] = api_time(fact.when);
  made["type"] = fact.category;
  made["status"] = fact.status;
  made["provider"] = provider_json(fact);
  made["specialty"] = "";
  return made;
}

json::object api_function(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "functional_statuses");
  made["name"] = fact.text;
  made["dateTime"] = api_time(fact.when);
  made["value"] = raw_value(fact);
  made["unit"] = fact.value.unit_raw;
  made["status"] = fact.status;
  return made;
}

json::object api_family(const Lens& lens, const Item& item) {
  const Fact& fact = *item.fact;
  json::object made = api_common(lens, item, "family_history");
  made["name"] = fact.text;
  made["dateTime"] = api_time(fact.when);
  made["value"] = raw_value(fact);
  made["relationship"] = attribute(fact, "relationship");
  made["ageAtOnset"] = attribute(fact, "age_at_onset");
  made["deceased"] = attribute(fact, "deceased");
  if (fact.negated) made["negated"] = "true";
  return made;
}

json::object api_test_result(const Lens& lens, const std::vector<const Item*>& items) {
  const Fact& first = *items.front()->fact;
  json::object made = api_common(lens, *items.front(), "test_results");
  const bool is_panel = !first.group_id.empty();
  if (is_panel) {
    const std::size_t source = first.sources.front().source;
    const auto& sources = lens.record().sources;
    made["id"] = stable_id({"test_results", source < sources.size() ? sources[source].id : "",
                            first.group_id, first.when.text()});
    made["codes"] = json::array{};
  }
  made["name"] = is_panel && !first.group_text.empty() ? first.group_text
                                                       : first_of(first.text, test_name(*items[0]));
  made["resultDateTime"] = api_time(first.when);
  made["status"] = first.status;
  made["orderedBy"] = first.performer;
  made["recipients"] = json::array{};
  json::array components;
  for (const Item* item : items) {
    json::object component = measured(*item);
    component["componentComments"] = attribute(*item->fact, "interpretation_text");
    component["evidence"] = sources_json(lens.all_sources(*item));
    components.push_back(std::move(component));
  }
  made["allResults"] = json::array{};
  made["components"] = std::move(components);
  return made;
}

json::object api_vitals(const Lens& lens, const std::vector<const Item*>& items) {
  json::object made = api_common(lens, *items.front(), "vitals");
  made["codes"] = json::array{};
  made["dateTime"] = api_time(items.front()->fact->when);
  made["name"] = "Vital signs";
  json::array results;
  for (const Item* item : items) {
    const Fact& fact = *item->fact;
    json::object result = measured(*item);
    json::object raw{{"name", result["name"]},
                     {"unit", result["unit"]},
                     {"value", result["value"]},
                     {"codes", result["codes"]}};
    result["normalizedName"] =
        item->analyte == nullptr ? std::string{} : std::string(item->analyte->name);
    json::array values;
    if (!fact.value.canonical_number.empty()) {
      values.push_back(json::object{{"value", fact.value.canonical_number},
                                    {"unit", fact.value.canonical_unit}});
    }
    result["values"] = std::move(values);
    result["raw"] = std::move(raw);
    result["evidence"] = sources_json(lens.all_sources(*item));
    results.push_back(std::move(result));
  }
  made["results"] = std::move(results);
  return made;
}

json::object api_social(const Lens& lens, const std::vector<const Item*>& items) {
  json::object made = api_common(lens, *items.front(), "social_history");
  made["codes"] = json::array{};
  json::array entries;
  for (const Item* item : items) {
    const Fact& fact = *item->fact;
    entries.push_back(json::object{{"dateTime", api_time(fact.when)},
                                   {"name", fact.text},
                                   {"value", first_of(raw_value(fact), attribute(fact, "value"))},
                                   {"unit", fact.value.unit_raw},
                                   {"codes", api_codes(fact.codes)},
                                   {"evidence", sources_json(lens.all_sources(*item))}});
  }
  made["entries"] = std::move(entries);
  return made;
}

}  // namespace chartroom::report
