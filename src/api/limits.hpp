// Rate limits of the API (contract §3.0 E3, §3.4).
#pragma once

#include <string>
#include <vector>

#include "base/ports.hpp"
#include "http/message.hpp"
#include "http/rate_limiter.hpp"

namespace chartroom::api {

/// All per minute.
struct LimitSettings {
  unsigned token_failures_per_client = 10;
  unsigned token_failures_per_address = 60;
  unsigned actions_per_user = 30;
  std::vector<std::string> trusted_proxies;  ///< canonical addresses (http/peer.hpp)
};

/// What was used up so far. Thread-safe.
class Limits {
 public:
  Limits(const base::Clock& clock, LimitSettings settings);

  /// For the token endpoints: how long a caller must wait since too many failed, for this client
  /// id (known or not) or from this address; zero: go ahead. Calls that run at the same moment are
  /// judged by what had failed before, so some more than the limit may fail: at most one for each
  /// handler thread.
  [[nodiscard]] base::Duration before_token(const http::Request& request,
                                            const std::string& client_id);
  void note_token_failure(const http::Request& request, const std::string& client_id);

  /// Counts an action for a user; zero: go ahead.
  [[nodiscard]] base::Duration take_action(const std::string& client_id,
                                           const std::string& human_id);

 private:
  [[nodiscard]] std::string end_of(const http::Request& request) const;

  LimitSettings settings_;
  http::RateLimiter client_failures_;
  http::RateLimiter address_failures_;
  http::RateLimiter actions_;
};

/// 429 with envelope A and Retry-After in whole seconds.
[[nodiscard]] http::Response too_many_requests(const http::Request& request, base::Duration wait);

}  // namespace chartroom::api
