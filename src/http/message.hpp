// Requests, responses and routes without the library behind them: what handlers see.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chartroom::http {

struct Request {
  std::string method;  ///< "GET", "POST", …
  std::string path;    ///< percent-decoded, without query
  std::string raw_query;
  std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string remote_address;  ///< without port
  std::string request_id;      ///< UUID; also sent back as x-humanapi-request-id
  std::map<std::string, std::string> path_parameters;  ///< "{humanId}" → value

  /// First value of the header; `name` in lower case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// First value of the query parameter.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
  /// Media type of content-type in lower case without parameters; empty when absent.
  [[nodiscard]] std::string media_type() const;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};

  Response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

using Handler = std::function<Response(const Request&)>;

/// `pattern`: literal segments and {parameters}: "/api/v1/users/{humanId}". Literal segments win
/// over parameters, whatever the order of registration.
struct Route {
  std::string method;
  std::string pattern;
  Handler handler;
};

}  // namespace chartroom::http
