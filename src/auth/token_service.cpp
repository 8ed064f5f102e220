#include "auth/token_service.hpp"

#include <boost/json.hpp>
#include <mutex>
#include <unordered_map>

#include "auth/jose.hpp"
#include "auth/signing_keys.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace chartroom::auth {
namespace {

namespace json = boost::json;

constexpr std::size_t kTokenBytesMost = 4096;
constexpr std::size_t kRememberedMost = 10'000;
constexpr std::int64_t kSkewSeconds = 60;
constexpr std::size_t kJtiRandomBytes = 24;

std::int64_t seconds_of(base::TimePoint t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

tl::unexpected<base::Error> refuse() {
  return base::fail(base::ErrorCode::unauthenticated, "not a valid token");
}

std::optional<std::int64_t> number_claim(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

std::string text_claim(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

struct Known {
  std::string client_id;
  std::int64_t issued = 0;   ///< Unix seconds
  std::int64_t expires = 0;  ///< Unix seconds

  [[nodiscard]] bool holds_at(std::int64_t now) const {
    return issued <= now + kSkewSeconds && now < expires;
  }
};

/// Verified tokens by SHA-256, for one key set. Thread-safe.
class KnownTokens {
 public:
  std::optional<Known> find(const std::shared_ptr<const KeySet>& keys, const std::string& digest) {
    const std::lock_guard lock(mutex_);
    follow(keys);
    const auto found = known_.find(digest);
    if (found == known_.end()) return std::nullopt;
    return found->second;
  }
  void add(const std::shared_ptr<const KeySet>& keys, const std::string& digest, Known token) {
    const std::lock_guard lock(mutex_);
    follow(keys);
    // Full means thousands of tokens within a day: starting over costs a signature check each.
    if (known_.size() >= kRememberedMost) known_.clear();
    known_.insert_or_assign(digest, std::move(token));
  }

 private:
  void follow(const std::shared_ptr<const KeySet>& keys) {
    if (keys == keys_) return;
    known_.clear();
    keys_ = keys;
  }

  std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::unordered_map<std::string, Known> known_;
};

class JwtTokenService final : public app::TokenService {
 public:
  JwtTokenService(app::Store& store, const base::Clock& clock, base::Random& random,
                  TokenSettings settings)
      : clock_(clock),
        random_(random),
        settings_(std::move(settings)),
        keys_(store, clock, random) {}

  base::Result<Token> issue(const std::string& client_id) override {
    const auto keys = keys_.with_signer();
    if (!keys) return base::pass_on(keys.error());
    const std::int64_t now = seconds_of(clock_.now());
    const json::object claims = {{"ver", 1},
                                 {"jti", "AT." + base::make_secret(kJtiRandomBytes, random_)},
                                 {"iss", settings_.issuer},
                                 {"aud", settings_.audience},
                                 {"iat", now},
                                 {"exp", now + settings_.life.count()},
                                 {"cid", client_id},
                                 {"scp", json::array{"appuser:write", "appuser:read"}},
                                 {"sub", client_id}};
    auto token = (*keys)->keys.front()->sign(json::serialize(claims));
    if (!token) return base::pass_on(token.error());
    return Token{std::move(*token), settings_.life};
  }

  base::Result<std::string> verify(std::string_view token) override {
    if (token.empty() || token.size() > kTokenBytesMost) return refuse();
    const std::string digest = base::sha256_raw(token);
    const std::int64_t now = seconds_of(clock_.now());
    auto keys = keys_.current();
    if (!keys) return base::pass_on(keys.error());
    if (const auto known = known_.find(*keys, digest)) {
      if (!known->holds_at(now)) return refuse();
      return known->client_id;
    }
    const auto payload =
        verify_compact(token, kTokenBytesMost,
                       [&](const std::string& kid) -> base::Result<std::shared_ptr<const JoseKey>> {
                         keys = keys_.for_kid(kid);
                         if (!keys) return base::pass_on(keys.error());
                         return (*keys)->find(kid);
                       });
    if (!payload) return base::pass_on(payload.error());
    auto read = read_claims(*payload);
    if (!read || !read->holds_at(now)) return refuse();
    known_.add(*keys, digest, *read);
    return std::move(read->client_id);
  }

  base::Result<std::string> jwks() override {
    const auto keys = keys_.with_signer();
    if (!keys) return base::pass_on(keys.error());
    json::array list;
    for (const auto& key : (*keys)->keys) {
      const auto text = key->public_jwk();
      if (!text) return base::pass_on(text.error());
      json::object jwk = json::parse(*text).as_object();
      jwk["alg"] = "RS256";
      jwk["use"] = "sig";
      list.push_back(std::move(jwk));
    }
    return json::serialize(json::object{{"keys", std::move(list)}});
  }

 private:
  /// Whatever reaches this was signed by us, yet perhaps for another audience or by an older
  /// version: it is held to everything that issue() writes and the callers rely on.
  std::optional<Known> read_claims(const std::string& payload) const {
    boost::system::error_code error;
    const json::value value = json::parse(payload, error);
    if (error || !value.is_object()) return std::nullopt;
    const json::object& claims = value.get_object();
    const auto issued = number_claim(claims, "iat");
    const auto expires = number_claim(claims, "exp");
    Known known{text_claim(claims, "cid"), issued.value_or(0), expires.value_or(0)};
    if (!issued || !expires || known.client_id.empty() ||
        text_claim(claims, "iss") != settings_.issuer ||
        text_claim(claims, "aud") != settings_.audience) {
      return std::nullopt;
    }
    return known;
  }

  const base::Clock& clock_;
  base::Random& random_;
  const TokenSettings settings_;
  SigningKeys keys_;
  KnownTokens known_;
};

}  // namespace

TokenSettings token_settings_for(std::string_view public_url) {
  const std::size_t scheme = public_url.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(public_url.find_first_of("/?#", start), public_url.size());
  std::string_view host = public_url.substr(start, end - start);
  // "[::1]:8080" keeps its brackets; only a colon after them begins a port.
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  TokenSettings settings;
  settings.issuer = std::string(public_url.substr(0, end)) + "/oauth2/default";
  settings.audience = std::string(host);
  return settings;
}

std::unique_ptr<app::TokenService> make_token_service(app::Store& store, const base::Clock& clock,
                                                      base::Random& random,
                                                      TokenSettings settings) {
  return std::make_unique<JwtTokenService>(store, clock, random, std::move(settings));
}

}  // namespace chartroom::auth
