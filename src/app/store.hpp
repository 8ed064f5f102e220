// The Store port. Two engines implement it; one suite of tests holds both to it.
//
// A change is a Commit: a list of writes that become visible together or not at all. Commits of
// many threads are gathered into one database transaction (group commit); one that fails is rolled
// back alone and never fails its neighbours.
//
// Everything of a tenant goes through a TenantStore, which is bound to one application: none of the
// write types carries an application id, so no caller can forget it or get it wrong.
//
// Thread-safe. Times are UTC. "Sealed" columns are encrypted by the engine with the Sealer it was
// opened with, bound to application, table, column and row.
// Errors of all calls: unavailable (busy, disk full, connection lost), corrupt (a sealed value does
// not open, a stored document cannot be read), internal.
#pragma once

#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/types.hpp"
#include "base/result.hpp"

namespace chartroom::app {

// ── writes ──────────────────────────────────────────────────────────────────────────────────────

/// Conflict when human_id, user_id or client_user_id is taken.
struct InsertUser {
  User user;
};
/// Compare-and-set: conflict when the stored version is not user.version, or there is no such user.
/// Stores version + 1. So two orders that are placed at once do not both find the user free.
struct UpdateUser {
  User user;
};
/// Conflict when the id is taken.
struct InsertOrder {
  StoredOrder order;
};
/// Compare-and-set: conflict when the stored version is not order.version. Stores version + 1.
struct UpdateOrder {
  StoredOrder order;
};
struct InsertBlob {
  Blob blob;
};
/// Storing a record with a known id again changes nothing.
struct InsertRecord {
  RawRecord record;
};
struct UpdateRecordVerdict {
  std::string record_id;
  RecordVerdict verdict = RecordVerdict::accepted;
  std::string decision_json;
  bool purge_bytes = false;
};
/// Removes the bytes of all records and reports of the order; rows of reports go too.
struct PurgeOrderData {
  std::string order_id;
};
struct InsertReport {
  StoredReport report;
};
struct InsertEvent {
  StoredEvent event;
};
/// due_at is in the application's time; the engine turns it into real time inside the transaction.
struct InsertJob {
  Job job;
};
/// Ends a claimed job. Conflict when the lease is no longer ours (another worker took over).
struct FinishJob {
  std::string job_id;
  std::string lease;
  /// The job's own, where the caller knows it: spares an engine the look. Never another one.
  std::optional<std::string> lane = std::nullopt;

  [[nodiscard]] static FinishJob of(const Job& job) { return {job.id, job.lease, job.lane}; }
};
/// Gives a claimed job back, due again after `delay`; attempts + 1 unless it was not even tried.
/// Conflict as above.
struct RetryJob {
  std::string job_id;
  std::string lease;
  base::Duration delay{};
  std::string error;  ///< fixed words, no PHI
  bool tried = true;
};
/// Puts a claimed job among the dead letters. Conflict as above.
struct BuryJob {
  std::string job_id;
  std::string lease;
  std::string error;
};
/// Gives a dead letter its whole life again: due now, no tries counted. In a lane it goes behind
/// the one whose turn it is and before all others. Conflict when there is no such dead letter.
struct RedriveJob {
  std::string job_id;
};
/// Ends a dead letter for good; `reason` stands behind its error. Conflict as above.
struct DiscardJob {
  std::string job_id;
  std::string reason;  ///< no PHI
};
/// Drops waiting jobs of an order by kind (empty: all kinds but "deliver", "mail" and "ship").
struct DropJobs {
  std::string order_id;
  std::string kind;
};
struct InsertAudit {
  AuditEntry entry;
};
/// Conflict when the key is taken and has not expired.
struct InsertIdempotentAnswer {
  IdempotentAnswer answer;
};
struct InsertWebhook {
  WebhookEndpoint endpoint;
};
/// Compare-and-set: conflict when the stored version is not endpoint.version, or it is gone. Stores
/// version + 1. So a change that was read before a suspension cannot undo it.
struct UpdateWebhook {
  WebhookEndpoint endpoint;
};
struct DeleteWebhook {
  std::string id;
};
struct InsertAttempt {
  DeliveryAttempt attempt;
};
/// The outcome of one try, for the endpoint's circuit breaker; nothing when the endpoint is gone.
struct NoteDelivery {
  std::string endpoint_id;
  bool accepted = false;
  base::TimePoint at{};  ///< real time
};
/// Disables an endpoint that fails for too long, or that asked for it; nothing when it is gone.
struct SuspendWebhook {
  std::string endpoint_id;
  base::TimePoint at{};  ///< real time
};
/// Conflict when this address is subscribed to this user in this role already.
struct InsertSubscription {
  Subscription subscription;
};
/// not_found for an unknown id.
struct DeleteSubscription {
  std::string id;
};
struct DeleteSubscriptionsOf {
  std::string human_id;
};
/// Adds or replaces an order type of the application's own. Orders keep the one they have.
struct PutOrderType {
  order::OrderType type;
};
/// not_found for an unknown code.
struct RemoveOrderType {
  std::string code;
};
/// Sandbox: moves the application's clock forward and everything that waits with it.
struct AdvanceClock {
  base::Duration by{};
};
/// Suppression list entry: a keyed hash of the person, never the person.
struct InsertSuppression {
  std::string person_key;
};
/// Nothing when it is not on the list.
struct RemoveSuppression {
  std::string person_key;
};
/// Conflict when the id or the name is taken.
struct InsertDestination {
  Destination destination;
};
/// not_found for an unknown id.
struct DeleteDestination {
  std::string id;
};

using Write =
    std::variant<InsertUser, UpdateUser, InsertOrder, UpdateOrder, InsertBlob, InsertRecord,
                 UpdateRecordVerdict, PurgeOrderData, InsertReport, InsertEvent, InsertJob,
                 FinishJob, RetryJob, BuryJob, RedriveJob, DiscardJob, DropJobs, InsertAudit,
                 InsertIdempotentAnswer, InsertWebhook, UpdateWebhook, DeleteWebhook, InsertAttempt,
                 NoteDelivery, SuspendWebhook, InsertSubscription, DeleteSubscription,
                 DeleteSubscriptionsOf, PutOrderType, RemoveOrderType, AdvanceClock,
                 InsertSuppression, RemoveSuppression, InsertDestination, DeleteDestination>;

using Commit = std::vector<Write>;

template <typename T>
struct Page {
  std::vector<T> items;
  std::uint64_t total = 0;
};

/// What a reader of the event log wants; absent: anything. Times are the application's.
struct EventFilter {
  std::optional<std::string> order_id, kind;
  std::optional<base::TimePoint> since;  ///< this or later
  std::optional<base::TimePoint> until;  ///< before
};

/// What every order is placed with.
struct IntakeContext {
  std::optional<User> user;                 ///< of that clientUserId
  std::vector<order::OrderType> own_types;  ///< see own_order_types; in any order
};

struct TaskFilter {
  std::optional<std::string> order_id, human_id;
  std::optional<order::TaskState> state;
};

// ── tenant-bound ────────────────────────────────────────────────────────────────────────────────

class TenantStore {
 public:
  virtual ~TenantStore() = default;

  [[nodiscard]] virtual const std::string& client_id() const = 0;

  /// All or nothing; returns after the transaction is durable. Error conflict: some write's
  /// condition did not hold (its struct says which); `field` names the write ("UpdateOrder").
  virtual base::Result<void> commit(const Commit& writes) = 0;

  virtual base::Result<std::optional<User>> find_user(const std::string& human_id) = 0;
  virtual base::Result<std::optional<User>> find_user_by_client_user_id(
      const std::string& client_user_id) = 0;
  /// Newest first.
  virtual base::Result<Page<User>> list_users(std::size_t offset, std::size_t limit) = 0;

  virtual base::Result<std::optional<StoredOrder>> find_order(const std::string& order_id) = 0;
  /// Newest first.
  virtual base::Result<std::vector<StoredOrder>> orders_of(const std::string& human_id) = 0;

  /// With bytes.
  virtual base::Result<std::vector<Blob>> blobs_of(const std::string& order_id) = 0;
  /// Oldest first; with bytes only when asked.
  virtual base::Result<std::vector<RawRecord>> records_of(const std::string& order_id,
                                                          bool with_bytes) = 0;
  /// Oldest first, without bytes.
  virtual base::Result<std::vector<StoredReport>> reports_of(const std::string& human_id) = 0;
  virtual base::Result<std::optional<StoredReport>> find_report(const std::string& report_id) = 0;

  virtual base::Result<std::optional<StoredEvent>> find_event(const std::string& event_id) = 0;
  /// By sequence, from `after`, at most `limit`; order_id may be empty for all orders.
  virtual base::Result<std::vector<StoredEvent>> events(const std::string& order_id,
                                                        std::int64_t after, std::size_t limit) = 0;

  /// By sequence, from `after`, at most `limit`.
  virtual base::Result<std::vector<StoredEvent>> find_events(const EventFilter& filter,
                                                             std::int64_t after,
                                                             std::size_t limit) = 0;

  /// Oldest first.
  virtual base::Result<std::vector<WebhookEndpoint>> webhooks() = 0;
  virtual base::Result<std::optional<WebhookEndpoint>> find_webhook(const std::string& id) = 0;
  /// Newest first, before that sequence.
  virtual base::Result<std::vector<DeliveryAttempt>> attempts(
      const std::string& endpoint_id, std::size_t limit,
      std::int64_t before = std::numeric_limits<std::int64_t>::max()) = 0;

  /// Newest first, before that sequence.
  virtual base::Result<std::vector<TaskRow>> list_tasks(const TaskFilter& filter,
                                                        std::int64_t before, std::size_t limit) = 0;
  virtual base::Result<std::optional<TaskRow>> find_task(const std::string& task_id) = 0;

  /// Newest first.
  virtual base::Result<std::vector<Subscription>> subscriptions_of(const std::string& human_id) = 0;
  virtual base::Result<std::optional<Subscription>> find_subscription(const std::string& id) = 0;

  /// Oldest first.
  virtual base::Result<std::vector<Destination>> destinations() = 0;
  virtual base::Result<std::optional<Destination>> find_destination(const std::string& id) = 0;

  /// The application's own order types, by code; empty: it has none and uses the default ones.
  virtual base::Result<std::vector<order::OrderType>> own_order_types() = 0;
  /// find_user_by_client_user_id and own_order_types at once: engines that are far away are asked
  /// once.
  virtual base::Result<IntakeContext> intake_context(const std::string& client_user_id) {
    auto user = find_user_by_client_user_id(client_user_id);
    if (!user) return base::pass_on(user.error());
    auto types = own_order_types();
    if (!types) return base::pass_on(types.error());
    return IntakeContext{std::move(*user), std::move(*types)};
  }
  /// Expired answers are not found. `now` is real time.
  virtual base::Result<std::optional<IdempotentAnswer>> find_idempotent_answer(
      const std::string& key, base::TimePoint now) = 0;
  virtual base::Result<bool> is_suppressed(const std::string& person_key) = 0;
  virtual base::Result<std::vector<AuditEntry>> audit_of(const std::string& order_id) = 0;

  virtual base::Result<ApplicationSettings> settings() = 0;
  /// The application's clock minus real time.
  virtual base::Result<base::Duration> clock_offset() = 0;
  /// Jobs of this application that are claimed right now or due at or before `now` (real time).
  virtual base::Result<std::uint64_t> busy_jobs(base::TimePoint now) = 0;
  /// When the next waiting job is due, in real time; nullopt when none waits.
  virtual base::Result<std::optional<base::TimePoint>> next_due() = 0;
};

// ── the whole ───────────────────────────────────────────────────────────────────────────────────

/// How much one claim may take.
struct ClaimLimits {
  // A plain number means no limit for a single application.
  ClaimLimits(std::size_t most) : jobs(most) {}  // NOLINT(google-explicit-constructor)

  std::size_t jobs;
  /// The most that one application may have, with what the claimer holds of it already (`held`,
  /// by client_id), so that work that hangs cannot fill a worker.
  std::size_t per_tenant = std::numeric_limits<std::size_t>::max();
  std::map<std::string, std::size_t> held{};
};

/// Of this many claimed jobs one is of a lower priority than the highest that has due work, when
/// there is such work: no priority waits for ever, however much comes in above it.
inline constexpr std::size_t kLowerPriorityShare = 8;

/// A job that was claimed so often in a row without coming to an end goes to the dead letters
/// instead of being run again, when its order can end without it (JobRunner). After the second time
/// it also has to wait, from two seconds, doubling, to kCrashBackOffMost, so that what it pulls
/// down with it gets done meanwhile.
inline constexpr unsigned kCrashesMost = 12;
inline constexpr unsigned kCrashesAtOnce = 2;
inline constexpr base::Duration kCrashBackOffMost = std::chrono::minutes{5};

/// What becomes of a claimed job that its worker gives up without an end.
enum class GiveBack {
  untouched,  ///< it is due again at once, as if it had not been claimed
  failed,     ///< its lease ends now: it counts as a crash
};

/// Which jobs an operator wants to see; absent: any.
struct JobFilter {
  std::optional<std::string> client_id, kind, order_id;
  std::optional<JobState> state;  ///< absent: all but those that are done
};

struct JobCount {
  std::string kind;
  JobState state = JobState::waiting;
  std::uint64_t count = 0;
  base::TimePoint oldest_due{};  ///< real time
};

/// Hears what a store does, for an operator's metrics. Thread-safe; must be quick and not throw.
class StoreObserver {
 public:
  virtual ~StoreObserver() = default;
  enum class Outcome { committed, conflict, failed };
  virtual void committed(const Commit& writes, Outcome outcome, std::chrono::nanoseconds took) = 0;
  virtual void claimed(const std::vector<Job>& jobs) = 0;
  /// So many commits went into one transaction.
  virtual void gathered(std::size_t /*commits*/) {}
};

/// What of the store an operator watches.
struct StoreFigures {
  int schema = 0;                                    ///< number of the newest migration
  std::map<std::string, std::uint64_t> open_orders;  ///< by state; the final states are not counted
  std::uint64_t dead_jobs = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  /// From now on, for the store's whole life; to be called before other threads use it.
  virtual void observe(StoreObserver& /*observer*/) {}

  [[nodiscard]] virtual std::unique_ptr<TenantStore> tenant(const std::string& client_id) = 0;

  /// Conflict when the id is taken.
  virtual base::Result<void> insert_application(const Application& application) = 0;
  /// Compare-and-set on the version, which grows by one: conflict when somebody else changed the
  /// application since it was read, so that no revocation is lost. Not the clock: see AdvanceClock.
  virtual base::Result<void> update_application(const Application& application) = 0;
  virtual base::Result<std::optional<Application>> find_application(
      const std::string& client_id) = 0;
  virtual base::Result<std::vector<Application>> applications() = 0;

  /// Takes due jobs under a lease that ends at now + lease. A job whose lease ran out is due again,
  /// with one crash more (attempts + 1 is its claimer's business: RetryJob counts, and forgets the
  /// crashes). Within a lane only its oldest job, and none while one is claimed.
  ///
  /// The highest priority first, but see kLowerPriorityShare. Within a priority the applications
  /// take turns, one job each, whatever their backlog; of one application the longest due first.
  /// What is claimed comes in the order of priority, due time and age. The cost of a claim depends
  /// on the limits alone, not on how many jobs wait.
  virtual base::Result<std::vector<Job>> claim(base::TimePoint now, base::Duration lease,
                                               const ClaimLimits& limits) = 0;
  /// Ends leases that are still ours before their time; leases of others are left alone.
  virtual base::Result<void> give_back(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      GiveBack how) = 0;
  /// Prolongs leases that are still ours; returns the ids for which that held.
  virtual base::Result<std::vector<std::string>> heartbeat(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      base::Duration lease) = 0;
  /// When the next waiting job of any application is due (real time).
  virtual base::Result<std::optional<base::TimePoint>> next_due() = 0;
  /// Dead letters, newest first.
  virtual base::Result<std::vector<Job>> dead_jobs(std::size_t limit) = 0;

  // For operators. Their cost grows with the number of jobs in the states that are asked for.

  /// The newest first, with a sequence below `before`.
  virtual base::Result<std::vector<JobView>> list_jobs(const JobFilter& filter, std::int64_t before,
                                                       std::size_t limit) = 0;
  /// In any state. Ids are an application's own, so there may be more than one.
  virtual base::Result<std::vector<JobView>> find_jobs(const std::string& job_id) = 0;
  /// By kind, then state; those that are done apart. All applications, or one.
  virtual base::Result<std::vector<JobCount>> count_jobs(
      const std::optional<std::string>& client_id) = 0;

  virtual base::Result<std::vector<SigningKey>> signing_keys() = 0;
  virtual base::Result<void> insert_signing_key(const SigningKey& key) = 0;
  /// Adds a key and gives every other one that end unless it has an earlier one, as one change.
  virtual base::Result<void> rotate_signing_key(const SigningKey& key,
                                                base::TimePoint others_retire_at) = 0;

  /// Costs a look at every open order and dead letter, in an index of nothing else: not for every
  /// request.
  virtual base::Result<StoreFigures> figures() = 0;
  /// Cheap proof that the store answers: the number of the newest migration.
  virtual base::Result<int> ping() = 0;
};

/// For the application's row. Strict: anything unknown is ErrorCode::corrupt.
[[nodiscard]] std::string settings_to_json(const ApplicationSettings& settings);
[[nodiscard]] base::Result<ApplicationSettings> settings_from_json(std::string_view json);

/// NewOrder as JSON (attachments left out) for sealed columns, and back.
[[nodiscard]] std::string new_order_to_json(const NewOrder& order);
[[nodiscard]] base::Result<NewOrder> new_order_from_json(std::string_view json);

/// What is sealed of an order, its request and its vendors' questions, as JSON; and back into
/// `order`. An order without questions is written as before there were any.
[[nodiscard]] std::string sealed_part_to_json(const StoredOrder& order);
[[nodiscard]] base::Result<void> read_sealed_part(std::string_view json, StoredOrder& order);

}  // namespace chartroom::app
