#include "metrics/store_watch.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ports.hpp"

namespace chartroom::metrics {
namespace {

const char* word_for(app::StoreObserver::Outcome outcome) {
  switch (outcome) {
    case app::StoreObserver::Outcome::committed:
      return "committed";
    case app::StoreObserver::Outcome::conflict:
      return "conflict";
    case app::StoreObserver::Outcome::failed:
      break;
  }
  return "failed";
}

}  // namespace

void StoreWatch::committed(const app::Commit& writes, Outcome outcome,
                           std::chrono::nanoseconds took) {
  metrics_.committed(word_for(outcome), took);
  if (outcome != Outcome::committed) return;
  for (const app::Write& write : writes) {
    if (const auto* audit = std::get_if<app::InsertAudit>(&write)) {
      metrics_.audited(audit->entry.action);
    } else if (const auto* finished = std::get_if<app::FinishJob>(&write)) {
      ended(finished->job_id, "finished");
    } else if (const auto* retried = std::get_if<app::RetryJob>(&write)) {
      ended(retried->job_id, "retried");
    } else if (const auto* buried = std::get_if<app::BuryJob>(&write)) {
      ended(buried->job_id, "buried");
    }
  }
}

void StoreWatch::claimed(const std::vector<app::Job>& jobs) {
  const base::TimePoint now = base::SystemClock().now();
  for (const app::Job& job : jobs) {
    metrics_.worked(job.kind, "claimed");
    metrics_.waited(job.kind,
                    std::max(now - (job.due_at - job.clock_offset), base::Duration::zero()));
  }
  const std::lock_guard lock(mutex_);
  if (claimed_.size() > kRememberedMost) claimed_.clear();
  for (const app::Job& job : jobs) claimed_[job.id] = {job.kind, std::chrono::steady_clock::now()};
}

void StoreWatch::ended(const std::string& job_id, const char* outcome) {
  std::optional<Claimed> known;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = claimed_.find(job_id); found != claimed_.end()) {
      known = std::move(found->second);
      claimed_.erase(found);
    }
  }
  metrics_.worked(known ? known->kind : "unknown", outcome);
  if (known) metrics_.ran(known->kind, std::chrono::steady_clock::now() - known->at);
}

}  // namespace chartroom::metrics
