// Claims due work and runs it until it is told to stop.
//
// Any number of workers, in one process or many, may share a store: a job is claimed under a lease,
// and a lease that is not prolonged ends after kLease, so the work of a dead worker runs again
// within ten seconds. A worker that is stopped gives back what it has not done, so that it is due
// again at once.
//
// No application can fill a worker: of those whose jobs wait for a thread, whoever has the fewest
// running goes first, and one thread more than WorkerSettings says is kept for an application that
// has none running. So work that hangs delays its own application's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
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
  unsigned threads = 4;          ///< jobs of one application that run at the same time
  std::size_t claim_batch = 16;  ///< jobs held at the same time; more when they end fast
  /// What is told to stop when running jobs do not end by themselves: what goes out of the house.
  std::stop_source outgoing{};
};

/// A claimed job belongs to us this long without a heartbeat. With kPoll and the time of a claim it
/// stays below the ten seconds that are promised.
inline constexpr base::Duration kLease = std::chrono::seconds{7};
inline constexpr base::Duration kHeartbeat = std::chrono::seconds{2};
/// The store is asked at least this often: wake() is only a hint.
inline constexpr base::Duration kPoll = std::chrono::seconds{1};
/// No more is claimed than what ended in this time (or the settings' claim_batch)…
inline constexpr std::chrono::milliseconds kPaceSpan{250};
/// … and never more than this.
inline constexpr std::size_t kClaimMost = 1'024;
/// stop() lets what runs go on for so long; then it cancels what goes out of the house.
inline constexpr std::chrono::milliseconds kStopPatience{2'000};
/// After so long again it gives back what still runs as well.
inline constexpr std::chrono::milliseconds kCancelPatience{1'500};
/// How often a worker that holds all it may looks for work of applications of which it holds less
/// than kGuestsMost jobs, and how many it takes.
inline constexpr std::chrono::milliseconds kGuestPause{50};
inline constexpr std::size_t kGuestsMost = 8;
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
  /// Claims no more and gives back what has not begun; waits for what runs, cancels it, and gives
  /// back what does not end even so. False: some of that still runs, and the process should end
  /// without waiting for it; its jobs belong to others now, and its commits will be refused. An
  /// answer that is wanted of a store that hangs may take longer.
  bool stop();
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
  using Held = std::vector<std::pair<std::string, std::string>>;  ///< job id, lease
  /// What became of a job that was run.
  enum class Ending { done, lost, failed, cancelled };

  /// Under the mutex: how many jobs may be held more.
  [[nodiscard]] std::size_t room_to_claim();
  /// Under the mutex: how much may be claimed now; nullopt: nothing.
  std::optional<app::ClaimLimits> limits();
  /// How many were claimed.
  std::size_t claim(const app::ClaimLimits& limits);
  std::optional<base::TimePoint> next_due();
  void take(std::vector<app::Job> jobs);
  std::optional<app::Job> next_to_run();
  Ending run_one(const app::Job& job);
  void give_back(const Held& jobs, app::GiveBack how);
  /// Whether nothing runs, after that long at most.
  bool idle_within(std::chrono::milliseconds patience);
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
  std::condition_variable stop_signal_;   ///< stop() was called
  /// What waits for a thread, by application.
  std::map<std::string, std::deque<app::Job>> claimed_;
  /// The applications in claimed_; whoever was served last is at the end.
  std::list<std::string> turns_;
  struct Lease {
    std::string lease, client_id;
  };
  std::map<std::string, Lease> leases_;      ///< by job id, of everything we hold
  std::map<std::string, unsigned> running_;  ///< jobs that run, by application
  unsigned running_in_all_ = 0;
  std::chrono::steady_clock::time_point next_guest_{};
  bool hint_ = false;
  bool rests_ = false;  ///< the claimer waits for a hint
  bool stopping_ = false;
  std::uint64_t finished_ = 0;
  std::chrono::steady_clock::time_point pace_since_{};
  std::uint64_t pace_from_ = 0;  ///< finished_ at that time
  std::size_t pace_ = 0;         ///< jobs that ended in one kPaceSpan
  std::vector<std::thread> threads_;
};

}  // namespace chartroom::worker
