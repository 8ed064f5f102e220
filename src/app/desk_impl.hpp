// The desk's inside, shared by the files that implement its use cases. Private to this room.
#pragma once

#include <mutex>

#include "app/context.hpp"
#include "app/desk.hpp"
#include "app/order_writer.hpp"
#include "base/limits.hpp"

namespace chartroom::app {

/// One order as lists show it.
[[nodiscard]] OrderView view_of(const StoredOrder& order);
/// A task as customers see it; `records` are those of an identity_review, without bytes.
[[nodiscard]] TaskView view_of(const StoredOrder& order, const order::Task& task,
                               std::vector<RawRecord> records);

class Desk::Impl {
 public:
  Impl(Ports ports, DeskSettings settings)
      : ports_(std::move(ports)),
        settings_(std::move(settings)),
        writer_(ports_.random, settings_.public_url, settings_.mails) {}

  /// The application's time: real time plus its sandbox clock.
  [[nodiscard]] base::Result<base::TimePoint> now(TenantStore& tenant) const {
    const auto offset = tenant.clock_offset();
    if (!offset) return base::pass_on(offset.error());
    return ports_.clock.now() + *offset;
  }
  /// The same; asks the store only about an application whose clock can be moved.
  [[nodiscard]] base::Result<base::TimePoint> now(const Application& application,
                                                  TenantStore& tenant) const {
    if (!application.sandbox) return ports_.clock.now();
    return now(tenant);
  }

  base::Result<Application> application_with(const std::string& client_id,
                                             const base::Sensitive<std::string>& secret) const;
  base::Result<std::pair<Application, TokenService::Claims>> application_of(
      TokenService::Kind kind, std::string_view token) const;
  base::Result<ConnectGrant> user_grant(TenantStore& tenant, const Application& application,
                                        const std::string& human_id,
                                        const ConnectRequest& request) const;

  /// Errors: not_found; invalid_input unless exactly one key is given.
  base::Result<User> find_user(TenantStore& tenant, const UserKey& key) const;
  /// The newest order that is not final; not_found when there is none.
  base::Result<StoredOrder> open_order(TenantStore& tenant, const User& user) const;
  base::Result<UserView> view_of(TenantStore& tenant, User user) const;
  /// The type of an order. `own`: see TenantStore::own_order_types; the answer points into it.
  static base::Result<const order::OrderType*> type_of(const Application& application,
                                                       const NewOrder& request,
                                                       const std::vector<order::OrderType>& own);
  /// Whether a known user may have another order. Errors: conflict, as documented.
  base::Result<void> may_order_again(TenantStore& tenant, const User& user,
                                     const NewOrder& request) const;
  [[nodiscard]] std::string make_link(const std::string& client_id, const std::string& human_id,
                                      base::TimePoint now) const;
  /// Adds the answer of a call that has a key to the commit of its work.
  void keep(const std::optional<IdempotentCall>& call, const RenderedAnswer& answer,
            Commit& writes) const {
    if (!call) return;
    writes.emplace_back(
        InsertIdempotentAnswer{{call->key, call->request_hash, answer.status, answer.content_type,
                                answer.body, ports_.clock.now() + base::limits::kIdempotencyLife}});
  }
  /// Renders the outcome of a change and keeps the answer with it.
  template <typename View>
  RenderedAnswer answer(const Answering<View>& answering, const View& view, Commit& writes) const {
    RenderedAnswer answer;
    if (answering.render) answer = answering.render(view);
    keep(answering.call, answer, writes);
    return answer;
  }
  void wake() const {
    if (ports_.wake_worker) ports_.wake_worker();
  }

  /// Applies a task's resolution with its companions and tells the worker.
  base::Result<StoredOrder> resolve(TenantStore& tenant, const std::string& order_id,
                                    const order::ResolveTask& resolution, Companions companions,
                                    const char* actor);
  /// Adds to `companions` that the user's profile becomes what the order knows of the applicant.
  base::Result<void> keep_profile(TenantStore& tenant, const std::string& human_id,
                                  base::TimePoint now, Companions& companions) const;
  base::Result<RenderedAnswer> command(const Application& application, const UserKey& key,
                                       const order::Command& command, const char* action,
                                       const char* refusal, const Answering<Nothing>& answering);
  base::Result<TaskList> task_list(TenantStore& tenant, const Application& application,
                                   const User& user) const;

  /// The list as it is after a task was worked on.
  base::Result<TaskList> refreshed(TenantStore& tenant, const TaskList& session) const;

  Ports ports_;
  DeskSettings settings_;
  OrderWriter writer_;
  ClockMover clock_mover_;
  /// Endpoints are added one at a time, so that a burst cannot pass the limit of their number.
  std::mutex webhook_additions_;
};

}  // namespace chartroom::app
