#include "store/sqlite/jobs.hpp"

#include "base/ids.hpp"

namespace chartroom::store::sqlite {
namespace {

/// The highest priority below `below` that a ready job has.
base::Result<std::optional<std::int64_t>> next_priority(Session& db,
                                                        std::optional<std::int64_t> below) {
  if (!below) {
    return db.number(
        "SELECT priority FROM jobs INDEXED BY jobs_ready WHERE state = 0 "
        "ORDER BY priority DESC LIMIT 1");
  }
  return db.number(
      "SELECT priority FROM jobs INDEXED BY jobs_ready WHERE state = 0 AND priority < ? "
      "ORDER BY priority DESC LIMIT 1",
      *below);
}

base::Result<std::vector<FoundJob>> due_jobs(Session& db, std::int64_t priority,
                                             base::TimePoint now, std::size_t limit) {
  return db.all<FoundJob>(
      "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, j.priority, "
      "j.due_at_ms, j.attempts, a.clock_offset_ms "
      "FROM jobs j INDEXED BY jobs_ready LEFT JOIN applications a ON a.client_id = j.client_id "
      "WHERE j.state = 0 AND j.priority = ? AND j.due_at_ms <= ? "
      "ORDER BY j.due_at_ms, j.sequence LIMIT ?",
      read_job, priority, now, limit);
}

}  // namespace

base::Result<std::optional<base::TimePoint>> next_due_of_all(Session& db) {
  std::optional<base::TimePoint> earliest;
  std::optional<std::int64_t> below;
  for (;;) {
    auto priority = next_priority(db, below);
    if (!priority) return base::pass_on(priority.error());
    if (!*priority) return earliest;
    below = *priority;
    auto due = db.number(
        "SELECT due_at_ms FROM jobs INDEXED BY jobs_ready WHERE state = 0 AND priority = ? "
        "ORDER BY due_at_ms LIMIT 1",
        **priority);
    if (!due) return base::pass_on(due.error());
    if (!*due) continue;
    const base::TimePoint at = base::from_unix_ms(**due);
    if (!earliest || at < *earliest) earliest = at;
  }
}

base::Result<bool> anything_due(Session& db, base::TimePoint now) {
  auto expired = db.number(
      "SELECT 1 FROM jobs INDEXED BY jobs_claimed WHERE state = 1 AND lease_until_ms <= ? LIMIT 1",
      now);
  if (!expired) return base::pass_on(expired.error());
  if (*expired) return true;
  auto due = next_due_of_all(db);
  if (!due) return base::pass_on(due.error());
  return due->has_value() && **due <= now;
}

base::Result<std::vector<app::Job>> claim_jobs(Session& db, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               std::size_t limit) {
  // Jobs whose lease ran out join those that wait, under their old due time.
  auto freed = db.run(
      "UPDATE jobs INDEXED BY jobs_claimed SET state = 0, lease = '' "
      "WHERE state = 1 AND lease_until_ms <= ?",
      now);
  if (!freed) return base::pass_on(freed.error());

  std::vector<app::Job> claimed;
  std::optional<std::int64_t> below;
  while (claimed.size() < limit) {
    auto priority = next_priority(db, below);
    if (!priority) return base::pass_on(priority.error());
    if (!*priority) break;
    below = *priority;
    auto found = due_jobs(db, **priority, now, limit - claimed.size());
    if (!found) return base::pass_on(found.error());
    for (FoundJob& entry : *found) {
      entry.job.lease = base::make_hex_id(kLeaseDigits, random);
      auto taken =
          db.run("UPDATE jobs SET state = 1, lease = ?, lease_until_ms = ? WHERE sequence = ?",
                 entry.job.lease, now + lease, entry.sequence);
      if (!taken) return base::pass_on(taken.error());
      claimed.push_back(std::move(entry.job));
    }
  }
  return claimed;
}

base::Result<std::vector<std::string>> prolong_leases(Session& db,
                                                      const std::vector<JobAndLease>& jobs,
                                                      base::TimePoint until) {
  std::vector<std::string> ours;
  for (const auto& [id, lease] : jobs) {
    auto prolonged =
        db.run("UPDATE jobs SET lease_until_ms = ? WHERE id = ? AND state = 1 AND lease = ?", until,
               id, lease);
    if (!prolonged) return base::pass_on(prolonged.error());
    if (*prolonged == 1) ours.push_back(id);
  }
  return ours;
}

}  // namespace chartroom::store::sqlite
