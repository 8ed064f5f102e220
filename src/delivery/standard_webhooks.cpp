#include "delivery/standard_webhooks.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::delivery {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytesLeast = 24;
constexpr std::size_t kKeyBytesMost = 64;

std::optional<std::string> key_of(std::string_view secret) {
  if (!secret.starts_with(kPrefix)) return std::nullopt;
  const std::string_view text = secret.substr(kPrefix.size());
  auto key = base::from_base64(text);
  if (!key || key->size() < kKeyBytesLeast || key->size() > kKeyBytesMost) return std::nullopt;
  // Receivers' libraries may not pass over white space or missing padding as ours does.
  if (base::to_base64(*key) != text) return std::nullopt;
  return key;
}

std::string sign(const std::string& key, const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(),
           &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA256 failed");
  }
  return "v1," + base::to_base64({reinterpret_cast<const char*>(digest.data()), length});
}

class StandardWebhookSigner final : public app::WebhookSigner {
 public:
  std::vector<std::pair<std::string, std::string>> headers(
      const std::string& event_id, base::TimePoint at, std::string_view body,
      const base::Sensitive<std::string>& secret) const override {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    const std::string timestamp = std::to_string(seconds);
    std::string content = event_id + "." + timestamp + ".";
    content += body;
    std::string signatures;
    for (const std::string& one : base::split(secret.reveal(), ' ')) {
      const auto key = key_of(one);
      if (!key) return {};
      if (!signatures.empty()) signatures += ' ';
      signatures += sign(*key, content);
    }
    return {{"webhook-id", event_id},
            {"webhook-timestamp", timestamp},
            {"webhook-signature", signatures}};
  }
};

}  // namespace

bool is_webhook_secret(const std::string& secret) { return key_of(secret).has_value(); }

std::unique_ptr<app::WebhookSigner> make_webhook_signer() {
  return std::make_unique<StandardWebhookSigner>();
}

}  // namespace chartroom::delivery
