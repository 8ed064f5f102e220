// What the tests of tokens share.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>

#include "auth/jose.hpp"
#include "auth/sealer.hpp"
#include "auth/test_support.hpp"
#include "auth/token_service.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::auth::test {

namespace json = boost::json;
using base::ErrorCode;
using Kind = app::TokenService::Kind;

class TokenFixture : public ::testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }

  std::unique_ptr<app::TokenService> service(TokenSettings settings) {
    return make_token_service(store_, clock_, random_, *sealer_, std::move(settings));
  }
  std::string issue(Kind kind = Kind::client) {
    return service_->issue(kind, kClient, kind == Kind::client ? "" : kHuman, {}).value().token;
  }
  std::string client_of(app::TokenService& service, const std::string& token) {
    const auto claims = service.verify(Kind::client, token);
    return claims ? claims->client_id : claims.error().message;
  }
  /// As another process makes and stores a key.
  app::SigningKey rotate(base::Duration overlap) {
    app::SigningKey key = make_signing_key(*sealer_, clock_, random_).value();
    EXPECT_TRUE(store_.rotate_signing_key(key, clock_.now() + overlap));
    return key;
  }
  std::int64_t now() const { return base::to_unix_ms(clock_.now()) / 1000; }

  void expect_refused(const std::string& token, const char* what = "") {
    for (const Kind kind : kKinds) {
      const auto claims = service_->verify(kind, token);
      ASSERT_FALSE(claims) << what;
      EXPECT_EQ(claims.error().code, ErrorCode::unauthenticated) << what;
    }
  }
  /// A token with any claims under our own key.
  std::string sign_ours(const json::object& claims) {
    if (store_.keys.empty()) issue();
    const app::SigningKey& key = store_.keys.front();
    return JoseKey::rsa(key.kid, key.private_pem).value()->sign(json::serialize(claims)).value();
  }
  json::object claims() const {
    return {{"iss", settings_.issuer},
            {"aud", settings_.audience},
            {"iat", now()},
            {"exp", now() + 60},
            {"cid", kClient},
            {"scp", json::array{"appuser:write", "appuser:read"}},
            {"sub", kClient}};
  }
  json::object claims_of(const std::string& token) const {
    return json::parse(*base::from_base64url(base::split(token, '.').at(1))).as_object();
  }

  static constexpr std::array<Kind, 4> kKinds{Kind::client, Kind::access, Kind::id, Kind::refresh};
  static constexpr const char* kHuman = "ef14404e9860776f6300e3e4cb10f84a";
  static constexpr const char* kClient = "0123456789012345678901234567890123456789";
  KeyStore store_;
  ManualClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<app::Sealer> sealer_ = make_sealer(ring_of("a"), random_);
  TokenSettings settings_ = token_settings_for("https://admin.example.com:8443/api");
  std::unique_ptr<app::TokenService> service_ = service(settings_);
};

}  // namespace chartroom::auth::test
