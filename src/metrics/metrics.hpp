// What an operator can watch: counts and times, for Prometheus (text exposition format 0.0.4).
//
// Nothing here names a person, an order or an application: labels are fixed words of ours, so that
// neither PHI nor a tenant's business gets into a monitoring system, and the number of series has
// a bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace chartroom::metrics {

using Elapsed = std::chrono::steady_clock::duration;

/// Thread-safe. Counters begin at zero with the process.
class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// `route` is a pattern such as "/api/v1/users/{humanId}", never a path.
  void answered(std::string_view method, std::string_view route, int status, Elapsed took);
  /// A request that was over its application's allowance.
  void refused();
  /// `outcome`: "committed", "conflict" or "failed".
  void committed(std::string_view outcome, Elapsed took);
  /// A line of the audit trail, by its action: orders placed and ended, records by verdict, …
  void audited(std::string_view action);
  /// `outcome`: "claimed", "finished", "retried" or "buried".
  void worked(std::string_view kind, std::string_view outcome);
  /// A try to hand over a notification. `outcome`: "accepted", "refused", "no_answer" or "gone".
  void delivered(std::string_view outcome, Elapsed took);

  /// How long the oldest work that is due has been waiting; zero when none is due.
  void set_oldest_due(std::chrono::duration<double> age);

  /// From the moment when work was due until it was claimed; from there until its end.
  void waited(std::string_view kind, std::chrono::duration<double> wait);
  void ran(std::string_view kind, Elapsed took);
  /// Commits that shared a transaction.
  void gathered(std::size_t commits);
  /// Orders that are not final, by state; a state that is not named has none.
  void set_open_orders(const std::map<std::string, std::uint64_t>& by_state);
  void set_dead_jobs(std::uint64_t count);

  /// Everything, as Prometheus reads it.
  [[nodiscard]] std::string text() const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace chartroom::metrics
