#include <algorithm>
#include <array>
#include <string_view>

#include "report/build.hpp"

namespace chartroom::report {

const char* file_extension(Format format) {
  switch (format) {
    case Format::json:
      return "json";
    case Format::html:
      return "html";
    case Format::pdf:
      return "pdf";
  }
  return "bin";
}

namespace {

struct Known {
  std::string_view name;
  Format format;
};

constexpr std::array kKnown = {
    Known{"healthcheck", Format::json}, Known{"healthcheck", Format::html},
    Known{"healthcheck", Format::pdf},  Known{"ccdraw", Format::html},
    Known{"ccdraw", Format::pdf},       Known{"apidata", Format::json},
    Known{"combined", Format::pdf},
};

bool is_known(std::string_view name, Format format) {
  return std::any_of(kKnown.begin(), kKnown.end(), [&](const Known& known) {
    return known.name == name && known.format == format;
  });
}

}  // namespace

bool is_supported(const ReportSpec& spec) {
  if (!is_known(spec.name, spec.format)) return false;
  if (spec.name != "combined") return true;
  // A part of a combined report is bound in as a PDF, so it has to exist as one.
  return !spec.base_reports.empty() &&
         std::all_of(spec.base_reports.begin(), spec.base_reports.end(),
                     [](const std::string& name) {
                       return name != "combined" && is_known(name, Format::pdf);
                     });
}

}  // namespace chartroom::report
