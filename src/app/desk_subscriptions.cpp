// Who is kept informed about an applicant's order (contract §3.7 to §3.10).
#include "app/desk_impl.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

constexpr std::size_t kIdDigits = 24;

/// Where a change of the subscribers stands in the audit trail: with the user's newest order.
Result<std::string> newest_order(TenantStore& tenant, const std::string& human_id) {
  const auto orders = tenant.orders_of(human_id);
  if (!orders) return pass_on(orders.error());
  return orders->empty() ? std::string() : orders->front().core.id;
}

Subscription make_subscription(const NewSubscription& wanted, const User& user, base::TimePoint now,
                               base::Random& random) {
  Subscription subscription;
  subscription.id = base::make_hex_id(kIdDigits, random);
  subscription.human_id = user.human_id;
  subscription.client_user_id = user.client_user_id;
  subscription.email = wanted.email;
  subscription.role = wanted.role;
  subscription.office = wanted.office;
  subscription.first_name = wanted.first_name;
  subscription.last_name = wanted.last_name;
  subscription.created_at = now;
  return subscription;
}

}  // namespace

Result<RenderedAnswer> Desk::subscribe(const Application& application,
                                       const NewSubscription& wanted,
                                       const Answering<Subscription>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto user = impl_->find_user(*tenant, {std::nullopt, wanted.client_user_id});
  if (!user) return pass_on(user.error());
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  const auto order_id = newest_order(*tenant, user->human_id);
  if (!order_id) return pass_on(order_id.error());
  const Subscription subscription = make_subscription(wanted, *user, *now, impl_->ports_.random);
  Commit writes{InsertSubscription{subscription},
                InsertAudit{{*order_id, "api", "subscription.added", subscription.id, *now}}};
  RenderedAnswer answer = impl_->answer(answering, subscription, writes);
  const auto committed = tenant->commit(writes);
  if (committed) return answer;
  const base::Error& error = committed.error();
  if (is_conflict(error) && error.field == "InsertSubscription") {
    return fail(ErrorCode::conflict, "Already subscribed", "subscriberEmail");
  }
  return pass_on(error);
}

Result<std::vector<Subscription>> Desk::subscriptions(const Application& application,
                                                      const std::string& client_user_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto user = impl_->find_user(*tenant, {std::nullopt, client_user_id});
  if (!user) return pass_on(user.error());
  return tenant->subscriptions_of(user->human_id);
}

Result<Subscription> Desk::subscription(const Application& application, const std::string& id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto subscription = tenant->find_subscription(id);
  if (!subscription) return pass_on(subscription.error());
  if (!*subscription) return fail(ErrorCode::not_found, "unknown subscription");
  return std::move(**subscription);
}

Result<void> Desk::unsubscribe(const Application& application, const std::string& id) {
  const auto known = subscription(application, id);
  if (!known) return pass_on(known.error());
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  const auto order_id = newest_order(*tenant, known->human_id);
  if (!order_id) return pass_on(order_id.error());
  return tenant->commit(
      {DeleteSubscription{id}, InsertAudit{{*order_id, "api", "subscription.removed", id, *now}}});
}

}  // namespace chartroom::app
