#include <algorithm>
#include <cassert>

#include "base/ids.hpp"
#include "order/needs.hpp"
#include "order/order.hpp"
#include "order/sufficiency.hpp"

namespace chartroom::order {
namespace {

using base::ErrorCode;
using base::TimePoint;

/// One decision in the making. Every public function handles one command; all end in settle().
class Decider {
 public:
  Decider(const Order& order, TimePoint now) : now_(now) { out_.order = order; }

  base::Result<Decision> run(const Command& command) {
    auto handled = std::visit([this](const auto& c) { return handle(c); }, command);
    if (!handled) return base::pass_on(handled.error());
    if (!out_.events.empty() || !out_.work.empty()) order().updated_at = now_;
    return std::move(out_);
  }

 private:
  using Handled = base::Result<void>;

  Order& order() { return out_.order; }

  /// True while commands can still change what is collected.
  bool collecting() { return started() && !order().building_reports; }
  bool started() { return order().state == State::in_progress || order().state == State::pended; }

  // ── commands ──

  Handled handle(const Start& start) {
    if (order().state != State::created) return {};
    if (order().abort_requested) {
      change_state(State::cancelled);
      order().finished_at = now_;
      return {};
    }
    change_state(State::in_progress);
    if (start.suppressed) return handle(Suppress{});
    out_.work.emplace_back(WakeAt{order().deadline, DeadlineReached{}});
    for (const ChannelPlan& plan : order().type.channels) {
      if (plan.trigger != Trigger::at_start) continue;
      if (plan.delay > base::Duration::zero()) {
        out_.work.emplace_back(WakeAt{now_ + plan.delay, ChannelDue{plan.channel}});
      } else {
        begin(progress_of(plan.channel));
      }
    }
    settle();
    return {};
  }

  Handled handle(const ChannelAnswered& answer) {
    if (!collecting()) return {};
    ChannelProgress& channel = progress_of(answer.channel);
    if (channel.state != ChannelState::running) return {};
    channel.sources += answer.sources;
    channel.facts += answer.facts;
    channel.unreadable += answer.unreadable;
    channel.rejected += answer.rejected;
    add_found(channel, answer.named, answer.newest_encounter);
    switch (answer.answer) {
      case ChannelAnswered::Answer::complete:
        channel.answered_at = now_;
        change_channel(channel,
                       channel.sources > 0 ? ChannelState::records : ChannelState::no_records);
        break;
      case ChannelAnswered::Answer::failed:
        channel.answered_at = now_;
        change_channel(channel, channel.sources > 0 ? ChannelState::records : ChannelState::failed);
        break;
      case ChannelAnswered::Answer::needs_authorization:
        change_channel(channel, ChannelState::needs_input);
        open_task(TaskKind::special_authorization, channel.channel).detail = answer.detail;
        break;
      case ChannelAnswered::Answer::needs_fee_approval:
        ask_customer(channel, TaskKind::extra_fee, answer);
        break;
      case ChannelAnswered::Answer::needs_answer:
        ask_customer(channel, TaskKind::provider_question, answer);
        break;
    }
    if (!answer.quarantined.empty()) {
      open_task(TaskKind::identity_review, channel.channel).record_ids = answer.quarantined;
    }
    settle();
    return {};
  }

  Handled handle(const ResolveTask& resolution) {
    Task* task = find_task(resolution.task_id);
    if (task == nullptr) return base::fail(ErrorCode::not_found, "no such task", "taskId");
    if (task->state != TaskState::open || !collecting()) {
      return base::fail(ErrorCode::conflict, "this task is closed", "taskId");
    }
    const bool finished = resolution.declined || apply(*task, resolution);
    if (!finished) {
      order().updated_at = now_;
      return {};
    }
    const TaskKind kind = task->kind;
    const Channel channel = task->channel;
    task->declined = resolution.declined;
    close_task(*task, TaskState::resolved);
    after_task(kind, channel, resolution.declined);
    settle();
    return {};
  }

  Handled handle(const TaskExpired& expired) {
    Task* task = find_task(expired.task_id);
    if (task == nullptr || task->state != TaskState::open || !collecting()) return {};
    const TaskKind kind = task->kind;
    const Channel channel = task->channel;
    close_task(*task, TaskState::expired);
    after_task(kind, channel, /*declined=*/true);
    settle();
    return {};
  }

  Handled handle(const ReminderDue& reminder) {
    const Task* task = find_task(reminder.task_id);
    if (task == nullptr || task->state != TaskState::open || !collecting()) return {};
    out_.events.emplace_back(ReminderSent{reminder.task_id, reminder.number});
    return {};
  }

  Handled handle(const ChannelDue& due) {
    if (!collecting()) return {};
    ChannelProgress& channel = progress_of(due.channel);
    if (channel.state == ChannelState::waiting) begin(channel);
    settle();
    return {};
  }

  Handled handle(const DeadlineReached& /*deadline*/) {
    if (!collecting()) return {};
    order().timed_out = true;
    close_open_tasks(TaskState::expired);
    finish_collecting();
    return {};
  }

  Handled handle(const ReportsBuilt& built) {
    if (!started() || !order().building_reports) return {};
    order().reports_available = built.reports > 0;
    order().data_available = built.data_available;
    complete();
    return {};
  }

  Handled handle(const Abort& /*abort*/) {
    if (is_final(order().state) || order().abort_requested) {
      return base::fail(ErrorCode::conflict,
                        "The order is in a state where it can\u2019t be aborted");
    }
    if (order().state == State::created) {
      order().abort_requested = true;
      order().updated_at = now_;
      return {};
    }
    close_open_tasks(TaskState::withdrawn);
    stop_channels();
    order().building_reports = false;
    order().finished_at = now_;
    change_state(State::cancelled);
    return {};
  }

  Handled handle(const Suppress& /*suppress*/) {
    if (!started()) return {};
    order().suppressed = true;
    close_open_tasks(TaskState::withdrawn);
    stop_channels();
    if (order().state == State::pended) change_state(State::in_progress);
    order().data_available = false;
    order().reports_available = false;
    out_.work.emplace_back(PurgeRecords{});
    complete();
    return {};
  }

  Handled handle(const Resync& /*resync*/) {
    ChannelProgress* portal = find_progress(Channel::portal);
    if (!collecting() || portal == nullptr || !portal->asked_at ||
        (portal->state != ChannelState::records && portal->state != ChannelState::no_records)) {
      return base::fail(ErrorCode::conflict, "There is no live portal connection to synchronise");
    }
    // Everything of this channel is judged again, so it counts anew.
    portal->sources = portal->facts = portal->unreadable = portal->rejected = 0;
    portal->named.clear();
    portal->newest_encounter.reset();
    run(*portal);
    return {};
  }

  // ── channels ──

  /// Opens what stands in the channel's way, or asks it.
  void begin(ChannelProgress& channel) {
    const std::set<Field> missing = missing_for(order(), channel.channel);
    if (!missing.empty()) {
      change_channel(channel, ChannelState::needs_input);
      Task* open = find_open(TaskKind::missing_information);
      Task& task =
          open != nullptr ? *open : open_task(TaskKind::missing_information, channel.channel);
      task.fields.insert(missing.begin(), missing.end());
      return;
    }
    if (channel.channel == Channel::portal) {
      change_channel(channel, ChannelState::needs_input);
      open_task(TaskKind::connect_portal, channel.channel);
      return;
    }
    run(channel);
  }

  void run(ChannelProgress& channel) {
    if (!channel.asked_at) channel.asked_at = now_;
    change_channel(channel, ChannelState::running);
    out_.work.emplace_back(Retrieve{channel.channel});
  }

  /// Nobody is asked twice. Without its answer a channel does not go on, so it ends here.
  void ask_customer(ChannelProgress& channel, TaskKind kind, const ChannelAnswered& answer) {
    if (const auto instead = instead_of_asking(order(), channel.channel, kind, answer.ask_id)) {
      channel.answered_at = now_;
      change_channel(channel, channel.sources > 0 ? ChannelState::records : *instead);
      return;
    }
    change_channel(channel, ChannelState::needs_input);
    Task& task = open_task(kind, channel.channel);
    task.detail = answer.detail;
    task.ask_id = answer.ask_id;
    task.fee = answer.fee;
  }

  static void add_found(ChannelProgress& channel, const std::set<unsigned>& named,
                        const std::optional<base::Date>& newest_encounter) {
    channel.named.insert(named.begin(), named.end());
    channel.newest_encounter = std::max(channel.newest_encounter, newest_encounter);
  }

  void change_channel(ChannelProgress& channel, ChannelState state) {
    if (channel.state == state) return;
    channel.state = state;
    out_.events.emplace_back(ChannelChanged{channel.channel, state});
  }

  /// At an early end: nobody is asked any more.
  void stop_channels() {
    for (ChannelProgress& channel : order().channels) {
      if (is_settled(channel.state)) continue;
      if (channel.state == ChannelState::running) {
        out_.work.emplace_back(CancelRetrieval{channel.channel});
        change_channel(channel,
                       channel.sources > 0 ? ChannelState::records : ChannelState::cancelled);
      } else {
        change_channel(channel, ChannelState::skipped);
      }
    }
  }

  // ── tasks ──

  Task& open_task(TaskKind kind, Channel channel) {
    Task task;
    task.id =
        base::make_uuid_from_name(order().id + "/task/" + std::to_string(order().tasks.size()));
    task.kind = kind;
    task.channel = channel;
    task.assignee = assignee_of(kind);
    task.opened_at = now_;
    task.due_at = now_ + order().type.task_time;
    out_.events.emplace_back(TaskOpened{task.id});
    out_.work.emplace_back(WakeAt{task.due_at, TaskExpired{task.id}});
    if (task.assignee == Assignee::applicant) {
      unsigned number = 0;
      for (const base::Duration after : order().type.reminders) {
        if (after < order().type.task_time) {
          out_.work.emplace_back(WakeAt{now_ + after, ReminderDue{task.id, ++number}});
        }
      }
    }
    order().tasks.push_back(std::move(task));
    return order().tasks.back();
  }

  /// Where the order type never contacts the applicant, the customer has to answer.
  Assignee assignee_of(TaskKind kind) {
    if (kind == TaskKind::identity_review || is_ask(kind)) return Assignee::customer;
    if (kind == TaskKind::missing_information && !order().type.has(Channel::portal)) {
      return Assignee::customer;
    }
    return Assignee::applicant;
  }

  void close_task(Task& task, TaskState state) {
    task.state = state;
    task.closed_at = now_;
    out_.events.emplace_back(TaskClosed{task.id, state});
  }

  void close_open_tasks(TaskState state) {
    for (Task& task : order().tasks) {
      if (task.state == TaskState::open) close_task(task, state);
    }
  }

  /// Takes over what came in. False when a missing_information task still misses something.
  bool apply(Task& task, const ResolveTask& resolution) {
    if (task.kind == TaskKind::missing_information) {
      for (const Field field : resolution.given) {
        order().given.insert(field);
        task.fields.erase(field);
      }
      return task.fields.empty();
    }
    if (task.kind == TaskKind::connect_portal) task.detail = resolution.detail;
    if (task.kind == TaskKind::identity_review) {
      ChannelProgress& channel = progress_of(task.channel);
      channel.sources += resolution.released_sources;
      channel.facts += resolution.released_facts;
      add_found(channel, resolution.released_named, resolution.released_newest_encounter);
      if (channel.sources > 0 && is_settled(channel.state))
        change_channel(channel, ChannelState::records);
    }
    return true;
  }

  /// Lets the channels go on that the closed task stood in the way of.
  void after_task(TaskKind kind, Channel channel, bool declined) {
    switch (kind) {
      case TaskKind::identity_review:
        return;
      case TaskKind::connect_portal:
      case TaskKind::special_authorization:
      case TaskKind::extra_fee:
      case TaskKind::provider_question: {
        ChannelProgress& progress = progress_of(channel);
        if (progress.state != ChannelState::needs_input) return;
        if (declined) {
          change_channel(progress,
                         progress.sources > 0 ? ChannelState::records : ChannelState::skipped);
        } else {
          run(progress);
        }
        return;
      }
      case TaskKind::missing_information:
        for (ChannelProgress& progress : order().channels) {
          if (progress.state != ChannelState::needs_input ||
              has_own_task(order(), progress.channel))
            continue;
          if (missing_for(order(), progress.channel).empty()) {
            begin(progress);
          } else {
            change_channel(progress, ChannelState::skipped);
          }
        }
        return;
    }
  }

  // ── where it leads ──

  /// Moves the order on as far as it can go without new input.
  void settle() {
    if (!collecting()) return;
    if (is_enough(order(), now_)) {
      if (!is_digital_in_progress(order())) return finish_collecting();
      return update_state();
    }
    // What a reviewer releases may be enough: nobody else is asked before that is known.
    if (review_open()) return update_state();
    while (ChannelProgress* next = next_fallback()) begin(*next);
    const bool all_settled =
        std::all_of(order().channels.begin(), order().channels.end(),
                    [](const ChannelProgress& channel) { return is_settled(channel.state); });
    if (all_settled) return finish_collecting();
    update_state();
  }

  bool review_open() { return find_open(TaskKind::identity_review) != nullptr; }

  /// The next channel that runs only when the ones before it were not enough; nullptr while one of
  /// those is not settled.
  ChannelProgress* next_fallback() {
    for (const ChannelPlan& plan : order().type.channels) {
      ChannelProgress& channel = progress_of(plan.channel);
      if (plan.trigger == Trigger::when_insufficient && channel.state == ChannelState::waiting) {
        return &channel;
      }
      if (!is_settled(channel.state)) return nullptr;
    }
    return nullptr;
  }

  void finish_collecting() {
    const bool timed_out = order().timed_out;
    if (!timed_out) close_open_tasks(TaskState::withdrawn);
    stop_channels();
    // A timed-out order may go from Pended to Completed; any other has to be In Progress first.
    if (!timed_out) update_state();
    order().building_reports = true;
    out_.work.emplace_back(BuildReports{});
  }

  void complete() {
    order().building_reports = false;
    order().finished_at = now_;
    change_state(State::completed);
  }

  /// Pended while at least one task is open.
  void update_state() {
    change_state(order().has_open_task() ? State::pended : State::in_progress);
  }

  void change_state(State to) {
    const State from = order().state;
    if (from == to) return;
    assert(!is_final(from));
    order().state = to;
    out_.events.emplace_back(StateChanged{from, to});
  }

  // ── look-ups ──

  ChannelProgress* find_progress(Channel channel) {
    for (ChannelProgress& progress : order().channels) {
      if (progress.channel == channel) return &progress;
    }
    return nullptr;
  }

  /// Work is only ever made for channels of the order's own plan.
  ChannelProgress& progress_of(Channel channel) {
    ChannelProgress* progress = find_progress(channel);
    assert(progress != nullptr);
    return *progress;
  }

  Task* find_task(const std::string& id) {
    for (Task& task : order().tasks) {
      if (task.id == id) return &task;
    }
    return nullptr;
  }

  Task* find_open(TaskKind kind) {
    for (Task& task : order().tasks) {
      if (task.kind == kind && task.state == TaskState::open) return &task;
    }
    return nullptr;
  }

  TimePoint now_;
  Decision out_;
};

}  // namespace

Order make_order(std::string id, OrderType type, std::set<Field> given, TimePoint now) {
  Order order;
  order.id = std::move(id);
  order.type = std::move(type);
  order.given = std::move(given);
  order.created_at = now;
  order.updated_at = now;
  order.deadline = now + order.type.timeout;
  for (const ChannelPlan& plan : order.type.channels) {
    ChannelProgress progress;
    progress.channel = plan.channel;
    order.channels.push_back(progress);
  }
  return order;
}

base::Result<Decision> decide(const Order& order, const Command& command, TimePoint now) {
  return Decider{order, now}.run(command);
}

}  // namespace chartroom::order
