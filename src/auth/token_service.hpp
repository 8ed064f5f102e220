// Client tokens and users' tokens (contract §2.2, §2.4).
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
  std::string issuer;                                    ///< "iss"
  std::string audience;                                  ///< "aud"
  std::chrono::seconds life = base::limits::kTokenLife;  ///< of all but refresh tokens
};

/// For a server that is reached at `public_url` ("https://orders.example.com:8443/x"): the issuer
/// is
/// "<scheme>://<host>[:port]/oauth2/default", the audience is the host.
[[nodiscard]] TokenSettings token_settings_for(std::string_view public_url);

/// RS256 JWTs (RFC 7519) with RSA keys of 2,048 bits that live in the store; the first is made when
/// it is needed. The newest key without a set end signs, all that are not retired verify. A
/// rotation by another process is followed within seconds, and at once when a token names a key
/// that is not known yet (auth/signing_keys.hpp).
///
/// What makes the kinds differ, and is demanded of each: "aud" (client: the audience; access: the
/// audience and "/user"; id: the client id; refresh: the issuer) together with "scp" (client:
/// appuser:write and appuser:read; access: user:read; refresh: offline_access; id: none). "cid" is
/// the client id, "sub" the user, in client tokens the client id.
///
/// verify() takes no token over 4 KiB, none whose "iat" lies more than a minute ahead and none at
/// or after its "exp". Verified tokens are remembered by their SHA-256 until they expire (at most
/// 10,000 at a time) as long as their key is not retired. Besides unauthenticated it gives the
/// store's error when keys are needed and the store does not answer.
///
/// Thread-safe. All arguments by reference must outlive the service. `clock` is real time.
[[nodiscard]] std::unique_ptr<app::TokenService> make_token_service(app::Store& store,
                                                                    const base::Clock& clock,
                                                                    base::Random& random,
                                                                    const app::Sealer& sealer,
                                                                    TokenSettings settings);

/// A new key, to be stored. Its id carries a keyed hash, by which it is told from a made-up one.
/// Error: internal.
[[nodiscard]] base::Result<app::SigningKey> make_signing_key(const app::Sealer& sealer,
                                                             const base::Clock& clock,
                                                             base::Random& random);

}  // namespace chartroom::auth
