#include "store/sqlite/jobs.hpp"

#include "base/ids.hpp"

namespace chartroom::store::sqlite {
namespace {

constexpr std::size_t kLeaseDigits = 32;

/// A job as selected with the column list of the statements below; `sequence` finds its row.
struct Found {
  std::int64_t sequence = 0;
  app::Job job;
};

base::Result<Found> read_job(const Row& row) {
  Found found;
  found.sequence = row.integer(0);
  app::Job& job = found.job;
  job.client_id = row.text(1);
  job.id = row.text(2);
  job.kind = row.text(3);
  job.order_id = row.text(4);
  job.payload = row.text(5);
  job.lane = row.text(6);
  job.priority = static_cast<int>(row.integer(7));
  job.attempts = static_cast<unsigned>(row.integer(9));
  job.clock_offset = base::Duration{row.integer(10)};
  job.due_at = row.time(8) + job.clock_offset;
  return found;
}

/// The highest priority below `below` that a ready job has.
base::Result<std::optional<std::int64_t>> next_priority(Connection& db,
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

base::Result<std::vector<Found>> due_jobs(Connection& db, std::int64_t priority,
                                          base::TimePoint now, std::size_t limit) {
  return db.all<Found>(
      "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, j.priority, "
      "j.due_at_ms, j.attempts, a.clock_offset_ms "
      "FROM jobs j INDEXED BY jobs_ready CROSS JOIN applications a ON a.client_id = j.client_id "
      "WHERE j.state = 0 AND j.priority = ? AND j.due_at_ms <= ? "
      "ORDER BY j.due_at_ms, j.sequence LIMIT ?",
      read_job, priority, now, limit);
}

}  // namespace

base::Result<std::optional<base::TimePoint>> next_due_of_all(Connection& db) {
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

base::Result<bool> anything_due(Connection& db, base::TimePoint now) {
  auto expired = db.number(
      "SELECT 1 FROM jobs INDEXED BY jobs_claimed WHERE state = 1 AND lease_until_ms <= ? LIMIT 1",
      now);
  if (!expired) return base::pass_on(expired.error());
  if (*expired) return true;
  auto due = next_due_of_all(db);
  if (!due) return base::pass_on(due.error());
  return due->has_value() && **due <= now;
}

base::Result<std::vector<app::Job>> claim_jobs(Connection& db, base::Random& random,
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
    for (Found& entry : *found) {
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

base::Result<std::vector<std::string>> prolong_leases(Connection& db,
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

base::Result<std::vector<app::Job>> dead_jobs(Connection& db, std::size_t limit) {
  return db.all<app::Job>(
      "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, j.priority, "
      "j.due_at_ms, j.attempts, a.clock_offset_ms "
      "FROM jobs j INDEXED BY jobs_dead CROSS JOIN applications a ON a.client_id = j.client_id "
      "WHERE j.state = 4 ORDER BY j.ended_at_ms DESC, j.sequence DESC LIMIT ?",
      [](const Row& row) -> base::Result<app::Job> { return std::move(read_job(row)->job); },
      limit);
}

base::Result<bool> tidy(Connection& db, base::TimePoint now) {
  bool more = false;
  const auto count = [&](const base::Result<std::int64_t>& removed) {
    more = more || (removed && *removed >= kTidyRows);
    return removed.has_value();
  };
  const auto jobs = db.run(
      "DELETE FROM jobs WHERE sequence IN (SELECT sequence FROM jobs INDEXED BY jobs_done "
      "WHERE state = 3 AND ended_at_ms <= ? ORDER BY ended_at_ms LIMIT ?)",
      now - kDoneJobsKept, kTidyRows);
  if (!count(jobs)) return base::pass_on(jobs.error());
  const auto answers = db.run(
      "DELETE FROM idempotent_answers WHERE rowid IN (SELECT rowid FROM idempotent_answers "
      "WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)",
      now, kTidyRows);
  if (!count(answers)) return base::pass_on(answers.error());
  // Attempts come in by time: the oldest stand first.
  const auto attempts = db.run(
      "DELETE FROM attempts WHERE sequence IN "
      "(SELECT sequence FROM attempts ORDER BY sequence LIMIT ?) AND at_ms <= ?",
      kTidyRows, now - kAttemptsKept);
  if (!count(attempts)) return base::pass_on(attempts.error());
  return more;
}

}  // namespace chartroom::store::sqlite
