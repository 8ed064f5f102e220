#include <boost/json/array.hpp>

#include "report/health.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

constexpr const char* kTitle = "Health Check Summary";
constexpr int kSchemaVersion = 1;

/// In the order of an underwriter's work: who, how complete, then from the decisive to the rest.
std::vector<Section> sections_of(const Lens& lens) {
  std::vector<Section> sections;
  for (const auto make :
       {order_section, profile_section, concerns_section, coverage_section, identity_section,
        tobacco_section, build_section, pressure_section, lipids_section, diabetes_section,
        heart_section, chemistries_section, substances_section, other_vitals_section}) {
    sections.push_back(make(lens));
  }
  for (Section& section : history_sections(lens)) sections.push_back(std::move(section));
  sections.push_back(notes_section(lens));
  sections.push_back(sources_section(lens));
  return sections;
}

}  // namespace

Document healthcheck_document(const Lens& lens) {
  const evidence::Person& applicant = lens.record().applicant;
  Document document;
  document.title = kTitle;
  document.subtitle = applicant.display_name();
  document.created = lens.context().created;
  document.footer = applicant.display_name();
  if (applicant.birth_date) document.footer += " · born " + applicant.birth_date->iso();
  document.footer += " · order " + lens.context().order_id + " · not an underwriting decision";
  document.with_contents = true;
  for (Section& section : sections_of(lens)) {
    document.blocks.push_back(heading(2, section.title, section.anchor));
    append(document.blocks, std::move(section.blocks));
  }
  return document;
}

json::object healthcheck_json(const Lens& lens) {
  json::array notices;
  for (const Warning& warning : warnings(lens)) {
    notices.push_back(json::object{{"level", warning.tone == Tone::alert ? "alert" : "caution"},
                                   {"text", warning.text}});
  }
  json::array asked;
  for (const std::string& condition : lens.context().conditions) asked.emplace_back(condition);
  json::object report{
      {"report", json::object{{"name", "healthcheck"},
                              {"title", kTitle},
                              {"schemaVersion", kSchemaVersion},
                              {"createdAt", base::format_iso(lens.context().created)},
                              {"engineVersion", lens.context().engine_version},
                              {"tablesVersion", std::string(evidence::kTermsVersion)},
                              {"disclaimer", "not an underwriting decision"}}},
      {"warnings", std::move(notices)},
      {"conditionsAsked", std::move(asked)}};
  for (Section& section : sections_of(lens)) report[section.key] = std::move(section.data);
  return report;
}

}  // namespace chartroom::report
