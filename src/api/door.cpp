#include "api/door.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/context.hpp"
#include "api/limits.hpp"
#include "base/bytes.hpp"
#include "http/peer.hpp"

namespace chartroom::api {
namespace {

constexpr std::chrono::seconds kPeriod{1};

bool is_probe(const http::Request& request) {
  return request.path == "/livez" || request.path == "/readyz" || request.path == "/metrics";
}

}  // namespace

Door::Door(const base::Clock& clock, DoorSettings settings)
    : settings_(std::move(settings)),
      requests_(clock, std::max(1U, settings_.requests_per_second), kPeriod) {}

http::Admission Door::admit(const http::Request& request) {
  if (is_probe(request)) return {"probe"};
  const auto token = bearer_token(request);
  const auto owner = token ? owner_of(*token) : std::nullopt;
  if (!owner) {
    return {"address " +
            http::network_end(http::client_address(request, settings_.trusted_proxies))};
  }
  http::Admission admission{"application " + *owner};
  if (settings_.requests_per_second == 0) return admission;
  const auto standing = requests_.take_and_tell(*owner);
  // draft-ietf-httpapi-ratelimit-headers-07.
  const auto full_in = std::chrono::ceil<std::chrono::seconds>(standing.full_in).count();
  admission.headers = {{"ratelimit-limit", std::to_string(settings_.requests_per_second)},
                       {"ratelimit-remaining", std::to_string(standing.left)},
                       {"ratelimit-reset", std::to_string(full_in)}};
  if (standing.wait > base::Duration::zero()) {
    admission.refusal = too_many_requests(request, standing.wait);
  }
  return admission;
}

std::optional<std::string> Door::owner_of(std::string_view token) {
  const std::string name = base::sha256_raw(token);
  const std::lock_guard lock(mutex_);
  for (const Book* book : {&young_, &old_}) {
    const auto found = book->find(name);
    if (found != book->end()) return found->second;
  }
  return std::nullopt;
}

void Door::learn(std::string_view token, const std::string& client_id) {
  std::string name = base::sha256_raw(token);
  const std::lock_guard lock(mutex_);
  if (young_.contains(name)) return;
  if (young_.size() >= kTokensMost) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(std::move(name), client_id);
}

}  // namespace chartroom::api
