#include "worker/worker.hpp"

#include <algorithm>
#include <utility>

#include "base/work_context.hpp"

namespace chartroom::worker {

Worker::Worker(app::Store& store, RunJob run_job, base::Clock& clock, base::Logger& logger,
               WorkerSettings settings)
    : store_(store),
      run_job_(std::move(run_job)),
      clock_(clock),
      logger_(logger),
      settings_(settings) {}

Worker::~Worker() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

void Worker::start() {
  threads_.emplace_back([this] { claim_loop(); });
  threads_.emplace_back([this] { heartbeat_loop(); });
  for (unsigned i = 0; i <= settings_.threads; ++i) {
    threads_.emplace_back([this] { run_loop(); });
  }
}

bool Worker::stop() {
  Held unbegun;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [client_id, jobs] : claimed_) {
      for (const app::Job& job : jobs) {
        unbegun.emplace_back(job.id, job.lease);
        leases_.erase(job.id);
      }
    }
    claimed_.clear();
    turns_.clear();
  }
  claim_signal_.notify_all();
  run_signal_.notify_all();
  idle_signal_.notify_all();
  stop_signal_.notify_all();
  give_back(unbegun, app::GiveBack::untouched);
  if (!idle_within(kStopPatience)) settings_.outgoing.request_stop();
  const bool idle = idle_within(kCancelPatience);
  Held left;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : leases_) left.emplace_back(id, held.lease);
    leases_.clear();
  }
  give_back(left, app::GiveBack::untouched);
  if (!idle) return false;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return true;
}

bool Worker::idle_within(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return idle_signal_.wait_for(lock, patience, [this] { return running_in_all_ == 0; });
}

void Worker::give_back(const Held& jobs, app::GiveBack how) {
  if (jobs.empty()) return;
  const auto given = store_.give_back(jobs, clock_.now(), how);
  // Then their leases end by themselves.
  if (!given) logger_.warning("work not given back", {{"reason", given.error().message}});
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
    const auto most = limits();
    if (!most) {
      claim_signal_.wait_for(lock, kGuestPause,
                             [this] { return stopping_ || room_to_claim() > 0; });
      continue;
    }
    lock.unlock();
    const bool may_be_more = claim(*most) == most->jobs;
    const auto due = may_be_more ? std::nullopt : next_due();
    const base::TimePoint now = clock_.now();
    lock.lock();
    if (may_be_more) continue;
    base::Duration pause = kPoll;
    // Work that is due already but was not claimed waits for its lane or for a free thread: the end
    // of a job is what it needs, not another look.
    if (due && *due > now) pause = std::min<base::Duration>(pause, *due - now);
    rests_ = true;
    claim_signal_.wait_for(lock, pause, [this] { return stopping_ || hint_; });
    rests_ = false;
    hint_ = false;
  }
}

std::optional<base::TimePoint> Worker::next_due() {
  auto due = store_.next_due();
  return due ? *due : std::nullopt;
}

/// As much as ended lately, so that small work does not wait for claims and long work is left to
/// others; but only when that is a good part of what we hold, since many jobs may end in the time
/// of one claim.
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

std::optional<app::ClaimLimits> Worker::limits() {
  if (const std::size_t room = room_to_claim(); room > 0) return app::ClaimLimits(room);
  // All that is held may hang, or be one application's flood: a free thread is for applications of
  // which little is held.
  const auto now = std::chrono::steady_clock::now();
  if (running_in_all_ > settings_.threads || now < next_guest_) return std::nullopt;
  next_guest_ = now + kGuestPause;
  app::ClaimLimits guests(kGuestsMost);
  guests.per_tenant = kGuestsMost;
  for (const auto& [id, lease] : leases_) ++guests.held[lease.client_id];
  return guests;
}

std::size_t Worker::claim(const app::ClaimLimits& limits) {
  auto jobs = store_.claim(clock_.now(), kLease, limits);
  if (!jobs) {
    logger_.error("work could not be claimed", {{"reason", jobs.error().message}});
    return 0;
  }
  const std::size_t count = jobs->size();
  if (count > 0) take(std::move(*jobs));
  return count;
}

void Worker::take(std::vector<app::Job> jobs) {
  Held too_late;
  {
    const std::lock_guard lock(mutex_);
    for (app::Job& job : jobs) {
      if (stopping_) {
        too_late.emplace_back(job.id, job.lease);
        continue;
      }
      leases_[job.id] = {job.lease, job.client_id};
      std::deque<app::Job>& waiting = claimed_[job.client_id];
      if (waiting.empty()) turns_.push_back(job.client_id);
      waiting.push_back(std::move(job));
    }
  }
  give_back(too_late, app::GiveBack::untouched);
  run_signal_.notify_all();
}

/// The oldest claimed job of the application with the fewest running; the last free thread is for
/// one that has none. The caller holds the mutex.
std::optional<app::Job> Worker::next_to_run() {
  const auto load = [this](const std::string& client_id) {
    const auto found = running_.find(client_id);
    return found == running_.end() ? 0U : found->second;
  };
  const auto next =
      std::min_element(turns_.begin(), turns_.end(),
                       [&](const auto& a, const auto& b) { return load(a) < load(b); });
  if (next == turns_.end()) return std::nullopt;
  if (running_in_all_ >= settings_.threads && load(*next) > 0) return std::nullopt;
  const auto waiting = claimed_.find(*next);
  app::Job job = std::move(waiting->second.front());
  waiting->second.pop_front();
  if (waiting->second.empty()) {
    claimed_.erase(waiting);
    turns_.erase(next);
  } else {
    turns_.splice(turns_.end(), turns_, next);
  }
  ++running_[job.client_id];
  ++running_in_all_;
  return job;
}

void Worker::run_loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::optional<app::Job> job;
    run_signal_.wait(lock, [&] {
      if (!stopping_) job = next_to_run();
      return stopping_ || job.has_value();
    });
    if (!job) return;
    lock.unlock();
    const Ending ending = run_one(*job);
    if (ending == Ending::failed) give_back({{job->id, job->lease}}, app::GiveBack::failed);
    lock.lock();
    // What was cancelled is still held: stop() gives it back.
    if (ending != Ending::cancelled) leases_.erase(job->id);
    if (--running_[job->client_id] == 0) running_.erase(job->client_id);
    --running_in_all_;
    ++finished_;
    hint_ = true;  // its lane or its thread may be what other work waits for
    if (rests_ || room_to_claim() > 0) claim_signal_.notify_one();
    // What may run now this thread takes itself; the others would all wake up to find nothing.
    idle_signal_.notify_all();
  }
}

Worker::Ending Worker::run_one(const app::Job& job) {
  base::WorkContext context{{}, job.id, job.order_id, base::parse_traceparent(job.trace)};
  if (context.trace) context.trace = base::next_span(*context.trace);
  const base::WorkScope scope(std::move(context));
  base::Result<void> ran;
  try {
    ran = run_job_(job);
  } catch (const std::exception&) {  // a library below us; its text may quote what it was reading
    ran = base::fail(base::ErrorCode::internal, "unexpected exception");
  }
  if (ran) return Ending::done;
  const bool unavailable = ran.error().code == base::ErrorCode::unavailable;
  if (unavailable && settings_.outgoing.stop_requested()) return Ending::cancelled;
  logger_.error("job failed", {{"kind", job.kind}, {"reason", ran.error().message}});
  // Not finished, so not lost. A store that is away will not take it back either: the lease runs
  // out, which gives it time.
  return unavailable ? Ending::lost : Ending::failed;
}

void Worker::heartbeat_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    stop_signal_.wait_for(lock, kHeartbeat, [this] { return stopping_; });
    if (stopping_ || leases_.empty()) continue;
    Held held;
    for (const auto& [id, lease] : leases_) held.emplace_back(id, lease.lease);
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
