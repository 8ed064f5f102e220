#include "report/apidata.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "report/health.hpp"
#include "report/reports.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

/// Items by date, then id, oldest first; undated ones at the start.
void sort_by(json::array& items, const char* date_key) {
  const auto text = [](const json::value& item, const char* key) -> std::string {
    const json::value* value = item.as_object().if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
  };
  std::vector<json::value> sorted(items.begin(), items.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    const std::string x = text(a, date_key);
    const std::string y = text(b, date_key);
    return x != y ? x < y : text(a, "id") < text(b, "id");
  });
  items = json::array(sorted.begin(), sorted.end());
}

template <typename Make>
json::array each(const Lens& lens, Kind kind, const char* date_key, Make make) {
  json::array made;
  for (const Item& item : lens.of(kind)) made.push_back(make(lens, item));
  sort_by(made, date_key);
  return made;
}

/// Facts that one record of the API holds together, in a stable order.
template <typename Make>
json::array grouped(const Lens& lens, Kind kind, const char* date_key, bool by_panel, Make make) {
  std::map<std::string, std::vector<const Item*>> groups;
  for (const Item& item : lens.of(kind)) {
    const evidence::Fact& fact = *item.fact;
    std::string key = std::to_string(fact.sources.front().source) + "\n" + fact.when.text() + "\n";
    if (by_panel) {
      key +=
          fact.group_id.empty() ? "lone\n" + std::to_string(item.index) : "panel\n" + fact.group_id;
    }
    groups[key].push_back(&item);
  }
  json::array made;
  for (const auto& [key, items] : groups) made.push_back(make(lens, items));
  sort_by(made, date_key);
  return made;
}

json::object name_json(const evidence::Person& person) {
  json::array given;
  std::string family;
  if (!person.names.empty()) {
    for (const std::string& part : person.names.front().given) given.emplace_back(part);
    family = person.names.front().family;
  }
  return json::object{{"family", family}, {"given", std::move(given)}};
}

json::object address_json(const evidence::Person& person) {
  json::array street;
  evidence::PostalAddress address;
  if (!person.addresses.empty()) address = person.addresses.front();
  for (const std::string& line : address.lines) street.emplace_back(line);
  return json::object{{"street", std::move(street)},
                      {"city", address.city},
                      {"state", address.state},
                      {"zip", address.zip},
                      {"country", "US"}};
}

/// Race and ethnicity stay empty: they are not for underwriting.
json::object person_json(const evidence::Person& person) {
  const std::string birth = person.birth_date ? person.birth_date->iso() : person.birth_date_raw;
  return json::object{{"name", name_json(person)},
                      {"dob", birth},
                      {"gender", person.sex},
                      {"language", person.language},
                      {"maritalStatus", person.marital_status},
                      {"address", address_json(person)},
                      {"genderCodes", json::array{}},
                      {"maritalStatusCodes", json::array{}},
                      {"languageCodes", json::array{}},
                      {"ethnicityCodes", json::array{}},
                      {"raceCodes", json::array{}}};
}

json::array demographics(const Lens& lens) {
  json::array made;
  const auto& record = lens.record();
  for (const evidence::SourceOutcome& outcome : record.outcomes) {
    const bool accepted = outcome.status == evidence::SourceOutcome::Status::read ||
                          outcome.status == evidence::SourceOutcome::Status::empty;
    if (!accepted || outcome.source >= record.sources.size()) continue;
    const evidence::Source& source = record.sources[outcome.source];
    json::object item{{"id", stable_id({"demographics", source.id, outcome.person.locator})},
                      {"source", source.channel},
                      {"createdAt", base::format_iso(source.retrieved_at)},
                      {"updatedAt", base::format_iso(source.retrieved_at)}};
    for (auto& member : person_json(outcome.person)) item[member.key()] = member.value();
    item["provider"] = json::object{
        {"address", json::object{}}, {"phone", ""}, {"organization", source.provider_name}};
    made.push_back(std::move(item));
  }
  sort_by(made, "createdAt");
  return made;
}

json::object alcohol_json(const Lens& lens) {
  for (const Item& item : lens.of(Kind::social_history)) {
    const bool by_analyte = item.analyte != nullptr && item.analyte->group == "alcohol";
    if (!by_analyte && base::fold(item.fact->text).find("alcohol") == std::string::npos) continue;
    std::string use = item.fact->value.raw;
    if (const std::string* value = item.fact->attribute("value"); use.empty() && value != nullptr) {
      use = *value;
    }
    return json::object{{"use", use}, {"codes", api_codes(item.fact->codes)}};
  }
  return json::object{{"use", ""}, {"codes", json::array{}}};
}

json::object profile(const Lens& lens) {
  const Tobacco tobacco = tobacco_of(lens);
  json::object demographics = person_json(lens.record().applicant);
  const auto& birth = lens.record().applicant.birth_date;
  demographics["dobDateTime"] = birth ? base::format_iso(birth->midnight_utc()) : "";
  return json::object{
      {"demographics", std::move(demographics)},
      {"smoking", json::object{{"status", tobacco.text},
                               {"codes", tobacco.newest ? api_codes(tobacco.newest->fact->codes)
                                                        : json::array{}}}},
      {"alcohol", alcohol_json(lens)}};
}

json::array organizations(const Lens& lens) {
  std::map<std::string, json::object> by_id;
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    for (const Item& item : lens.of(static_cast<Kind>(kind))) {
      json::object organization = api_organization(lens, *item.fact);
      by_id.emplace(std::string(organization["id"].as_string()), std::move(organization));
    }
  }
  json::array made;
  for (auto& [id, organization] : by_id) made.push_back(std::move(organization));
  return made;
}

}  // namespace

json::object apidata_json(const Lens& lens) {
  json::object report{
      {"humanId", lens.context().human_id},
      {"createdAt", base::format_iso(lens.context().created)},
      {"profile", profile(lens)},
      {"allergies", each(lens, Kind::allergy, "dateTime", api_allergy)},
      {"demographics", demographics(lens)},
      {"encounters", each(lens, Kind::encounter, "dateTime", api_encounter)},
      {"functional_statuses", each(lens, Kind::functional_status, "dateTime", api_function)},
      {"immunizations", each(lens, Kind::immunization, "dateTime", api_immunization)},
      {"issues", each(lens, Kind::problem, "dateTime", api_issue)},
      {"medications", each(lens, Kind::medication, "startDate", api_medication)},
      {"plans_of_care", each(lens, Kind::plan_of_care, "date", api_plan)},
      {"procedures", each(lens, Kind::procedure, "dateTime", api_procedure)}};
  report["social_history"] = grouped(lens, Kind::social_history, "dateTime", false, api_social);
  report["test_results"] = grouped(lens, Kind::result, "resultDateTime", true, api_test_result);
  report["vitals"] = grouped(lens, Kind::vital, "dateTime", false, api_vitals);
  report["organizations"] = organizations(lens);
  report["family_history"] = each(lens, Kind::family_history, "dateTime", api_family);
  report["sources"] = sources_section(lens).data;
  return report;
}

}  // namespace chartroom::report
