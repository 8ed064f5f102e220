// What customers look at: providers, orders with their timeline, tasks.
#include <algorithm>
#include <map>

#include "app/desk_impl.hpp"
#include "app/task_input.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

/// The task's view, with what its order's records say where it is about them.
Result<TaskView> look_at(TenantStore& tenant, const StoredOrder& order, const order::Task& task) {
  if (task.kind != order::TaskKind::identity_review) return view_of(order, task, {});
  auto records = tenant.records_of(order.core.id, /*with_bytes=*/false);
  if (!records) return pass_on(records.error());
  return view_of(order, task, records_of_task(task, std::move(*records)));
}

Result<StoredOrder> find_order(TenantStore& tenant, const std::string& order_id) {
  auto order = tenant.find_order(order_id);
  if (!order) return pass_on(order.error());
  if (!*order) return fail(ErrorCode::not_found, "unknown order");
  return std::move(**order);
}

/// The tasks behind rows. Many rows may be of one order, which is then read once.
Result<std::vector<TaskView>> look_at(TenantStore& tenant, const std::vector<TaskRow>& rows) {
  std::map<std::string, StoredOrder> orders;
  std::vector<TaskView> views;
  for (const TaskRow& row : rows) {
    auto known = orders.find(row.order_id);
    if (known == orders.end()) {
      auto order = find_order(tenant, row.order_id);
      if (!order) return pass_on(order.error());
      known = orders.emplace(row.order_id, std::move(*order)).first;
    }
    const order::Task* task = known->second.core.find_task(row.task_id);
    if (task == nullptr) return fail(ErrorCode::corrupt, "an order has lost one of its tasks");
    auto view = look_at(tenant, known->second, *task);
    if (!view) return pass_on(view.error());
    views.push_back(std::move(*view));
  }
  return views;
}

}  // namespace

TaskView view_of(const StoredOrder& order, const order::Task& task,
                 std::vector<RawRecord> records) {
  TaskView view{task,
                order.core.id,
                order.human_id,
                order.client_user_id,
                std::move(records),
                missing_fields(task, order.request),
                {}};
  if (const VendorQuestion* question = order.question_of(task.id)) view.question = *question;
  // Of a suppressed order nothing is told, not even who would have known something.
  if (order.core.suppressed) view.task.detail.clear();
  return view;
}

Result<std::vector<ProviderView>> Desk::providers(const Application& application,
                                                  const UserKey& key) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto user = impl_->find_user(*tenant, key);
  if (!user) return pass_on(user.error());
  const auto orders = tenant->orders_of(user->human_id);
  if (!orders) return pass_on(orders.error());
  std::map<std::string, std::string> names;  // by id
  for (const StoredOrder& order : *orders) {
    // Of a suppressed order nothing is told, not even who would have known something.
    if (order.core.suppressed) continue;
    const auto records = tenant->records_of(order.core.id, /*with_bytes=*/false);
    if (!records) return pass_on(records.error());
    for (const RawRecord& record : *records) {
      if (record.verdict == RecordVerdict::accepted && !record.supporting) {
        names.emplace(record.provider_id, record.provider_name);
      }
    }
  }
  std::vector<ProviderView> providers;
  providers.reserve(names.size());
  for (auto& [id, name] : names) providers.push_back({id, std::move(name)});
  std::stable_sort(providers.begin(), providers.end(),
                   [](const ProviderView& a, const ProviderView& b) { return a.name < b.name; });
  return providers;
}

Result<OrderDetail> Desk::order(const Application& application, const std::string& order_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto order = find_order(*tenant, order_id);
  if (!order) return pass_on(order.error());
  OrderDetail detail{std::move(*order), {}};
  for (const order::Task& task : detail.order.core.tasks) {
    auto view = look_at(*tenant, detail.order, task);
    if (!view) return pass_on(view.error());
    detail.tasks.push_back(std::move(*view));
  }
  return detail;
}

Result<std::vector<AuditEntry>> Desk::timeline(const Application& application,
                                               const std::string& order_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto order = find_order(*tenant, order_id);
  if (!order) return pass_on(order.error());
  return tenant->audit_of(order_id);
}

Result<TaskPage> Desk::tasks(const Application& application, const TaskFilter& filter,
                             std::int64_t before, std::size_t limit) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  if (filter.human_id) {
    const auto user = impl_->find_user(*tenant, {filter.human_id, std::nullopt});
    if (!user) return pass_on(user.error());
  }
  if (filter.order_id) {
    const auto order = find_order(*tenant, *filter.order_id);
    if (!order) return pass_on(order.error());
  }
  // One more than wanted tells whether there is another page.
  auto rows = tenant->list_tasks(filter, before, limit + 1);
  if (!rows) return pass_on(rows.error());
  TaskPage page;
  if (rows->size() > limit) {
    rows->resize(limit);
    page.before = rows->back().sequence;
  }
  auto views = look_at(*tenant, *rows);
  if (!views) return pass_on(views.error());
  page.tasks = std::move(*views);
  return page;
}

Result<TaskView> Desk::task(const Application& application, const std::string& task_id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto row = tenant->find_task(task_id);
  if (!row) return pass_on(row.error());
  if (!*row) return fail(ErrorCode::not_found, "unknown task", "taskId");
  auto views = look_at(*tenant, {**row});
  if (!views) return pass_on(views.error());
  return std::move(views->front());
}

}  // namespace chartroom::app
