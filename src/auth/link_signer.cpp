#include "auth/link_signer.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "auth/jose.hpp"
#include "base/bytes.hpp"

namespace chartroom::auth {
namespace {

namespace json = boost::json;

constexpr std::size_t kLinkBytesMost = 1024;

base::Result<std::shared_ptr<const JoseKey>> jose_key(const KeyRing::Keys& keys) {
  return JoseKey::symmetric(base::to_hex(base::as_bytes(keys.id)), keys.links);
}

class JwsLinkSigner final : public app::LinkSigner {
 public:
  explicit JwsLinkSigner(KeyRing ring) : ring_(std::move(ring)) {}

  std::string sign(const app::LinkClaims& claims) const override {
    const json::object payload = {{"client_id", claims.client_id},
                                  {"human_id", claims.human_id},
                                  {"issued_at", base::to_unix_ms(claims.issued_at)}};
    const auto key = jose_key(ring_.current());
    if (!key) throw std::runtime_error(key.error().message);
    auto signed_text = (*key)->sign(json::serialize(payload));
    if (!signed_text) throw std::runtime_error(signed_text.error().message);
    return std::move(*signed_text);
  }

  base::Result<app::LinkClaims> verify(std::string_view rq) const override {
    const auto payload =
        verify_compact(rq, kLinkBytesMost,
                       [&](const std::string& kid) -> base::Result<std::shared_ptr<const JoseKey>> {
                         const auto id = base::from_hex(kid);
                         const KeyRing::Keys* keys = id ? ring_.find(*id) : nullptr;
                         if (keys == nullptr) return std::shared_ptr<const JoseKey>{};
                         return jose_key(*keys);
                       });
    if (!payload) return refuse();
    boost::system::error_code error;
    const json::value value = json::parse(*payload, error);
    if (error || !value.is_object()) return refuse();
    const json::object& object = value.get_object();
    const json::value* client = object.if_contains("client_id");
    const json::value* human = object.if_contains("human_id");
    const json::value* issued = object.if_contains("issued_at");
    if (client == nullptr || !client->is_string() || human == nullptr || !human->is_string() ||
        issued == nullptr || !issued->is_int64()) {
      return refuse();
    }
    return app::LinkClaims{std::string(client->get_string()), std::string(human->get_string()),
                           base::from_unix_ms(issued->get_int64())};
  }

 private:
  static tl::unexpected<base::Error> refuse() {
    return base::fail(base::ErrorCode::unauthenticated, "not a valid link");
  }

  KeyRing ring_;
};

}  // namespace

std::unique_ptr<app::LinkSigner> make_link_signer(KeyRing ring) {
  return std::make_unique<JwsLinkSigner>(std::move(ring));
}

}  // namespace chartroom::auth
