// What all resources of the FHIR export share: codes, dates, decimals, the patient, provenance.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "report/fhir_resources.hpp"

namespace chartroom::report::fhir_out {

namespace json = boost::json;

namespace {

constexpr char kDecimalMark = '\x01';
constexpr const char* kParticipation =
    "http://terminology.hl7.org/CodeSystem/provenance-participant-type";

}  // namespace

json::string safe(const std::string& text) {
  std::string out = text;
  std::erase(out, kDecimalMark);
  return json::string(out);
}

json::object coded(const char* system, std::string_view code) {
  return {{"coding", json::array{json::object{{"system", system}, {"code", code}}}}};
}

void put(json::object& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = safe(text);
}

json::string decimal(const std::string& digits) {
  return json::string(std::string(1, kDecimalMark) + digits);
}

std::string write_line(const json::object& resource) {
  const std::string text = json::serialize(resource);
  static constexpr std::string_view kMark = "\"\\u0001";
  std::string out;
  std::size_t from = 0;
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, from)) {
    const auto end = text.find('"', at + kMark.size());
    out.append(text, from, at - from);
    out.append(text, at + kMark.size(), end - at - kMark.size());
    from = end + 1;
  }
  return out.append(text, from);
}

std::string date_time(const evidence::When& when) {
  const bool with_time = when.precision >= evidence::Precision::minute && when.zone_known;
  return with_time ? base::format_iso(when.value) : when.date_text();
}

json::object codeable(const std::vector<evidence::Code>& codes, const std::string& text) {
  json::array coding;
  for (const evidence::Code& code : codes) {
    if (code.code.empty()) continue;
    json::object one;
    put(one, "system", code.system);
    one["code"] = safe(code.code);
    put(one, "display", code.display);
    if (code.inferred) {
      one["extension"] =
          json::array{json::object{{"url", "urn:chartroom:inferred"}, {"valueBoolean", true}}};
    }
    coding.push_back(std::move(one));
  }
  json::object made;
  if (!coding.empty()) made["coding"] = std::move(coding);
  made["text"] = safe(text.empty() ? "Unnamed" : text);
  return made;
}

json::object patient(const Lens& lens, const std::string& id) {
  const evidence::Person& person = lens.record().applicant;
  json::object made{{"resourceType", "Patient"}, {"id", id}};
  made["identifier"] = json::array{
      json::object{{"system", "urn:chartroom:human-id"}, {"value", safe(lens.context().human_id)}}};
  json::array names;
  for (const evidence::PersonName& name : person.names) {
    json::object one;
    put(one, "family", name.family);
    json::array given;
    for (const std::string& each : name.given) given.push_back(safe(each));
    if (!given.empty()) one["given"] = std::move(given);
    if (!name.suffix.empty()) one["suffix"] = json::array{safe(name.suffix)};
    if (!one.empty()) names.push_back(std::move(one));
  }
  if (!names.empty()) made["name"] = std::move(names);
  put(made, "gender", person.sex);
  if (person.birth_date) made["birthDate"] = person.birth_date->iso();
  json::array addresses;
  for (const evidence::PostalAddress& address : person.addresses) {
    json::object one;
    json::array lines;
    for (const std::string& line : address.lines) lines.push_back(safe(line));
    if (!lines.empty()) one["line"] = std::move(lines);
    put(one, "city", address.city);
    put(one, "state", address.state);
    put(one, "postalCode", address.zip);
    if (!one.empty()) addresses.push_back(std::move(one));
  }
  if (!addresses.empty()) made["address"] = std::move(addresses);
  return made;
}

json::object provenance(const Lens& lens, const Item& item, const std::string& id,
                        const std::string& target) {
  json::array entities;
  std::string provider;
  base::TimePoint recorded{};
  for (const evidence::SourceRef& ref : lens.all_sources(item)) {
    if (ref.source >= lens.record().sources.size()) continue;
    const evidence::Source& source = lens.record().sources[ref.source];
    if (provider.empty()) provider = source.provider_name;
    recorded = std::max(recorded, source.retrieved_at);
    entities.push_back(json::object{
        {"role", "source"},
        {"what", json::object{{"identifier", json::object{{"system", "urn:chartroom:sha256"},
                                                          {"value", safe(source.sha256)}}},
                              {"display", safe(Lens::source_name(ref.source) + " " + source.label +
                                               " " + ref.locator)}}}});
  }
  return {{"resourceType", "Provenance"},
          {"id", id},
          {"target", json::array{json::object{{"reference", target}}}},
          {"recorded", base::format_iso(recorded)},
          {"agent",
           json::array{json::object{
               {"type", coded(kParticipation, "custodian")},
               {"who", json::object{{"display", safe(provider.empty() ? "Unknown" : provider)}}}}}},
          {"entity", std::move(entities)}};
}

}  // namespace chartroom::report::fhir_out
