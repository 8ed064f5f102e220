// POST /api/v1/users/actions (contract §3.4). Errors of the body are envelope A here, as
// documented.
#include <boost/json.hpp>

#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response post_user_action(const ApiPorts& ports, const app::Application& application,
                                const http::Request& request, const Once& once) {
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  const auto key = user_key(*body.json);
  const auto* action = body.json->if_contains("action");
  if (!key || action == nullptr || !action->is_string() ||
      !has_only(*body.json, {"action", "humanId", "clientUserId"})) {
    return http::plain_error(request, 400);
  }
  const bool abort = action->get_string() == "abort";
  if (!abort && action->get_string() != "resync") return http::plain_error(request, 400);
  // Counted by user, whichever of the two ids names them.
  const auto user = ports.desk.user(application, *key);
  if (!user) return error_answer(ports, request, user.error());
  const auto wait = ports.limits->take_action(application.client_id, user->user.human_id);
  if (wait != base::Duration::zero()) return too_many_requests(request, wait);
  const app::Answering<app::Nothing> answering{
      [](const app::Nothing&) { return app::RenderedAnswer{202, "", ""}; }, once};
  auto done = abort ? ports.desk.abort(application, *key, answering)
                    : ports.desk.resync(application, *key, answering);
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

}  // namespace chartroom::api
