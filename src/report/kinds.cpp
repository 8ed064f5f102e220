#include "report/kinds.hpp"

#include <algorithm>

#include "report/composed.hpp"
#include "report/received.hpp"
#include "report/reports.hpp"
#include "report/unity.hpp"

namespace chartroom::report {
namespace {

bool has_facts(const Lens& lens) {
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    if (!lens.of(static_cast<evidence::Kind>(kind)).empty()) return true;
  }
  return false;
}

std::vector<MadeReport> composed(const char* name, const Lens& lens) {
  std::vector<MadeReport> made;
  made.push_back({"", title_of_report(name), compose(name, lens).document});
  return made;
}

std::vector<MadeReport> healthchecks(const Lens& lens) { return composed("healthcheck", lens); }
std::vector<MadeReport> highlights(const Lens& lens) { return composed("highlights", lens); }
std::vector<MadeReport> timelines(const Lens& lens) { return composed("timeline", lens); }
std::vector<MadeReport> histories(const Lens& lens) { return composed("clinicalhistory", lens); }

std::string name_of_provider(const Lens& lens, const std::string& id) {
  for (const evidence::Source& source : lens.record().sources) {
    if (source.provider_id == id) return source.provider_name;
  }
  return id;
}

std::vector<MadeReport> unities(const Lens& lens) {
  std::vector<MadeReport> made;
  for (const std::string& provider : providers_with_facts(lens.record(), lens.context())) {
    const Lens one(lens.record(), lens.context(), provider);
    Document document = compose("unity", one).document;
    std::string title = document.title + " – " + name_of_provider(lens, provider);
    made.push_back({provider, std::move(title), std::move(document)});
  }
  return made;
}

std::vector<MadeReport> charts(const Lens& lens, std::vector<ProviderChart> charts) {
  std::vector<MadeReport> made;
  for (ProviderChart& chart : charts) {
    std::string title = chart.document.title + " – " + name_of_provider(lens, chart.provider_id);
    made.push_back({chart.provider_id, std::move(title), std::move(chart.document)});
  }
  return made;
}

std::vector<MadeReport> ccdraws(const Lens& lens) { return charts(lens, ccdraw_documents(lens)); }
std::vector<MadeReport> notes(const Lens& lens) { return charts(lens, notes_documents(lens)); }

std::vector<MadeReport> aps(const Lens& lens) {
  std::vector<MadeReport> made;
  Document document = aps_document(lens);
  std::string title = document.title;
  made.push_back({"", std::move(title), std::move(document)});
  return made;
}

}  // namespace

const std::vector<ReportKind>& report_kinds() {
  using enum Format;
  static const std::vector<ReportKind> kinds{
      {"healthcheck", {json, html, pdf}, has_facts, healthchecks},
      {"highlights", {json, html, pdf}, has_facts, highlights},
      {"unity", {json, html, pdf}, has_facts, unities},
      {"timeline", {json, html, pdf}, has_facts, timelines},
      {"clinicalhistory", {json, html, pdf}, has_facts, histories},
      {"ccdraw", {html, pdf}, has_ccda, ccdraws},
      {"clinicalnotes", {html, pdf}, has_notes, notes},
      {"aps", {pdf}, has_received, aps},
      {"apidata", {json}, has_facts, nullptr},
      {"fhir", {zip}, has_facts, nullptr},
  };
  return kinds;
}

const ReportKind* find_kind(const std::string& name) {
  const auto& kinds = report_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const ReportKind& kind) { return name == kind.name; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace chartroom::report
