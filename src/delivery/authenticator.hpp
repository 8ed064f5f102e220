// Requests to a customer's servers, with whatever proves to them who is calling (contract §7.0,
// §9.3).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "app/outgoing.hpp"
#include "app/ports.hpp"
#include "base/ports.hpp"

namespace chartroom::delivery {

inline constexpr std::chrono::seconds kTokenMargin{60};  ///< a token is let go that long before
inline constexpr std::chrono::seconds kTokenLifeUnsaid{300};  ///< without expires_in
inline constexpr std::chrono::hours kTokenLifeMost{24};
inline constexpr std::size_t kTokenBytesMost = std::size_t{16} * 1024;
inline constexpr std::size_t kTokensKept = 1'000;
inline constexpr std::chrono::milliseconds kTokenTimeout{10'000};

/// Adds Basic credentials or an OAuth2 access token (RFC 6749 §4.4) and the client certificate.
/// Access tokens live in memory alone: for their receiver alone, until a minute before they expire,
/// and no longer than the credentials stay as they are. Thread-safe.
class Authenticator {
 public:
  Authenticator(app::HttpClient& client, const base::Clock& clock)
      : client_(client), clock_(clock) {}

  /// `owner` is the id of the webhook or destination. A 401 to a kept token is answered by a new
  /// token and one more try. Blocking.
  /// Errors: those of app::HttpClient. About the token URL: the same with "token: " before it, and
  /// unavailable with "token refused" (4xx), "token endpoint failed" (another status), "token not
  /// understood" (2xx without a usable Bearer token).
  [[nodiscard]] base::Result<app::OutgoingResponse> send(app::OutgoingRequest request,
                                                         const app::OutgoingAuth& auth,
                                                         const std::string& owner);

 private:
  struct Token {
    base::Sensitive<std::string> value;
    base::TimePoint good_until{};
    bool kept = false;  ///< not fetched for this very request
  };

  base::Result<Token> token(const app::OutgoingAuth& auth, const std::string& key);
  base::Result<Token> fetch(const app::OutgoingAuth& auth);
  void forget(const std::string& key, const Token& token);

  app::HttpClient& client_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;  ///< by a hash of owner and credentials
};

}  // namespace chartroom::delivery
