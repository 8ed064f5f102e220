// Who is at the other end, also behind a proxy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace chartroom::http {

/// The one spelling of an IP address, an IPv4 address in IPv6 clothes as IPv4; nullopt when the
/// text is none.
[[nodiscard]] std::optional<std::string> canonical_address(std::string_view text);

/// Where a request comes from. X-Forwarded-For is believed only when the peer is one of
/// `trusted_proxies` (canonical): each proxy adds whom it saw at the end, so the list is read from
/// there, and the first address that is no trusted proxy is the client. What stands before it the
/// client may have made up.
[[nodiscard]] std::string client_address(const Request& request,
                                         const std::vector<std::string>& trusted_proxies);

/// What counts as one network end for rate limits: an IPv4 address, or the /64 of an IPv6 address,
/// which one subscriber has to itself.
[[nodiscard]] std::string network_end(const std::string& address);

}  // namespace chartroom::http
