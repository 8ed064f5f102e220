#include "report/composed.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"
#include "report/timeline.hpp"
#include "report/unity.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using Maker = Section (*)(const Lens&);

constexpr int kSchemaVersion = 1;

void add_made(const Lens& lens, std::initializer_list<Maker> makers,
              std::vector<Section>& sections) {
  for (const Maker maker : makers) sections.push_back(maker(lens));
}

void add_all(std::vector<Section> more, std::vector<Section>& sections) {
  for (Section& section : more) sections.push_back(std::move(section));
}

/// In the order of an underwriter's work: who, how complete, then from the decisive to the rest.
std::vector<Section> healthcheck_sections(const Lens& lens) {
  std::vector<Section> all;
  add_made(lens,
           {order_section, profile_section, concerns_section, coverage_section, identity_section,
            tobacco_section, build_section, pressure_section, lipids_section, diabetes_section,
            heart_section, chemistries_section, substances_section, other_vitals_section},
           all);
  add_all(history_sections(lens), all);
  add_made(lens, {notes_section, sources_section}, all);
  return all;
}

std::vector<Section> highlights_sections(const Lens& lens) {
  std::vector<Section> all;
  add_made(lens,
           {headline_section, order_section, profile_section, concerns_section,
            key_conditions_section, abnormal_tests_section, tobacco_section, habits_section,
            implied_section, hospital_section, open_ends_section, family_section, gaps_section,
            coverage_section, identity_section, notes_section, sources_section},
           all);
  return all;
}

std::vector<Section> timeline_sections(const Lens& lens) {
  std::vector<Section> all;
  add_made(lens,
           {order_section, overview_section, events_section, undated_section, coverage_section,
            identity_section, notes_section, sources_section},
           all);
  return all;
}

std::vector<Section> clinicalhistory_sections(const Lens& lens) {
  std::vector<Section> all;
  add_made(lens,
           {order_section, profile_section, overview_section, events_section, undated_section},
           all);
  add_all(history_sections(lens), all);
  add_made(lens, {coverage_section, identity_section, notes_section, sources_section}, all);
  return all;
}

struct ComposedKind {
  const char* name;
  const char* title;
  std::vector<Section> (*sections)(const Lens&);
};

constexpr std::array kKinds = {
    ComposedKind{"healthcheck", "Health Check Summary", healthcheck_sections},
    ComposedKind{"highlights", "Highlights Summary", highlights_sections},
    ComposedKind{"unity", "Health Summary", unity_sections},
    ComposedKind{"timeline", "Health Timeline", timeline_sections},
    ComposedKind{"clinicalhistory", "Clinical History", clinicalhistory_sections},
};

const ComposedKind* find_composed(const std::string& name) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const ComposedKind& kind) { return name == kind.name; });
  return found == kKinds.end() ? nullptr : found;
}

std::string provider_of(const Lens& lens) {
  if (lens.provider_id().empty()) return {};
  for (const evidence::Source& source : lens.record().sources) {
    if (source.provider_id == lens.provider_id()) return source.provider_name;
  }
  return {};
}

json::object envelope(const ComposedKind& kind, const Lens& lens) {
  json::array notices;
  for (const Warning& warning : warnings(lens)) {
    notices.push_back(json::object{{"level", warning.tone == Tone::alert ? "alert" : "caution"},
                                   {"text", warning.text}});
  }
  json::array asked;
  for (const std::string& condition : lens.context().conditions) asked.emplace_back(condition);
  json::object about{{"name", kind.name},
                     {"title", kind.title},
                     {"schemaVersion", kSchemaVersion},
                     {"createdAt", base::format_iso(lens.context().created)},
                     {"engineVersion", lens.context().engine_version},
                     {"tablesVersion", std::string(evidence::kTermsVersion)},
                     {"rulesVersion", rules_version()},
                     {"disclaimer", "not an underwriting decision"}};
  if (!lens.provider_id().empty()) {
    about["providerId"] = lens.provider_id();
    about["providerName"] = provider_of(lens);
  }
  return {{"report", std::move(about)},
          {"warnings", std::move(notices)},
          {"conditionsAsked", std::move(asked)}};
}

}  // namespace

bool is_composed(const std::string& name) { return find_composed(name) != nullptr; }

const char* title_of_report(const std::string& name) {
  const ComposedKind* kind = find_composed(name);
  return kind == nullptr ? "" : kind->title;
}

Document start_document(const Lens& lens, std::string title, const std::string& provider) {
  const evidence::Person& applicant = lens.record().applicant;
  Document document;
  document.title = std::move(title);
  document.subtitle = applicant.display_name();
  if (!provider.empty()) document.subtitle += " · " + provider;
  document.created = lens.context().created;
  document.footer = applicant.display_name();
  if (applicant.birth_date) document.footer += " · born " + applicant.birth_date->iso();
  document.footer += " · order " + lens.context().order_id + " · not an underwriting decision";
  document.with_contents = true;
  return document;
}

Composed compose(const std::string& name, const Lens& lens) {
  const ComposedKind* kind = find_composed(name);
  Composed made;
  if (kind == nullptr) return made;
  made.document = start_document(lens, kind->title, provider_of(lens));
  made.json = envelope(*kind, lens);
  for (Section& section : kind->sections(lens)) {
    made.document.blocks.push_back(section_heading(section));
    append(made.document.blocks, std::move(section.blocks));
    made.json[section.key] = std::move(section.data);
  }
  return made;
}

}  // namespace chartroom::report
