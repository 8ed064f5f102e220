// What GET /api/v1/subscriptions shows of a user's subscribers, and in which order (contract §3.7,
// decision C11). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/types.hpp"
#include "http/message.hpp"

namespace chartroom::api {

inline constexpr const char* kProducer = "producer";  ///< the only role there is

struct SubscriptionQuery {
  enum class Key { created_at, email, last_name };
  std::string client_user_id;
  std::optional<std::string> email;   ///< whole address, whatever the case
  std::optional<std::string> search;  ///< part of an address, name or office, whatever the case
  Key key = Key::created_at;
  bool descending = true;
};

/// Nullopt without a clientUserId, and for an empty filter, another role or an unknown sort.
[[nodiscard]] std::optional<SubscriptionQuery> read_subscription_query(
    const http::Request& request);

/// `all` newest first; equals keep that order. A subscriber without last name comes last.
[[nodiscard]] std::vector<app::Subscription> choose_subscriptions(
    std::vector<app::Subscription> all, const SubscriptionQuery& query);

}  // namespace chartroom::api
