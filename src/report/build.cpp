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
      if (spec.name == "combined")
        bound_.insert(spec.base_reports.begin(), spec.base_reports.end());
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
    if (bound_.contains(kind.name)) {
      const auto drawn = draw(kind);
      if (!drawn) return base::pass_on(drawn.error());
      for (const Drawn& one : **drawn) {
        auto bytes = press_.write(one.part.number);
        if (!bytes) return base::pass_on(std::move(bytes.error()));
        built.push_back(made(kind.name, Format::pdf, one.provider_id, std::move(*bytes)));
      }
      return built;
    }
    for (const MadeReport& report : kind.documents(lens_)) {
      auto bytes = render_pdf(report.document);
      if (!bytes) return base::pass_on(std::move(bytes.error()));
      built.push_back(made(kind.name, Format::pdf, report.provider_id, std::move(*bytes)));
    }
    return built;
  }

  struct Drawn {
    PdfPress::Part part;
    std::string provider_id;
  };

  /// The documents of a report that is bound, in the press.
  Result<const std::vector<Drawn>*> draw(const ReportKind& kind) {
    const auto kept = drawn_.find(kind.name);
    if (kept != drawn_.end()) return &kept->second;
    std::vector<Drawn> drawn;
    for (const MadeReport& report : kind.documents(lens_)) {
      const auto number = press_.draw(report.document);
      if (!number) return base::pass_on(number.error());
      drawn.push_back({{report.title, *number}, report.provider_id});
    }
    return &drawn_.emplace(kind.name, std::move(drawn)).first->second;
  }

  Result<Reports> combined(const ReportSpec& spec) {
    std::vector<PdfPress::Part> parts;
    std::vector<std::string> names;
    for (const std::string& name : spec.base_reports) {
      const ReportKind* kind = find_kind(name);
      if (kind == nullptr || !kind->can_build(lens_)) continue;
      const auto drawn = draw(*kind);
      if (!drawn) return base::pass_on(drawn.error());
      for (const Drawn& one : **drawn) parts.push_back(one.part);
      names.push_back(name);
    }
    Reports result;
    if (parts.empty()) return result;
    auto bytes = press_.bind(cover_document(lens_), parts);
    if (!bytes) return base::pass_on(std::move(bytes.error()));
    result.push_back({spec.name, Format::pdf, std::move(names), {}, std::move(*bytes)});
    return result;
  }

  Lens lens_;
  RawItems raw_;
  std::set<std::string> bound_;  ///< names of reports that a combined one binds
  PdfPress press_;
  std::map<std::string, std::vector<Drawn>> drawn_;  ///< by report name
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
