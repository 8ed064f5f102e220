// GET /api/v1/user/reports and /api/v1/user/reports/{reportId} (contract §3.11, §3.12).
#include <utility>

#include "api/resources.hpp"
#include "api/user_json.hpp"
#include "app/report_file.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

/// Name and id only: a file name ends up in download folders and proxies, so it tells nothing of
/// the person.
std::string file_name(const app::StoredReport& report) {
  return app::as_file_name(report.name + '-' + report.id + '.' + report.file_extension);
}

}  // namespace

http::Response get_reports(const ApiPorts& ports, const app::Application& application,
                           const http::Request& request) {
  const auto key = user_key(request);
  if (!key) return http::plain_error(request, 400);
  const auto groups =
      ports.desk.reports(application, *key, request.query_value("createdByOrderId").value_or(""));
  if (!groups) return error_answer(ports, request, groups.error());
  return http::json_response(200, reports_json(*groups, ports.public_url));
}

http::Response get_report(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request) {
  auto report = ports.desk.report(application, request.path_parameters.at("reportId"));
  if (!report) return error_answer(ports, request, report.error());
  http::Response response;
  response.with("content-type", app::report_content_type(report->file_extension));
  response.with("content-disposition", "attachment; filename=\"" + file_name(*report) + '"');
  if (report->file_extension == "html") {
    // A report shows what foreign systems wrote: no script of it may ever run under our origin.
    response.with("content-security-policy",
                  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                  "frame-ancestors 'none'");
  }
  response.body = std::move(report->bytes).reveal();
  return response;
}

}  // namespace chartroom::api
