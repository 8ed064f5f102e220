// What every resource needs: the use cases, who is asking, and how an error becomes an answer.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/door.hpp"
#include "api/limits.hpp"
#include "app/desk.hpp"
#include "base/logger.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "base/sensitive.hpp"
#include "http/message.hpp"

namespace chartroom::api {

struct ApiPorts {
  app::Desk& desk;
  app::TokenService& tokens;
  base::Clock& clock;  ///< real time; an application's own is shifted by its clock_offset
  base::Logger& logger;
  std::string public_url;  ///< no trailing slash; base of every link
  LimitSettings limit_settings{};
  /// What GET /metrics answers, in the text format of Prometheus; absent: it is a 404.
  std::function<std::string()> metrics{};
  /// How long the oldest due work has been waiting, for GET /readyz; absent: nothing is said of it.
  std::function<base::Result<base::Duration>()> queue_lag{};
  std::chrono::seconds queue_lag_degraded{60};   ///< from here on "degraded"
  base::Sensitive<std::string> metrics_token{};  ///< empty: anybody may read them
  std::shared_ptr<Limits> limits{};              ///< made by make_routes()
  std::shared_ptr<Door> door{};                  ///< hears of good tokens; may be absent
};

inline constexpr std::string_view kBadToken = "Cannot authenticate you with this token";

/// The token of an Authorization header (RFC 6750 §2.1); nullopt unless there is exactly one header
/// of exactly that form.
[[nodiscard]] std::optional<std::string_view> bearer_token(const http::Request& request);

/// 401 with envelope A and WWW-Authenticate (RFC 9110 §11.6.1).
[[nodiscard]] http::Response unauthorized(const http::Request& request, std::string_view message);

/// The documented answer to a failed use case. What is our own fault is logged, without the
/// request.
[[nodiscard]] http::Response error_answer(const ApiPorts& ports, const http::Request& request,
                                          const base::Error& error);

/// Whether the body may be read as JSON: application/json, or no content-type at all.
[[nodiscard]] bool is_json(const http::Request& request);

/// A JSON object, or the error answer to send (415, or 400 with envelope B).
struct JsonOrAnswer {
  std::optional<boost::json::object> json;
  http::Response answer;
};
[[nodiscard]] JsonOrAnswer read_json(const http::Request& request);
/// The same where the body has nothing that must be said: no body at all counts as {}.
[[nodiscard]] JsonOrAnswer read_json_or_nothing(const http::Request& request);

/// Whether the body has no members but these.
[[nodiscard]] bool has_only(const boost::json::object& body,
                            std::initializer_list<std::string_view> names);

/// The user that query or body names. Nullopt unless exactly one of humanId and clientUserId is
/// given, as a text that is not empty.
[[nodiscard]] std::optional<app::UserKey> user_key(const http::Request& request);
[[nodiscard]] std::optional<app::UserKey> user_key(const boost::json::object& body);

}  // namespace chartroom::api
