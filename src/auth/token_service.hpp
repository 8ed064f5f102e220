// Client tokens (contract §2.2).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/limits.hpp"
#include "base/ports.hpp"

namespace chartroom::auth {

struct TokenSettings {
  std::string issuer;    ///< "iss"
  std::string audience;  ///< "aud"
  std::chrono::seconds life = base::limits::kTokenLife;
};

/// For a server that is reached at `public_url` ("https://orders.example.com:8443/x"): the issuer
/// is
/// "<scheme>://<host>[:port]/oauth2/default", the audience is the host.
[[nodiscard]] TokenSettings token_settings_for(std::string_view public_url);

/// RS256 JWTs (RFC 7519) with RSA keys of 2,048 bits that live in the store; the first is made when
/// it is needed. The newest key that is not retired signs, all that are not retired verify. The
/// store is asked again after five minutes, and at once when a token names an unknown key (a
/// few times per second at most), so that keys of another process become known.
///
/// verify() takes no token over 4 KiB, none whose "iat" lies more than a minute ahead and none at
/// or after its "exp". Verified tokens are remembered by their SHA-256 until they expire (at most
/// 10,000 at a time) and forgotten when the keys change. Besides unauthenticated it gives the
/// store's error when keys are needed and the store does not answer.
///
/// Thread-safe. All arguments by reference must outlive the service. `clock` is real time.
[[nodiscard]] std::unique_ptr<app::TokenService> make_token_service(app::Store& store,
                                                                    const base::Clock& clock,
                                                                    base::Random& random,
                                                                    TokenSettings settings);

}  // namespace chartroom::auth
