#include "store/sqlite/jobs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/ids.hpp"

namespace chartroom::store::sqlite {
namespace {

/// Jobs whose lease ran out join those that wait, one crash the more: under their old due time, or
/// after a second crash when a pause is over (app::kCrashesAtOnce, app::kCrashBackOffMost). Half of
/// the pause is by chance, which is the row's number.
constexpr std::string_view kFreeExpired =
    "UPDATE jobs INDEXED BY jobs_claimed SET state = 0, lease = '', crashes = crashes + 1, "
    "due_at_ms = "
    "CASE WHEN crashes < 2 THEN due_at_ms WHEN crashes < 10 "
    "THEN ?1 + (500 << CAST(crashes - 1 AS integer)) "
    "+ (500 << CAST(crashes - 1 AS integer)) * ((sequence * 7919 + crashes * 104729) % 1000) / "
    "1000 "
    "ELSE ?1 + 150000 + 150 * ((sequence * 7919 + crashes * 104729) % 1000) END "
    "WHERE state = 1 AND lease_until_ms <= ?1";

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

/// How many jobs of an application and priority are due, counted up to `most`.
base::Result<std::size_t> count_due(Session& db, int priority, const std::string& client_id,
                                    base::TimePoint now, std::size_t most) {
  auto count = db.number(
      "SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_turn WHERE state = 0 "
      "AND priority = ? AND client_id = ? AND due_at_ms <= ? LIMIT ?)",
      priority, client_id, now, most);
  if (!count) return base::pass_on(count.error());
  return static_cast<std::size_t>(count->value_or(0));
}

/// The first application behind this one that has work of the priority, due or not.
struct NextTenant {
  std::string client_id;
  base::TimePoint due;  ///< its earliest
};
base::Result<std::optional<NextTenant>> next_tenant(Session& db, int priority,
                                                    const std::string& behind) {
  return db.one<NextTenant>(
      "SELECT client_id, due_at_ms FROM jobs INDEXED BY jobs_turn WHERE state = 0 "
      "AND priority = ? AND client_id > ? ORDER BY client_id, due_at_ms LIMIT 1",
      [](const Row& row) -> base::Result<NextTenant> {
        return NextTenant{row.text(0), row.time(1)};
      },
      priority, behind);
}

/// Looks for applications with due work of one priority.
class Look {
 public:
  Look(Session& db, int priority, base::TimePoint now, std::size_t limit)
      : db_(db), priority_(priority), now_(now), limit_(limit) {}

  base::Result<std::vector<DueTenant>> around(Turns& turns) {
    auto front = read_front();
    if (!front) return base::pass_on(front.error());
    // Less than a claim can take: that is all there is, and nobody's turn matters.
    if (front->size() < limit_) {
      for (const std::string& client_id : *front) count_one(client_id);
      return std::move(found_);
    }
    const std::string start = turns.last_served(priority_);
    auto last = scan(start, std::nullopt);
    if (last && looked_ < kTenantsLooked && found_.size() < limit_) last = scan("", start);
    if (!last) return base::pass_on(last.error());
    if (looked_ == kTenantsLooked) turns.looked_until(priority_, *last);
    // Those that wait longest are not overlooked when there are very many applications.
    for (const std::string& client_id : *front) {
      if (knows(client_id)) continue;
      if (auto added = add(client_id); !added) return base::pass_on(added.error());
    }
    return std::move(found_);
  }

 private:
  base::Result<std::vector<std::string>> read_front() {
    return db_.all<std::string>(
        "SELECT client_id FROM jobs INDEXED BY jobs_ready WHERE state = 0 AND priority = ? "
        "AND due_at_ms <= ? ORDER BY due_at_ms, sequence LIMIT ?",
        [](const Row& row) -> base::Result<std::string> { return row.text(0); }, priority_, now_,
        limit_);
  }

  DueTenant* find(const std::string& client_id) {
    const auto found = std::find_if(found_.begin(), found_.end(), [&](const DueTenant& tenant) {
      return tenant.client_id == client_id;
    });
    return found == found_.end() ? nullptr : &*found;
  }
  bool knows(const std::string& client_id) { return find(client_id) != nullptr; }

  void count_one(const std::string& client_id) {
    DueTenant* tenant = find(client_id);
    if (tenant == nullptr) tenant = &found_.emplace_back(DueTenant{priority_, client_id, 0});
    ++tenant->jobs;
  }

  base::Result<void> add(const std::string& client_id) {
    const auto jobs = count_due(db_, priority_, client_id, now_, limit_);
    if (!jobs) return base::pass_on(jobs.error());
    if (*jobs > 0) found_.push_back({priority_, client_id, *jobs});
    return {};
  }

  /// From one application, excluded, to another, included. Gives the last one that was looked at.
  base::Result<std::string> scan(std::string at, const std::optional<std::string>& end) {
    for (; looked_ < kTenantsLooked && found_.size() < limit_; ++looked_) {
      auto next = next_tenant(db_, priority_, at);
      if (!next) return base::pass_on(next.error());
      if (!*next || (end && (*next)->client_id > *end)) break;
      at = (*next)->client_id;
      if ((*next)->due > now_) continue;
      if (auto added = add(at); !added) return base::pass_on(added.error());
    }
    return at;
  }

  Session& db_;
  const int priority_;
  const base::TimePoint now_;
  const std::size_t limit_;
  std::vector<DueTenant> found_;
  std::size_t looked_ = 0;
};

/// The highest priority first.
base::Result<std::vector<DueTenant>> look_around(Session& db, Turns& turns, base::TimePoint now,
                                                 std::size_t limit) {
  std::vector<DueTenant> due;
  std::optional<std::int64_t> below;
  for (;;) {
    auto priority = next_priority(db, below);
    if (!priority) return base::pass_on(priority.error());
    if (!*priority) return due;
    below = *priority;
    auto found = Look(db, static_cast<int>(**priority), now, limit).around(turns);
    if (!found) return base::pass_on(found.error());
    due.insert(due.end(), found->begin(), found->end());
  }
}

base::Result<std::vector<FoundJob>> due_jobs(Session& db, const Share& share, base::TimePoint now) {
  return db.all<FoundJob>(
      "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, j.priority, "
      "j.due_at_ms, j.attempts, a.clock_offset_ms, j.crashes, j.trace "
      "FROM jobs j INDEXED BY jobs_turn LEFT JOIN applications a ON a.client_id = j.client_id "
      "WHERE j.state = 0 AND j.priority = ? AND j.client_id = ? AND j.due_at_ms <= ? "
      "ORDER BY j.due_at_ms, j.sequence LIMIT ?",
      read_job, share.priority, share.client_id, now, share.jobs);
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

base::Result<std::vector<app::Job>> claim_jobs(Session& db, Turns& turns, base::Random& random,
                                               base::TimePoint now, base::Duration lease,
                                               const app::ClaimLimits& limits) {
  auto freed = db.run(kFreeExpired, now);
  if (!freed) return base::pass_on(freed.error());
  const auto due = look_around(db, turns, now, limits.jobs);
  if (!due) return base::pass_on(due.error());

  std::vector<FoundJob> found;
  for (const Share& share : turns.share_out(*due, limits)) {
    auto jobs = due_jobs(db, share, now);
    if (!jobs) return base::pass_on(jobs.error());
    std::move(jobs->begin(), jobs->end(), std::back_inserter(found));
  }
  std::sort(found.begin(), found.end(), goes_before);
  std::vector<app::Job> claimed;
  for (FoundJob& entry : found) {
    entry.job.lease = base::make_hex_id(kLeaseDigits, random);
    auto taken =
        db.run("UPDATE jobs SET state = 1, lease = ?, lease_until_ms = ? WHERE sequence = ?",
               entry.job.lease, now + lease, entry.sequence);
    if (!taken) return base::pass_on(taken.error());
    claimed.push_back(std::move(entry.job));
  }
  return claimed;
}

base::Result<void> give_back_jobs(Session& db, const std::vector<JobAndLease>& jobs,
                                  base::TimePoint now, app::GiveBack how) {
  for (const auto& [id, lease] : jobs) {
    auto given =
        how == app::GiveBack::failed
            ? db.run("UPDATE jobs SET lease_until_ms = ? WHERE id = ? AND state = 1 AND lease = ?",
                     now, id, lease)
            : db.run(
                  "UPDATE jobs SET state = 0, lease = '' "
                  "WHERE id = ? AND state = 1 AND lease = ?",
                  id, lease);
    if (!given) return base::pass_on(given.error());
  }
  return {};
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
