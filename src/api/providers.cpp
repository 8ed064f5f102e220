// GET /api/v1/users/providers (contract §3.6).
#include <boost/json.hpp>

#include "api/resources.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {

http::Response get_providers(const ApiPorts& ports, const app::Application& application,
                             const http::Request& request) {
  const auto key = user_key(request);
  if (!key) return http::plain_error(request, 400);
  const auto providers = ports.desk.providers(application, *key);
  if (!providers) return error_answer(ports, request, providers.error());
  boost::json::array out;
  for (const auto& provider : *providers) {
    out.push_back({{"id", provider.id}, {"name", provider.name}});
  }
  return http::json_response(200, boost::json::serialize(out));
}

}  // namespace chartroom::api
