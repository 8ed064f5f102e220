// Client secrets at rest.
#pragma once

#include <memory>

#include "app/ports.hpp"
#include "base/ports.hpp"

namespace chartroom::auth {

/// argon2id (RFC 9106) through libsodium: 2 passes over 19 MiB, some tens of milliseconds of one
/// core. That is the least OWASP names for passwords of people; ours are 160 random bits, which
/// nobody guesses, so more would only make token calls a way to exhaust the server's memory.
///
/// A pair that matched is remembered for five minutes (at most 1,024 pairs, under a keyed hash with
/// a key that never leaves the process), so that clients which ask for a token per call stay cheap.
/// A pair that did not match is never remembered. A new hash, as after rotation, is a new pair.
///
/// verify() is false for secrets over 1 KiB and for hashes that libsodium did not make.
/// hash() throws std::bad_alloc when there is no memory. `clock` must outlive the hasher; the
/// process must have called base::start_crypto(). Thread-safe.
[[nodiscard]] std::unique_ptr<app::SecretHasher> make_secret_hasher(const base::Clock& clock);

}  // namespace chartroom::auth
