// An order as a pure state machine: command in, decision out. No clock, no network, no database.
//
//   decide(order, command, now) → the order as it is then, what happened, and the work it asks for
//
// The caller commits all three in one transaction (docs/architecture.md). States and transitions
// follow §4.1 and §4.2 of the order API; every state that is not final has an owner, a deadline
// and a next action.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chartroom::order {

enum class State { created, in_progress, pended, completed, cancelled };
[[nodiscard]] bool is_final(State state);

/// The ways to records. Wire names of their event groups are portal, ehr and offline.
enum class Channel { portal, ehr, aps };

/// What a channel may need from the order before it can ask anybody (contract §5.2).
enum class Field { name, date_of_birth, gender, address, providers, hipaa_authorization };

enum class Trigger {
  at_start,           ///< runs from the order's start, after its delay
  when_insufficient,  ///< runs only when the channels before it have all answered without enough
};

struct ChannelPlan {
  Channel channel = Channel::ehr;
  Trigger trigger = Trigger::at_start;
  base::Duration delay{};
  std::set<Field> needs;
};

/// When enough is enough (contract §14): at least that many useful facts, from that many accepted
/// sources or from every provider that the order names, with a newest encounter that is not too
/// old.
struct Sufficiency {
  unsigned sources = 1;
  unsigned facts = 1;
  bool named_providers = false;  ///< all providers named are enough, whatever `sources` says
  unsigned months = 0;           ///< how old the newest encounter may be; 0: any age, even none
};

/// A report to be made at completion. `base_reports` only for "combined".
struct Output {
  std::string name;
  std::string format;  ///< "pdf", "html", "json"
  std::vector<std::string> base_reports;
};

/// An order type is data: which channels, in which order, how long, which reports.
struct OrderType {
  std::string code;
  std::string alias;
  std::string description;
  std::vector<ChannelPlan> channels;
  base::Duration timeout = std::chrono::days{30};
  base::Duration task_time = std::chrono::days{10};
  std::vector<base::Duration> reminders{std::chrono::days{1}, std::chrono::days{3},
                                        std::chrono::days{7}};
  Sufficiency sufficiency;
  std::vector<Output> outputs;
  bool email_required = true;
  bool withhold_restricted = false;  ///< keep out of reports what its source marks confidential
  /// Levels from which a measurement deserves attention, where they are not the reports' own: by
  /// the id of the rule; decimals.
  std::map<std::string, std::string> levels;

  [[nodiscard]] bool has(Channel channel) const;
};

/// The order types that every application has from the start.
[[nodiscard]] const std::vector<OrderType>& default_order_types();

enum class ChannelState {
  waiting,      ///< not its turn yet
  needs_input,  ///< an open task stands in the way
  running,      ///< asked, no final answer yet
  records,      ///< answered with at least one accepted source
  no_records,   ///< answered, nothing of this person
  failed,       ///< gave up after retries
  skipped,      ///< enough was there without it, or its input never came
  cancelled,    ///< the order ended while it ran
};
[[nodiscard]] bool is_settled(ChannelState state);

struct ChannelProgress {
  Channel channel = Channel::ehr;
  ChannelState state = ChannelState::waiting;
  unsigned sources = 0;      ///< accepted
  unsigned facts = 0;        ///< useful facts in them
  unsigned unreadable = 0;   ///< documents that could not be read
  unsigned rejected = 0;     ///< records of somebody else
  std::set<unsigned> named;  ///< which of the order's named providers the accepted ones are from
  std::optional<base::Date> newest_encounter;  ///< in the accepted ones
  std::optional<base::TimePoint> asked_at;
  std::optional<base::TimePoint> answered_at;
};

enum class TaskKind {
  missing_information,    ///< demographics or authorisation that a channel needs
  connect_portal,         ///< the applicant connects a patient portal
  special_authorization,  ///< a provider wants its own form signed
  identity_review,        ///< a person decides whether a record is the applicant's
  extra_fee,              ///< whoever has the records wants to be paid more
  provider_question,      ///< a provider or vendor wants to know something before it goes on
};
enum class Assignee { applicant, customer };
enum class TaskState { open, resolved, expired, withdrawn };

/// What somebody wants for records.
struct Fee {
  std::int64_t amount_minor = 0;  ///< in the currency's smallest unit: cents of USD
  std::string currency;           ///< ISO 4217, three capitals

  friend bool operator==(const Fee&, const Fee&) = default;
};

/// How often one channel may ask for fees and answers in an order; whoever asks on is given up.
inline constexpr unsigned kAsksPerChannel = 20;

struct Task {
  std::string id;  ///< UUID, stable
  TaskKind kind = TaskKind::missing_information;
  Assignee assignee = Assignee::applicant;
  TaskState state = TaskState::open;
  Channel channel = Channel::ehr;
  std::set<Field> fields;               ///< missing_information: what is missing
  std::vector<std::string> record_ids;  ///< identity_review: quarantined records
  /// special_authorization, extra_fee, provider_question: who asks; connect_portal: the portal's
  /// id. No PHI, so what a provider_question says is not in here: the question stays sealed.
  std::string detail;
  std::string ask_id;      ///< extra_fee, provider_question: the vendor's own and stable; no PHI
  std::optional<Fee> fee;  ///< extra_fee
  bool declined = false;   ///< resolved by saying no
  base::TimePoint opened_at{};
  base::TimePoint due_at{};
  std::optional<base::TimePoint> closed_at;
};

/// The order as the core knows it. No PHI: the applicant's data stay outside, sealed.
struct Order {
  std::string id;
  State state = State::created;
  OrderType type;                 ///< as it was when the order was placed
  std::set<Field> given;          ///< what the applicant's data contain by now
  bool abort_requested = false;   ///< aborted while still created; carried out at the start
  bool building_reports = false;  ///< collecting is over, reports are being made
  bool timed_out = false;
  bool suppressed = false;  ///< fcraSuppressed
  bool data_available = false;
  bool reports_available = false;
  unsigned named_providers = 0;  ///< how many providers the order names
  base::TimePoint created_at{};
  base::TimePoint updated_at{};
  base::TimePoint deadline{};  ///< order time-out
  std::optional<base::TimePoint> finished_at;
  std::vector<ChannelProgress> channels;
  std::vector<Task> tasks;

  [[nodiscard]] const Task* find_task(const std::string& task_id) const;
  [[nodiscard]] bool has_open_task() const;
  [[nodiscard]] const ChannelProgress* progress(Channel channel) const;
};

/// A new order in state created. `given` lists which fields the request carries.
[[nodiscard]] Order make_order(std::string id, OrderType type, std::set<Field> given,
                               base::TimePoint now);

// ── commands ────────────────────────────────────────────────────────────────────────────────────

/// The back end takes the order up. `suppressed`: the person is on the suppression list.
struct Start {
  bool suppressed = false;
};

/// A channel has answered, wholly or in part.
struct ChannelAnswered {
  enum class Answer { complete, failed, needs_authorization, needs_fee_approval, needs_answer };
  Channel channel = Channel::ehr;
  Answer answer = Answer::complete;
  unsigned sources = 0;
  unsigned facts = 0;
  unsigned unreadable = 0;
  unsigned rejected = 0;
  std::vector<std::string> quarantined;          ///< ids of records that a person must look at
  std::string detail;                            ///< needs_…: who asks
  std::set<unsigned> named{};                    ///< as in ChannelProgress
  std::optional<base::Date> newest_encounter{};  ///< as in ChannelProgress
  std::string ask_id{};                          ///< needs_fee_approval, needs_answer: as in Task
  std::optional<Fee> fee{};                      ///< needs_fee_approval
};

struct ResolveTask {
  std::string task_id;
  std::set<Field> given;          ///< missing_information: what came in
  bool declined = false;          ///< somebody will not, or the reviewer says "not this person"
  unsigned released_sources = 0;  ///< identity_review: records accepted by the reviewer
  unsigned released_facts = 0;
  std::string detail;                   ///< connect_portal: id of the portal that was connected
  std::set<unsigned> released_named{};  ///< identity_review: as in ChannelProgress
  std::optional<base::Date> released_newest_encounter{};
};

struct TaskExpired {
  std::string task_id;
};
struct ReminderDue {
  std::string task_id;
  unsigned number = 1;
};
struct ChannelDue {
  Channel channel = Channel::aps;
};
struct DeadlineReached {};

/// The reports are built and stored (or none could be made of what was found).
struct ReportsBuilt {
  unsigned reports = 0;
  bool data_available = false;
};

struct Abort {};

/// The person was put on the suppression list while the order ran.
struct Suppress {};

/// The applicant or a portal asks for fresh data over a live connection.
struct Resync {};

using Command = std::variant<Start, ChannelAnswered, ResolveTask, TaskExpired, ReminderDue,
                             ChannelDue, DeadlineReached, ReportsBuilt, Abort, Suppress, Resync>;

// ── decision ────────────────────────────────────────────────────────────────────────────────────

/// What happened, for notifications, the timeline and the audit trail.
struct StateChanged {
  State from = State::created;
  State to = State::in_progress;
};
struct TaskOpened {
  std::string task_id;
};
struct TaskClosed {
  std::string task_id;
  TaskState state = TaskState::resolved;
};
struct ChannelChanged {
  Channel channel = Channel::ehr;
  ChannelState state = ChannelState::running;
};
struct ReminderSent {
  std::string task_id;
  unsigned number = 1;
};
using Event = std::variant<StateChanged, TaskOpened, TaskClosed, ChannelChanged, ReminderSent>;

/// Work for the outside world, carried out after the commit, at least once.
struct Retrieve {
  Channel channel = Channel::ehr;
};
struct CancelRetrieval {
  Channel channel = Channel::ehr;
};
struct BuildReports {};
struct PurgeRecords {};  ///< suppression: what was fetched must go
struct WakeAt {
  base::TimePoint at{};
  std::variant<TaskExpired, ReminderDue, ChannelDue, DeadlineReached> command;
};
using Work = std::variant<Retrieve, CancelRetrieval, BuildReports, PurgeRecords, WakeAt>;

struct Decision {
  Order order;
  std::vector<Event> events;
  std::vector<Work> work;
};

/// Applies one command. Timers and answers that come too late change nothing and ask for nothing
/// (an empty decision), since work is done at least once.
/// Errors: conflict (abort or resync of a finished order; resolving a closed task), not_found
/// (unknown task).
[[nodiscard]] base::Result<Decision> decide(const Order& order, const Command& command,
                                            base::TimePoint now);

// ── names on the wire and in the store ──────────────────────────────────────────────────────────

[[nodiscard]] const char* title_case(State state);       ///< "In Progress"
[[nodiscard]] const char* lower_case(State state);       ///< "in progress"
[[nodiscard]] const char* to_string(Channel channel);    ///< "portal", "ehr", "aps"
[[nodiscard]] const char* event_group(Channel channel);  ///< "portal", "ehr", "offline"
[[nodiscard]] const char* to_string(ChannelState state);
[[nodiscard]] const char* to_string(TaskKind kind);
[[nodiscard]] const char* to_string(TaskState state);
[[nodiscard]] const char* to_string(Assignee assignee);
[[nodiscard]] const char* to_string(Field field);  ///< "dateOfBirth", "hipaaAuthorization", …

/// An order type as JSON for the store, and back. Strict, like the order's.
[[nodiscard]] std::string to_json(const OrderType& type);
[[nodiscard]] base::Result<OrderType> order_type_from_json(std::string_view json);

/// The order as JSON for the store, and back. Strict: anything unknown is ErrorCode::corrupt.
[[nodiscard]] std::string to_json(const Order& order);
[[nodiscard]] base::Result<Order> order_from_json(std::string_view json);

}  // namespace chartroom::order
