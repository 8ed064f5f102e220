// /api/v1/tasks: what orders wait for, and the customer's answers (contract §15).
#include <array>
#include <limits>
#include <utility>

#include "api/paging.hpp"
#include "api/resolution_reader.hpp"
#include "api/resources.hpp"
#include "api/task_json.hpp"
#include "base/time.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

constexpr std::int64_t kFromNewest = std::numeric_limits<std::int64_t>::max();

/// Of the query's `state`; false for a word that is none.
bool read_state(const http::Request& request, app::TaskFilter& filter) {
  using order::TaskState;
  static constexpr std::array<std::pair<std::string_view, std::optional<TaskState>>, 5> kStates{{
      {"open", TaskState::open},
      {"resolved", TaskState::resolved},
      {"expired", TaskState::expired},
      {"withdrawn", TaskState::withdrawn},
      {"all", std::nullopt},
  }};
  const auto wanted = request.query_value("state").value_or("open");
  for (const auto& [word, state] : kStates) {
    if (word != wanted) continue;
    filter.state = state;
    return true;
  }
  return false;
}

/// At most one of humanId, clientUserId and orderId, and none of them empty.
bool names_at_most_one(const http::Request& request) {
  int count = 0;
  for (const auto* name : {"humanId", "clientUserId", "orderId"}) {
    const auto value = request.query_value(name);
    if (value && value->empty()) return false;
    count += value ? 1 : 0;
  }
  return count <= 1;
}

app::RenderedAnswer render(const app::TaskView& view) { return {202, kJson, task_json(view)}; }

}  // namespace

http::Response get_tasks(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request) {
  const auto window = read_list_window(request, kTaskList);
  app::TaskFilter filter;
  if (!window || !names_at_most_one(request) || !read_state(request, filter)) {
    return http::plain_error(request, 400);
  }
  filter.order_id = request.query_value("orderId");
  filter.human_id = request.query_value("humanId");
  if (const auto client_user_id = request.query_value("clientUserId")) {
    const auto user = ports.desk.user(application, {std::nullopt, client_user_id});
    if (!user) return error_answer(ports, request, user.error());
    filter.human_id = user->user.human_id;
  }
  const auto page =
      ports.desk.tasks(application, filter, window->position.value_or(kFromNewest), window->limit);
  if (!page) return error_answer(ports, request, page.error());
  return http::json_response(200, tasks_json(*page));
}

http::Response get_task(const ApiPorts& ports, const app::Application& application,
                        const http::Request& request) {
  const auto view = ports.desk.task(application, request.path_parameters.at("taskId"));
  if (!view) return error_answer(ports, request, view.error());
  return http::json_response(200, task_json(*view));
}

http::Response post_task_resolution(const ApiPorts& ports, const app::Application& application,
                                    const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  const auto& task_id = request.path_parameters.at("taskId");
  // A task's kind never changes, and says what its answer may hold.
  const auto view = ports.desk.task(application, task_id);
  if (!view) return error_answer(ports, request, view.error());
  const auto today = base::Date::from(ports.clock.now() + application.clock_offset);
  const auto resolution =
      read_resolution(*body.json, view->task.kind, today, address_rule(application));
  if (!resolution) {
    return http::invalid_input(request, resolution.error().message, resolution.error().keys);
  }
  auto done = ports.desk.resolve_task(application, task_id, *resolution, {render, once});
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

}  // namespace chartroom::api
