// What must hold of every single commit.
#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "app/context.hpp"
#include "shadow.hpp"

namespace chartroom::sim {
namespace {

using order::State;

constexpr std::array kStates{State::created, State::in_progress, State::pended, State::completed,
                             State::cancelled};

/// As the audit trail writes it.
std::string word_of(State state) {
  std::string word = order::lower_case(state);
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

bool is_legal(State from, State to, bool timed_out) {
  switch (from) {
    case State::created:
      return to == State::in_progress || to == State::cancelled;
    case State::in_progress:
      return to == State::pended || to == State::completed || to == State::cancelled;
    case State::pended:
      return to == State::in_progress || to == State::cancelled ||
             (to == State::completed && timed_out);
    case State::completed:
    case State::cancelled:
      return false;
  }
  return false;
}

/// An entry of the audit trail about the order's state or one of its tasks, or an event that tells
/// the same. Both lists of a commit must agree.
struct Told {
  std::string what;  ///< "completed", or a task's new state
  std::string task;  ///< id; empty for the order's state
  friend bool operator==(const Told&, const Told&) = default;
};

}  // namespace

/// Goes through the writes of one commit and draws the conclusions at its end.
class Shadow::Reading {
 public:
  explicit Reading(Shadow& shadow) : shadow_(shadow) {}

  // ── orders ──

  void operator()(const app::InsertOrder& write) {
    const order::Order& core = write.order.core;
    OrderBooks& books = shadow_.orders_[core.id];
    if (books.version != 1 || !books.core.id.empty()) violated("an order was placed twice");
    books.core = core;
    books.client_user_id = write.order.client_user_id;
    Person& person = shadow_.people_.at(write.order.client_user_id);
    if (++person.placed > person.intended) violated("one call placed two orders");
    person.newest_order = core.id;
    if (core.state != State::created || core.deadline != core.created_at + core.type.timeout) {
      violated("a new order is not as it should be");
    }
    shadow_.open_orders_.insert(core.id);
    ++shadow_.figures_.orders;
    touch(core.id);
  }
  void operator()(const app::UpdateOrder& write) {
    OrderBooks& books = touch(write.order.core.id);
    if (write.order.version != books.version) violated("compare-and-set did not hold");
    before_ = books.core;
    books.core = write.order.core;
    ++books.version;
    updated_ = true;
  }

  // ── jobs ──

  void operator()(const app::InsertJob& write) {
    const app::Job& job = write.job;
    const auto [added, fresh] =
        shadow_.jobs_.try_emplace(job.id, JobBooks{job.kind, job.order_id, job.payload, false, {}});
    if (!fresh) return;
    if (job.kind != app::kPurgeJob) ++shadow_.open_jobs_;
    const auto order = shadow_.orders_.find(job.order_id);
    if (order != shadow_.orders_.end()) order->second.jobs.insert(job.id);
  }
  void operator()(const app::FinishJob& write) {
    const JobBooks& job = shadow_.jobs_.at(write.job_id);
    if (job.payload.find("\"deadlineReached\"") != std::string::npos) deadline_ran_ = true;
    if (job.kind == app::kPurgeJob) shadow_.orders_.at(job.order_id).purged = true;
    shadow_.job_ends(write.job_id);
  }
  void operator()(const app::RetryJob& write) {
    JobBooks& job = shadow_.jobs_.at(write.job_id);
    if (!job.lease_until) violated("a job was given back that nobody held: " + job.kind);
    shadow_.leases_.erase({*job.lease_until, write.job_id});
    job.lease_until.reset();
  }
  void operator()(const app::BuryJob& write) {
    const JobBooks& job = shadow_.jobs_.at(write.job_id);
    const bool of_a_steady_endpoint = [&] {
      for (const auto& [id, endpoint] : shadow_.endpoints_) {
        if (endpoint.always && job.payload.find(id) != std::string::npos) return true;
      }
      return false;
    }();
    if (job.kind != app::kDeliverJob || of_a_steady_endpoint) {
      violated("a job was given up: " + job.kind + ", " + write.error);
    }
    shadow_.job_ends(write.job_id);
  }
  void operator()(const app::RedriveJob& write) {
    JobBooks& job = shadow_.jobs_.at(write.job_id);
    if (!job.done) violated("a job was redriven that was not given up: " + job.kind);
    job.done = false;
    if (job.kind != app::kPurgeJob) ++shadow_.open_jobs_;
    const auto order = shadow_.orders_.find(job.order_id);
    if (order != shadow_.orders_.end()) order->second.jobs.insert(write.job_id);
  }
  void operator()(const app::DropJobs& write) {
    const auto order = shadow_.orders_.find(write.order_id);
    if (order == shadow_.orders_.end()) return;
    const std::set<std::string> jobs = order->second.jobs;
    for (const std::string& id : jobs) {
      const JobBooks& job = shadow_.jobs_.at(id);
      if (job.lease_until) continue;  // claimed: its worker will find out
      const bool meant = write.kind.empty()
                             ? job.kind != app::kDeliverJob && job.kind != app::kMailJob &&
                                   job.kind != app::kShipJob
                             : job.kind == write.kind;
      if (meant) shadow_.job_ends(id);
    }
  }
  void operator()(const app::AdvanceClock& write) {
    shadow_.offset_ += write.by;
    shadow_.disturbed();
  }

  // ── what is told ──

  void operator()(const app::InsertEvent& write) {
    const app::StoredEvent& event = write.event;
    ++shadow_.figures_.events;
    std::size_t place = 0;
    if (!event.order_id.empty()) {
      OrderBooks& books = touch(event.order_id);
      place = books.events.size();
      books.events.push_back({event.id, event.kind});
      if (event.kind == app::kStatusEvent) tell_status(books, event.body);
      if (event.kind == app::kSummaryEvent) tell_summary(books, event.body);
      if (event.kind == app::kTaskEvent) {
        std::string state = member_of(event.body, "taskState");
        if (state.empty()) state = member_of(event.body, "value");
        told_.push_back({state, member_of(event.body, "taskId")});
      }
    }
    const std::size_t hash = std::hash<std::string>{}(event.body);
    mix(hash);
    if (!shadow_.events_.try_emplace(event.id, EventBooks{event.order_id, place, hash}).second) {
      violated("an event was committed twice");
    }
  }
  void operator()(const app::InsertAudit& write) {
    const app::AuditEntry& entry = write.entry;
    const auto found = shadow_.orders_.find(entry.order_id);
    if (found == shadow_.orders_.end()) return;
    OrderBooks& books = found->second;
    books.audit.emplace_back(entry.action, entry.subject);
    mix(std::hash<std::string>{}(entry.action + entry.subject));
    if (entry.action == "order.aborted") books.aborted = true;
    if (entry.action == "reminder.sent") ++books.reminders[entry.subject];
    if (entry.action.starts_with("record.")) audited_records_.insert(entry.subject);
    for (const State state : kStates) {
      if (entry.action == "order." + word_of(state)) happened_.push_back({title_case(state), ""});
    }
    for (const auto& [action, state] :
         {std::pair{"task.opened", "Open"}, std::pair{"task.resolved", "Resolved"},
          std::pair{"task.expired", "Expired"}, std::pair{"task.withdrawn", "Withdrawn"}}) {
      if (entry.action == action) happened_.push_back({state, entry.subject});
    }
  }

  // ── records and reports ──

  void operator()(const app::InsertRecord& write) {
    const OrderBooks& books = touch(write.record.order_id);
    ++shadow_.figures_.records.at(static_cast<std::size_t>(write.record.verdict));
    records_.insert(write.record.id);
    if (!write.record.bytes.reveal().empty()) {
      bytes_came_ = true;
      check_markers(write.record.bytes.reveal(), books,
                    write.record.verdict == app::RecordVerdict::accepted);
    }
  }
  void operator()(const app::UpdateRecordVerdict& write) { records_.insert(write.record_id); }
  void operator()(const app::InsertReport& write) {
    const OrderBooks& books = touch(write.report.order_id);
    ++shadow_.figures_.reports;
    if (shadow_.is_listed(books.client_user_id)) violated("a report of a suppressed person");
    reports_came_ = true;
    if (write.report.file_extension != "pdf")
      check_markers(write.report.bytes.reveal(), books, true);
  }

  // ── suppression ──

  void operator()(const app::InsertSuppression& write) { shadow_.listed_.insert(write.person_key); }
  void operator()(const app::RemoveSuppression& write) { shadow_.listed_.erase(write.person_key); }

  /// The rest says nothing that could be wrong by itself.
  template <typename Other>
  void operator()(const Other& /*write*/) {}

  void conclude() {
    if (!std::includes(audited_records_.begin(), audited_records_.end(), records_.begin(),
                       records_.end())) {
      violated("a record's verdict is not in the audit trail");
    }
    if (order_ == nullptr) return;
    if (updated_) check_change();
    check_told();
    check_end();
    check_next_action();
  }

 private:
  void mix(std::size_t value) {
    shadow_.fingerprint_ = (shadow_.fingerprint_ ^ value) * 0x100000001B3ULL;
  }
  OrderBooks& touch(const std::string& id) {
    OrderBooks& books = shadow_.orders_.at(id);
    if (order_ != nullptr && order_ != &books) violated("one commit changes two orders");
    order_ = &books;
    return books;
  }

  void tell_status(OrderBooks& books, const std::string& body) {
    const std::string value = member_of(body, "value");
    told_.push_back({value, ""});
    for (const State state : kStates) {
      if (value != order::title_case(state)) continue;
      const bool timed_out = books.core.timed_out;
      if (!is_legal(books.told, state, timed_out)) {
        violated(std::string("told of a step from ") + title_case(books.told) + " to " + value);
      }
      if (books.told == State::created) books.started_at = shadow_.now();
      books.told = state;
      return;
    }
    violated("an unknown state was told");
  }
  void tell_summary(const OrderBooks& books, const std::string& body) {
    if (member_of(body, "orderStatus") != order::lower_case(books.told)) {
      violated("a summary does not follow its status");
    }
    if (order::is_final(books.told)) {
      const auto says = [&](const char* member, bool value) {
        return body.find(std::string("\"") + member + "\":" + (value ? "true" : "false")) !=
               std::string::npos;
      };
      if (!says("timedOut", books.core.timed_out) ||
          !says("fcraSuppressed", books.core.suppressed) ||
          !says("reportsAvailable", books.core.reports_available)) {
        violated("the last summary does not say how the order ended");
      }
    }
  }

  /// Own findings and nobody else's.
  static void check_markers(const std::string& text, const OrderBooks& books, bool must_be_own) {
    static const std::string kMark = "finding-of-";
    bool own = false;
    for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
      const auto begin = at + kMark.size();
      const bool mine =
          text.compare(begin, books.client_user_id.size() + 1, books.client_user_id + "x") == 0;
      if (!mine && must_be_own) violated("somebody else's findings");
      own = own || mine;
    }
    if (must_be_own && !own) violated("a report or record without the applicant's findings");
  }

  void check_change() {
    const order::Order& now = order_->core;
    if (order::is_final(before_.state) &&
        (now.state != before_.state || now.tasks.size() != before_.tasks.size() ||
         now.reports_available != before_.reports_available ||
         now.data_available != before_.data_available || now.timed_out != before_.timed_out ||
         now.suppressed != before_.suppressed || now.finished_at != before_.finished_at)) {
      violated("an order changed after its end");
    }
    if (now.deadline != before_.deadline || now.created_at != before_.created_at ||
        now.tasks.size() < before_.tasks.size()) {
      violated("an order's past was changed");
    }
    for (std::size_t i = 0; i < before_.tasks.size(); ++i) {
      if (before_.tasks[i].state != order::TaskState::open &&
          now.tasks[i].state != before_.tasks[i].state) {
        violated("a closed task changed");
      }
    }
    shadow_.figures_.tasks += now.tasks.size() - before_.tasks.size();
    for (std::size_t i = before_.tasks.size(); i < now.tasks.size(); ++i) {
      shadow_.new_tasks_.emplace_back(now.id, now.tasks[i].id);
    }
    if (now.timed_out && !before_.timed_out) {
      // A clock that was set back a little may make the commit look early.
      if (!deadline_ran_) violated("timed out, but not by its deadline");
      if (shadow_.now() + kSlack < now.deadline) violated("timed out before its deadline");
    }
    const bool was_collecting =
        (before_.state == State::in_progress || before_.state == State::pended) &&
        !before_.building_reports;
    if (deadline_ran_ && was_collecting && !now.timed_out) violated("a deadline did nothing");
    check_tasks_audited();
  }

  /// Every task that was opened or closed here is in the audit trail, and nothing else is.
  void check_tasks_audited() {
    std::map<std::string, std::string> last;
    for (const Told& entry : happened_) {
      if (!entry.task.empty()) last[entry.task] = entry.what;
    }
    for (const order::Task& task : order_->core.tasks) {
      const order::Task* was = before_.find_task(task.id);
      const bool changed = was == nullptr || was->state != task.state;
      const auto found = last.find(task.id);
      if (changed != (found != last.end())) violated("a task and the audit trail disagree");
      if (changed && order::to_string(task.state) != lower(found->second)) {
        violated("a task's state and the audit trail disagree");
      }
    }
  }
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  }

  /// The audit trail, the events and the order's state say the same.
  void check_told() {
    std::vector<Told> expected;
    for (const Told& entry : happened_) {
      if (entry.task.empty() || shadow_.tells_tasks_) expected.push_back(entry);
    }
    if (expected != told_) violated("events and audit trail disagree");
    if (updated_ && order_->told != order_->core.state) {
      violated("the order's state was not told");
    }
  }

  void check_end() {
    const order::Order& core = order_->core;
    if (!order::is_final(core.state)) return;
    if (updated_ && !order::is_final(before_.state)) {
      shadow_.open_orders_.erase(core.id);
      if (shadow_.is_overdue(core.deadline)) violated("an order ended long after its deadline");
      if (order_->aborted && core.state != State::cancelled) violated("an abort was forgotten");
      if (!order_->aborted && core.state == State::cancelled) violated("nobody aborted this order");
      if (core.has_open_task()) violated("an order ended with an open task");
      if (core.reports_available != reports_came_) violated("reports and the order disagree");
      auto& figures = shadow_.figures_;
      figures.completed += core.state == State::completed ? 1 : 0;
      figures.cancelled += core.state == State::cancelled ? 1 : 0;
      figures.timed_out += core.timed_out ? 1 : 0;
      figures.suppressed += core.suppressed ? 1 : 0;
    } else if (reports_came_ || bytes_came_ || !told_.empty()) {
      violated(core.suppressed ? "records of a suppressed person were kept"
                               : "something was told, kept or released after the end");
    }
    if (core.suppressed && core.reports_available) violated("suppressed, but with reports");
  }

  /// Whatever is not final has something that will move it on.
  void check_next_action() {
    const order::Order& core = order_->core;
    const auto waits = [&](const char* kind, const std::string& with) {
      return std::any_of(order_->jobs.begin(), order_->jobs.end(), [&](const std::string& id) {
        const JobBooks& job = shadow_.jobs_.at(id);
        return job.kind == kind && job.payload.find(with) != std::string::npos;
      });
    };
    if (order::is_final(core.state)) {
      if (!order_->purged && !waits(app::kPurgeJob, "")) violated("nobody will purge this order");
      return;
    }
    if (core.building_reports) {
      if (!waits(app::kBuildJob, "")) violated("nobody builds this order's reports");
      return;
    }
    if (!waits(app::kCommandJob, "")) violated("an open order has no next action");
    for (const order::ChannelProgress& channel : core.channels) {
      if (channel.state == order::ChannelState::running &&
          !waits(app::kRetrieveJob, order::to_string(channel.channel))) {
        violated("a running channel that nobody asks");
      }
    }
  }

  Shadow& shadow_;
  OrderBooks* order_ = nullptr;  ///< the one order of this commit
  order::Order before_;
  bool updated_ = false;
  bool deadline_ran_ = false;
  bool bytes_came_ = false;
  bool reports_came_ = false;
  std::vector<Told> told_, happened_;
  std::set<std::string> records_, audited_records_;
};

void Shadow::committed(const app::Commit& writes) {
  ++figures_.commits;
  Reading reading(*this);
  for (const app::Write& write : writes) std::visit(reading, write);
  reading.conclude();
}

}  // namespace chartroom::sim
