// The model store's queue of durable work: what migrations/sqlite says about jobs, in memory.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/store.hpp"
#include "base/ports.hpp"
#include "store/turns.hpp"

namespace chartroom::sim {

/// How to take back what a commit has done so far, last thing first.
class Undo {
 public:
  void then(std::function<void()> step) { steps_.push_back(std::move(step)); }
  void roll_back() {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)();
    steps_.clear();
  }

 private:
  std::vector<std::function<void()>> steps_;
};

/// Not thread-safe: the store's lock guards it. Times are real time.
class ModelQueue {
 public:
  /// A known id changes nothing, also when its job is done.
  void insert(const std::string& client_id, const app::Job& job, base::TimePoint due, Undo& undo);
  /// False when the job is not claimed under this lease.
  bool finish(const std::string& client_id, const std::string& id, const std::string& lease,
              base::TimePoint now, Undo& undo);
  bool bury(const std::string& client_id, const std::string& id, const std::string& lease,
            const std::string& error, base::TimePoint now, Undo& undo);
  bool retry(const std::string& client_id, const app::RetryJob& write, base::TimePoint due,
             Undo& undo);
  /// False when there is no such dead letter.
  bool redrive(const std::string& client_id, const std::string& id, base::TimePoint now,
               Undo& undo);
  bool discard(const std::string& client_id, const std::string& id, const std::string& reason,
               base::TimePoint now, Undo& undo);
  void drop(const std::string& client_id, const std::string& order_id, const std::string& kind,
            base::TimePoint now, Undo& undo);
  /// Everything of an application that waits comes nearer.
  void advance(const std::string& client_id, base::Duration by, Undo& undo);

  std::vector<app::Job> claim(base::TimePoint now, base::TimePoint lease_until,
                              const app::ClaimLimits& limits, base::Random& random);
  void give_back(const std::string& id, const std::string& lease, base::TimePoint now,
                 app::GiveBack how);
  bool heartbeat(const std::string& id, const std::string& lease, base::TimePoint until);
  [[nodiscard]] std::optional<base::TimePoint> next_due(const std::string* client_id) const;
  [[nodiscard]] std::uint64_t busy(const std::string& client_id, base::TimePoint now) const;
  [[nodiscard]] std::vector<app::Job> dead(std::size_t limit) const;

  // As an operator sees it; without the clocks of applications.
  [[nodiscard]] std::vector<app::JobView> list(const app::JobFilter& filter, std::int64_t before,
                                               std::size_t limit) const;
  [[nodiscard]] std::vector<app::JobView> find(const std::string& id) const;
  [[nodiscard]] std::vector<app::JobCount> count(const std::optional<std::string>& client_id) const;

 private:
  enum class State { ready, claimed, blocked, done, dead };
  struct Changing {  ///< the part of a row that changes
    State state = State::ready;
    base::TimePoint due{};
    unsigned attempts = 0;
    unsigned crashes = 0;
    std::string lease;
    base::TimePoint lease_until{};
    base::TimePoint ended_at{};
    std::string error;
  };
  struct Row {
    app::Job job;  ///< client_id is set
    Changing now;
  };
  using Number = std::size_t;  ///< place in rows_, which is its sequence
  using Key = std::pair<std::string, std::string>;

  static bool unfinished(const Row& row) { return row.now.state < State::done; }
  void add_to_indexes(Number number);
  void remove_from_indexes(Number number);
  void change(Number number, Changing changed, Undo& undo);
  void release(const std::string& client_id, const std::string& lane, Undo& undo);
  void free_expired(base::TimePoint now);
  [[nodiscard]] std::vector<store::DueTenant> due_tenants(base::TimePoint now,
                                                          std::size_t limit) const;
  std::optional<Number> held(const std::string& client_id, const std::string& id,
                             const std::string& lease) const;
  bool end(const std::string& client_id, const std::string& id, const std::string& lease,
           State state, const std::string& error, base::TimePoint now, Undo& undo);
  [[nodiscard]] app::JobView view(Number number) const;
  std::optional<Number> dead_letter(const std::string& client_id, const std::string& id) const;

  store::Turns turns_;
  std::deque<Row> rows_;
  std::map<Key, Number> by_id_;                                           ///< id, application
  std::set<std::tuple<int, base::TimePoint, Number>> ready_;              ///< minus priority first
  std::set<std::tuple<int, std::string, base::TimePoint, Number>> turn_;  ///< by application
  std::set<std::pair<base::TimePoint, Number>> ready_by_due_;
  std::set<std::pair<base::TimePoint, Number>> claimed_;  ///< by the end of the lease
  std::set<std::pair<base::TimePoint, Number>> dead_;     ///< by their end
  std::map<Key, std::set<Number>> lanes_;                 ///< unfinished ones
  std::map<Key, std::set<Number>> orders_;                ///< unfinished ones
};

}  // namespace chartroom::sim
