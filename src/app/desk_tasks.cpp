// What applicants and reviewers do: the Task Manager's use cases.
#include "app/applicant.hpp"
#include "app/authorization_form.hpp"
#include "app/desk_impl.hpp"
#include "app/task_input.hpp"
#include "base/limits.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

std::string full_name(const NewOrder& order) {
  std::string name = order.first_name.value_or("");
  if (order.last_name) name += (name.empty() ? "" : " ") + *order.last_name;
  return name;
}

/// Forms show what is known, but not what nobody has to see again.
NewOrder for_form(NewOrder request) {
  request.ssn.reset();
  request.attachments.clear();
  return request;
}

/// The authorisation to store: the uploaded file, or the form with the typed name.
Result<std::optional<Attachment>> authorization_of(const ApplicantInput& input,
                                                   AuthorizationForm form, base::TimePoint now) {
  if (input.authorization) {
    return Attachment{"hipaaAuthorization", input.authorization->content_type,
                      input.authorization->content};
  }
  if (!input.typed_signature) return std::optional<Attachment>();
  form.signature = *input.typed_signature;
  form.signed_at = now;
  auto pdf = authorization_pdf(form);
  if (!pdf) return pass_on(pdf.error());
  return Attachment{"hipaaAuthorization", "application/pdf",
                    base::Sensitive<std::string>(std::move(*pdf))};
}

AuthorizationForm form_of(const NewOrder& request, const TaskList& session, std::string discloser) {
  AuthorizationForm form;
  form.applicant_name = full_name(request);
  if (request.date_of_birth) form.birth_date = request.date_of_birth->iso();
  form.recipient = session.organization_name;
  form.discloser = std::move(discloser);
  return form;
}

}  // namespace

Result<StoredOrder> Desk::Impl::resolve(TenantStore& tenant, const std::string& order_id,
                                        const order::ResolveTask& resolution, Companions companions,
                                        const char* actor) {
  const auto at = now(tenant);
  if (!at) return pass_on(at.error());
  // That the task closed is in the trail by itself; this says what was said to it.
  companions.actor = actor;
  companions.writes.emplace_back(
      InsertAudit{{order_id, actor, resolution.declined ? "task.declined" : "task.answered",
                   resolution.task_id, *at}});
  auto applied = writer_.apply(tenant, order_id, resolution, *at, companions);
  if (applied) wake();
  return applied;
}

Result<void> Desk::Impl::keep_profile(TenantStore& tenant, const std::string& human_id,
                                      base::TimePoint now, Companions& companions) const {
  const auto user = find_user(tenant, {human_id, std::nullopt});
  if (!user) return pass_on(user.error());
  companions.complete = [this, &tenant, user = *user, now, next = std::move(companions.complete)](
                            const StoredOrder& order, Commit& writes) {
    // Read anew at each try: a user changes by compare-and-set.
    auto newest = find_user(tenant, {user.human_id, std::nullopt});
    User changed = newest ? std::move(*newest) : user;
    changed.profile = order.request;
    changed.updated_at = now;
    writes.emplace_back(UpdateUser{std::move(changed)});
    if (next) next(order, writes);
  };
  return {};
}

Result<TaskList> Desk::Impl::task_list(TenantStore& tenant, const Application& application,
                                       const User& user) const {
  auto orders = tenant.orders_of(user.human_id);
  if (!orders) return pass_on(orders.error());
  if (orders->empty()) return fail(ErrorCode::not_found, "no order");
  const StoredOrder& order = orders->front();
  TaskList list;
  list.client_id = application.client_id;
  list.human_id = user.human_id;
  list.client_user_id = user.client_user_id;
  list.order_id = order.core.id;
  list.state = order.core.state;
  list.first_name = order.request.first_name.value_or("");
  list.organization_name = application.name;
  list.known = for_form(order.request);
  for (const order::Task& task : order.core.tasks) {
    // Whoever holds the link may help with information, even where the customer was asked first.
    const bool for_applicant = task.assignee == order::Assignee::applicant ||
                               task.kind == order::TaskKind::missing_information;
    if (task.state == order::TaskState::open && for_applicant) list.open.push_back(task);
  }
  return list;
}

Result<TaskList> Desk::Impl::refreshed(TenantStore& tenant, const TaskList& session) const {
  const auto application = ports_.store.find_application(session.client_id);
  if (!application) return pass_on(application.error());
  const auto user = find_user(tenant, {session.human_id, std::nullopt});
  if (!user) return pass_on(user.error());
  if (!*application) return fail(ErrorCode::not_found, "unknown application");
  return task_list(tenant, **application, *user);
}

Result<TaskList> Desk::open_link(const std::string& client_id, std::string_view rq) {
  const auto claims = impl_->ports_.links.verify(rq);
  if (!claims || claims->client_id != client_id) return fail(ErrorCode::unauthenticated, "forged");
  const auto application = impl_->ports_.store.find_application(client_id);
  if (!application) return pass_on(application.error());
  if (!*application || !(*application)->enabled) return fail(ErrorCode::unauthenticated, "forged");
  const auto tenant = impl_->ports_.store.tenant(client_id);
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  if (*now - claims->issued_at >= base::limits::kConsumerLinkLife) {
    return fail(ErrorCode::unauthenticated, "expired");
  }
  const auto user = impl_->find_user(*tenant, {claims->human_id, std::nullopt});
  if (!user) return pass_on(user.error());
  return impl_->task_list(*tenant, **application, *user);
}

Result<std::vector<std::string>> Desk::callback_urls(const std::string& client_id) {
  auto application = impl_->ports_.store.find_application(client_id);
  if (!application) return pass_on(application.error());
  if (!*application) return fail(ErrorCode::not_found, "unknown application");
  return std::move((*application)->settings.callback_urls);
}

namespace {

/// Loads what every task of the applicant starts from; conflict when the task is closed by now.
struct OpenTask {
  std::unique_ptr<TenantStore> tenant;
  StoredOrder order;
  order::Task task;
};

Result<OpenTask> load_task(Store& store, const TaskList& session, const std::string& task_id,
                           order::TaskKind kind) {
  OpenTask open;
  open.tenant = store.tenant(session.client_id);
  auto order = open.tenant->find_order(session.order_id);
  if (!order) return pass_on(order.error());
  if (!*order || (*order)->human_id != session.human_id)
    return fail(ErrorCode::not_found, "unknown order");
  const order::Task* task = (*order)->core.find_task(task_id);
  if (task == nullptr || task->kind != kind)
    return fail(ErrorCode::not_found, "unknown task", "taskId");
  if (task->state != order::TaskState::open)
    return fail(ErrorCode::conflict, "this task is closed", "taskId");
  open.task = *task;
  open.order = std::move(**order);
  return open;
}

}  // namespace

Result<TaskList> Desk::give_information(const TaskList& session, const std::string& task_id,
                                        const ApplicantInput& input) {
  auto open =
      load_task(impl_->ports_.store, session, task_id, order::TaskKind::missing_information);
  if (!open) return pass_on(open.error());
  const auto now = impl_->now(*open->tenant);
  if (!now) return pass_on(now.error());
  const NewOrder given = as_request(input);
  NewOrder merged = open->order.request;
  merge(merged, given);
  const auto authorization = authorization_of(input, form_of(merged, session, ""), *now);
  if (!authorization) return pass_on(authorization.error());

  const order::ResolveTask resolution =
      answer_information(open->order, task_id, merged, authorization->has_value());
  Companions companions;
  if (*authorization) {
    companions.writes.emplace_back(
        InsertBlob{make_blob(session.order_id, **authorization, *now, impl_->ports_.random)});
  }
  companions.amend = [&given](StoredOrder& order) { take_in(order, given); };
  if (const auto kept = impl_->keep_profile(*open->tenant, session.human_id, *now, companions);
      !kept) {
    return pass_on(kept.error());
  }
  const auto applied = impl_->resolve(*open->tenant, session.order_id, resolution,
                                      std::move(companions), "applicant");
  if (!applied) return pass_on(applied.error());
  return impl_->refreshed(*open->tenant, session);
}

Result<TaskList> Desk::sign_special_authorization(const TaskList& session,
                                                  const std::string& task_id,
                                                  const ApplicantInput& input) {
  auto open =
      load_task(impl_->ports_.store, session, task_id, order::TaskKind::special_authorization);
  if (!open) return pass_on(open.error());
  const auto now = impl_->now(*open->tenant);
  if (!now) return pass_on(now.error());
  const auto authorization =
      authorization_of(input, form_of(open->order.request, session, open->task.detail), *now);
  if (!authorization) return pass_on(authorization.error());
  if (!*authorization)
    return fail(ErrorCode::invalid_input, "a signature or a signed form is needed",
                "typedSignature");
  Companions companions;
  companions.writes.emplace_back(
      InsertBlob{make_blob(session.order_id, **authorization, *now, impl_->ports_.random)});
  order::ResolveTask resolution;
  resolution.task_id = task_id;
  const auto applied = impl_->resolve(*open->tenant, session.order_id, resolution,
                                      std::move(companions), "applicant");
  if (!applied) return pass_on(applied.error());
  return impl_->refreshed(*open->tenant, session);
}

std::vector<RecordChannel::PortalChoice> Desk::portals(const TaskList& session,
                                                       const std::string& query) {
  const auto port = impl_->ports_.channels.find(order::Channel::portal);
  if (port == impl_->ports_.channels.end()) return {};
  const auto tenant = impl_->ports_.store.tenant(session.client_id);
  const auto order = tenant->find_order(session.order_id);
  const auto now = impl_->now(*tenant);
  const auto application = impl_->ports_.store.find_application(session.client_id);
  if (!order || !*order || !now || !application || !*application) return {};
  RetrievalRequest request;
  request.order_id = session.order_id;
  request.channel = order::Channel::portal;
  request.applicant = (*order)->request;
  request.person = to_person(request.applicant);
  request.sandbox = (*application)->sandbox;
  request.now = *now;
  return port->second->portals(request, query);
}

Result<TaskList> Desk::connect_portal(const TaskList& session, const std::string& task_id,
                                      const std::string& portal_id) {
  auto open = load_task(impl_->ports_.store, session, task_id, order::TaskKind::connect_portal);
  if (!open) return pass_on(open.error());
  order::ResolveTask resolution;
  resolution.task_id = task_id;
  resolution.declined = portal_id.empty();
  resolution.detail = portal_id;
  const auto applied = impl_->resolve(*open->tenant, session.order_id, resolution, {}, "applicant");
  if (!applied) return pass_on(applied.error());
  return impl_->refreshed(*open->tenant, session);
}

Result<void> Desk::review_identity(const Application& application, const std::string& order_id,
                                   const std::string& task_id, bool is_applicant) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto order = tenant->find_order(order_id);
  if (!order) return pass_on(order.error());
  if (!*order) return fail(ErrorCode::not_found, "unknown order");
  const order::Task* task = (*order)->core.find_task(task_id);
  if (task == nullptr || task->kind != order::TaskKind::identity_review) {
    return fail(ErrorCode::not_found, "unknown task");
  }
  if (task->state != order::TaskState::open)
    return fail(ErrorCode::conflict, "this task is closed");
  auto records = tenant->records_of(order_id, is_applicant);
  if (!records) return pass_on(records.error());
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  Review decided =
      review(**order, task_id, records_of_task(*task, std::move(*records)), is_applicant, *now);
  Companions companions;
  companions.writes = std::move(decided.writes);
  const auto applied =
      impl_->resolve(*tenant, order_id, decided.resolution, std::move(companions), "reviewer");
  if (!applied) return pass_on(applied.error());
  return {};
}

}  // namespace chartroom::app
