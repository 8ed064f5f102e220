#include "store/turns.hpp"

#include <algorithm>

namespace chartroom::store {
namespace {

/// One priority's part of a plan.
struct Level {
  int priority = 0;
  std::vector<std::size_t> tenants;  ///< places in the list of due ones
  std::size_t next = 0;              ///< whose turn it is
};

}  // namespace

class Turns::Sharing {
 public:
  Sharing(const std::vector<DueTenant>& due, const app::ClaimLimits& limits)
      : due_(due), limits_(limits), left_(limits.jobs), given_(due.size()) {
    for (const auto& [client_id, count] : limits.held) held_[client_id] = count;
    for (std::size_t i = 0; i < due.size(); ++i) {
      if (levels.empty() || levels.back().priority != due[i].priority) {
        levels.push_back({due[i].priority, {}, 0});
      }
      levels.back().tenants.push_back(i);
    }
  }

  /// One job to whoever's turn it is; false when nobody of this level can have one.
  bool give(Level& level) {
    while (left_ > 0 && !level.tenants.empty()) {
      level.next %= level.tenants.size();
      const std::size_t at = level.tenants[level.next];
      std::size_t& held = held_[due_[at].client_id];
      if (given_[at] >= due_[at].jobs || held >= limits_.per_tenant) {
        level.tenants.erase(level.tenants.begin() + static_cast<std::ptrdiff_t>(level.next));
        continue;
      }
      ++given_[at];
      ++held;
      --left_;
      ++level.next;
      last[level.priority] = due_[at].client_id;
      return true;
    }
    return false;
  }

  [[nodiscard]] std::vector<Share> shares() const {
    std::vector<Share> made;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      if (given_[i] > 0) made.push_back({due_[i].priority, due_[i].client_id, given_[i]});
    }
    return made;
  }

  std::vector<Level> levels;
  std::map<int, std::string> last;  ///< who was served last, by priority

 private:
  const std::vector<DueTenant>& due_;
  const app::ClaimLimits& limits_;
  std::size_t left_;
  std::vector<std::size_t> given_;
  std::map<std::string, std::size_t> held_;
};

std::string Turns::last_served(int priority) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_.find(priority);
  return found == last_.end() ? std::string() : found->second;
}

void Turns::looked_until(int priority, std::string client_id) {
  const std::lock_guard lock(mutex_);
  last_[priority] = std::move(client_id);
  kept_.insert(priority);
}

std::vector<Share> Turns::share_out(const std::vector<DueTenant>& due,
                                    const app::ClaimLimits& limits) {
  const std::lock_guard lock(mutex_);
  Sharing sharing(due, limits);
  std::vector<Level>& levels = sharing.levels;
  if (levels.size() > 1) {
    // What is due to the lower priorities never takes all of a claim.
    credit_ += limits.jobs;
    for (; credit_ >= app::kLowerPriorityShare; credit_ -= app::kLowerPriorityShare) {
      bool given = false;
      for (std::size_t tried = 1; tried < levels.size() && !given; ++tried) {
        given = sharing.give(levels[1 + next_lower_++ % (levels.size() - 1)]);
      }
    }
  }
  for (Level& level : levels) {
    while (sharing.give(level)) {
    }
  }
  for (const auto& [priority, client_id] : sharing.last) {
    if (!kept_.contains(priority)) last_[priority] = client_id;
  }
  kept_.clear();
  return sharing.shares();
}

}  // namespace chartroom::store
