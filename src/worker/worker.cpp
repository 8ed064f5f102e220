#include "worker/worker.hpp"

#include <algorithm>

namespace chartroom::worker {

Worker::Worker(app::Store& store, RunJob run_job, base::Clock& clock, base::Logger& logger,
               WorkerSettings settings)
    : store_(store),
      run_job_(std::move(run_job)),
      clock_(clock),
      logger_(logger),
      settings_(settings) {}

Worker::~Worker() { stop(); }

void Worker::start() {
  threads_.emplace_back([this] { claim_loop(); });
  threads_.emplace_back([this] { heartbeat_loop(); });
  for (unsigned i = 0; i < settings_.threads; ++i) {
    threads_.emplace_back([this] { run_loop(); });
  }
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) give_up_ = std::chrono::steady_clock::now() + kStopPatience;
    stopping_ = true;
  }
  claim_signal_.notify_all();
  run_signal_.notify_all();
  idle_signal_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Worker::wake() {
  {
    const std::lock_guard lock(mutex_);
    hint_ = true;
  }
  claim_signal_.notify_one();
}

void Worker::claim_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::size_t room = room_to_claim();
    if (room == 0) {
      claim_signal_.wait_for(lock, kPoll, [this] { return stopping_ || room_to_claim() > 0; });
      continue;
    }
    lock.unlock();
    const bool may_be_more = claim(room) == room;
    const auto due = may_be_more ? std::nullopt : next_due();
    const base::TimePoint now = clock_.now();
    lock.lock();
    if (may_be_more) continue;
    base::Duration pause = kPoll;
    // Work that is due already but was not claimed waits for its lane or for a free thread: the end
    // of a job is what it needs, not another look.
    if (due && *due > now) pause = std::min<base::Duration>(pause, *due - now);
    claim_signal_.wait_for(lock, pause, [this] { return stopping_ || hint_; });
    hint_ = false;
  }
}

std::optional<base::TimePoint> Worker::next_due() {
  auto due = store_.next_due();
  return due ? *due : std::nullopt;
}

/// Under the lock. As much as ended lately, so that small work does not wait for claims and long
/// work is left to others; but only when that is a good part of what we hold, since many jobs may
/// end in the time of one claim.
std::size_t Worker::room_to_claim() {
  const auto now = std::chrono::steady_clock::now();
  if (now - pace_since_ >= kPaceSpan) {
    const double spans = std::chrono::duration<double>(now - pace_since_) / kPaceSpan;
    pace_ = static_cast<std::size_t>(static_cast<double>(finished_ - pace_from_) / spans);
    pace_since_ = now;
    pace_from_ = finished_;
  }
  const std::size_t least = std::max<std::size_t>(settings_.claim_batch, 2 * settings_.threads);
  const std::size_t most = std::max(least, std::min(pace_, kClaimMost));
  const std::size_t held = leases_.size();
  return held > most / 2 ? 0 : most - held;
}

/// How many were claimed.
std::size_t Worker::claim(std::size_t room) {
  auto jobs = store_.claim(clock_.now(), kLease, room);
  if (!jobs) {
    logger_.error("work could not be claimed", {{"reason", jobs.error().message}});
    return 0;
  }
  if (jobs->empty()) return 0;
  {
    const std::lock_guard lock(mutex_);
    for (app::Job& job : *jobs) {
      leases_[job.id] = job.lease;
      claimed_.push_back(std::move(job));
    }
  }
  run_signal_.notify_all();
  return jobs->size();
}

void Worker::run_loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    run_signal_.wait(lock, [this] { return stopping_ || !claimed_.empty(); });
    // What was claimed is run, so that it need not wait for its lease to end; but not for ever.
    if (claimed_.empty() || (stopping_ && std::chrono::steady_clock::now() > give_up_)) return;
    const app::Job job = std::move(claimed_.front());
    claimed_.pop_front();
    lock.unlock();
    run_one(job);
    lock.lock();
    leases_.erase(job.id);
    ++finished_;
    hint_ = true;  // its lane or its thread may be what other work waits for
    claim_signal_.notify_one();
    idle_signal_.notify_all();
  }
}

void Worker::run_one(const app::Job& job) {
  base::Result<void> ran;
  try {
    ran = run_job_(job);
  } catch (const std::exception&) {  // a library below us; its text may quote what it was reading
    ran = base::fail(base::ErrorCode::internal, "unexpected exception");
  }
  if (ran) return;
  // Not finished, so not lost: the lease runs out and the job is claimed again.
  logger_.error("job failed", {{"job", job.id},
                               {"kind", job.kind},
                               {"order", job.order_id},
                               {"reason", ran.error().message}});
}

void Worker::heartbeat_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    idle_signal_.wait_for(lock, kHeartbeat, [this] { return stopping_; });
    if (stopping_ || leases_.empty()) continue;
    const std::vector<std::pair<std::string, std::string>> held(leases_.begin(), leases_.end());
    lock.unlock();
    const auto kept = store_.heartbeat(held, clock_.now(), kLease);
    if (!kept) logger_.warning("leases not prolonged", {{"reason", kept.error().message}});
    lock.lock();
  }
}

base::Result<void> Worker::wait_until_quiet(app::TenantStore& tenant,
                                            std::chrono::steady_clock::time_point patience) {
  for (;;) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = finished_;
    }
    const auto busy = tenant.busy_jobs(clock_.now());
    if (!busy) return base::pass_on(busy.error());
    if (*busy == 0) return {};
    wake();
    std::unique_lock lock(mutex_);
    // Another process may run the work, so the store is asked again now and then.
    idle_signal_.wait_for(lock, std::chrono::milliseconds{200},
                          [&] { return stopping_ || finished_ != seen; });
    if (stopping_) return base::fail(base::ErrorCode::unavailable, "the server is stopping");
    if (std::chrono::steady_clock::now() > patience) {
      return base::fail(base::ErrorCode::unavailable,
                        "what became due is still running; ask GET /api/v1/sandbox/clock again");
    }
  }
}

base::Result<app::ClockView> Worker::move_clock(const app::Application& application,
                                                base::TimePoint target) {
  const auto tenant = store_.tenant(application.client_id);
  const auto patience = std::chrono::steady_clock::now() + kClockPatience;
  for (;;) {
    if (auto quiet = wait_until_quiet(*tenant, patience); !quiet)
      return base::pass_on(quiet.error());
    const auto offset = tenant->clock_offset();
    if (!offset) return base::pass_on(offset.error());
    const auto due = tenant->next_due();
    if (!due) return base::pass_on(due.error());
    const base::TimePoint now = clock_.now() + *offset;
    app::ClockView view{now, std::nullopt};
    if (*due) view.next_due = **due + *offset;
    if (now >= target && (!view.next_due || *view.next_due > now)) return view;
    const base::TimePoint step = view.next_due && *view.next_due < target ? *view.next_due : target;
    if (step > now) {
      const auto moved = tenant->commit({app::AdvanceClock{step - now}});
      if (!moved) return base::pass_on(moved.error());
    }
  }
}

}  // namespace chartroom::worker
