// What the model store holds. Private to it.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/store.hpp"
#include "model_queue.hpp"

namespace chartroom::sim {

/// Rows in the order in which they came; a row's place is for ever.
template <typename T>
struct Rows {
  std::vector<T> all;
  std::unordered_map<std::string, std::size_t> by_id;

  T* find(const std::string& id) {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &all[found->second];
  }
  /// False when the id is taken.
  bool add(const std::string& id, T row, Undo& undo) {
    if (!by_id.try_emplace(id, all.size()).second) return false;
    all.push_back(std::move(row));
    undo.then([this, id] {
      all.pop_back();
      by_id.erase(id);
    });
    return true;
  }
};

/// Which rows belong to what.
using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

inline void add_place(Places& places, const std::string& key, std::size_t place, Undo& undo) {
  places[key].push_back(place);
  undo.then([&places, key] { places[key].pop_back(); });
}

struct TenantTables {
  app::Application application;
  Rows<app::User> users;  ///< by humanId
  std::unordered_map<std::string, std::string> humans_of_users, humans_of_client_users;
  Rows<app::StoredOrder> orders;
  Places orders_of_humans;
  Rows<app::Blob> blobs;
  Places blobs_of_orders;
  Rows<app::RawRecord> records;
  Places records_of_orders;
  std::vector<app::StoredReport> reports;  ///< few, and they go
  Rows<app::StoredEvent> events;
  Places events_of_orders;
  std::vector<app::WebhookEndpoint> webhooks;
  std::vector<app::DeliveryAttempt> attempts;
  Rows<app::TaskRow> tasks;
  std::vector<app::Subscription> subscriptions;
  std::vector<app::Destination> destinations;
  std::map<std::string, order::OrderType> order_types;
  std::unordered_map<std::string, app::IdempotentAnswer> answers;
  std::set<std::string> suppressions;
  std::unordered_map<std::string, std::vector<app::AuditEntry>> audit;  ///< by order
};

struct ModelData {
  std::mutex mutex;  ///< guards everything below
  std::map<std::string, TenantTables> tenants;
  ModelQueue queue;
  std::vector<app::SigningKey> keys;
};

/// Applies one commit as a whole or not at all. The lock is held.
base::Result<void> apply_commit(ModelData& data, const std::string& client_id, base::TimePoint now,
                                const app::Commit& writes);

}  // namespace chartroom::sim
