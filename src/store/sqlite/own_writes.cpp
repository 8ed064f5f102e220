#include "store/sqlite/own_writes.hpp"

#include <set>

#include "store/columns.hpp"
#include "store/jobs.hpp"

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

/// Runs the statements of the common writes at once.
class AtOnce final : public Script {
 public:
  explicit AtOnce(Connection& db) : db_(db) {}

 protected:
  Applied add(std::string_view sql, const Need* need, std::span<const Value> values) override {
    const auto changed = db_.run_with(sql, values);
    if (!changed) return base::pass_on(changed.error());
    if (need != nullptr && *changed != 1) return base::fail(need->otherwise, need->message);
    return {};
  }

 private:
  Connection& db_;
};

/// Turns the result of a statement into that of a write.
Applied done(const base::Result<std::int64_t>& changed) {
  if (!changed) return base::pass_on(changed.error());
  return {};
}

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
      "UPDATE jobs SET state = ?, attempts = attempts + ?, crashes = 0, lease = '', error = ?, "
      "ended_at_ms = ? WHERE id = ? AND client_id = ? AND state = 1 AND lease = ? RETURNING lane",
      [](const Row& row) -> base::Result<std::string> { return row.text(0); },
      static_cast<int>(state), buried ? 1 : 0, error, tenant.now, job_id, tenant.client_id, lease);
  if (!lane) return base::pass_on(lane.error());
  if (!*lane) return base::fail(kLeaseIsOurs.otherwise, kLeaseIsOurs.message);
  return release_lane(db, tenant.client_id, **lane);
}

template <typename W>
Applied apply_one(Connection& db, const Tenant& tenant, const W& write, const Prepared& prepared) {
  if constexpr (requires { apply_own(db, tenant, write, prepared); }) {
    return apply_own(db, tenant, write, prepared);
  } else {
    AtOnce script(db);
    return apply(script, tenant, write, prepared);
  }
}

}  // namespace

base::Result<void> apply_all(Connection& db, const std::string& client_id, base::TimePoint now,
                             const std::vector<Prepared>& writes) {
  auto offset =
      db.number("SELECT clock_offset_ms FROM applications WHERE client_id = ?", client_id);
  if (!offset) return base::pass_on(offset.error());
  if (!*offset) return base::fail(ErrorCode::not_found, "unknown application", "client_id");
  Tenant tenant{client_id, now, base::Duration{**offset}};
  for (const Prepared& prepared : writes) {
    auto applied = std::visit(
        [&](const auto& write) { return apply_one(db, tenant, write, prepared); }, *prepared.write);
    if (!applied) {
      base::Error error = std::move(applied.error());
      error.field = name_of(*prepared.write);
      return base::pass_on(std::move(error));
    }
    // What follows in this commit must see the application's new time.
    if (const auto* moved = std::get_if<app::AdvanceClock>(prepared.write)) {
      tenant.clock_offset += moved->by;
    }
  }
  return {};
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertRecord& write,
                  const Prepared& prepared) {
  const app::RawRecord& record = write.record;
  const auto inserted = db.run(
      "INSERT INTO records (client_id, id, order_id, channel, provider_id, provider_name, "
      "media_type, label, sha256, verdict, decision, supporting, retrieved_at_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      tenant.client_id, record.id, record.order_id, order::to_string(record.channel),
      record.provider_id, record.provider_name, record.media_type, record.label, record.sha256,
      app::to_string(record.verdict), record.decision_json, record.supporting, record.retrieved_at);
  if (!inserted || *inserted == 0 || prepared.sealed.empty()) return done(inserted);
  return done(
      db.run("INSERT INTO record_bytes (sequence, client_id, bytes_sealed) VALUES (?, ?, ?)",
             db.last_row_id(), tenant.client_id, Bytes{prepared.sealed}));
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertReport& write,
                  const Prepared& prepared) {
  const app::StoredReport& report = write.report;
  const auto inserted = done(
      db.run("INSERT INTO reports (client_id, id, order_id, human_id, name, file_extension, "
             "base_report_names, provider_ids, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
             tenant.client_id, report.id, report.order_id, report.human_id, report.name,
             report.file_extension, list_to_json(report.base_report_names),
             list_to_json(report.provider_ids), report.created_at));
  if (!inserted) return inserted;
  return done(
      db.run("INSERT INTO report_bytes (sequence, client_id, bytes_sealed) VALUES (?, ?, ?)",
             db.last_row_id(), tenant.client_id, Bytes{prepared.sealed}));
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::InsertJob& write,
                  const Prepared& prepared) {
  const app::Job& job = write.job;
  const base::TimePoint due_at = job.due_at - tenant.clock_offset;
  return done(
      db.run("INSERT INTO jobs (client_id, id, kind, order_id, payload, lane, priority, due_at_ms, "
             "attempts, trace, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
             "CASE WHEN ?6 <> '' AND EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_lane "
             "WHERE client_id = ?1 AND lane = ?6 AND lane <> '' AND state < 3) THEN 2 ELSE 0 END) "
             "ON CONFLICT DO NOTHING",
             tenant.client_id, job.id, job.kind, job.order_id, job.payload, job.lane, job.priority,
             due_at, job.attempts, prepared.trace));
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::FinishJob& write,
                  const Prepared& /*prepared*/) {
  return end_job(db, tenant, write.job_id, write.lease, JobState::done, {});
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::BuryJob& write,
                  const Prepared& /*prepared*/) {
  return end_job(db, tenant, write.job_id, write.lease, JobState::dead, write.error);
}

Applied apply_own(Connection& db, const Tenant& tenant, const app::DropJobs& write,
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

}  // namespace chartroom::store::sqlite
