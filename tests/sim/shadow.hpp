// What must hold in every world, at every step. The shadow hears of each commit that was applied
// and of each delivery, keeps its own books, and throws Violation at the first thing that is not as
// the product promises (docs/architecture.md, docs/testing.md).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dice.hpp"
#include "faulty_store.hpp"
#include "figures.hpp"

namespace chartroom::sim {

/// A promise was broken. No std::exception, so that nothing on the way up handles it.
struct Violation {
  std::string what;
};
[[noreturn]] inline void violated(std::string what) { throw Violation{std::move(what)}; }

/// How late anything may be once the world has been calm again for as long.
inline constexpr base::Duration kSlack = std::chrono::minutes{45};

struct LoggedEvent {
  std::string id;
  std::string kind;
};

/// An order as its commits have made it.
struct OrderBooks {
  order::Order core;
  std::int64_t version = 1;
  std::string client_user_id;
  std::vector<std::pair<std::string, std::string>> audit;  ///< action, subject
  std::vector<LoggedEvent> events;
  std::set<std::string> jobs;                 ///< unfinished
  std::map<std::string, unsigned> reminders;  ///< sent, by task
  order::State told = order::State::created;  ///< by the last status event
  base::TimePoint started_at{};
  bool aborted = false;
  bool purged = false;
};

class Shadow final : public Watcher {
 public:
  Shadow(const WorldClock& clock, Figures& figures) : clock_(clock), figures_(figures) {}

  // What the world tells it.
  void knows_person(const std::string& client_user_id, const std::string& suppression_key);
  void intends_order(const std::string& client_user_id) { ++people_[client_user_id].intended; }
  /// `always`: switched on from before the first order to the end.
  void knows_endpoint(const std::string& id, bool always, std::vector<std::string> kinds);
  /// The clock jumped, the disk was full: what is due by now may be late by as much again.
  void disturbed() { calm_since_ = std::max(calm_since_, now()); }
  /// Whether the application wants to hear of tasks.
  void tells_tasks(bool tells) { tells_tasks_ = tells; }
  void delivered(const std::string& endpoint_id, const app::StoredEvent& event);

  // Watcher.
  void committed(const app::Commit& writes) override;
  void claimed(const std::vector<app::Job>& jobs, base::TimePoint now,
               base::Duration lease) override;
  void prolonged(const std::vector<std::string>& jobs, base::TimePoint until) override;

  // What the world asks.
  [[nodiscard]] const std::map<std::string, OrderBooks>& orders() const { return orders_; }
  [[nodiscard]] const OrderBooks* newest_order_of(const std::string& client_user_id) const;
  [[nodiscard]] bool is_listed(const std::string& client_user_id) const;
  [[nodiscard]] std::optional<base::TimePoint> next_lease_end() const;
  /// Unfinished jobs, those that only wait for the retention's end left out.
  [[nodiscard]] std::size_t open_jobs() const { return open_jobs_; }
  /// Orders and their tasks that were opened since the last call.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> take_new_tasks() {
    return std::exchange(new_tasks_, {});
  }
  /// Of everything that was committed: equal for equal worlds.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }
  /// Application's time.
  [[nodiscard]] base::TimePoint now() const { return clock_.now() + offset_; }

  /// Nothing is overdue.
  void look_around() const;
  /// Everything has ended well, and the store says the same as the books.
  void look_back(app::TenantStore& tenant) const;

 private:
  struct Person {
    std::string suppression_key;
    unsigned intended = 0, placed = 0;
    std::string newest_order;
  };
  struct JobBooks {
    std::string kind, order_id, payload;
    bool done = false;
    std::optional<base::TimePoint> lease_until;
  };
  struct EndpointBooks {
    bool always = false;
    std::vector<std::string> kinds;
    std::map<std::string, std::size_t> next;  ///< by order: the place after the last first delivery
    std::set<std::string> seen;
  };
  struct EventBooks {
    std::string order_id;
    std::size_t place = 0;
    std::size_t body_hash = 0;
  };
  class Reading;  ///< of one commit

  void job_ends(const std::string& id);
  [[nodiscard]] bool wants(const EndpointBooks& endpoint, const std::string& kind) const;
  void check_overdue(const OrderBooks& order) const;
  [[nodiscard]] bool is_overdue(base::TimePoint due) const {
    return now() > std::max(due, calm_since_) + kSlack;
  }

  const WorldClock& clock_;
  Figures& figures_;
  base::Duration offset_{};
  base::TimePoint calm_since_{};
  bool tells_tasks_ = false;
  std::vector<std::pair<std::string, std::string>> new_tasks_;
  std::uint64_t fingerprint_ = 0;
  std::map<std::string, Person> people_;
  std::map<std::string, OrderBooks> orders_;
  std::set<std::string> open_orders_;
  std::unordered_map<std::string, JobBooks> jobs_;
  std::set<std::pair<base::TimePoint, std::string>> leases_;
  std::size_t open_jobs_ = 0;
  std::map<std::string, EndpointBooks> endpoints_;
  std::unordered_map<std::string, EventBooks> events_;
  std::set<std::string> listed_;  ///< suppression keys
};

/// The text after `"name":"` in a body; empty when it is not there.
[[nodiscard]] std::string member_of(const std::string& body, const std::string& name);

}  // namespace chartroom::sim
