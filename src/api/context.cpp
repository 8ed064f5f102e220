#include "api/context.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "api/json_body.hpp"
#include "base/text.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

using base::ErrorCode;

/// RFC 9110 §11.2.
bool is_token68(std::string_view text) {
  const auto padding = text.find_last_not_of('=');
  if (padding == std::string_view::npos) return false;
  text = text.substr(0, padding + 1);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
}

/// "clientUserEmail" and "required" become the sentence of a field error, unless it is one already.
std::string field_message(const base::Error& error) {
  if (error.message.starts_with('"')) return error.message;
  return '"' + error.field + "\" " + (error.message.empty() ? "is invalid" : error.message);
}

std::optional<std::string> text_member(const boost::json::object& body, std::string_view name) {
  const auto* value = body.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string() || value->get_string().empty()) return std::nullopt;
  return std::string(value->get_string().data(), value->get_string().size());
}

std::optional<app::UserKey> exactly_one(app::UserKey key) {
  if (key.human_id.has_value() == key.client_user_id.has_value()) return std::nullopt;
  if (key.human_id.value_or(key.client_user_id.value_or("")).empty()) return std::nullopt;
  return key;
}

http::Response retry_later(http::Response response) {
  response.with("retry-after", "1");
  return response;
}

}  // namespace

std::optional<std::string_view> bearer_token(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const auto count =
      std::count_if(request.headers.begin(), request.headers.end(),
                    [](const auto& header) { return header.first == "authorization"; });
  const auto value = request.header("authorization");
  if (count != 1 || !value || value->size() <= kScheme.size() ||
      !base::equals_ignoring_case_ascii(value->substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  const auto token = value->substr(kScheme.size());
  if (!is_token68(token)) return std::nullopt;
  return token;
}

http::Response unauthorized(const http::Request& request, std::string_view message) {
  auto response = http::plain_error(request, 401, message);
  response.with("www-authenticate", "Bearer");
  return response;
}

http::Response error_answer(const ApiPorts& ports, const http::Request& request,
                            const base::Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_input:
      if (error.field.empty()) return http::plain_error(request, 400);
      return http::invalid_input(request, field_message(error), {error.field});
    case ErrorCode::not_found:
      return http::plain_error(request, 404);
    case ErrorCode::conflict:
      return http::plain_error(request, 409, error.message);
    case ErrorCode::unauthenticated:
      return unauthorized(request, kBadToken);
    case ErrorCode::forbidden:
      return http::plain_error(request, 403);
    case ErrorCode::too_large:
      return http::plain_error(request, 413);
    case ErrorCode::too_many_requests:
      return retry_later(http::plain_error(request, 429));
    case ErrorCode::unavailable:
      ports.logger.warning("use case unavailable",
                           {{"reason", std::string_view(error.message)},
                            {"request_id", std::string_view(request.request_id)}});
      return retry_later(http::plain_error(request, 503));
    case ErrorCode::corrupt:
    case ErrorCode::internal:
      break;
  }
  ports.logger.error("use case failed", {{"reason", std::string_view(error.message)},
                                         {"request_id", std::string_view(request.request_id)}});
  return http::plain_error(request, 500);
}

bool is_json(const http::Request& request) {
  const auto type = request.media_type();
  return type.empty() || type == "application/json";
}

JsonOrAnswer read_json(const http::Request& request) {
  if (!is_json(request)) return {std::nullopt, http::plain_error(request, 415)};
  Validation broken;
  auto body = parse_body(request.body, broken);
  if (!body) return {std::nullopt, http::invalid_input(request, broken.message, broken.keys)};
  return {std::move(body->object), {}};
}

bool has_only(const boost::json::object& body, std::initializer_list<std::string_view> names) {
  return std::all_of(body.begin(), body.end(), [&](const auto& member) {
    const std::string_view name(member.key().data(), member.key().size());
    return std::find(names.begin(), names.end(), name) != names.end();
  });
}

std::optional<app::UserKey> user_key(const http::Request& request) {
  return exactly_one({request.query_value("humanId"), request.query_value("clientUserId")});
}

std::optional<app::UserKey> user_key(const boost::json::object& body) {
  for (const auto* name : {"humanId", "clientUserId"}) {
    if (body.contains(name) && !text_member(body, name)) return std::nullopt;
  }
  return exactly_one({text_member(body, "humanId"), text_member(body, "clientUserId")});
}

}  // namespace chartroom::api
