#include "report/build.hpp"

#include <boost/json/serialize.hpp>
#include <map>
#include <utility>

#include "report/health.hpp"
#include "report/render.hpp"
#include "report/reports.hpp"

namespace chartroom::report {
namespace {

using base::Result;

/// Makes the reports of one order. PDFs are kept, because a combined report binds the same ones.
class Builder {
 public:
  Builder(const evidence::Record& record, const OrderContext& context)
      : record_(record), lens_(record, context) {}

  Result<std::vector<BuiltReport>> build(const ReportSpec& spec) {
    if (spec.name == "combined") return combined(spec);
    std::vector<BuiltReport> built;
    if (!can_build(spec.name, record_)) return built;
    if (spec.format == Format::pdf) return pdfs(spec.name);
    if (spec.name == "healthcheck") {
      built.push_back(made(spec, spec.format == Format::json
                                     ? boost::json::serialize(healthcheck_json(lens_))
                                     : render_html(healthcheck_document(lens_))));
    } else if (spec.name == "apidata") {
      built.push_back(made(spec, boost::json::serialize(apidata_json(lens_))));
    } else {
      for (const ProviderChart& chart : ccdraw_documents(lens_)) {
        built.push_back(made(spec, render_html(chart.document), {chart.provider_id}));
      }
    }
    return built;
  }

 private:
  static BuiltReport made(const ReportSpec& spec, std::string bytes,
                          std::vector<std::string> providers = {}) {
    return {spec.name, spec.format, {}, std::move(providers), std::move(bytes)};
  }

  Result<std::vector<BuiltReport>> pdfs(const std::string& name) {
    const auto kept = pdfs_.find(name);
    if (kept != pdfs_.end()) return kept->second;
    std::vector<ProviderChart> charts;
    if (name == "ccdraw") {
      charts = ccdraw_documents(lens_);
    } else {
      charts.push_back({"", healthcheck_document(lens_)});
    }
    std::vector<BuiltReport> built;
    std::vector<std::string> titles;
    for (const ProviderChart& chart : charts) {
      auto bytes = render_pdf(chart.document);
      if (!bytes) return base::pass_on(std::move(bytes.error()));
      std::vector<std::string> providers;
      if (!chart.provider_id.empty()) providers.push_back(chart.provider_id);
      built.push_back({name, Format::pdf, {}, std::move(providers), std::move(*bytes)});
      titles.push_back(name == "ccdraw"
                           ? chart.document.title + " – " + provider_name(chart.provider_id)
                           : chart.document.title);
    }
    titles_[name] = std::move(titles);
    return pdfs_.emplace(name, std::move(built)).first->second;
  }

  [[nodiscard]] std::string provider_name(const std::string& id) const {
    for (const evidence::Source& source : record_.sources) {
      if (source.provider_id == id) return source.provider_name;
    }
    return id;
  }

  Result<std::vector<BuiltReport>> combined(const ReportSpec& spec) {
    std::vector<PdfPart> parts;
    std::vector<std::string> names;
    for (const std::string& base : spec.base_reports) {
      if (!can_build(base, record_)) continue;
      auto built = pdfs(base);
      if (!built) return base::pass_on(std::move(built.error()));
      for (std::size_t i = 0; i < built->size(); ++i) {
        parts.push_back({titles_[base][i], std::move((*built)[i].bytes)});
      }
      names.push_back(base);
    }
    std::vector<BuiltReport> result;
    if (parts.empty()) return result;
    auto bytes = combine_pdfs(cover_document(lens_), parts);
    if (!bytes) return base::pass_on(std::move(bytes.error()));
    result.push_back({spec.name, Format::pdf, std::move(names), {}, std::move(*bytes)});
    return result;
  }

  const evidence::Record& record_;
  Lens lens_;
  std::map<std::string, std::vector<BuiltReport>> pdfs_;    ///< by report name
  std::map<std::string, std::vector<std::string>> titles_;  ///< of those, in the same order
};

bool has_facts(const Lens& lens) {
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    if (!lens.of(static_cast<evidence::Kind>(kind)).empty()) return true;
  }
  return false;
}

}  // namespace

bool can_build(const std::string& name, const evidence::Record& record) {
  const OrderContext nothing;
  const Lens lens(record, nothing);
  if (name == "ccdraw") return has_ccda(lens);
  if (name == "combined") return has_ccda(lens) || has_facts(lens);
  return (name == "healthcheck" || name == "apidata") && has_facts(lens);
}

Result<std::vector<BuiltReport>> build(const std::vector<ReportSpec>& specs,
                                       const evidence::Record& record,
                                       const OrderContext& context) {
  for (const ReportSpec& spec : specs) {
    if (!is_supported(spec)) {
      return base::fail(base::ErrorCode::invalid_input,
                        "there is no report of this name in this format", "reports");
    }
  }
  Builder builder(record, context);
  std::vector<BuiltReport> all;
  for (const ReportSpec& spec : specs) {
    auto built = builder.build(spec);
    if (!built) return base::pass_on(std::move(built.error()));
    for (BuiltReport& report : *built) all.push_back(std::move(report));
  }
  return all;
}

}  // namespace chartroom::report
