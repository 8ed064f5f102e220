// Claims due work and runs it until it is told to stop.
//
// Any number of workers, in one process or many, may share a store: a job is claimed under a lease,
// and a lease that is not prolonged ends after kLease, so the work of a dead worker runs again
// within ten seconds.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/desk.hpp"
#include "app/jobs.hpp"
#include "app/store.hpp"
#include "base/logger.hpp"
#include "base/ports.hpp"

namespace chartroom::worker {

struct WorkerSettings {
  unsigned threads = 4;          ///< jobs that run at the same time
  std::size_t claim_batch = 16;  ///< jobs held at the same time; more when they end fast
};

/// A claimed job belongs to us this long without a heartbeat.
inline constexpr base::Duration kLease = std::chrono::seconds{9};
inline constexpr base::Duration kHeartbeat = std::chrono::seconds{3};
/// The store is asked at least this often: wake() is only a hint.
inline constexpr base::Duration kPoll = std::chrono::seconds{1};
/// No more is claimed than what ended in this time (or the settings' claim_batch)…
inline constexpr std::chrono::milliseconds kPaceSpan{250};
/// … and never more than this.
inline constexpr std::size_t kClaimMost = 1'024;
/// stop() begins no claimed job after this; the rest is claimed again when its lease ends.
inline constexpr std::chrono::seconds kStopPatience{4};
/// How long a sandbox clock call may take before it answers that it could not finish.
inline constexpr std::chrono::seconds kClockPatience{300};

class Worker {
 public:
  /// Runs one claimed job to its end; see app::JobRunner::run.
  using RunJob = std::function<base::Result<void>(const app::Job&)>;

  Worker(app::Store& store, RunJob run_job, base::Clock& clock, base::Logger& logger,
         WorkerSettings settings);
  Worker(app::Store& store, app::JobRunner& runner, base::Clock& clock, base::Logger& logger,
         WorkerSettings settings)
      : Worker(
            store, [&runner](const app::Job& job) { return runner.run(job); }, clock, logger,
            settings) {}
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  /// Finishes what runs and, for kStopPatience, what is claimed. Idempotent.
  void stop();
  /// There may be new work. Never blocks.
  void wake();

  /// Sandbox: steps the application's clock from one due job to the next and waits after each step
  /// until everything due has run, so that a month passes in order. Error unavailable after
  /// kClockPatience.
  base::Result<app::ClockView> move_clock(const app::Application& application,
                                          base::TimePoint target);

 private:
  void claim_loop();
  void run_loop();
  void heartbeat_loop();
  [[nodiscard]] std::size_t room_to_claim();
  std::size_t claim(std::size_t room);
  std::optional<base::TimePoint> next_due();
  void run_one(const app::Job& job);
  base::Result<void> wait_until_quiet(app::TenantStore& tenant,
                                      std::chrono::steady_clock::time_point patience);

  app::Store& store_;
  RunJob run_job_;
  base::Clock& clock_;
  base::Logger& logger_;
  WorkerSettings settings_;

  std::mutex mutex_;                      ///< guards everything below
  std::condition_variable claim_signal_;  ///< work may be there, or a thread has become free
  std::condition_variable run_signal_;    ///< a claimed job waits for a thread
  std::condition_variable idle_signal_;   ///< a job has ended
  std::deque<app::Job> claimed_;
  std::map<std::string, std::string> leases_;  ///< job id → lease of everything we hold
  bool hint_ = false;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point give_up_{};
  std::uint64_t finished_ = 0;
  std::chrono::steady_clock::time_point pace_since_{};
  std::uint64_t pace_from_ = 0;  ///< finished_ at that time
  std::size_t pace_ = 0;         ///< jobs that ended in one kPaceSpan
  std::vector<std::thread> threads_;
};

}  // namespace chartroom::worker
