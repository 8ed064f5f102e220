#include "api/subscription_list.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace chartroom::api {
namespace {

using Key = SubscriptionQuery::Key;

bool read_sort(std::string_view sort, SubscriptionQuery& query) {
  struct Option {
    std::string_view name;
    Key key;
  };
  static constexpr std::array<Option, 3> kOptions{{{"createdAt", Key::created_at},
                                                   {"subscriberEmail", Key::email},
                                                   {"subscriberLastName", Key::last_name}}};
  query.descending = sort.starts_with('-');
  if (query.descending) sort.remove_prefix(1);
  const auto* option = std::find_if(kOptions.begin(), kOptions.end(),
                                    [&](const Option& known) { return known.name == sort; });
  if (option == kOptions.end()) return false;
  query.key = option->key;
  return true;
}

bool is_found(const app::Subscription& subscription, const std::string& folded) {
  for (const auto& text : {std::optional(subscription.email), subscription.first_name,
                           subscription.last_name, subscription.office}) {
    if (text && base::fold(*text).find(folded) != std::string::npos) return true;
  }
  return false;
}

/// Whether `a` comes before `b`.
bool precedes(const app::Subscription& a, const app::Subscription& b,
              const SubscriptionQuery& query) {
  const auto ordered = [&](const auto& x, const auto& y) {
    return query.descending ? y < x : x < y;
  };
  switch (query.key) {
    case Key::created_at:
      return ordered(a.created_at, b.created_at);
    case Key::email:
      return ordered(base::fold(a.email), base::fold(b.email));
    case Key::last_name:
      if (!a.last_name || !b.last_name) return a.last_name.has_value() && !b.last_name;
      return ordered(base::fold(*a.last_name), base::fold(*b.last_name));
  }
  return false;
}

}  // namespace

std::optional<SubscriptionQuery> read_subscription_query(const http::Request& request) {
  SubscriptionQuery query;
  query.client_user_id = request.query_value("clientUserId").value_or("");
  query.email = request.query_value("subscriberEmail");
  query.search = request.query_value("query");
  if (query.client_user_id.empty() || (query.email && query.email->empty())) return std::nullopt;
  if (request.query_value("role").value_or(kProducer) != kProducer) return std::nullopt;
  if (const auto sort = request.query_value("sort"); sort && !read_sort(*sort, query)) {
    return std::nullopt;
  }
  return query;
}

std::vector<app::Subscription> choose_subscriptions(std::vector<app::Subscription> all,
                                                    const SubscriptionQuery& query) {
  const auto folded = base::fold(query.search.value_or(""));
  std::erase_if(all, [&](const app::Subscription& subscription) {
    return (query.email && !base::equals_ignoring_case_ascii(*query.email, subscription.email)) ||
           (!folded.empty() && !is_found(subscription, folded));
  });
  std::stable_sort(all.begin(), all.end(),
                   [&](const auto& a, const auto& b) { return precedes(a, b, query); });
  return all;
}

}  // namespace chartroom::api
