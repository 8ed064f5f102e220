#include "store/postgres/queue.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.hpp"

namespace chartroom::store::postgres {
namespace {

using Kind = Statement::Kind;

/// Jobs whose lease ran out join those that wait, under their old due time.
constexpr std::string_view kFreeExpired =
    "UPDATE jobs SET state = 0, lease = '' WHERE sequence IN (SELECT sequence FROM jobs "
    "WHERE state = 1 AND lease_until_ms <= ? ORDER BY lease_until_ms LIMIT 1000 "
    "FOR UPDATE SKIP LOCKED)";

/// Walks the priorities in use from the highest down, one look-up in jobs_ready each.
constexpr std::string_view kClaim =
    "WITH RECURSIVE priorities AS ("
    "(SELECT priority FROM jobs WHERE state = 0 ORDER BY priority DESC LIMIT 1) UNION ALL "
    "SELECT (SELECT j.priority FROM jobs j WHERE j.state = 0 AND j.priority < p.priority "
    "ORDER BY j.priority DESC LIMIT 1) FROM priorities p WHERE p.priority IS NOT NULL), "
    "due AS MATERIALIZED (SELECT found.sequence FROM priorities p CROSS JOIN LATERAL ("
    "SELECT j.sequence FROM jobs j WHERE j.state = 0 AND j.priority = p.priority "
    "AND j.due_at_ms <= ?1 ORDER BY j.due_at_ms, j.sequence LIMIT ?2 "
    "FOR UPDATE OF j SKIP LOCKED) found WHERE p.priority IS NOT NULL LIMIT ?2) "
    "UPDATE jobs SET state = 1, lease = ?3, lease_until_ms = ?4 FROM due "
    "WHERE jobs.sequence = due.sequence RETURNING jobs.sequence, jobs.client_id, jobs.id, "
    "jobs.kind, jobs.order_id, jobs.payload, jobs.lane, jobs.priority, jobs.due_at_ms, "
    "jobs.attempts, (SELECT a.clock_offset_ms FROM applications a "
    "WHERE a.client_id = jobs.client_id)";

template <typename... Args>
Statement plain(std::string_view sql, const Args&... args) {
  const std::array<Value, sizeof...(Args)> values{to_value(args)...};
  return {sql, Kind::plain, std::nullopt, values};
}

/// The highest priority first, then the longest due, then the oldest.
bool goes_before(const FoundJob& a, const FoundJob& b) {
  if (a.job.priority != b.job.priority) return a.job.priority > b.job.priority;
  const auto due = [](const FoundJob& found) { return found.job.due_at - found.job.clock_offset; };
  if (due(a) != due(b)) return due(a) < due(b);
  return a.sequence < b.sequence;
}

}  // namespace

base::Result<std::vector<app::Job>> claim_jobs(Connection& db, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               std::size_t limit) {
  const std::string id = base::make_hex_id(kLeaseDigits, random);
  const std::array statements{plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
                              plain(kFreeExpired, now), plain(kClaim, now, limit, id, now + lease),
                              plain("COMMIT")};
  std::array<const Statement*, statements.size()> list{};
  std::transform(statements.begin(), statements.end(), list.begin(),
                 [](const Statement& one) { return &one; });
  std::vector<FoundJob> found;
  auto outcome = db.run_all(list, [&](const Row& row) -> base::Result<void> {
    auto job = read_job(row);
    if (!job) return base::pass_on(job.error());
    found.push_back(std::move(*job));
    return {};
  });
  // A transaction that failed is undone when its connection is given back.
  if (outcome) return base::pass_on(std::move(outcome->error));
  std::sort(found.begin(), found.end(), goes_before);
  std::vector<app::Job> jobs;
  for (FoundJob& entry : found) {
    entry.job.lease = id;
    jobs.push_back(std::move(entry.job));
  }
  return jobs;
}

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until) {
  boost::json::array held;
  for (const auto& [id, lease] : jobs) held.push_back(boost::json::array{id, lease});
  // One that is locked is being ended or given back by its own holder.
  return db.all<std::string>(
      "UPDATE jobs SET lease_until_ms = ?1 WHERE sequence IN (SELECT j.sequence "
      "FROM json_array_elements(?2::json) h JOIN jobs j ON j.id = h->>0 AND j.lease = h->>1 "
      "WHERE j.state = 1 FOR UPDATE OF j SKIP LOCKED) RETURNING id",
      [](const Row& row) -> base::Result<std::string> { return row.text(0); }, until,
      boost::json::serialize(held));
}

base::Result<std::optional<base::TimePoint>> next_due_of_all(Session& db) {
  auto due = db.one<std::optional<base::TimePoint>>(
      "WITH RECURSIVE priorities AS ("
      "(SELECT priority FROM jobs WHERE state = 0 ORDER BY priority DESC LIMIT 1) UNION ALL "
      "SELECT (SELECT j.priority FROM jobs j WHERE j.state = 0 AND j.priority < p.priority "
      "ORDER BY j.priority DESC LIMIT 1) FROM priorities p WHERE p.priority IS NOT NULL) "
      "SELECT min((SELECT j.due_at_ms FROM jobs j WHERE j.state = 0 AND j.priority = p.priority "
      "ORDER BY j.due_at_ms LIMIT 1)) FROM priorities p",
      [](const Row& row) -> base::Result<std::optional<base::TimePoint>> {
        return row.optional_time(0);
      });
  if (!due) return base::pass_on(due.error());
  return due->value_or(std::nullopt);
}

}  // namespace chartroom::store::postgres
