#include "api/task_json.hpp"

#include <boost/json.hpp>

#include "api/paging.hpp"
#include "app/notifications.hpp"
#include "base/time.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;

void put(json::object& out, const char* name, const std::optional<base::TimePoint>& at) {
  if (at) out[name] = base::format_iso(*at);
}

/// What the identity match found, as the store keeps it: points and field names, no values.
json::object decision_object(const std::string& text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) return {};
  return std::move(value.get_object());
}

json::array record_array(const std::vector<app::RawRecord>& records) {
  json::array out;
  for (const auto& record : records) {
    json::object entry;
    entry["recordId"] = record.id;
    entry["channel"] = order::event_group(record.channel);
    entry["providerName"] = record.provider_name;
    entry["retrievedAt"] = base::format_iso(record.retrieved_at);
    entry["decision"] = decision_object(record.decision_json);
    out.push_back(std::move(entry));
  }
  return out;
}

/// Whether it was approved shows once somebody has decided.
json::object fee_object(const order::Task& task) {
  json::object out{{"amountMinor", task.fee->amount_minor}, {"currency", task.fee->currency}};
  if (task.state == order::TaskState::resolved) out["approved"] = !task.declined;
  return out;
}

json::object question_object(const app::VendorQuestion& question) {
  json::object out{{"text", question.text}};
  if (!question.choices.empty()) {
    out["choices"] = json::array(question.choices.begin(), question.choices.end());
  }
  if (question.answer) out["answer"] = *question.answer;
  return out;
}

json::object task_object(const app::TaskView& view) {
  const auto& task = view.task;
  json::object out;
  out["taskId"] = task.id;
  out["orderId"] = view.order_id;
  out["humanId"] = view.human_id;
  out["clientUserId"] = view.client_user_id;
  out["taskType"] = app::task_type_word(task.kind);
  out["taskState"] = app::task_state_word(task.state);
  out["assignee"] = order::to_string(task.assignee);
  out["channel"] = order::event_group(task.channel);
  if (task.kind == order::TaskKind::missing_information) {
    out["missingFields"] = json::array(view.missing_fields.begin(), view.missing_fields.end());
  }
  // A portal task's detail is not a name.
  if (task.kind != order::TaskKind::connect_portal && !task.detail.empty()) {
    out["askedBy"] = task.detail;
  }
  if (task.fee) out["fee"] = fee_object(task);
  if (view.question) out["question"] = question_object(*view.question);
  if (task.kind == order::TaskKind::identity_review) out["records"] = record_array(view.records);
  out["openedAt"] = base::format_iso(task.opened_at);
  out["dueAt"] = base::format_iso(task.due_at);
  put(out, "closedAt", task.closed_at);
  return out;
}

json::array task_array(const std::vector<app::TaskView>& views) {
  json::array out;
  for (const auto& view : views) out.push_back(task_object(view));
  return out;
}

json::array channel_array(const std::vector<order::ChannelProgress>& channels) {
  json::array out;
  for (const auto& channel : channels) {
    json::object entry;
    entry["channel"] = order::event_group(channel.channel);
    entry["state"] = order::to_string(channel.state);
    entry["sources"] = channel.sources;
    entry["unreadable"] = channel.unreadable;
    entry["rejected"] = channel.rejected;
    put(entry, "askedAt", channel.asked_at);
    put(entry, "answeredAt", channel.answered_at);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace

std::string task_json(const app::TaskView& view) { return json::serialize(task_object(view)); }

std::string tasks_json(const app::TaskPage& page) {
  json::object out;
  out["tasks"] = task_array(page.tasks);
  if (page.before) out["nextCursor"] = make_cursor(kTaskList, *page.before);
  return json::serialize(out);
}

std::string order_json(const app::OrderDetail& detail) {
  const auto& core = detail.order.core;
  json::object out;
  out["orderId"] = core.id;
  out["humanId"] = detail.order.human_id;
  out["clientUserId"] = detail.order.client_user_id;
  out["orderType"] = core.type.code;
  out["orderTypeAlias"] = core.type.alias;
  out["orderStatus"] = order::title_case(core.state);
  out["timedOut"] = core.timed_out;
  out["fcraSuppressed"] = core.suppressed;
  out["reportsAvailable"] = core.reports_available;
  out["dataAvailable"] = core.data_available;
  out["createdAt"] = base::format_iso(core.created_at);
  out["updatedAt"] = base::format_iso(core.updated_at);
  out["deadlineAt"] = base::format_iso(core.deadline);
  put(out, "finishedAt", core.finished_at);
  out["channels"] = channel_array(core.channels);
  out["tasks"] = task_array(detail.tasks);
  return json::serialize(out);
}

std::string timeline_json(const std::string& order_id,
                          const std::vector<app::AuditEntry>& entries) {
  json::array list;
  for (const auto& entry : entries) {
    json::object row;
    row["at"] = base::format_iso(entry.at);
    row["actor"] = entry.actor;
    row["action"] = entry.action;
    if (!entry.subject.empty()) row["subject"] = entry.subject;
    list.push_back(std::move(row));
  }
  json::object out;
  out["orderId"] = order_id;
  out["entries"] = std::move(list);
  return json::serialize(out);
}

}  // namespace chartroom::api
