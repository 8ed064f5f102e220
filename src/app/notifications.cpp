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

json::array texts(const std::vector<std::string>& values) {
  return json::array(values.begin(), values.end());
}

/// "2025-12-28T20:50:41.251000", as the documented sample of §7.3 has it.
std::string six_digits_without_zone(base::TimePoint at) {
  std::string text = base::format_iso(at);
  text.pop_back();
  return text + "000";
}

json::object task_payload(const order::Task& task) {
  json::object payload{{"taskId", task.id},
                       {"taskType", task_type_word(task.kind)},
                       {"taskState", task_state_word(task.state)},
                       {"assignee", order::to_string(task.assignee)},
                       {"channel", order::event_group(task.channel)},
                       {"openedAt", base::format_iso(task.opened_at)},
                       {"dueAt", base::format_iso(task.due_at)}};
  if (task.closed_at) payload["closedAt"] = base::format_iso(*task.closed_at);
  return payload;
}

}  // namespace

const char* task_type_word(order::TaskKind kind) {
  switch (kind) {
    case order::TaskKind::missing_information:
      return "missing_information";
    case order::TaskKind::connect_portal:
      return "connect_portal";
    case order::TaskKind::special_authorization:
      return "special_authorization";
    case order::TaskKind::identity_review:
      return "identity_review";
    case order::TaskKind::extra_fee:
      return "extra_fee";
    case order::TaskKind::provider_question:
      return "provider_question";
  }
  return "";
}

const char* task_state_word(order::TaskState state) {
  switch (state) {
    case order::TaskState::open:
      return "Open";
    case order::TaskState::resolved:
      return "Resolved";
    case order::TaskState::expired:
      return "Expired";
    case order::TaskState::withdrawn:
      return "Withdrawn";
  }
  return "";
}

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

std::string task_status_body(const Subject& subject, const std::string& order_id,
                             const order::Task& task, base::TimePoint at,
                             const std::string& public_url) {
  return serialize_with(json::array{json::object{{"humanId", subject.human_id},
                                                 {"clientId", subject.client_id},
                                                 {"userId", subject.user_id},
                                                 {"clientUserId", subject.client_user_id},
                                                 {"updatedAt", base::format_iso(at)},
                                                 {"action", "status"},
                                                 {"endpoint", public_url + "/api/v1/users"},
                                                 {"property", "taskState"},
                                                 {"topic", "task"},
                                                 {"value", task_state_word(task.state)},
                                                 {"taskId", task.id},
                                                 {"taskType", task_type_word(task.kind)},
                                                 {"orderId", order_id},
                                                 {"assignee", order::to_string(task.assignee)},
                                                 {"clientData", kPlaceholder}}},
                        subject.client_data_json.value_or("{}"));
}

std::string task_updated_body(const std::string& event_id, const Subject& subject,
                              const std::string& order_id, const order::Task& task,
                              base::TimePoint at) {
  json::object event{{"timestamp", base::format_iso(at)},
                     {"eventId", event_id},
                     {"orderId", order_id},
                     {"eventType", "tasks.TaskUpdated"},
                     {"eventGroup", "task"},
                     {"humanId", subject.human_id},
                     {"clientId", subject.client_id},
                     {"userId", subject.user_id},
                     {"clientUserId", subject.client_user_id}};
  if (subject.client_data_json) event["clientData"] = kPlaceholder;
  event["eventPayload"] = task_payload(task);
  return serialize_with(json::array{std::move(event)}, subject.client_data_json.value_or("{}"));
}

std::string vendor_note_body(const std::string& event_id, const Subject& subject,
                             const std::string& order_id, order::Channel channel,
                             const VendorNote& note, base::TimePoint at, bool legacy_timestamp) {
  json::object payload{{"note", note.text},
                       {"providerNames", texts(note.provider_names)},
                       {"providerIds", texts(note.provider_ids)}};
  if (!note.client_provider_id.empty()) payload["clientProviderId"] = note.client_provider_id;
  // Other than in the order summary, the payload stands before the ids.
  json::object event{
      {"timestamp", legacy_timestamp ? six_digits_without_zone(at) : base::format_iso(at)},
      {"eventId", event_id},
      {"orderId", order_id},
      {"eventType", "integrations.VendorNoteCreated"},
      {"eventGroup", order::event_group(channel)},
      {"eventPayload", std::move(payload)},
      {"userId", subject.user_id},
      {"clientUserId", subject.client_user_id},
      {"humanId", subject.human_id},
      {"clientId", subject.client_id}};
  if (subject.client_data_json) event["clientData"] = kPlaceholder;
  return serialize_with(json::array{std::move(event)}, subject.client_data_json.value_or("{}"));
}

std::string test_body(const std::string& event_id, const std::string& client_id,
                      base::TimePoint at) {
  return json::serialize(json::array{json::object{{"timestamp", base::format_iso(at)},
                                                  {"eventId", event_id},
                                                  {"eventType", "webhooks.Test"},
                                                  {"eventGroup", "test"},
                                                  {"clientId", client_id}}});
}

}  // namespace chartroom::app
