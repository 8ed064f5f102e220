// Construction, look-ups, sandbox clock.
#include <algorithm>

#include "app/desk_impl.hpp"

namespace chartroom::app {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

Desk::Desk(Ports ports, DeskSettings settings)
    : impl_(std::make_unique<Impl>(std::move(ports), std::move(settings))) {}
Desk::~Desk() = default;

OrderView view_of(const StoredOrder& order) {
  return {order.core.id,    order.core.type.code,         order.core.type.alias,
          order.core.state, order.core.reports_available, order.core.data_available};
}

Result<User> Desk::Impl::find_user(TenantStore& tenant, const UserKey& key) const {
  if (key.human_id.has_value() == key.client_user_id.has_value()) {
    return fail(ErrorCode::invalid_input, "exactly one of humanId and clientUserId is needed",
                "humanId");
  }
  auto user = key.human_id ? tenant.find_user(*key.human_id)
                           : tenant.find_user_by_client_user_id(*key.client_user_id);
  if (!user) return pass_on(user.error());
  if (!*user) return fail(ErrorCode::not_found, "unknown user");
  return std::move(**user);
}

Result<StoredOrder> Desk::Impl::open_order(TenantStore& tenant, const User& user) const {
  auto orders = tenant.orders_of(user.human_id);
  if (!orders) return pass_on(orders.error());
  for (StoredOrder& order : *orders) {
    if (!order::is_final(order.core.state)) return std::move(order);
  }
  return fail(ErrorCode::not_found, "no open order");
}

Result<UserView> Desk::Impl::view_of(TenantStore& tenant, User user) const {
  const auto orders = tenant.orders_of(user.human_id);
  if (!orders) return pass_on(orders.error());
  UserView view;
  view.user = std::move(user);
  for (const StoredOrder& order : *orders) view.orders.push_back(app::view_of(order));
  return view;
}

Result<std::vector<order::OrderType>> Desk::order_types(const Application& application) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto own = tenant->own_order_types();
  if (own && own->empty()) return order::default_order_types();
  return own;
}

Result<std::optional<RenderedAnswer>> Desk::kept_answer(const Application& application,
                                                        const IdempotentCall& call) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto known = tenant->find_idempotent_answer(call.key, impl_->ports_.clock.now());
  if (!known) return pass_on(known.error());
  if (!*known) return std::optional<RenderedAnswer>();
  IdempotentAnswer& answer = **known;
  if (answer.request_hash != call.request_hash) {
    return fail(ErrorCode::invalid_input, "This Idempotency-Key was used with another request",
                "Idempotency-Key");
  }
  return std::optional(
      RenderedAnswer{answer.status, std::move(answer.content_type), std::move(answer.body)});
}

Result<void> Desk::keep_answer(const Application& application, const IdempotentCall& call,
                               const RenderedAnswer& answer) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  Commit writes;
  impl_->keep(call, answer, writes);
  return tenant->commit(writes);
}

Result<UserView> Desk::user(const Application& application, const UserKey& key) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto user = impl_->find_user(*tenant, key);
  if (!user) return pass_on(user.error());
  return impl_->view_of(*tenant, std::move(*user));
}

Result<Page<UserView>> Desk::users(const Application& application, std::size_t offset,
                                   std::size_t limit) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto users = tenant->list_users(offset, limit);
  if (!users) return pass_on(users.error());
  Page<UserView> page;
  page.total = users->total;
  for (User& user : users->items) {
    UserView view;
    view.user = std::move(user);
    page.items.push_back(std::move(view));
  }
  return page;
}

Result<ClockView> Desk::clock(const Application& application) {
  if (!impl_->settings_.sandbox || !application.sandbox) {
    return fail(ErrorCode::not_found, "the clock is for sandbox applications");
  }
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto offset = tenant->clock_offset();
  if (!offset) return pass_on(offset.error());
  const auto due = tenant->next_due();
  if (!due) return pass_on(due.error());
  ClockView view;
  view.now = impl_->ports_.clock.now() + *offset;
  if (*due) view.next_due = **due + *offset;
  return view;
}

void Desk::set_clock_mover(ClockMover mover) { impl_->clock_mover_ = std::move(mover); }

Result<ClockView> Desk::move_clock(const Application& application, const ClockMove& move) {
  auto view = clock(application);
  if (!view) return view;
  const auto* advance = std::get_if<base::Duration>(&move);
  const base::TimePoint target =
      advance != nullptr ? view->now + *advance : std::get<base::TimePoint>(move);
  if (target < view->now) {
    return fail(ErrorCode::invalid_input, "must not lie before the present time", "to");
  }
  if (!impl_->clock_mover_) return fail(ErrorCode::unavailable, "no worker runs in this process");
  return impl_->clock_mover_(application, target);
}

Result<int> Desk::ready() { return impl_->ports_.store.ping(); }

}  // namespace chartroom::app
