// Whose turn it is: how one claim is shared out among priorities and applications.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "app/store.hpp"

namespace chartroom::store {

/// An application with due work of a priority.
struct DueTenant {
  int priority = 0;
  std::string client_id;
  std::size_t jobs = 0;  ///< due ones, counted up to the limit of the claim
};

/// What a claim takes of it: `jobs` of them, the longest due first.
using Share = DueTenant;

/// How many applications of one priority a claim looks at when more work is due than it may take.
/// The next claim goes on behind them.
inline constexpr std::size_t kTenantsLooked = 256;

/// The turns of one process. Thread-safe.
class Turns {
 public:
  /// The application behind which the next claim begins to look for others of this priority; in the
  /// order of their ids, round and round.
  [[nodiscard]] std::string last_served(int priority) const;

  /// Shares out. `due`: the highest priority first, within it the applications in the order of
  /// their turn. Gives every application of the highest priority one job after the other until the
  /// limit is reached, then those of the next priority; except that of every
  /// app::kLowerPriorityShare jobs one goes to the lower priorities, which take turns as well.
  [[nodiscard]] std::vector<Share> share_out(const std::vector<DueTenant>& due,
                                             const app::ClaimLimits& limits);

  /// A look has ended at this application before it had seen all of them or found enough: the next
  /// one begins behind it, whoever is served by the share_out() before that.
  void looked_until(int priority, std::string client_id);

 private:
  class Sharing;

  mutable std::mutex mutex_;  ///< guards everything below
  std::map<int, std::string> last_;
  std::set<int> kept_;          ///< priorities whose last_ is of a look and stays for once
  std::size_t credit_ = 0;      ///< jobs since a lower priority had its share
  std::size_t next_lower_ = 0;  ///< counts those shares
};

}  // namespace chartroom::store
