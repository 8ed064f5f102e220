#include "app/consumer_url.hpp"

namespace chartroom::app {
namespace {

std::string percent_encode(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

}  // namespace

std::string consumer_url(const std::string& public_url, const LinkSigner& links,
                         const LinkClaims& claims) {
  return public_url + "/?clientId=" + claims.client_id +
         "&rq=" + percent_encode(links.sign(claims));
}

}  // namespace chartroom::app
