// Which reports there are: names, formats, and how each is made.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/build.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// One file of a report: of a person, or of one provider.
struct MadeReport {
  std::string provider_id;  ///< empty: of the person
  std::string title;        ///< of the part of a combined report
  Document document;        ///< html, pdf
};

struct ReportKind {
  const char* name;
  std::vector<Format> formats;
  /// True when there is something to make it from.
  bool (*can_build)(const Lens&);
  /// Its documents, for HTML and PDF; null for kinds that are data alone.
  std::vector<MadeReport> (*documents)(const Lens&);
};

/// All kinds but "combined", in the order in which they are listed for people.
[[nodiscard]] const std::vector<ReportKind>& report_kinds();
[[nodiscard]] const ReportKind* find_kind(const std::string& name);

}  // namespace chartroom::report
