#include "store/postgres/work.hpp"

#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <type_traits>
#include <unordered_map>

#include "store/columns.hpp"
#include "store/jobs.hpp"

namespace chartroom::store::postgres {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using Kind = Statement::Kind;

/// More lanes than this in one transaction are locked by holding all lanes at once: the server's
/// table of locks has its limits (max_locks_per_transaction).
constexpr std::size_t kLanesMost = 256;
/// In one merged statement.
constexpr std::size_t kRowsMost = 64;

// Advisory locks by kind: 482910 all lanes, 482911 clock, 482912 lane, 482913 events. Any numbers
// that nobody else in the database uses.
constexpr std::string_view kLockClocks =
    "SELECT CASE WHEN k.moves THEN pg_advisory_xact_lock(482911, k.key)::text "
    "ELSE pg_advisory_xact_lock_shared(482911, k.key)::text END FROM (SELECT hashtext(e->>0) AS "
    "key, bool_or((e->>1)::boolean) AS moves "
    "FROM json_array_elements(?::json) e GROUP BY 1 ORDER BY 1) k";
constexpr std::string_view kShareLanes = "SELECT pg_advisory_xact_lock_shared(482910, 1)";
constexpr std::string_view kHoldAllLanes = "SELECT pg_advisory_xact_lock(482910, 1)";
// Arrays of [application, lane], [application, job], [application, order].
constexpr std::string_view kLockLanes =
    "SELECT pg_advisory_xact_lock(482912, k.key) FROM (SELECT DISTINCT hashtext(l.client_id || '/' "
    "|| l.lane) AS key FROM ("
    "SELECT e->>0 AS client_id, e->>1 AS lane FROM json_array_elements(?1::json) e "
    "UNION ALL SELECT j.client_id, j.lane FROM json_array_elements(?2::json) e "
    "JOIN jobs j ON j.id = e->>1 AND j.client_id = e->>0 WHERE j.lane <> '' "
    "UNION ALL SELECT j.client_id, j.lane FROM json_array_elements(?3::json) e "
    "JOIN jobs j ON j.client_id = e->>0 AND j.order_id = e->>1 "
    "WHERE j.state < 3 AND j.lane <> '') l ORDER BY 1) k";
// A row that somebody else holds is not waited for long (kRowPatience); locks
// of ours are, since whoever has one is at work.
constexpr std::string_view kLimitWaiting = "SELECT set_config('lock_timeout', ?, true)";
constexpr std::string_view kLockEvents =
    "SELECT pg_advisory_xact_lock(482913, k.key) FROM (SELECT DISTINCT hashtext(e) AS key FROM "
    "json_array_elements_text(?::json) e "
    "ORDER BY 1) k";

/// A job without a lane.
constexpr std::string_view kAddFreeJob =
    "INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, due_at_ms, "
    "attempts, trace, state) SELECT v.client_id, v.id, v.kind, v.order_id, v.payload, '', "
    "v.priority, v.due_at_ms - a.clock_offset_ms, v.attempts, v.trace, 0 "
    "FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)) "
    "v (client_id, id, kind, order_id, payload, priority, due_at_ms, attempts, trace) "
    "JOIN applications a ON a.client_id = v.client_id ON CONFLICT (id, client_id) DO NOTHING";

/// Gathers the statements of one commit.
class WorkScript final : public Script {
 public:
  explicit WorkScript(Work& work) : work_(work) {}

  /// What follows belongs to this write.
  void begin(const app::Write& write) {
    field_ = name_of(write);
    target_ = &work_.rows;
    key_.clear();
    std::visit([this](const auto& one) { place(one); }, write);
  }

  base::Result<void> add(std::string_view sql, const Need* need,
                         std::span<const Value> values) override {
    const auto needed = need == nullptr ? std::nullopt : std::optional(*need);
    put(Statement(sql, need == nullptr ? Kind::plain : Kind::once, needed, values));
    return {};
  }
  /// A statement that says itself what it needs.
  template <typename... Args>
  base::Result<void> checked(const Need& need, std::string_view sql, const Args&... args) {
    const std::array<Value, sizeof...(Args)> values{to_value(args)...};
    put(Statement(sql, Kind::checked, need, values));
    return {};
  }

  Work& work() { return work_; }

 private:
  void put(Statement statement) { target_->push_back(Part{std::move(statement), field_, key_}); }
  void hot(const std::string& endpoint_id) {
    target_ = &work_.hot_rows;
    key_ = work_.client_id + '/' + endpoint_id;
  }

  void place(const app::UpdateWebhook& write) { hot(write.endpoint.id); }
  void place(const app::DeleteWebhook& write) { hot(write.id); }
  void place(const app::NoteDelivery& write) { hot(write.endpoint_id); }
  void place(const app::SuspendWebhook& write) { hot(write.endpoint_id); }
  void place(const app::InsertEvent& /*write*/) { target_ = &work_.events; }
  void place(const app::InsertOrder& write) { work_.order_id = write.order.core.id; }
  void place(const app::UpdateOrder& write) { work_.order_id = write.order.core.id; }
  // It may come before others of its lane, which must not move on meanwhile.
  void place(const app::RedriveJob& write) { work_.ended_jobs.push_back(write.job_id); }
  void place(const app::AdvanceClock& /*write*/) { work_.moves_clock = true; }
  template <typename Other>
  void place(const Other& /*write*/) {}

  Work& work_;
  std::vector<Part>* target_ = nullptr;
  const char* field_ = "";
  std::string key_;
};

// ── the writes that this engine says in words of its own ────────────────────────────────────────

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::InsertRecord& write,
                  const Prepared& prepared) {
  const app::RawRecord& record = write.record;
  const std::optional<Bytes> bytes =
      prepared.sealed.empty() ? std::nullopt : std::optional(Bytes{prepared.sealed});
  return out.run(
      "WITH new AS (INSERT INTO records (client_id, id, order_id, channel, provider_id, "
      "provider_name, media_type, label, sha256, verdict, decision, supporting, retrieved_at_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING "
      "RETURNING sequence) INSERT INTO record_bytes (sequence, client_id, bytes_sealed) "
      "SELECT sequence, ?1, ?14 FROM new WHERE ?14 IS NOT NULL",
      tenant.client_id, record.id, record.order_id, order::to_string(record.channel),
      record.provider_id, record.provider_name, record.media_type, record.label, record.sha256,
      app::to_string(record.verdict), record.decision_json, record.supporting, record.retrieved_at,
      bytes);
}

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::InsertReport& write,
                  const Prepared& prepared) {
  const app::StoredReport& report = write.report;
  return out.run(
      "WITH new AS (INSERT INTO reports (client_id, id, order_id, human_id, name, file_extension, "
      "base_report_names, provider_ids, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
      "RETURNING sequence) INSERT INTO report_bytes (sequence, client_id, bytes_sealed) "
      "SELECT sequence, ?1, ?10 FROM new",
      tenant.client_id, report.id, report.order_id, report.human_id, report.name,
      report.file_extension, list_to_json(report.base_report_names),
      list_to_json(report.provider_ids), report.created_at, Bytes{prepared.sealed});
}

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::InsertJob& write,
                  const Prepared& prepared) {
  const app::Job& job = write.job;
  out.work().adds_jobs = true;
  if (job.lane.empty()) {
    return out.run(kAddFreeJob, tenant.client_id, job.id, job.kind, job.order_id, job.payload,
                   job.priority, job.due_at, job.attempts, prepared.trace);
  }
  out.work().lanes.push_back(job.lane);
  return out.run(
      "INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, due_at_ms, "
      "attempts, trace, state) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 - (SELECT clock_offset_ms "
      "FROM applications WHERE client_id = ?1), ?9, ?10, CASE WHEN ?6 <> '' AND EXISTS (SELECT 1 "
      "FROM jobs WHERE client_id = ?1 AND lane = ?6 AND lane <> '' AND state < 3) THEN 2 ELSE 0 "
      "END "
      "ON CONFLICT (id, client_id) DO NOTHING",
      tenant.client_id, job.id, job.kind, job.order_id, job.payload, job.lane, job.priority,
      job.due_at, job.attempts, prepared.trace);
}

/// Ends a claimed job that is in no lane: for most jobs, and in bulk.
constexpr std::string_view kFinishFreeJob =
    "WITH asked (id, client_id, lease, at_ms) AS (VALUES (?, ?, ?, ?)), "
    "ended AS (UPDATE jobs SET state = 3, crashes = 0, lease = '', error = '', "
    "ended_at_ms = a.at_ms "
    "FROM asked a WHERE jobs.id = a.id AND jobs.client_id = a.client_id AND jobs.state = 1 "
    "AND jobs.lease = a.lease RETURNING 1) "
    "SELECT 1 / (CASE (SELECT count(*) FROM ended) "
    "WHEN (SELECT count(*) FROM asked) THEN 1 ELSE 0 END)";

/// Ends a claimed job for good and lets the next one of its lane go. All parts of the statement see
/// the table as it was before it.
Applied end_job(WorkScript& out, const Tenant& tenant, const std::string& job_id,
                const std::string& lease, JobState state, const std::string& error) {
  const bool buried = state == JobState::dead;
  return out.checked(
      kLeaseIsOurs,
      "WITH asked (id, client_id, lease, state, tried, error, at_ms) AS "
      "(VALUES (?, ?, ?, ?, ?, ?, ?)), ended AS (UPDATE jobs SET state = a.state, "
      "attempts = attempts + a.tried, crashes = 0, lease = '', error = a.error, "
      "ended_at_ms = a.at_ms "
      "FROM asked a WHERE jobs.id = a.id AND jobs.client_id = a.client_id AND jobs.state = 1 "
      "AND jobs.lease = a.lease RETURNING jobs.sequence, jobs.client_id, jobs.lane), "
      "released AS (UPDATE jobs SET state = 0 WHERE state = 2 AND sequence = ANY (ARRAY("
      "SELECT (SELECT n.sequence FROM jobs n WHERE n.client_id = l.client_id AND n.lane = l.lane "
      "AND n.lane <> '' AND n.state < 3 AND n.sequence NOT IN (SELECT sequence FROM ended) "
      "ORDER BY n.sequence LIMIT 1) FROM (SELECT DISTINCT client_id, lane FROM ended "
      "WHERE lane <> '') l))) SELECT 1 / (CASE (SELECT count(*) FROM ended) "
      "WHEN (SELECT count(*) FROM asked) THEN 1 ELSE 0 END)",
      job_id, tenant.client_id, lease, static_cast<int>(state), buried ? 1 : 0, error, tenant.now);
}

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::FinishJob& write,
                  const Prepared& /*prepared*/) {
  static_assert(static_cast<int>(JobState::done) == 3);
  if (write.lane && write.lane->empty()) {
    return out.checked(kLeaseIsOurs, kFinishFreeJob, write.job_id, tenant.client_id, write.lease,
                       tenant.now);
  }
  if (write.lane) {
    out.work().ended_lanes.push_back(*write.lane);
  } else {
    out.work().ended_jobs.push_back(write.job_id);
  }
  return end_job(out, tenant, write.job_id, write.lease, JobState::done, {});
}

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::BuryJob& write,
                  const Prepared& /*prepared*/) {
  out.work().ended_jobs.push_back(write.job_id);
  return end_job(out, tenant, write.job_id, write.lease, JobState::dead, write.error);
}

Applied apply_own(WorkScript& out, const Tenant& tenant, const app::DropJobs& write,
                  const Prepared& /*prepared*/) {
  // Dropped jobs stay as done ones: their ids must not come to life again.
  out.work().dropped_orders.push_back(write.order_id);
  return out.run(
      "WITH dropped AS (UPDATE jobs SET state = 3, ended_at_ms = ?1 WHERE client_id = ?2 "
      "AND order_id = ?3 AND state < 3 AND state <> 1 "
      "AND CASE WHEN ?4 = '' THEN kind NOT IN ('deliver', 'mail', 'ship') ELSE kind = ?4 END "
      "RETURNING sequence, lane) UPDATE jobs SET state = 0 WHERE state = 2 AND sequence IN "
      "(SELECT (SELECT n.sequence FROM jobs n WHERE n.client_id = ?2 AND n.lane = l.lane "
      "AND n.lane <> '' AND n.state < 3 AND n.sequence NOT IN (SELECT sequence FROM dropped) "
      "ORDER BY n.sequence LIMIT 1) FROM (SELECT DISTINCT lane FROM dropped WHERE lane <> '') l)",
      tenant.now, tenant.client_id, write.order_id, write.kind);
}

template <typename W>
Applied apply_one(WorkScript& out, const Tenant& tenant, const W& write, const Prepared& prepared) {
  if constexpr (requires { apply_own(out, tenant, write, prepared); }) {
    return apply_own(out, tenant, write, prepared);
  } else {
    return apply(out, tenant, write, prepared);
  }
}

// ── the transaction ─────────────────────────────────────────────────────────────────────────────

class TransactionBuilder {
 public:
  TransactionBuilder(const std::vector<const Work*>& works, bool merge,
                     std::chrono::milliseconds row_patience)
      : works_(works), merge_(merge), row_patience_(row_patience) {}

  Transaction build() {
    add("BEGIN ISOLATION LEVEL READ COMMITTED");
    lock_clocks();
    lock_lanes();
    add(kLimitWaiting, std::to_string(row_patience_.count()));
    std::vector<std::pair<const Part*, std::size_t>> hot;
    for (std::size_t i = 0; i < works_.size(); ++i) {
      check_application(i);
      for (const Part& part : works_[i]->rows) add(part, i);
      for (const Part& part : works_[i]->hot_rows) hot.emplace_back(&part, i);
    }
    std::stable_sort(hot.begin(), hot.end(),
                     [](const auto& a, const auto& b) { return a.first->key < b.first->key; });
    for (const auto& [part, owner] : hot) add(*part, owner);
    add_merged();
    append_events();
    add("COMMIT");
    return std::move(made_);
  }

 private:
  template <typename... Args>
  void add(std::string_view sql, const Args&... args) {
    const std::array<Value, sizeof...(Args)> values{to_value(args)...};
    made_.add(made_.own.emplace_back(sql, Kind::plain, std::nullopt, values), {});
  }
  void add(const Part& part, std::size_t owner) {
    if (merge_ && part.statement.may_merge() && !is_ordered(part, *works_[owner])) {
      auto [known, is_new] = mergeable_.try_emplace(part.statement.sql());
      if (is_new) order_.push_back(part.statement.sql());
      known->second.push_back({&part, owner});
      return;
    }
    made_.add(part.statement, {owner, part.field});
  }

  /// Jobs of one commit that are due at the same time run in its order.
  static bool is_ordered(const Part& part, const Work& work) {
    return part.statement.sql() == kAddFreeJob &&
           !(work.lanes.empty() && work.dropped_orders.empty());
  }

  /// What was put off, in as few statements. Their sizes are powers of two, so that the server has
  /// few of them to know.
  void add_merged() {
    for (const std::string_view sql : order_) {
      std::span<const Owned> rest(mergeable_[sql]);
      while (!rest.empty()) {
        const std::size_t rows = std::min(std::bit_floor(rest.size()), kRowsMost);
        if (rows == 1) {
          made_.add(rest.front().part->statement, {rest.front().owner, rest.front().part->field});
        } else {
          std::vector<const Statement*> list;
          for (const Owned& one : rest.first(rows)) list.push_back(&one.part->statement);
          made_.add(made_.own.emplace_back(Statement::merged(list)), {});
        }
        rest = rest.subspan(rows);
      }
    }
    order_.clear();
    mergeable_.clear();
  }

  void check_application(std::size_t owner) {
    const std::string& client_id = works_[owner]->client_id;
    if (!checked_.insert(client_id).second) return;
    const std::array values{to_value(client_id)};
    made_.add(made_.own.emplace_back("SELECT 1 / count(*) FROM applications WHERE client_id = ?",
                                     Kind::checked,
                                     Need{ErrorCode::not_found, "unknown application"}, values),
              {owner, "client_id"});
  }

  void lock_clocks() {
    std::map<std::string_view, bool> moves;
    for (const Work* work : works_) {
      if (!work->adds_jobs && !work->moves_clock) continue;
      bool& any = moves[work->client_id];
      any = any || work->moves_clock;
    }
    json::array clocks;
    for (const auto& [client_id, any] : moves) clocks.push_back(json::array{client_id, any});
    if (!clocks.empty()) add(kLockClocks, json::serialize(clocks));
  }

  void lock_lanes() {
    json::array lanes;
    json::array jobs;
    json::array orders;
    for (const Work* work : works_) {
      for (const auto* names : {&work->lanes, &work->ended_lanes}) {
        for (const auto& lane : *names) lanes.push_back(json::array{work->client_id, lane});
      }
      for (const auto& id : work->ended_jobs) jobs.push_back(json::array{work->client_id, id});
      for (const auto& id : work->dropped_orders)
        orders.push_back(json::array{work->client_id, id});
    }
    if (lanes.empty() && jobs.empty() && orders.empty()) return;
    if (lanes.size() + jobs.size() + orders.size() > kLanesMost) {
      add(kHoldAllLanes);
      return;
    }
    add(kShareLanes);
    add(kLockLanes, json::serialize(lanes), json::serialize(jobs), json::serialize(orders));
  }

  void append_events() {
    std::set<std::string> applications;
    for (const Work* work : works_) {
      if (!work->events.empty()) applications.insert(work->client_id);
    }
    if (applications.empty()) return;
    add(kLimitWaiting, std::string("0"));
    add(kLockEvents, json::serialize(json::array(applications.begin(), applications.end())));
    for (std::size_t i = 0; i < works_.size(); ++i) {
      for (const Part& part : works_[i]->events) add(part, i);
    }
    add_merged();
  }

  struct Owned {
    const Part* part;
    std::size_t owner;
  };

  const std::vector<const Work*>& works_;
  const bool merge_;
  const std::chrono::milliseconds row_patience_;
  std::set<std::string> checked_;
  std::vector<std::string_view> order_;  ///< of the mergeable ones, as they came first
  std::unordered_map<std::string_view, std::vector<Owned>> mergeable_;
  Transaction made_;
};

}  // namespace

base::Result<Work> make_work(const std::string& client_id, base::TimePoint now,
                             const std::vector<Prepared>& writes) {
  Work work;
  work.client_id = client_id;
  const Tenant tenant{client_id, now, {}};
  WorkScript script(work);
  for (const Prepared& prepared : writes) {
    script.begin(*prepared.write);
    auto applied =
        std::visit([&](const auto& write) { return apply_one(script, tenant, write, prepared); },
                   *prepared.write);
    if (!applied) {
      base::Error error = std::move(applied.error());
      error.field = name_of(*prepared.write);
      return base::pass_on(std::move(error));
    }
  }
  return work;
}

Transaction make_transaction(const std::vector<const Work*>& works, bool merge,
                             std::chrono::milliseconds row_patience) {
  return TransactionBuilder(works, merge, row_patience).build();
}

}  // namespace chartroom::store::postgres
