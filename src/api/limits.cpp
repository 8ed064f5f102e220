#include "api/limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "http/envelope.hpp"
#include "http/peer.hpp"

namespace chartroom::api {
namespace {

constexpr std::chrono::minutes kPeriod{1};

}  // namespace

Limits::Limits(const base::Clock& clock, LimitSettings settings)
    : settings_(std::move(settings)),
      client_failures_(clock, settings_.token_failures_per_client, kPeriod),
      address_failures_(clock, settings_.token_failures_per_address, kPeriod),
      actions_(clock, settings_.actions_per_user, kPeriod) {}

std::string Limits::end_of(const http::Request& request) const {
  return http::network_end(http::client_address(request, settings_.trusted_proxies));
}

base::Duration Limits::before_token(const http::Request& request, const std::string& client_id) {
  return std::max(client_failures_.wait(client_id), address_failures_.wait(end_of(request)));
}

void Limits::note_token_failure(const http::Request& request, const std::string& client_id) {
  (void)client_failures_.take(client_id);
  (void)address_failures_.take(end_of(request));
}

base::Duration Limits::take_action(const std::string& client_id, const std::string& human_id) {
  return actions_.take(client_id + '/' + human_id);
}

http::Response too_many_requests(const http::Request& request, base::Duration wait) {
  auto response = http::plain_error(request, 429);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  response.with("retry-after", std::to_string(std::max<std::int64_t>(seconds, 1)));
  return response;
}

}  // namespace chartroom::api
