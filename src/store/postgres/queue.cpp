#include "store/postgres/queue.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/ids.hpp"

namespace chartroom::store::postgres {
namespace {

using Kind = Statement::Kind;

/// Jobs whose lease ran out join those that wait, one crash the more: under their old due time, or
/// after a second crash when a pause is over (app::kCrashesAtOnce, app::kCrashBackOffMost). Half of
/// the pause is by chance, which is the row's number.
constexpr std::string_view kFreeExpired =
    "UPDATE jobs SET state = 0, lease = '', crashes = crashes + 1, due_at_ms = "
    "CASE WHEN crashes < 2 THEN due_at_ms WHEN crashes < 10 "
    "THEN ?1 + (500 << CAST(crashes - 1 AS integer)) "
    "+ (500 << CAST(crashes - 1 AS integer)) * ((sequence * 7919 + crashes * 104729) % 1000) / "
    "1000 "
    "ELSE ?1 + 150000 + 150 * ((sequence * 7919 + crashes * 104729) % 1000) END "
    "WHERE sequence = ANY (ARRAY(SELECT sequence FROM jobs WHERE state = 1 "
    "AND lease_until_ms <= ?1 ORDER BY lease_until_ms LIMIT 1000 FOR UPDATE SKIP LOCKED))";

/// Whose work is due, and how much: the first ?2 jobs of every priority in use, one look-up in
/// jobs_ready each.
constexpr std::string_view kFronts =
    "WITH RECURSIVE priorities AS ("
    "(SELECT priority FROM jobs WHERE state = 0 ORDER BY priority DESC LIMIT 1) UNION ALL "
    "SELECT (SELECT j.priority FROM jobs j WHERE j.state = 0 AND j.priority < p.priority "
    "ORDER BY j.priority DESC LIMIT 1) FROM priorities p WHERE p.priority IS NOT NULL) "
    "SELECT p.priority, found.client_id, count(*) FROM priorities p CROSS JOIN LATERAL ("
    "SELECT j.client_id FROM jobs j WHERE j.state = 0 AND j.priority = p.priority "
    "AND j.due_at_ms <= ?1 ORDER BY j.due_at_ms, j.sequence LIMIT ?2) found "
    "WHERE p.priority IS NOT NULL GROUP BY 1, 2";

/// "state < 1" here and in kClaim: the migration that made jobs_turn says why.
///
/// The applications with work of priority ?1, from the one behind ?2 round to it, with their number
/// of due jobs (up to ?4); one look-up in jobs_turn each, at most ?5 of them. Those whose work is
/// due later have none.
constexpr std::string_view kTenants =
    "WITH RECURSIVE behind AS ("
    "(SELECT client_id, due_at_ms, 1 AS looked FROM jobs WHERE state < 1 AND priority = ?1 "
    "AND client_id > ?2 ORDER BY client_id, due_at_ms LIMIT 1) UNION ALL "
    "SELECT n.client_id, n.due_at_ms, b.looked + 1 FROM behind b CROSS JOIN LATERAL ("
    "SELECT j.client_id, j.due_at_ms FROM jobs j WHERE j.state < 1 AND j.priority = ?1 "
    "AND j.client_id > b.client_id ORDER BY j.client_id, j.due_at_ms LIMIT 1) n "
    "WHERE b.looked < ?5), "
    "before AS ("
    "(SELECT client_id, due_at_ms, 1 AS looked FROM jobs WHERE state < 1 AND priority = ?1 "
    "ORDER BY client_id, due_at_ms LIMIT 1) UNION ALL "
    "SELECT n.client_id, n.due_at_ms, b.looked + 1 FROM before b CROSS JOIN LATERAL ("
    "SELECT j.client_id, j.due_at_ms FROM jobs j WHERE j.state < 1 AND j.priority = ?1 "
    "AND j.client_id > b.client_id ORDER BY j.client_id, j.due_at_ms LIMIT 1) n "
    "WHERE b.looked < ?5 AND n.client_id <= ?2) "
    "SELECT t.client_id, (SELECT count(*) FROM (SELECT 1 FROM jobs j WHERE j.state < 1 "
    "AND j.priority = ?1 AND j.client_id = t.client_id AND j.due_at_ms <= ?3 "
    "ORDER BY j.due_at_ms LIMIT ?4) c) "
    "FROM (SELECT client_id, due_at_ms FROM behind UNION ALL SELECT client_id, due_at_ms "
    "FROM before WHERE client_id <= ?2) t LIMIT ?5";

/// What ?1 shares out: [[priority, application, jobs], …]. Rows are named by an array, here and
/// below: a join of unknown size might be planned as a walk through all that waits.
constexpr std::string_view kClaim =
    "WITH due AS MATERIALIZED (SELECT found.sequence "
    "FROM json_array_elements(?1::json) s CROSS JOIN LATERAL ("
    "SELECT j.sequence FROM jobs j WHERE j.state < 1 AND j.priority = (s->>0)::bigint "
    "AND j.client_id = s->>1 AND j.due_at_ms <= ?2 "
    "ORDER BY j.due_at_ms, j.sequence "
    "LIMIT (s->>2)::bigint FOR UPDATE OF j SKIP LOCKED) found) "
    "UPDATE jobs SET state = 1, lease = ?3, lease_until_ms = ?4 "
    "WHERE sequence = ANY (ARRAY(SELECT sequence FROM due)) RETURNING jobs.sequence, "
    "jobs.client_id, jobs.id, "
    "jobs.kind, jobs.order_id, jobs.payload, jobs.lane, jobs.priority, jobs.due_at_ms, "
    "jobs.attempts, (SELECT a.clock_offset_ms FROM applications a "
    "WHERE a.client_id = jobs.client_id), jobs.crashes, jobs.trace";

/// When the first job of each priority is due, one look-up in jobs_ready each; the earliest of
/// them.
constexpr std::string_view kNextDue =
    "WITH RECURSIVE priorities AS ("
    "(SELECT priority FROM jobs WHERE state = 0 ORDER BY priority DESC LIMIT 1) UNION ALL "
    "SELECT (SELECT j.priority FROM jobs j WHERE j.state = 0 AND j.priority < p.priority "
    "ORDER BY j.priority DESC LIMIT 1) FROM priorities p WHERE p.priority IS NOT NULL) "
    "SELECT min((SELECT j.due_at_ms FROM jobs j WHERE j.state = 0 AND j.priority = p.priority "
    "ORDER BY j.due_at_ms LIMIT 1)) FROM priorities p";

template <typename... Args>
Statement plain(std::string_view sql, const Args&... args) {
  const std::array<Value, sizeof...(Args)> values{to_value(args)...};
  return {sql, Kind::plain, std::nullopt, values};
}

/// Runs queries that only a walk along an index should answer. A planner that thinks the queue all
/// but empty, as it was a moment ago, would rather read and sort all that is due. `on_row` hears of
/// all their rows.
base::Result<void> walk(Connection& db, std::span<const Statement> queries,
                        const Session::OnRow& on_row) {
  static const std::array kBefore{plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
                                  plain("SET LOCAL enable_sort = off"),
                                  plain("SET LOCAL enable_incremental_sort = off")};
  static const Statement kAfter = plain("COMMIT");
  std::vector<const Statement*> all;
  for (const Statement& statement : kBefore) all.push_back(&statement);
  for (const Statement& statement : queries) all.push_back(&statement);
  all.push_back(&kAfter);
  auto outcome = db.run_all(all, on_row);
  if (!outcome) return {};
  if (!db.is_lost()) (void)db.run("ROLLBACK");
  return base::pass_on(std::move(outcome->error));
}

DueTenant& due_of(std::vector<DueTenant>& all, int priority, const std::string& client_id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const DueTenant& tenant) {
    return tenant.priority == priority && tenant.client_id == client_id;
  });
  return found != all.end() ? *found : all.emplace_back(DueTenant{priority, client_id, 0});
}

/// What has run out is set free and the fronts are read, in one round trip.
base::Result<std::vector<DueTenant>> read_fronts(Connection& db, base::TimePoint now,
                                                 std::size_t limit) {
  const std::array queries{plain(kFreeExpired, now), plain(kFronts, now, limit)};
  std::vector<DueTenant> fronts;
  auto read = walk(db, queries, [&](const Row& row) -> base::Result<void> {
    fronts.push_back(
        {static_cast<int>(row.integer(0)), row.text(1), static_cast<std::size_t>(row.integer(2))});
    return {};
  });
  if (!read) return base::pass_on(read.error());
  return fronts;
}

/// The applications whose turn it is, of one priority that has more due work than can be claimed;
/// then those of its front. There may be so many that not all are seen: the next look goes on.
base::Result<std::vector<DueTenant>> read_turns(Connection& db, Turns& turns,
                                                const std::vector<DueTenant>& front,
                                                base::TimePoint now, std::size_t limit) {
  const int priority = front.front().priority;
  const std::string start = turns.last_served(priority);
  std::vector<DueTenant> found;
  std::string last;
  std::size_t looked = 0;
  const std::array queries{plain(kTenants, priority, start, now, limit, kTenantsLooked)};
  auto read = walk(db, queries, [&](const Row& row) -> base::Result<void> {
    last = row.text(0);
    ++looked;
    const auto jobs = static_cast<std::size_t>(row.integer(1));
    if (jobs > 0 && found.size() < limit) found.push_back({priority, last, jobs});
    return {};
  });
  if (!read) return base::pass_on(read.error());
  if (looked == kTenantsLooked && found.size() < limit) turns.looked_until(priority, last);
  // Those that wait longest are not overlooked when there are very many applications.
  for (const DueTenant& tenant : front) {
    DueTenant& known = due_of(found, priority, tenant.client_id);
    known.jobs = std::max(known.jobs, tenant.jobs);
  }
  return found;
}

/// The highest priority first.
base::Result<std::vector<DueTenant>> look_around(Connection& db, Turns& turns, base::TimePoint now,
                                                 std::size_t limit) {
  auto fronts = read_fronts(db, now, limit);
  if (!fronts) return fronts;
  std::stable_sort(fronts->begin(), fronts->end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  std::vector<DueTenant> due;
  for (auto begin = fronts->begin(); begin != fronts->end();) {
    const auto end = std::find_if(begin, fronts->end(), [&](const DueTenant& tenant) {
      return tenant.priority != begin->priority;
    });
    std::vector<DueTenant> level(begin, end);
    std::size_t jobs = 0;
    for (const DueTenant& tenant : level) jobs += tenant.jobs;
    // Less than a claim can take: that is all there is, and nobody's turn matters.
    if (jobs >= limit) {
      auto all = read_turns(db, turns, level, now, limit);
      if (!all) return all;
      level = std::move(*all);
    }
    due.insert(due.end(), level.begin(), level.end());
    begin = end;
  }
  return due;
}

}  // namespace

base::Result<std::vector<app::Job>> claim_jobs(Connection& db, Turns& turns, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               const app::ClaimLimits& limits) {
  const auto due = look_around(db, turns, now, limits.jobs);
  if (!due) return base::pass_on(due.error());
  boost::json::array shares;
  for (const Share& share : turns.share_out(*due, limits)) {
    shares.push_back(boost::json::array{share.priority, share.client_id, share.jobs});
  }
  std::vector<app::Job> jobs;
  if (shares.empty()) return jobs;
  const std::string id = base::make_hex_id(kLeaseDigits, random);
  const std::array queries{plain(kClaim, boost::json::serialize(shares), now, id, now + lease)};
  std::vector<FoundJob> found;
  auto read = walk(db, queries, [&](const Row& row) -> base::Result<void> {
    auto job = read_job(row);
    if (!job) return base::pass_on(job.error());
    found.push_back(std::move(*job));
    return {};
  });
  if (!read) return base::pass_on(read.error());
  std::sort(found.begin(), found.end(), goes_before);
  for (FoundJob& entry : found) {
    entry.job.lease = id;
    jobs.push_back(std::move(entry.job));
  }
  return jobs;
}

base::Result<void> give_back_jobs(Session& db, const std::vector<JobAndLease>& jobs,
                                  base::TimePoint now, app::GiveBack how) {
  boost::json::array held;
  for (const auto& [id, lease] : jobs) held.push_back(boost::json::array{id, lease});
  const std::string list = boost::json::serialize(held);
  // One that is locked is being ended or given back by its own holder.
  auto given =
      how == app::GiveBack::failed
          ? db.run(
                "UPDATE jobs SET lease_until_ms = ?2 WHERE sequence = ANY (ARRAY(SELECT j.sequence "
                "FROM json_array_elements(?1::json) h JOIN jobs j ON j.id = h->>0 "
                "AND j.lease = h->>1 WHERE j.state = 1 FOR UPDATE OF j SKIP LOCKED))",
                list, now)
          : db.run(
                "UPDATE jobs SET state = 0, lease = '' WHERE sequence = ANY (ARRAY(SELECT "
                "j.sequence "
                "FROM json_array_elements(?1::json) h JOIN jobs j ON j.id = h->>0 "
                "AND j.lease = h->>1 WHERE j.state = 1 FOR UPDATE OF j SKIP LOCKED))",
                list);
  if (!given) return base::pass_on(given.error());
  return {};
}

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until) {
  boost::json::array held;
  for (const auto& [id, lease] : jobs) held.push_back(boost::json::array{id, lease});
  // One that is locked is being ended or given back by its own holder.
  return db.all<std::string>(
      "UPDATE jobs SET lease_until_ms = ?1 WHERE sequence = ANY (ARRAY(SELECT j.sequence "
      "FROM json_array_elements(?2::json) h JOIN jobs j ON j.id = h->>0 AND j.lease = h->>1 "
      "WHERE j.state = 1 FOR UPDATE OF j SKIP LOCKED)) RETURNING id",
      [](const Row& row) -> base::Result<std::string> { return row.text(0); }, until,
      boost::json::serialize(held));
}

base::Result<std::optional<base::TimePoint>> next_due_of_all(Connection& db) {
  std::optional<base::TimePoint> due;
  const std::array queries{plain(kNextDue)};
  auto read = walk(db, queries, [&](const Row& row) -> base::Result<void> {
    due = row.optional_time(0);
    return {};
  });
  if (!read) return base::pass_on(read.error());
  return due;
}

}  // namespace chartroom::store::postgres
