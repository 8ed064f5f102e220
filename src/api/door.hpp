// Who is at the door: the share and the allowance that a request counts against.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ports.hpp"
#include "http/door.hpp"
#include "http/rate_limiter.hpp"

namespace chartroom::api {

struct DoorSettings {
  unsigned requests_per_second = 0;  ///< of one application; 0: no limit
  std::vector<std::string> trusted_proxies;
};

/// Knows applications by the tokens that were good before, so that a token that nobody has checked
/// yet can neither use up another's share nor its allowance. Whoever is not known by a token is
/// known by the address. The probes of an operator have a share of their own.
/// Thread-safe; `clock` must outlive it.
class Door {
 public:
  /// Tokens that are remembered, at most twice.
  static constexpr std::size_t kTokensMost = 20'000;

  Door(const base::Clock& clock, DoorSettings settings);

  /// Beyond the application's allowance the request is refused: 429 with Retry-After and RateLimit
  /// headers.
  [[nodiscard]] http::Admission admit(const http::Request& request);
  /// This token was found to be good.
  void learn(std::string_view token, const std::string& client_id);

 private:
  using Book = std::unordered_map<std::string, std::string>;  ///< hash of a token → application

  [[nodiscard]] std::optional<std::string> owner_of(std::string_view token);

  const DoorSettings settings_;
  http::RateLimiter requests_;
  std::mutex mutex_;  ///< guards the books
  Book young_, old_;
};

}  // namespace chartroom::api
