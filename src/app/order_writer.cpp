#include "app/order_writer.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/announcements.hpp"
#include "app/context.hpp"
#include "app/mail_queue.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;

/// Ids of jobs follow from the order's version: the same decision never leaves the same work twice.
std::string job_id(const StoredOrder& order, std::size_t index) {
  return base::make_uuid_from_name(
      order.core.id + "/job/" + std::to_string(order.version) + "/" + std::to_string(index),
      order.core.id);
}

Job make_job(const StoredOrder& order, std::size_t index, const char* kind, std::string payload,
             base::TimePoint due) {
  Job job;
  job.id = job_id(order, index);
  job.kind = kind;
  job.order_id = order.core.id;
  job.payload = std::move(payload);
  job.due_at = due;
  return job;
}

std::string channel_payload(order::Channel channel) {
  return json::serialize(json::object{{"channel", order::to_string(channel)}});
}

struct WorkToJobs {
  const StoredOrder& order;
  base::TimePoint now;
  Commit& writes;
  std::size_t index = 0;

  void add(const char* kind, std::string payload, base::TimePoint due) {
    writes.emplace_back(InsertJob{make_job(order, index++, kind, std::move(payload), due)});
  }

  void operator()(const order::Retrieve& retrieve) {
    add(kRetrieveJob, channel_payload(retrieve.channel), now);
  }
  void operator()(const order::CancelRetrieval& /*cancel*/) {
    writes.emplace_back(DropJobs{order.core.id, kRetrieveJob});
  }
  void operator()(const order::BuildReports& /*build*/) { add(kBuildJob, "{}", now); }
  void operator()(const order::PurgeRecords& /*purge*/) {
    writes.emplace_back(PurgeOrderData{order.core.id});
  }
  void operator()(const order::WakeAt& wake) {
    const order::Command command =
        std::visit([](const auto& c) { return order::Command{c}; }, wake.command);
    add(kCommandJob, command_payload(command), wake.at);
  }
};

/// The order's life as its audit trail tells it.
struct EventToAudit {
  const StoredOrder& order;
  const char* actor;
  base::TimePoint now;
  Commit& writes;

  void add(std::string action, std::string subject) {
    writes.emplace_back(
        InsertAudit{{order.core.id, actor, std::move(action), std::move(subject), now}});
  }

  void operator()(const order::StateChanged& change) {
    std::string word = order::lower_case(change.to);
    std::replace(word.begin(), word.end(), ' ', '_');
    add("order." + word, "");
  }
  void operator()(const order::TaskOpened& opened) { add("task.opened", opened.task_id); }
  void operator()(const order::TaskClosed& closed) {
    add(std::string("task.") + order::to_string(closed.state), closed.task_id);
  }
  void operator()(const order::ChannelChanged& change) {
    add(std::string("channel.") + order::to_string(change.state),
        order::event_group(change.channel));
  }
  void operator()(const order::ReminderSent& reminder) { add("reminder.sent", reminder.task_id); }
};

}  // namespace

std::string command_payload(const order::Command& command) {
  json::object payload;
  if (std::holds_alternative<order::Start>(command)) payload["command"] = "start";
  if (const auto* expired = std::get_if<order::TaskExpired>(&command)) {
    payload = {{"command", "taskExpired"}, {"taskId", expired->task_id}};
  }
  if (const auto* reminder = std::get_if<order::ReminderDue>(&command)) {
    payload = {
        {"command", "reminderDue"}, {"taskId", reminder->task_id}, {"number", reminder->number}};
  }
  if (const auto* due = std::get_if<order::ChannelDue>(&command)) {
    payload = {{"command", "channelDue"}, {"channel", order::to_string(due->channel)}};
  }
  if (std::holds_alternative<order::DeadlineReached>(command))
    payload["command"] = "deadlineReached";
  return json::serialize(payload);
}

base::Result<order::Command> command_from_payload(const std::string& payload) {
  try {
    const json::object in = json::parse(payload).as_object();
    const std::string_view name = in.at("command").as_string();
    if (name == "start") return order::Start{};
    if (name == "deadlineReached") return order::DeadlineReached{};
    if (name == "taskExpired") return order::TaskExpired{std::string(in.at("taskId").as_string())};
    if (name == "reminderDue") {
      return order::ReminderDue{std::string(in.at("taskId").as_string()),
                                in.at("number").to_number<unsigned>()};
    }
    if (name == "channelDue") {
      for (const order::Channel channel :
           {order::Channel::portal, order::Channel::ehr, order::Channel::aps}) {
        if (in.at("channel").as_string() == order::to_string(channel))
          return order::ChannelDue{channel};
      }
    }
  } catch (const std::exception&) {  // Boost.JSON: missing or mistyped member
    return base::fail(base::ErrorCode::corrupt, "a stored command cannot be read");
  }
  return base::fail(base::ErrorCode::corrupt, "a stored command is not known");
}

base::Result<Commit> OrderWriter::consequences(TenantStore& tenant, const StoredOrder& order,
                                               const order::Decision& decision, base::TimePoint now,
                                               const Companions& companions) {
  const auto settings = tenant.settings();
  if (!settings) return base::pass_on(settings.error());
  Commit writes;
  const bool ended = order::is_final(decision.order.state);
  // Timers and retrievals of an order that is over would find nothing to do: they go with it.
  if (ended) writes.emplace_back(DropJobs{order.core.id, ""});
  WorkToJobs to_jobs{order, now, writes};
  for (const order::Work& work : decision.work) std::visit(to_jobs, work);
  if (ended) {
    to_jobs.add(kPurgeJob, "{}", now + std::chrono::days{settings->retention_days});
  }
  EventToAudit to_audit{order, companions.actor, now, writes};
  for (const order::Event& event : decision.events) std::visit(to_audit, event);
  const auto noted = announce_notes(
      {tenant, order, companions.notes_from, companions.notes, now, *settings}, writes);
  if (!noted) return base::pass_on(noted.error());
  const auto announced = announce(
      {tenant, order, decision, now, *settings, companions.reports, random_, public_url_}, writes);
  if (!announced) return base::pass_on(announced.error());
  if (mails_) {
    const auto queued = queue_mails({tenant, order, decision, now, *settings}, writes);
    if (!queued) return base::pass_on(queued.error());
  }
  return writes;
}

base::Result<StoredOrder> OrderWriter::apply(TenantStore& tenant, const std::string& order_id,
                                             const order::Command& command, base::TimePoint now,
                                             const Companions& companions) {
  for (int attempt = 0; attempt < kConflictTries; ++attempt) {
    auto stored = tenant.find_order(order_id);
    if (!stored) return base::pass_on(stored.error());
    if (!*stored) return base::fail(base::ErrorCode::not_found, "unknown order");
    StoredOrder order = std::move(**stored);
    if (companions.only_version && *companions.only_version != order.version) {
      return base::fail(base::ErrorCode::conflict, "the order has changed meanwhile",
                        "UpdateOrder");
    }
    const auto decision = order::decide(order.core, command, now);
    if (!decision) return base::pass_on(decision.error());
    auto consequences = this->consequences(tenant, order, *decision, now, companions);
    if (!consequences) return base::pass_on(consequences.error());

    order.core = decision->order;
    if (companions.amend) companions.amend(order);
    if (order.core.suppressed) order.questions.clear();
    Commit writes{UpdateOrder{order}};
    writes.insert(writes.end(), companions.writes.begin(), companions.writes.end());
    writes.insert(writes.end(), consequences->begin(), consequences->end());
    if (companions.complete) companions.complete(order, writes);
    const auto committed = tenant.commit(writes);
    if (committed) {
      ++order.version;
      return order;
    }
    const base::Error& error = committed.error();
    const bool was_overtaken = error.field == "UpdateOrder" || error.field == "UpdateUser";
    if (!is_conflict(error) || !was_overtaken || companions.only_version)
      return base::pass_on(error);
  }
  return base::fail(base::ErrorCode::unavailable,
                    "the order is being changed by others all the time");
}

}  // namespace chartroom::app
