// What goes through the store, as metrics: commits, audit lines, what becomes of work.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "app/store.hpp"
#include "metrics/metrics.hpp"

namespace chartroom::metrics {

/// `metrics` must outlive it. Thread-safe.
class StoreWatch final : public app::StoreObserver {
 public:
  explicit StoreWatch(Metrics& metrics) : metrics_(metrics) {}

  void committed(const app::Commit& writes, Outcome outcome,
                 std::chrono::nanoseconds took) override;
  void claimed(const std::vector<app::Job>& jobs) override;
  void gathered(std::size_t commits) override { metrics_.gathered(commits); }

 private:
  struct Claimed {
    std::string kind;
    std::chrono::steady_clock::time_point at;
  };
  /// Claimed jobs whose end was not seen, because their lease was lost, are forgotten beyond this.
  static constexpr std::size_t kRememberedMost = 10'000;

  void ended(const std::string& job_id, const char* outcome);

  Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::string, Claimed> claimed_;  ///< what ends a job names its id alone
};

}  // namespace chartroom::metrics
