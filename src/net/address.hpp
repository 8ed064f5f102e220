// Which addresses the server may be sent to by a customer's URL.
#pragma once

#include <array>
#include <cstdint>

namespace chartroom::net {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

enum class AddressKind {
  global,     ///< reachable from everywhere (IANA special-purpose registries)
  local,      ///< loopback, private (RFC 1918), carrier-grade NAT, unique local
  forbidden,  ///< link-local and so cloud metadata, multicast, unspecified, reserved, documentation
};

[[nodiscard]] AddressKind kind_of(const Ipv4& address);
/// Addresses that carry an IPv4 address (v4-mapped, NAT64 64:ff9b::/96, 6to4) are what that one is.
/// Teredo and the local NAT64 prefix, whose end is anyone's guess, are forbidden.
[[nodiscard]] AddressKind kind_of(const Ipv6& address);

/// This machine itself: 127.0.0.0/8, ::1.
[[nodiscard]] bool is_loopback(const Ipv4& address);
[[nodiscard]] bool is_loopback(const Ipv6& address);

}  // namespace chartroom::net
