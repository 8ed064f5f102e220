// Placing, aborting and looking after orders; reports.
#include <algorithm>

#include "app/applicant.hpp"
#include "app/consumer_url.hpp"
#include "app/desk_impl.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

bool same_email(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return base::to_lower_ascii(a.value_or("")) == base::to_lower_ascii(b.value_or(""));
}

NewOrder without_contents(NewOrder request) {
  for (Attachment& attachment : request.attachments) attachment.content = {};
  return request;
}

/// Everything that placing an order writes, put together before the commit.
struct Placement {
  User user;
  bool new_user = false;
  StoredOrder order;
  Commit writes;
};

Job start_job(const StoredOrder& order, base::TimePoint now) {
  Job job;
  job.id = base::make_uuid_from_name(order.core.id + "/start", order.core.id);
  job.kind = kCommandJob;
  job.order_id = order.core.id;
  job.payload = command_payload(order::Start{});
  job.due_at = now;
  return job;
}

void add_attachments(const NewOrder& request, const StoredOrder& order, base::TimePoint now,
                     Commit& writes) {
  for (std::size_t i = 0; i < request.attachments.size(); ++i) {
    const Attachment& attachment = request.attachments[i];
    Blob blob;
    blob.id = base::make_uuid_from_name(order.core.id + "/attachment/" + std::to_string(i),
                                        order.core.id);
    blob.order_id = order.core.id;
    blob.type = attachment.type;
    blob.content_type = attachment.content_type;
    blob.bytes = attachment.content;
    blob.created_at = now;
    writes.emplace_back(InsertBlob{std::move(blob)});
  }
}

Placement make_placement(const NewOrder& request, const order::OrderType& type,
                         std::optional<User> existing, base::TimePoint now, base::Random& random) {
  Placement placement;
  placement.new_user = !existing.has_value();
  if (existing) {
    placement.user = std::move(*existing);
  } else {
    placement.user.human_id = base::make_hex_id(32, now, random);
    placement.user.user_id = base::make_hex_id(24, now, random);
    placement.user.client_user_id = request.client_user_id;
    placement.user.created_at = now;
  }
  placement.user.profile = without_contents(request);
  placement.user.updated_at = now;

  StoredOrder& order = placement.order;
  order.core = order::make_order(base::make_uuid_v7(now, random), type,
                                 given_fields(request, carries_authorization(request)), now);
  order.core.named_providers = static_cast<unsigned>(request.providers.size());
  order.human_id = placement.user.human_id;
  order.client_user_id = request.client_user_id;
  order.request = without_contents(request);

  Commit& writes = placement.writes;
  if (placement.new_user) {
    writes.emplace_back(InsertUser{placement.user});
  } else {
    writes.emplace_back(UpdateUser{placement.user});
  }
  writes.emplace_back(InsertOrder{order});
  add_attachments(request, order, now, writes);
  writes.emplace_back(InsertJob{start_job(order, now)});
  writes.emplace_back(InsertAudit{{order.core.id, "api", "order.placed", order.human_id, now}});
  // Decision C6: such an address is taken, but whoever wonders why nobody was found can see it.
  if (request.address && order.core.given.count(order::Field::address) == 0) {
    writes.emplace_back(
        InsertAudit{{order.core.id, "api", "order.address_incomplete", order.human_id, now}});
  }
  return placement;
}

}  // namespace

std::string Desk::Impl::make_link(const std::string& client_id, const std::string& human_id,
                                  base::TimePoint now) const {
  return consumer_url(settings_.public_url, ports_.links, {client_id, human_id, now});
}

Result<Desk::Placed> Desk::place_order(const Application& application, const NewOrder& request,
                                       const Answering<UserView>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  for (int attempt = 0; attempt < kConflictTries; ++attempt) {
    auto context = tenant->intake_context(request.client_user_id);
    if (!context) return pass_on(context.error());
    const auto type = impl_->type_of(application, request, context->own_types);
    if (!type) return pass_on(type.error());
    std::optional<User>& existing = context->user;
    if (existing) {
      if (const auto free = impl_->may_order_again(*tenant, *existing, request); !free) {
        return pass_on(free.error());
      }
    }
    const auto now = impl_->now(application, *tenant);
    if (!now) return pass_on(now.error());
    Placement placement =
        make_placement(request, **type, std::move(existing), *now, impl_->ports_.random);
    Placed placed;
    placed.view.user = placement.user;
    placed.view.orders.push_back(view_of(placement.order));
    if ((*type)->has(order::Channel::portal)) {
      placed.view.consumer_link =
          impl_->make_link(application.client_id, placement.user.human_id, *now);
    }
    placed.answer = impl_->answer(answering, placed.view, placement.writes);
    const auto committed = tenant->commit(placement.writes);
    if (committed) {
      impl_->wake();
      impl_->ports_.logger.info("order placed",
                                {{"order", placement.order.core.id}, {"type", (*type)->code}});
      return placed;
    }
    const base::Error& error = committed.error();
    if (!is_conflict(error) || error.field == "InsertIdempotentAnswer") return pass_on(error);
    // Somebody placed an order for the same user a moment earlier: look again.
  }
  return fail(ErrorCode::unavailable, "too many orders for one user at once");
}

Result<const order::OrderType*> Desk::Impl::type_of(const Application& application,
                                                    const NewOrder& request,
                                                    const std::vector<order::OrderType>& own) {
  const std::string& code = request.order_type.value_or(application.default_order_type);
  const auto& types = own.empty() ? order::default_order_types() : own;
  const auto type = std::find_if(types.begin(), types.end(),
                                 [&](const order::OrderType& known) { return known.code == code; });
  if (type == types.end()) {
    return fail(ErrorCode::invalid_input, "unknown order type", "orderType");
  }
  if (type->email_required && !request.client_user_email) {
    return fail(ErrorCode::invalid_input, "\"clientUserEmail\" is required", "clientUserEmail");
  }
  return &*type;
}

Result<void> Desk::Impl::may_order_again(TenantStore& tenant, const User& user,
                                         const NewOrder& request) const {
  if (!same_email(user.profile.client_user_email, request.client_user_email)) {
    return fail(ErrorCode::conflict, kOtherLogin, "clientUserId");
  }
  const auto open = open_order(tenant, user);
  if (open) {
    return fail(ErrorCode::conflict, "An order for this clientUserId is still open",
                "clientUserId");
  }
  if (open.error().code != ErrorCode::not_found) return pass_on(open.error());
  return {};
}

/// Applies a command to the user's open order; `refusal` is the answer when there is none.
Result<RenderedAnswer> Desk::Impl::command(const Application& application, const UserKey& key,
                                           const order::Command& command, const char* action,
                                           const char* refusal,
                                           const Answering<Nothing>& answering) {
  const auto tenant = ports_.store.tenant(application.client_id);
  const auto user = find_user(*tenant, key);
  if (!user) return pass_on(user.error());
  const auto open = open_order(*tenant, *user);
  if (!open && open.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::conflict, refusal);
  }
  if (!open) return pass_on(open.error());
  const auto now = this->now(*tenant);
  if (!now) return pass_on(now.error());
  Companions companions;
  companions.actor = "api";
  companions.writes.emplace_back(InsertAudit{{open->core.id, "api", action, user->human_id, *now}});
  if (std::holds_alternative<order::Abort>(command)) {
    companions.writes.emplace_back(DeleteSubscriptionsOf{user->human_id});
  }
  RenderedAnswer answer = this->answer(answering, Nothing{}, companions.writes);
  const auto applied = writer_.apply(*tenant, open->core.id, command, *now, companions);
  if (!applied) return pass_on(applied.error());
  wake();
  return answer;
}

Result<RenderedAnswer> Desk::abort(const Application& application, const UserKey& key,
                                   const Answering<Nothing>& answering) {
  return impl_->command(application, key, order::Abort{}, "order.aborted",
                        "The order is in a state where it can\u2019t be aborted", answering);
}

Result<RenderedAnswer> Desk::resync(const Application& application, const UserKey& key,
                                    const Answering<Nothing>& answering) {
  return impl_->command(application, key, order::Resync{}, "order.resync",
                        "There is no live portal connection to synchronise", answering);
}

Result<ConsumerLink> Desk::consumer_link(const Application& application, const UserKey& key) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto user = impl_->find_user(*tenant, key);
  if (!user) return pass_on(user.error());
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  return ConsumerLink{impl_->make_link(application.client_id, user->human_id, *now),
                      application.client_id};
}

Result<std::vector<ReportGroup>> Desk::reports(const Application& application, const UserKey& key,
                                               const std::string& order_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto user = impl_->find_user(*tenant, key);
  if (!user) return pass_on(user.error());
  auto reports = tenant->reports_of(user->human_id);
  if (!reports) return pass_on(reports.error());
  std::vector<ReportGroup> groups;
  for (StoredReport& report : *reports) {
    if (!order_id.empty() && report.order_id != order_id) continue;
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const ReportGroup& g) {
      return g.name == report.name && g.base_report_names == report.base_report_names;
    });
    if (group == groups.end()) {
      groups.push_back({report.name, report.base_report_names, {std::move(report)}});
    } else {
      group->reports.push_back(std::move(report));
    }
  }
  return groups;
}

Result<StoredReport> Desk::report(const Application& application, const std::string& report_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto report = tenant->find_report(report_id);
  if (!report) return pass_on(report.error());
  if (!*report) return fail(ErrorCode::not_found, "unknown report");
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  // Who read which report is part of the audit trail: no bytes leave without the row.
  const auto audited =
      tenant->commit({InsertAudit{{(*report)->order_id, "api", "report.read", report_id, *now}}});
  if (!audited) return pass_on(audited.error());
  return std::move(**report);
}

}  // namespace chartroom::app
