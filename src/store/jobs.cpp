#include "store/jobs.hpp"

namespace chartroom::store {

base::Result<FoundJob> read_job(const Row& row) {
  FoundJob found;
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
  job.crashes = static_cast<unsigned>(row.integer(11));
  job.trace = row.text(12);
  return found;
}

bool goes_before(const FoundJob& a, const FoundJob& b) {
  if (a.job.priority != b.job.priority) return a.job.priority > b.job.priority;
  const auto due = [](const FoundJob& found) { return found.job.due_at - found.job.clock_offset; };
  if (due(a) != due(b)) return due(a) < due(b);
  return a.sequence < b.sequence;
}

base::Result<std::vector<app::Job>> dead_jobs(Session& db, std::size_t limit) {
  return db.all<app::Job>(
      "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, j.priority, "
      "j.due_at_ms, j.attempts, a.clock_offset_ms, j.crashes, j.trace "
      "FROM jobs j INDEXED BY jobs_dead LEFT JOIN applications a ON a.client_id = j.client_id "
      "WHERE j.state = 4 ORDER BY j.ended_at_ms DESC, j.sequence DESC LIMIT ?",
      [](const Row& row) -> base::Result<app::Job> { return std::move(read_job(row)->job); },
      limit);
}

base::Result<bool> tidy(Session& db, base::TimePoint now) {
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
      "DELETE FROM idempotent_answers WHERE (client_id, key) IN "
      "(SELECT client_id, key FROM idempotent_answers "
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

}  // namespace chartroom::store
