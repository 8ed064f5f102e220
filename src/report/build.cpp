#include "report/build.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <map>
#include <set>
#include <utility>

#include "report/composed.hpp"
#include "report/fhir_export.hpp"
#include "report/kinds.hpp"
#include "report/raw_items.hpp"
#include "report/render.hpp"
#include "report/reports.hpp"
#include "report/unity.hpp"

namespace chartroom::report {
namespace {

using base::Result;
using Reports = std::vector<BuiltReport>;

/// Makes the reports of one order. What a combined report binds is drawn once.
class Builder {
 public:
  Builder(const std::vector<ReportSpec>& specs, const evidence::Record& record,
          const OrderContext& context)
      : lens_(record, context), raw_(lens_) {
    for (const ReportSpec& spec : specs) {
      if (spec.name != "combined") continue;
      bound_.insert(spec.base_reports.begin(), spec.base_reports.end());
      bindings_[spec.base_reports] = {};
    }
  }

  Result<Reports> build(const ReportSpec& spec) {
    if (spec.name == "combined") return combined(spec);
    const ReportKind* kind = find_kind(spec.name);
    if (kind == nullptr || !kind->can_build(lens_)) return Reports{};
    switch (spec.format) {
      case Format::json:
        return jsons(spec.name);
      case Format::html:
        return htmls(*kind);
      case Format::pdf:
        return pdfs(*kind);
      case Format::zip:
        break;
    }
    auto bytes = fhir_archive(lens_);
    if (!bytes) return base::pass_on(std::move(bytes.error()));
    Reports built;
    built.push_back({spec.name, spec.format, {}, {}, std::move(*bytes)});
    return built;
  }

 private:
  static BuiltReport made(const std::string& name, Format format, const std::string& provider,
                          std::string bytes) {
    BuiltReport report{name, format, {}, {}, std::move(bytes)};
    if (!provider.empty()) report.provider_ids.push_back(provider);
    return report;
  }

  [[nodiscard]] Reports jsons(const std::string& name) const {
    Reports built;
    if (name == "apidata") {
      built.push_back(made(name, Format::json, "", boost::json::serialize(apidata_json(lens_))));
      return built;
    }
    if (name != "unity") {
      built.push_back(
          made(name, Format::json, "", boost::json::serialize(compose(name, lens_).json)));
      return built;
    }
    for (const std::string& provider : providers_with_facts(lens_.record(), lens_.context())) {
      const Lens one(lens_.record(), lens_.context(), provider);
      built.push_back(
          made(name, Format::json, provider, boost::json::serialize(compose(name, one).json)));
    }
    return built;
  }

  [[nodiscard]] Reports htmls(const ReportKind& kind) {
    Reports built;
    for (MadeReport& report : kind.documents(lens_)) {
      attach_raw_items(report.document, raw_);
      built.push_back(
          made(kind.name, Format::html, report.provider_id, render_html(report.document)));
    }
    return built;
  }

  Result<Reports> pdfs(const ReportKind& kind) {
    Reports built;
    if (!bound_.contains(kind.name)) {
      for (const MadeReport& report : kind.documents(lens_)) {
        auto bytes = render_pdf(report.document);
        if (!bytes) return base::pass_on(std::move(bytes.error()));
        built.push_back(made(kind.name, Format::pdf, report.provider_id, std::move(*bytes)));
      }
      return built;
    }
    draw_all();
    for (const Drawn& one : drawn_[kind.name]) {
      auto bytes = press_.write(one.part.number);
      if (!bytes) return base::pass_on(std::move(bytes.error()));
      built.push_back(made(kind.name, Format::pdf, one.provider_id, std::move(*bytes)));
    }
    return built;
  }

  Result<Reports> combined(const ReportSpec& spec) {
    draw_all();
    Reports result;
    const Binding& binding = bindings_.at(spec.base_reports);
    if (binding.names.empty()) return result;
    auto bytes = press_.write(binding.number);
    if (!bytes) return base::pass_on(std::move(bytes.error()));
    result.push_back({spec.name, Format::pdf, binding.names, {}, std::move(*bytes)});
    return result;
  }

  /// Draws what is bound, and what binds it, before the first of them is written.
  void draw_all() {
    for (auto& [base_reports, binding] : bindings_) {
      if (!std::exchange(binding.drawn, true)) draw(base_reports, binding);
    }
  }

  struct Drawn {
    PdfPress::Part part;
    std::string provider_id;
  };
  struct Binding {
    bool drawn = false;
    std::vector<std::string> names;  ///< of the reports in it; none: there is nothing to bind
    std::size_t number = 0;          ///< in the press
  };

  void draw(const std::vector<std::string>& base_reports, Binding& binding) {
    std::vector<PdfPress::Part> parts;
    for (const std::string& name : base_reports) {
      const ReportKind* kind = find_kind(name);
      if (kind == nullptr || !kind->can_build(lens_)) continue;
      if (!drawn_.contains(name)) {
        std::vector<Drawn>& drawn = drawn_[name];
        for (const MadeReport& report : kind->documents(lens_)) {
          drawn.push_back({{report.title, press_.draw(report.document)}, report.provider_id});
        }
      }
      for (const Drawn& one : drawn_[name]) parts.push_back(one.part);
      binding.names.push_back(name);
    }
    if (parts.empty()) {
      binding.names.clear();
    } else {
      binding.number = press_.bind(cover_document(lens_), parts);
    }
  }

  Lens lens_;
  RawItems raw_;
  std::set<std::string> bound_;  ///< names of reports that a combined one binds
  PdfPress press_;
  std::map<std::string, std::vector<Drawn>> drawn_;       ///< by report name
  std::map<std::vector<std::string>, Binding> bindings_;  ///< by what is bound
};

}  // namespace

bool can_build(const std::string& name, const evidence::Record& record) {
  const OrderContext nothing;
  const Lens lens(record, nothing);
  if (name == "combined") {
    const auto& kinds = report_kinds();
    return std::any_of(kinds.begin(), kinds.end(), [&](const ReportKind& kind) {
      return kind.documents != nullptr && kind.can_build(lens);
    });
  }
  const ReportKind* kind = find_kind(name);
  return kind != nullptr && kind->can_build(lens);
}

Result<Reports> build(const std::vector<ReportSpec>& specs, const evidence::Record& record,
                      const OrderContext& context) {
  for (const ReportSpec& spec : specs) {
    if (!is_supported(spec)) {
      return base::fail(base::ErrorCode::invalid_input,
                        "there is no report of this name in this format", "reports");
    }
  }
  Builder builder(specs, record, context);
  Reports all;
  for (const ReportSpec& spec : specs) {
    auto built = builder.build(spec);
    if (!built) return base::pass_on(std::move(built.error()));
    for (BuiltReport& report : *built) all.push_back(std::move(report));
  }
  return all;
}

}  // namespace chartroom::report
