// Which addresses outgoing connections may go to. Private to this room.
#pragma once

#include "net/address.hpp"
#include "net/curl_support.hpp"

namespace chartroom::net {

/// `allow_local`: sandbox; loopback and private addresses pass, link-local and reserved ones do
/// not.
inline bool is_allowed(const sockaddr& address, bool allow_local) {
  const AddressKind kind = with_address(address, AddressKind::forbidden,
                                        [](const auto& bytes) { return kind_of(bytes); });
  return kind == AddressKind::global || (kind == AddressKind::local && allow_local);
}

}  // namespace chartroom::net
