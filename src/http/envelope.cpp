#include "http/envelope.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/text.hpp"

namespace chartroom::http {
namespace {

constexpr std::string_view kRequestId = "x-humanapi-request-id";

Response problem(const Request& request, int status, std::string_view detail,
                 const std::vector<std::string>* keys) {
  boost::json::object body;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(status);
  body["status"] = status;
  body["detail"] = detail;
  if (keys != nullptr) {
    body["validation"] = boost::json::object{
        {"source", "payload"}, {"keys", boost::json::array(keys->begin(), keys->end())}};
  }
  body[kRequestId] = request.request_id;
  Response response{.status = status, .body = boost::json::serialize(body)};
  response.with("content-type", "application/problem+json");
  return response;
}

bool has_header(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) {
    return base::equals_ignoring_case_ascii(header.first, name);
  });
}

bool is_html(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
    return base::equals_ignoring_case_ascii(header.first, "content-type") &&
           base::to_lower_ascii(header.second).starts_with("text/html");
  });
}

/// "q=0", "q=0.0": the client does not want it (RFC 9110 §12.4.2).
bool is_refused(const std::vector<std::string>& parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [](const std::string& raw) {
    const auto parameter = base::to_lower_ascii(base::trim(raw));
    return parameter.starts_with("q=0") &&
           parameter.find_first_not_of("0.", 2) == std::string::npos;
  });
}

}  // namespace

Response json_response(int status, std::string body) {
  Response response{.status = status, .body = std::move(body)};
  response.with("content-type", "application/json; charset=utf-8");
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return status < 400 ? "OK" : "Error";
  }
}

Response plain_error(const Request& request, int status, std::string_view message) {
  if (message.empty()) message = reason_phrase(status);
  if (wants_problem(request)) return problem(request, status, message, nullptr);
  boost::json::object body;
  body["code"] = status;
  body["statusCode"] = status;
  body["error"] = reason_phrase(status);
  body["message"] = message;
  body[kRequestId] = request.request_id;
  return json_response(status, boost::json::serialize(body));
}

Response invalid_input(const Request& request, std::string_view message,
                       const std::vector<std::string>& keys) {
  constexpr int kStatus = 400;
  if (wants_problem(request)) return problem(request, kStatus, message, &keys);
  boost::json::object body;
  body["statusCode"] = kStatus;
  body["error"] = reason_phrase(kStatus);
  body["message"] = message;
  body["validation"] = boost::json::object{{"source", "payload"},
                                           {"keys", boost::json::array(keys.begin(), keys.end())}};
  body[kRequestId] = request.request_id;
  return json_response(kStatus, boost::json::serialize(body));
}

bool wants_problem(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "accept") continue;
    for (const auto& range : base::split(value, ',')) {
      auto parts = base::split(range, ';');
      if (base::to_lower_ascii(base::trim(parts.front())) != "application/problem+json") continue;
      parts.erase(parts.begin());
      if (!is_refused(parts)) return true;
    }
  }
  return false;
}

bool is_well_formed_request_id(std::string_view id) {
  return id.size() >= 8 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

void add_common_headers(const Request& request, Response& response) {
  response.with(std::string(kRequestId), request.request_id);
  response.with("x-content-type-options", "nosniff");
  if (!has_header(response, "referrer-policy")) response.with("referrer-policy", "no-referrer");
  if (!has_header(response, "cache-control")) response.with("cache-control", "no-store");
  if (is_html(response)) {
    if (!has_header(response, "content-security-policy")) {
      response.with("content-security-policy",
                    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'");
    }
    response.with("x-frame-options", "DENY");
  }
}

}  // namespace chartroom::http
