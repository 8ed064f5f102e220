#include "delivery/legacy_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>
#include <stdexcept>

#include "base/bytes.hpp"

namespace chartroom::delivery {

std::vector<std::pair<std::string, std::string>> legacy_headers(
    std::string_view body, base::TimePoint at, const std::string& nonce,
    const base::Sensitive<std::string>& secret) {
  const std::string timestamp = std::to_string(base::to_unix_ms(at));
  std::string content(body);
  content += timestamp;
  content += nonce;
  const std::string& key = secret.reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(),
           &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA1 failed");
  }
  return {{"X-HumanAPI-Timestamp", timestamp},
          {"X-HumanAPI-Nonce", nonce},
          {"X-HumanAPI-Signature", base::to_hex(std::as_bytes(std::span(digest.data(), length)))}};
}

}  // namespace chartroom::delivery
