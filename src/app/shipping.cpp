#include "app/shipping.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/context.hpp"
#include "app/report_file.hpp"
#include "base/ids.hpp"
#include "report/pdf_encrypt.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// Orders come first: a shipment can wait for a free worker.
constexpr int kShipPriority = -1;

/// The fields of §9.3's request, in its order; ours follow.
std::string metadata_of(const Subject& subject, const StoredReport& report,
                        const Shipment& shipment, bool test) {
  json::object out{{"orderId", report.order_id},
                   {"clientUserId", subject.client_user_id},
                   {"userId", subject.user_id},
                   {"humanId", subject.human_id},
                   {"clientId", subject.client_id},
                   {"fileName", shipment.file_name},
                   {"fileExtension", report.file_extension},
                   {"reportName", report.name},
                   {"reportId", report.id}};
  if (!report.base_report_names.empty()) {
    out["baseReportNames"] =
        json::array(report.base_report_names.begin(), report.base_report_names.end());
  }
  out["contentType"] = shipment.content_type;
  out["createdAt"] = base::format_iso(report.created_at);
  out["shipmentId"] = shipment.id;
  if (test) out["test"] = true;
  std::string text = json::serialize(out);
  if (subject.client_data_json) {
    // As it was sent: a parsed number would come back in another spelling.
    text.pop_back();
    text += ",\"clientData\":" + *subject.client_data_json + '}';
  }
  return text;
}

Shipment shipment_of(const Subject& subject, std::string id, StoredReport report, bool test) {
  Shipment shipment;
  shipment.id = std::move(id);
  shipment.file_name = as_file_name(report.order_id + '_' + report.name + '_' + report.id + '.' +
                                    report.file_extension);
  shipment.content_type = report_content_type(report.file_extension);
  shipment.metadata_json = metadata_of(subject, report, shipment, test);
  shipment.content = std::move(report.bytes);
  return shipment;
}

}  // namespace

bool wants(const Destination& destination, const StoredReport& report) {
  if (destination.reports.empty()) return true;
  return std::any_of(destination.reports.begin(), destination.reports.end(),
                     [&](const std::string& wanted) {
                       return wanted == report.name || wanted == "*." + report.file_extension ||
                              wanted == report.name + "." + report.file_extension;
                     });
}

Job ship_job(const StoredReport& report, const Destination& destination, base::TimePoint now,
             const std::string& occasion) {
  std::string name = report.id + "/ship/" + destination.id;
  if (!occasion.empty()) name += "/" + occasion;
  Job job;
  job.id = base::make_uuid_from_name(name, report.order_id);
  job.kind = kShipJob;
  job.order_id = report.order_id;
  job.payload =
      json::serialize(json::object{{"reportId", report.id}, {"destinationId", destination.id}});
  job.priority = kShipPriority;
  job.due_at = now;
  return job;
}

std::string shipment_subject(const std::string& report_id, const std::string& destination_name) {
  return report_id + "/" + destination_name;
}

base::Result<void> encrypt_for(const Destination& destination, StoredReport& report,
                               base::Random& random) {
  if (destination.pdf_password.reveal().empty() || report.file_extension != "pdf") return {};
  constexpr std::size_t kOwnerBytes = 32;
  const base::Sensitive<std::string> owner(base::make_secret(kOwnerBytes, random));
  auto encrypted = report::encrypt_pdf(report.bytes.reveal(), destination.pdf_password, owner);
  if (!encrypted) return base::pass_on(encrypted.error());
  report.bytes = base::Sensitive<std::string>(*std::move(encrypted));
  return {};
}

Shipment make_shipment(const Subject& subject, const Destination& destination,
                       StoredReport report) {
  std::string id = base::make_uuid_from_name(report.id + "/shipment/" + destination.id);
  return shipment_of(subject, std::move(id), std::move(report), false);
}

Shipment make_test_shipment(const std::string& client_id, base::TimePoint now,
                            base::Random& random) {
  StoredReport report;
  report.id = base::make_uuid_v4(random);
  report.order_id = base::make_uuid_v4(random);
  report.name = "test";
  report.file_extension = "json";
  report.created_at = now;
  report.bytes = base::Sensitive<std::string>(R"({"test":true})");
  const Subject subject{client_id, "", "", "", std::nullopt};
  return shipment_of(subject, base::make_uuid_v4(random), std::move(report), true);
}

}  // namespace chartroom::app
