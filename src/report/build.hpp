// The reports of an order: evidence in, files out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "evidence/model.hpp"

namespace chartroom::report {

/// What is known of the order besides its evidence.
struct OrderContext {
  std::string order_id;
  std::string order_type;
  std::string human_id;
  std::string client_user_id;
  base::TimePoint created{};  ///< of the report, by the clock of the order
  base::TimePoint ordered_at{};
  std::vector<std::string> conditions;  ///< conditions of concern asked for
  /// Values that stand in for those of rules().measurements, by rule; decimals.
  std::map<std::string, std::string> levels;
  std::string authorization;  ///< "HIPAA authorisation received 2026-03-01"; empty: none
  bool timed_out = false;
  struct ChannelCoverage {
    std::string channel;  ///< "EHR networks", "Patient portal", "APS vendor"
    std::string outcome;  ///< "records received", "no records", "not answered in time", …
    std::string detail;
  };
  std::vector<ChannelCoverage> channels;
  std::string engine_version;
  /// Bytes of Record::sources, in their order; empty views where they are not at hand. What they
  /// point to must outlive the build. Needed for received PDFs and for the raw items of HTML.
  std::vector<std::string_view> raw_items;
};

enum class Format { json, html, pdf, zip };
[[nodiscard]] const char* file_extension(Format format);
[[nodiscard]] const std::vector<Format>& all_formats();
/// Names of all reports, "combined" last.
[[nodiscard]] std::vector<std::string> report_names();

/// A report to be made, as an order type names it. `base_reports` only for "combined".
struct ReportSpec {
  std::string name;  ///< one of report_names()
  Format format = Format::pdf;
  std::vector<std::string> base_reports;
};

struct BuiltReport {
  std::string name;
  Format format = Format::pdf;
  std::vector<std::string> base_report_names;  ///< only "combined"
  std::vector<std::string> provider_ids;       ///< per-provider reports
  std::string bytes;
};

/// True when a report can be made at all: ccdraw needs C-CDA documents, clinicalnotes notes of a
/// provider without them, aps received documents, others at least one fact.
[[nodiscard]] bool can_build(const std::string& name, const evidence::Record& record);

/// True for the report names and formats that build() knows.
[[nodiscard]] bool is_supported(const ReportSpec& spec);

/// Builds every report of `specs` for which there is evidence. unity, ccdraw and clinicalnotes come
/// once per provider.
/// The same input gives the same bytes, whatever the arrival order of the evidence was.
[[nodiscard]] base::Result<std::vector<BuiltReport>> build(const std::vector<ReportSpec>& specs,
                                                           const evidence::Record& record,
                                                           const OrderContext& context);

}  // namespace chartroom::report
