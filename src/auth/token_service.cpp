#include "auth/token_service.hpp"

#include <algorithm>
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
constexpr std::size_t kTokensRemembered = 10'000;
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

using Kind = app::TokenService::Kind;

/// What sets a kind apart.
struct Shape {
  const char* id_prefix;  ///< of "jti"
  std::string audience;
  json::array scopes;  ///< empty: no "scp" at all
};

struct Known {
  Kind kind = Kind::client;
  std::string kid;
  std::string client_id;
  std::string human_id;
  std::int64_t issued = 0;   ///< Unix seconds
  std::int64_t expires = 0;  ///< Unix seconds

  [[nodiscard]] bool holds_at(std::int64_t now) const {
    return issued <= now + kSkewSeconds && now < expires;
  }
};

/// Verified tokens by SHA-256. Thread-safe.
class KnownTokens {
 public:
  std::optional<Known> find(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(digest);
    if (found == known_.end()) return std::nullopt;
    return found->second;
  }
  void add(const std::string& digest, Known token) {
    const std::lock_guard lock(mutex_);
    // Full means thousands of tokens within a day: starting over costs a signature check each.
    if (known_.size() >= kTokensRemembered) known_.clear();
    known_.insert_or_assign(digest, std::move(token));
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;
};

class JwtTokenService final : public app::TokenService {
 public:
  JwtTokenService(app::Store& store, const base::Clock& clock, base::Random& random,
                  const app::Sealer& sealer, TokenSettings settings)
      : clock_(clock),
        random_(random),
        settings_(std::move(settings)),
        keys_(store, clock, random, sealer) {}

  base::Result<Token> issue(Kind kind, const std::string& client_id, const std::string& human_id,
                            base::TimePoint not_before) override {
    const auto keys = keys_.with_signer();
    if (!keys) return base::pass_on(keys.error());
    const Shape shape = shape_of(kind, client_id);
    const std::chrono::seconds life =
        kind == Kind::refresh ? base::limits::kRefreshTokenLife : settings_.life;
    const std::int64_t at = std::max(
        seconds_of(clock_.now()), seconds_of(std::chrono::ceil<std::chrono::seconds>(not_before)));
    json::object claims = {{"ver", 1},
                           {"jti", shape.id_prefix + base::make_secret(kJtiRandomBytes, random_)},
                           {"iss", settings_.issuer},
                           {"aud", shape.audience},
                           {"iat", at},
                           {"exp", at + life.count()},
                           {"cid", client_id}};
    if (!shape.scopes.empty()) claims["scp"] = shape.scopes;
    claims["sub"] = kind == Kind::client ? client_id : human_id;
    auto token = (*keys)->signer->sign(json::serialize(claims));
    if (!token) return base::pass_on(token.error());
    return Token{std::move(*token), life};
  }

  base::Result<Claims> verify(Kind kind, std::string_view token) override {
    if (token.empty() || token.size() > kTokenBytesMost) return refuse();
    const auto arrival = keys_.arrive();
    const std::string digest = base::sha256_raw(token);
    const std::int64_t now = seconds_of(clock_.now());
    auto known = known_.find(digest);
    if (known) {
      const auto keys = keys_.current();
      if (!keys) return base::pass_on(keys.error());
      if (!(*keys)->find(known->kid)) return refuse();  // retired since
    } else {
      auto read = read_token(token, arrival);
      if (!read) return base::pass_on(read.error());
      if (read->holds_at(now)) known_.add(digest, *read);
      known = std::move(*read);
    }
    if (known->kind != kind || !known->holds_at(now)) return refuse();
    return Claims{std::move(known->client_id), std::move(known->human_id),
                  base::from_unix_ms(known->issued * 1000)};
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
  [[nodiscard]] Shape shape_of(Kind kind, const std::string& client_id) const {
    switch (kind) {
      case Kind::access:
        return {"UT.", settings_.audience + "/user", json::array{"user:read"}};
      case Kind::id:
        return {"ID.", client_id, {}};
      case Kind::refresh:
        return {"RT.", settings_.issuer, json::array{"offline_access"}};
      case Kind::client:
        break;
    }
    return {"AT.", settings_.audience, json::array{"appuser:write", "appuser:read"}};
  }

  base::Result<Known> read_token(std::string_view token, SigningKeys::Arrival arrival) {
    std::string signer;
    const auto payload =
        verify_compact(token, kTokenBytesMost,
                       [&](const std::string& kid) -> base::Result<std::shared_ptr<const JoseKey>> {
                         const auto keys = keys_.for_kid(kid, arrival);
                         if (!keys) return base::pass_on(keys.error());
                         signer = kid;
                         return (*keys)->find(kid);
                       });
    if (!payload) return base::pass_on(payload.error());
    auto read = read_claims(*payload);
    if (!read) return refuse();
    read->kid = std::move(signer);
    return std::move(*read);
  }

  /// Whatever reaches this was signed by us, yet perhaps for another audience or by an older
  /// version: it is held to everything that issue() writes and the callers rely on.
  [[nodiscard]] std::optional<Known> read_claims(const std::string& payload) const {
    boost::system::error_code error;
    const json::value value = json::parse(payload, error);
    if (error || !value.is_object()) return std::nullopt;
    const json::object& claims = value.get_object();
    const auto issued = number_claim(claims, "iat");
    const auto expires = number_claim(claims, "exp");
    Known known;
    known.client_id = text_claim(claims, "cid");
    const std::string subject = text_claim(claims, "sub");
    const auto kind = kind_of(claims, known.client_id);
    if (!issued || !expires || !kind || known.client_id.empty() || subject.empty() ||
        text_claim(claims, "iss") != settings_.issuer ||
        (*kind == Kind::client) != (subject == known.client_id)) {
      return std::nullopt;
    }
    known.kind = *kind;
    known.issued = *issued;
    known.expires = *expires;
    if (*kind != Kind::client) known.human_id = subject;
    return known;
  }

  /// The one kind whose audience and scopes these are.
  [[nodiscard]] std::optional<Kind> kind_of(const json::object& claims,
                                            const std::string& client_id) const {
    const std::string audience = text_claim(claims, "aud");
    const json::value* scopes = claims.if_contains("scp");
    for (const Kind kind : {Kind::client, Kind::access, Kind::id, Kind::refresh}) {
      const Shape shape = shape_of(kind, client_id);
      const bool same_scopes = scopes == nullptr ? shape.scopes.empty()
                                                 : !shape.scopes.empty() && *scopes == shape.scopes;
      if (same_scopes && audience == shape.audience) return kind;
    }
    return std::nullopt;
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
                                                      const app::Sealer& sealer,
                                                      TokenSettings settings) {
  return std::make_unique<JwtTokenService>(store, clock, random, sealer, std::move(settings));
}

}  // namespace chartroom::auth
