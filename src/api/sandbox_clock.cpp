// GET and POST /api/v1/sandbox/clock (contract §15): an application's own time, in sandbox mode.
#include <boost/json.hpp>

#include "api/object_reader.hpp"
#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

std::string clock_json(const app::ClockView& view) {
  boost::json::object out;
  out["now"] = base::format_iso(view.now);
  if (view.next_due) out["nextDue"] = base::format_iso(*view.next_due);
  return boost::json::serialize(out);
}

/// Where the clock is to go; nullopt with a finding when the body does not say.
std::optional<app::ClockMove> read_move(const boost::json::object& body, Findings& findings) {
  ObjectReader reader(body, "", findings);
  const auto advance = reader.text("advance");
  const auto to = reader.text("to");
  reader.refuse_unknown();
  if (reader.has("advance") == reader.has("to")) {
    findings.add("", "must contain exactly one of [advance, to]");
    return std::nullopt;
  }
  if (advance) {
    const auto duration = base::parse_duration(*advance);
    if (duration && *duration >= base::Duration::zero()) return *duration;
    reader.refuse("advance", "must be a duration such as 90s, 15m, 8h, 7d or 2w");
  }
  if (to) {
    if (const auto target = base::parse_iso(*to)) return target;
    reader.refuse("to", "must be a valid date");
  }
  return std::nullopt;
}

}  // namespace

http::Response get_clock(const ApiPorts& ports, const app::Application& application,
                         const http::Request& request) {
  const auto view = ports.desk.clock(application);
  if (!view) return error_answer(ports, request, view.error());
  return http::json_response(200, clock_json(*view));
}

http::Response post_clock(const ApiPorts& ports, const app::Application& application,
                          const http::Request& request, const Once& once) {
  const auto present = ports.desk.clock(application);
  if (!present) return error_answer(ports, request, present.error());
  const auto body = read_json(request);
  if (!body.json) return body.answer;
  Findings findings;
  const auto move = read_move(*body.json, findings);
  if (!move || !findings.empty()) {
    const auto& found = findings.validation();
    return http::invalid_input(request, found.message, found.keys);
  }
  const auto moved = ports.desk.move_clock(application, *move);
  if (!moved) return error_answer(ports, request, moved.error());
  return keep_and_send(ports, application, request, once, {200, kJson, clock_json(*moved)});
}

}  // namespace chartroom::api
