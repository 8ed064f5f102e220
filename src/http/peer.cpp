#include "http/peer.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"

namespace chartroom::http {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> parse(std::string_view text) {
  boost::system::error_code error;
  auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

/// "1.2.3.4", "1.2.3.4:80", "::1", "[::1]", "[::1]:80" without brackets and port.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  const bool one_colon = colon != std::string_view::npos && text.rfind(':') == colon;
  return one_colon ? text.substr(0, colon) : text;
}

}  // namespace

std::optional<std::string> canonical_address(std::string_view text) {
  const auto address = parse(text);
  if (!address) return std::nullopt;
  return address->to_string();
}

std::string client_address(const Request& request,
                           const std::vector<std::string>& trusted_proxies) {
  const auto is_trusted = [&](const std::string& address) {
    return std::find(trusted_proxies.begin(), trusted_proxies.end(), address) !=
           trusted_proxies.end();
  };
  std::string client = canonical_address(request.remote_address).value_or(request.remote_address);
  if (!is_trusted(client)) return client;
  std::vector<std::string> hops;  // several headers are one list (RFC 9110 §5.3)
  for (const auto& [name, value] : request.headers) {
    if (name != "x-forwarded-for") continue;
    for (std::string& hop : base::split(value, ',')) hops.push_back(std::move(hop));
  }
  for (auto hop = hops.rbegin(); hop != hops.rend() && is_trusted(client); ++hop) {
    auto address = canonical_address(without_port(base::trim(*hop)));
    if (!address) break;
    client = *std::move(address);
  }
  return client;
}

std::string network_end(const std::string& address) {
  const auto parsed = parse(address);
  if (!parsed || parsed->is_v4()) return address;
  auto bytes = parsed->to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace chartroom::http
