// The `rq` of a consumerLink (contract §6.2).
#pragma once

#include <memory>

#include "app/ports.hpp"
#include "auth/master_key.hpp"

namespace chartroom::auth {

/// rq is a compact JWS (RFC 7515) with HS256 under a key derived from the master key; it is safe in
/// a URL as it stands, and the server keeps no list of links. The header names the master key, so
/// links survive a rotation. verify() takes at most 1 KiB. Thread-safe.
/// sign() throws std::runtime_error when there is no memory.
[[nodiscard]] std::unique_ptr<app::LinkSigner> make_link_signer(KeyRing ring);

}  // namespace chartroom::auth
