#include "app/notifications.hpp"

#include <boost/json.hpp>

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// Stands in the tree where the customer's own JSON goes.
constexpr std::string_view kPlaceholder =
    "\x01"
    "clientData";

/// Serialises with the customer's data as they were sent: a parsed number would come back in
/// another spelling, or as another number. The text was checked when it came in.
std::string serialize_with(const json::array& body, const std::string& client_data) {
  std::string text = json::serialize(body);
  // Found by key and value together: quotes inside a string are escaped, so no value can hold this.
  const std::string key = "\"clientData\":";
  const std::string mark = json::serialize(json::string(kPlaceholder));
  const auto at = text.find(key + mark);
  if (at != std::string::npos) text.replace(at + key.size(), mark.size(), client_data);
  return text;
}

json::array report_list(const std::vector<StoredReport>& reports, const std::string& public_url) {
  json::array list;
  for (const StoredReport& report : reports) {
    json::object item{{"id", report.id}, {"name", report.name}};
    if (!report.base_report_names.empty()) {
      json::array names;
      for (const std::string& name : report.base_report_names) names.emplace_back(name);
      item["baseReportNames"] = std::move(names);
    }
    item["fileExtension"] = report.file_extension;
    item["uri"] = report_uri(public_url, report.id);
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

std::string report_uri(const std::string& public_url, const std::string& report_id) {
  return public_url + "/api/v1/user/reports/" + report_id;
}

std::string order_status_body(const Subject& subject, order::State state, base::TimePoint at,
                              const std::string& public_url) {
  return serialize_with(json::array{json::object{{"humanId", subject.human_id},
                                                 {"clientId", subject.client_id},
                                                 {"userId", subject.user_id},
                                                 {"clientUserId", subject.client_user_id},
                                                 {"updatedAt", base::format_iso(at)},
                                                 {"action", "status"},
                                                 {"endpoint", public_url + "/api/v1/users"},
                                                 {"property", "orderState"},
                                                 {"topic", "order"},
                                                 {"value", order::title_case(state)},
                                                 {"clientData", kPlaceholder}}},
                        subject.client_data_json.value_or("{}"));
}

std::string order_summary_body(const std::string& event_id, const Subject& subject,
                               const order::Order& order, order::State state,
                               const std::vector<StoredReport>& reports, base::TimePoint at,
                               const std::string& public_url) {
  // A status passed through on the way to the final one does not yet know how the order ends.
  const bool current = state == order.state;
  json::object payload{{"orderStatus", order::lower_case(state)},
                       {"timedOut", current && order.timed_out},
                       {"reportsAvailable", current && order.reports_available}};
  if (current && order.reports_available && !reports.empty()) {
    payload["reports"] = report_list(reports, public_url);
  }
  payload["dataAvailable"] = current && order.data_available;
  payload["fcraSuppressed"] = order.suppressed;

  json::object event{{"timestamp", base::format_iso(at)},
                     {"eventId", event_id},
                     {"orderId", order.id},
                     {"eventType", "orders.OrderSummaryUpdated"},
                     {"eventGroup", "order"},
                     {"humanId", subject.human_id},
                     {"clientId", subject.client_id},
                     {"userId", subject.user_id},
                     {"clientUserId", subject.client_user_id}};
  if (subject.client_data_json) event["clientData"] = kPlaceholder;
  event["eventPayload"] = std::move(payload);
  return serialize_with(json::array{std::move(event)}, subject.client_data_json.value_or("{}"));
}

}  // namespace chartroom::app
