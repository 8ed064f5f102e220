// Writes that concern the queue of durable work. States are explained in the migration.
#include <set>

#include "store/sqlite/apply.hpp"
#include "store/sqlite/jobs.hpp"

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

constexpr const char* kLeaseLost = "the job's lease has passed to another worker";

/// Makes the oldest unfinished job of a lane ready, when it was blocked.
Applied release_lane(Connection& db, const std::string& client_id, const std::string& lane) {
  if (lane.empty()) return {};
  return done(
      db.run("UPDATE jobs SET state = 0 WHERE state = 2 AND sequence = "
             "(SELECT sequence FROM jobs INDEXED BY jobs_lane WHERE client_id = ? AND lane = ? "
             "AND lane <> '' AND state < 3 ORDER BY sequence LIMIT 1)",
             client_id, lane));
}

/// Ends a claimed job for good and lets the next one of its lane go.
Applied end_job(Connection& db, const Tenant& tenant, const std::string& job_id,
                const std::string& lease, JobState state, const std::string& error) {
  const bool buried = state == JobState::dead;
  const auto lane = db.one<std::string>(
      "UPDATE jobs SET state = ?, attempts = attempts + ?, lease = '', error = ?, ended_at_ms = ? "
      "WHERE id = ? AND client_id = ? AND state = 1 AND lease = ? RETURNING lane",
      [](const Row& row) -> base::Result<std::string> { return row.text(0); },
      static_cast<int>(state), buried ? 1 : 0, error, tenant.now, job_id, tenant.client_id, lease);
  if (!lane) return base::pass_on(lane.error());
  if (!*lane) return base::fail(ErrorCode::conflict, kLeaseLost);
  return release_lane(db, tenant.client_id, **lane);
}

}  // namespace

Applied apply(Connection& db, const Tenant& tenant, const app::InsertJob& write,
              const Prepared& /*prepared*/) {
  const app::Job& job = write.job;
  const base::TimePoint due_at = job.due_at - tenant.clock_offset;
  return done(
      db.run("INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, due_at_ms, "
             "attempts, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
             "CASE WHEN ?6 <> '' AND EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_lane "
             "WHERE client_id = ?1 AND lane = ?6 AND lane <> '' AND state < 3) THEN 2 ELSE 0 END) "
             "ON CONFLICT DO NOTHING",
             tenant.client_id, job.id, job.kind, job.order_id, job.payload, job.lane, job.priority,
             due_at, job.attempts));
}

Applied apply(Connection& db, const Tenant& tenant, const app::FinishJob& write,
              const Prepared& /*prepared*/) {
  return end_job(db, tenant, write.job_id, write.lease, JobState::done, {});
}

Applied apply(Connection& db, const Tenant& tenant, const app::RetryJob& write,
              const Prepared& /*prepared*/) {
  // It stays the oldest of its lane, so those behind it stay blocked.
  return done_once(
      db.run("UPDATE jobs SET state = 0, attempts = attempts + ?, lease = '', error = ?, "
             "due_at_ms = ? WHERE id = ? AND client_id = ? AND state = 1 AND lease = ?",
             write.tried ? 1 : 0, write.error, tenant.now + write.delay, write.job_id,
             tenant.client_id, write.lease),
      ErrorCode::conflict, kLeaseLost);
}

Applied apply(Connection& db, const Tenant& tenant, const app::BuryJob& write,
              const Prepared& /*prepared*/) {
  return end_job(db, tenant, write.job_id, write.lease, JobState::dead, write.error);
}

Applied apply(Connection& db, const Tenant& tenant, const app::DropJobs& write,
              const Prepared& /*prepared*/) {
  // Dropped jobs stay as done ones: their ids must not come to life again.
  std::set<std::string> lanes;
  const auto dropped = db.each(
      "UPDATE jobs INDEXED BY jobs_order SET state = 3, ended_at_ms = ?1 "
      "WHERE client_id = ?2 AND order_id = ?3 AND state < 3 AND state <> 1 "
      "AND CASE WHEN ?4 = '' THEN kind NOT IN ('deliver', 'mail', 'ship') ELSE kind = ?4 END "
      "RETURNING "
      "lane",
      [&](const Row& row) -> base::Result<void> {
        lanes.insert(row.text(0));
        return {};
      },
      tenant.now, tenant.client_id, write.order_id, write.kind);
  if (!dropped) return dropped;
  for (const std::string& lane : lanes) {
    if (auto released = release_lane(db, tenant.client_id, lane); !released) return released;
  }
  return {};
}

Applied apply(Connection& db, const Tenant& tenant, const app::AdvanceClock& write,
              const Prepared& /*prepared*/) {
  if (write.by < base::Duration::zero()) {
    return base::fail(ErrorCode::invalid_input, "a clock moves forward only");
  }
  const auto moved =
      db.run("UPDATE applications SET clock_offset_ms = clock_offset_ms + ? WHERE client_id = ?",
             write.by, tenant.client_id);
  if (!moved) return done(moved);
  // Due times are real times, so what waits comes nearer by as much.
  return done(
      db.run("UPDATE jobs INDEXED BY jobs_order SET due_at_ms = due_at_ms - ? "
             "WHERE client_id = ? AND state < 3 AND state <> 1",
             write.by, tenant.client_id));
}

}  // namespace chartroom::store::sqlite
