// What applicants and reviewers do: the Task Manager's use cases.
#include <algorithm>

#include "app/applicant.hpp"
#include "app/authorization_form.hpp"
#include "app/collect.hpp"
#include "app/desk_impl.hpp"
#include "base/ids.hpp"
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

template <typename T>
void take_over(std::optional<T>& known, const std::optional<T>& given) {
  if (given) known = given;
}

/// What the applicant typed in, merged into what is known.
void merge(NewOrder& request, const ApplicantInput& input) {
  take_over(request.first_name, input.first_name);
  take_over(request.last_name, input.last_name);
  take_over(request.gender, input.gender);
  take_over(request.phone, input.phone);
  take_over(request.date_of_birth, input.date_of_birth);
  take_over(request.address, input.address);
  request.providers.insert(request.providers.end(), input.providers.begin(), input.providers.end());
}

/// Forms show what is known, but not what nobody has to see again.
NewOrder for_form(NewOrder request) {
  request.ssn.reset();
  request.attachments.clear();
  return request;
}

/// The authorisation to store: the uploaded file, or the form with the typed name.
Result<std::optional<Blob>> authorization_blob(const StoredOrder& order, const std::string& task_id,
                                               const ApplicantInput& input, AuthorizationForm form,
                                               base::TimePoint now) {
  Blob blob;
  blob.id = base::make_uuid_from_name(order.core.id + "/authorization/" + task_id);
  blob.order_id = order.core.id;
  blob.type = "hipaaAuthorization";
  blob.created_at = now;
  if (input.authorization) {
    blob.content_type = input.authorization->content_type;
    blob.bytes = input.authorization->content;
    return std::optional<Blob>(std::move(blob));
  }
  if (!input.typed_signature) return std::optional<Blob>();
  form.signature = *input.typed_signature;
  form.signed_at = now;
  auto pdf = authorization_pdf(form);
  if (!pdf) return pass_on(pdf.error());
  blob.content_type = "application/pdf";
  blob.bytes = base::Sensitive<std::string>(std::move(*pdf));
  return std::optional<Blob>(std::move(blob));
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
  NewOrder merged = open->order.request;
  merge(merged, input);
  auto blob = authorization_blob(open->order, task_id, input, form_of(merged, session, ""), *now);
  if (!blob) return pass_on(blob.error());

  order::ResolveTask resolution;
  resolution.task_id = task_id;
  const bool authorized =
      blob->has_value() || open->order.core.given.count(order::Field::hipaa_authorization) != 0;
  for (const order::Field field : given_fields(merged, authorized)) {
    if (open->task.fields.count(field) != 0) resolution.given.insert(field);
  }
  Companions companions;
  if (*blob) companions.writes.emplace_back(InsertBlob{std::move(**blob)});
  companions.amend = [&input](StoredOrder& order) { merge(order.request, input); };
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
  auto blob = authorization_blob(open->order, task_id, input,
                                 form_of(open->order.request, session, open->task.detail), *now);
  if (!blob) return pass_on(blob.error());
  if (!*blob)
    return fail(ErrorCode::invalid_input, "a signature or a signed form is needed",
                "typedSignature");
  Companions companions;
  companions.writes.emplace_back(InsertBlob{std::move(**blob)});
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
  const auto records = tenant->records_of(order_id, is_applicant);
  if (!records) return pass_on(records.error());

  order::ResolveTask resolution;
  resolution.task_id = task_id;
  resolution.declined = !is_applicant;
  Companions companions;
  const evidence::Person applicant = to_person((*order)->request);
  for (const RawRecord& record : *records) {
    if (std::find(task->record_ids.begin(), task->record_ids.end(), record.id) ==
        task->record_ids.end())
      continue;
    Judgement judgement;
    judgement.reason =
        is_applicant ? "" : "A reviewer found that this record is not the applicant's.";
    if (is_applicant) {
      const auto readings = evidence::read_item(record.bytes.reveal());
      if (readings) {
        judgement = judge(applicant, *readings, trust_of(record.channel),
                          base::Date::from((*order)->core.created_at));
      }
      resolution.released_sources += 1;
      resolution.released_facts += judgement.useful_facts;
    }
    companions.writes.emplace_back(UpdateRecordVerdict{
        record.id, is_applicant ? RecordVerdict::accepted : RecordVerdict::rejected,
        decision_to_json(judgement, is_applicant), !is_applicant});
  }
  const auto applied =
      impl_->resolve(*tenant, order_id, resolution, std::move(companions), "reviewer");
  if (!applied) return pass_on(applied.error());
  return {};
}

}  // namespace chartroom::app
