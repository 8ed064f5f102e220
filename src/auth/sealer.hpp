// Authenticated encryption of what the database must not know.
#pragma once

#include <memory>

#include "app/ports.hpp"
#include "auth/master_key.hpp"

namespace chartroom::auth {

inline constexpr std::size_t kSealedBytesMost = (std::size_t{1} << 31U) - 1;  ///< one plain value

/// AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits per value. Thread-safe.
///
/// Sealed form: version (1 byte, 0x01), key id (4), nonce (12), ciphertext, tag (16). Version, key
/// id and context are authenticated with it. Random nonces are safe for 2^32 values per key: rotate
/// the master key before that.
///
/// seal() throws std::length_error for a value above kSealedBytesMost, which no limit of the
/// product lets through, and std::runtime_error when OpenSSL fails (out of memory).
/// keyed_hash() is HMAC-SHA256 with the ring's oldest key.
/// `random` must outlive the sealer.
[[nodiscard]] std::unique_ptr<app::Sealer> make_sealer(KeyRing ring, base::Random& random);

}  // namespace chartroom::auth
