// GET /openapi.json and GET /docs: the API's own description, made at build time from
// api/openapi.yaml. Both are public and the same for everybody.
#include "api/files.hpp"
#include "api/resources.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

constexpr const char* kCached = "public, max-age=300";

std::string tag_of(std::string_view content) { return '"' + base::sha256_hex(content) + '"'; }

/// RFC 9110 §13.1.2: any of the listed tags, weak or not, or "*".
bool has_it_already(const http::Request& request, std::string_view tag) {
  for (const auto& [name, value] : request.headers) {
    if (name != "if-none-match") continue;
    for (const auto& one : base::split(value, ',')) {
      auto listed = base::trim(one);
      if (listed.starts_with("W/")) listed.remove_prefix(2);
      if (listed == tag || listed == "*") return true;
    }
  }
  return false;
}

http::Response cached(const http::Request& request, std::string_view content,
                      const std::string& tag, const char* content_type) {
  http::Response response;
  response.with("etag", tag).with("cache-control", kCached);
  if (has_it_already(request, tag)) {
    response.status = 304;
    return response;
  }
  response.with("content-type", content_type);
  response.body = content;
  return response;
}

}  // namespace

http::Response get_openapi(const ApiPorts& /*ports*/, const http::Request& request) {
  static const std::string tag = tag_of(kOpenapiJson);
  return cached(request, kOpenapiJson, tag, "application/json; charset=utf-8");
}

http::Response get_docs(const ApiPorts& /*ports*/, const http::Request& request) {
  static const std::string tag = tag_of(kDocsHtml);
  auto response = cached(request, kDocsHtml, tag, "text/html; charset=utf-8");
  if (response.status == 200) response.with("content-security-policy", std::string(kDocsPolicyTxt));
  return response;
}

}  // namespace chartroom::api
