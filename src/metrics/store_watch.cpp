#include "metrics/store_watch.hpp"

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
  for (const app::Job& job : jobs) metrics_.worked(job.kind, "claimed");
  const std::lock_guard lock(mutex_);
  if (kinds_.size() > kRememberedMost) kinds_.clear();
  for (const app::Job& job : jobs) kinds_[job.id] = job.kind;
}

void StoreWatch::ended(const std::string& job_id, const char* outcome) {
  std::string kind = "unknown";
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kinds_.find(job_id); found != kinds_.end()) {
      kind = std::move(found->second);
      kinds_.erase(found);
    }
  }
  metrics_.worked(kind, outcome);
}

}  // namespace chartroom::metrics
