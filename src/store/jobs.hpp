// What all engines share about the queue of durable work.
#pragma once

#include <cstdint>
#include <vector>

#include "app/types.hpp"
#include "store/session.hpp"

namespace chartroom::store {

/// The states of a job's row; the first migration explains them.
enum class JobState { ready = 0, claimed = 1, blocked = 2, done = 3, dead = 4 };

/// How long a finished job stays, so that inserting its id again changes nothing (real time).
inline constexpr base::Duration kDoneJobsKept = std::chrono::days(7);
/// How long attempts of deliveries stay in the list (application's time).
inline constexpr base::Duration kAttemptsKept = std::chrono::days(90);
/// Rows that one round of housekeeping removes from each table at most.
inline constexpr int kTidyRows = 500;
/// How long a process that has tidied everything waits before it looks again.
inline constexpr base::Duration kTidyPause = std::chrono::seconds(10);

constexpr std::size_t kLeaseDigits = 32;

/// A job as selected with these columns, in this order: sequence, client_id, id, kind, order_id,
/// payload, lane, priority, due_at_ms, attempts, the application's clock_offset_ms, crashes, trace.
struct FoundJob {
  std::int64_t sequence = 0;  ///< finds its row
  app::Job job;
};
base::Result<FoundJob> read_job(const Row& row);

/// The highest priority first, then the longest due, then the oldest.
[[nodiscard]] bool goes_before(const FoundJob& a, const FoundJob& b);

base::Result<std::vector<app::Job>> dead_jobs(Session& db, std::size_t limit);

/// Removes old done jobs, expired answers and old attempts; says whether there is more.
base::Result<bool> tidy(Session& db, base::TimePoint now);

}  // namespace chartroom::store
