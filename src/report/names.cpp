#include <algorithm>

#include "report/build.hpp"
#include "report/kinds.hpp"

namespace chartroom::report {

const char* file_extension(Format format) {
  switch (format) {
    case Format::json:
      return "json";
    case Format::html:
      return "html";
    case Format::pdf:
      return "pdf";
    case Format::zip:
      return "zip";
  }
  return "bin";
}

const std::vector<Format>& all_formats() {
  static const std::vector<Format> formats{Format::pdf, Format::html, Format::json, Format::zip};
  return formats;
}

std::vector<std::string> report_names() {
  std::vector<std::string> names;
  for (const ReportKind& kind : report_kinds()) names.emplace_back(kind.name);
  names.emplace_back("combined");
  return names;
}

namespace {

bool is_made(const std::string& name, Format format) {
  const ReportKind* kind = find_kind(name);
  return kind != nullptr &&
         std::find(kind->formats.begin(), kind->formats.end(), format) != kind->formats.end();
}

}  // namespace

bool is_supported(const ReportSpec& spec) {
  if (spec.name != "combined") return is_made(spec.name, spec.format);
  // A part of a combined report is bound in as a PDF, so it has to exist as one.
  return spec.format == Format::pdf && !spec.base_reports.empty() &&
         std::all_of(spec.base_reports.begin(), spec.base_reports.end(),
                     [](const std::string& name) { return is_made(name, Format::pdf); });
}

}  // namespace chartroom::report
