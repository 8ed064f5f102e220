#include "app/notifications.hpp"

#include <boost/json.hpp>

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// client_data_json was checked when it came in; an empty object stands for none.
json::value client_data(const Subject& subject) {
  if (!subject.client_data_json) return json::object{};
  return json::parse(*subject.client_data_json);
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
  return json::serialize(json::array{json::object{{"humanId", subject.human_id},
                                                  {"clientId", subject.client_id},
                                                  {"userId", subject.user_id},
                                                  {"clientUserId", subject.client_user_id},
                                                  {"updatedAt", base::format_iso(at)},
                                                  {"action", "status"},
                                                  {"endpoint", public_url + "/api/v1/users"},
                                                  {"property", "orderState"},
                                                  {"topic", "order"},
                                                  {"value", order::title_case(state)},
                                                  {"clientData", client_data(subject)}}});
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
  if (subject.client_data_json) event["clientData"] = client_data(subject);
  event["eventPayload"] = std::move(payload);
  return json::serialize(json::array{std::move(event)});
}

}  // namespace chartroom::app
