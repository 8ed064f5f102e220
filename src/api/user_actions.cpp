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
  const app::Answering<app::Nothing> answering{
      [](const app::Nothing&) { return app::RenderedAnswer{202, "", ""}; }, once};
  base::Result<app::RenderedAnswer> done;
  if (action->get_string() == "abort") {
    done = ports.desk.abort(application, *key, answering);
  } else if (action->get_string() == "resync") {
    done = ports.desk.resync(application, *key, answering);
  } else {
    return http::plain_error(request, 400);
  }
  if (!done) return error_answer(ports, request, done.error());
  return to_response(*std::move(done));
}

}  // namespace chartroom::api
