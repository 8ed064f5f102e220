#include "auth/token_service.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <boost/json.hpp>
#include <thread>

#include "auth/jose.hpp"
#include "auth/test_support.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::auth {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using namespace std::chrono_literals;

using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

PublicKey read_key(const app::SigningKey& key) {
  const std::string& pem = key.private_pem.reveal();
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  PublicKey read(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr), &EVP_PKEY_free);
  BIO_free(bio);
  return read;
}

std::string public_pem(const app::SigningKey& key) {
  const PublicKey read = read_key(key);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, read.get());
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return pem;
}

class Tokens : public testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }

  std::unique_ptr<app::TokenService> service(TokenSettings settings) {
    return make_token_service(store_, clock_, random_, std::move(settings));
  }
  std::string issue() { return service_->issue(kClient).value().token; }
  std::int64_t now() const { return base::to_unix_ms(clock_.now()) / 1000; }

  void expect_refused(const std::string& token, const char* what = "") {
    const auto client = service_->verify(token);
    ASSERT_FALSE(client) << what;
    EXPECT_EQ(client.error().code, ErrorCode::unauthenticated) << what;
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
            {"cid", kClient}};
  }

  static constexpr const char* kClient = "0123456789012345678901234567890123456789";
  test::KeyStore store_;
  test::ManualClock clock_;
  base::SystemRandom random_;
  TokenSettings settings_ = token_settings_for("https://admin.example.com:8443/api");
  std::unique_ptr<app::TokenService> service_ = service(settings_);
};

TEST_F(Tokens, TakeIssuerAndAudienceFromTheServersAddress) {
  EXPECT_EQ(settings_.issuer, "https://admin.example.com:8443/oauth2/default");
  EXPECT_EQ(settings_.audience, "admin.example.com");
  EXPECT_EQ(token_settings_for("http://[::1]:8080").audience, "[::1]");
  EXPECT_EQ(token_settings_for("http://[::1]/").audience, "[::1]");
  EXPECT_EQ(token_settings_for("http://localhost").issuer, "http://localhost/oauth2/default");
}

TEST_F(Tokens, HaveTheDocumentedShape) {
  const auto token = service_->issue(kClient).value();
  EXPECT_EQ(token.expires_in, 86400s);
  const auto parts = base::split(token.token, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(*base::from_base64url(parts[0]),
            R"({"kid":")" + store_.keys.at(0).kid + R"(","alg":"RS256"})");
  const json::object claims = json::parse(*base::from_base64url(parts[1])).as_object();
  EXPECT_EQ(claims.size(), 9U);
  EXPECT_EQ(claims.at("ver"), json::value(1));
  EXPECT_EQ(std::string(claims.at("jti").as_string()).substr(0, 3), "AT.");
  EXPECT_EQ(claims.at("iss"), json::value(settings_.issuer));
  EXPECT_EQ(claims.at("aud"), json::value(settings_.audience));
  EXPECT_EQ(claims.at("iat"), json::value(now()));
  EXPECT_EQ(claims.at("exp"), json::value(now() + 86400));
  EXPECT_EQ(claims.at("cid"), json::value(kClient));
  EXPECT_EQ(claims.at("scp"), json::value(json::array{"appuser:write", "appuser:read"}));
  EXPECT_EQ(claims.at("sub"), json::value(kClient));
  EXPECT_NE(token.token, issue()) << "every token has its own id";
}

TEST_F(Tokens, AreSignedAsOpenSslUnderstandsIt) {
  const std::string token = issue();
  const std::size_t dot = token.rfind('.');
  const std::string signature = *base::from_base64url(token.substr(dot + 1));
  const PublicKey key = read_key(store_.keys.at(0));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ASSERT_EQ(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(token.data()), dot),
      1);
  EVP_MD_CTX_free(context);
}

TEST_F(Tokens, NameTheirClientUntilTheyExpire) {
  const std::string token = issue();
  EXPECT_EQ(service_->verify(token).value(), kClient);
  EXPECT_EQ(service(settings_)->verify(token).value(), kClient) << "another process";
  clock_.advance(24h - 1s);
  EXPECT_EQ(service_->verify(token).value(), kClient);
  clock_.advance(1s);
  expect_refused(token, "remembered, expired");
  service_ = service(settings_);
  expect_refused(token, "not remembered, expired");
}

TEST_F(Tokens, AreRefusedWhenAnyCharacterIsChanged) {
  const std::string token = issue();
  ASSERT_TRUE(service_->verify(token));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_refused(changed);
  }
}

TEST_F(Tokens, HaveOneSpellingOnly) {
  const std::string token = issue();
  const auto parts = base::split(token, '.');
  // 256 bytes leave four bits over in the last character; they must be zero.
  std::string stray = token;
  ASSERT_NE(std::string("AQgw").find(stray.back()), std::string::npos);
  ++stray.back();
  expect_refused(stray, "stray bits");
  for (const char* end : {"=", "==", ".", " ", "\n", "A", "AAAA"}) expect_refused(token + end, end);
  for (const char* start : {" ", ".", "\n", "Bearer "}) expect_refused(start + token, start);
  expect_refused(token + "." + parts[2], "four parts");
  expect_refused(parts[0] + "." + parts[1], "two parts");
  expect_refused(parts[0] + "." + parts[1] + ".", "no signature");
  expect_refused(parts[0] + ".." + parts[2], "no payload");
  expect_refused("." + parts[1] + "." + parts[2], "no header");
  expect_refused("", "nothing");
  expect_refused("..", "dots");
  expect_refused(std::string(token).replace(token.find('.'), 1, 1, '\0'), "zero byte");
}

TEST_F(Tokens, CannotChooseTheirAlgorithm) {
  issue();
  const app::SigningKey& key = store_.keys.at(0);
  const std::string payload = base::to_base64url(json::serialize(claims()));
  for (const char* name :
       {"none", "None", "NONE", "nOnE", "", "HS256", "RS384", "PS256", "ES256", "rs256"}) {
    const std::string header =
        base::to_base64url(json::serialize(json::object{{"kid", key.kid}, {"alg", name}}));
    expect_refused(header + "." + payload + ".", name);
    expect_refused(header + "." + payload + ".AAAA", name);
  }
  // The public key is known to all: it must never serve as a secret.
  const std::string pem = public_pem(key);
  for (const std::string& secret : {pem, pem.substr(0, pem.size() - 1)}) {
    const auto forger = JoseKey::symmetric(key.kid, base::Sensitive<std::string>(secret)).value();
    expect_refused(forger->sign(json::serialize(claims())).value(), "HS256 with the public key");
  }
  for (const char* header : {R"({"alg":"RS256"})", R"({"alg":"RS256","kid":null})",
                             R"({"alg":["RS256"],"kid":"x"})", "{}", "[]", "x"}) {
    expect_refused(base::to_base64url(header) + "." + payload + ".AAAA", header);
  }
}

TEST_F(Tokens, OfAnotherKeyAreRefused) {
  issue();
  const auto foreign_pem = generate_rsa_pem().value();
  const auto known_kid = JoseKey::rsa(store_.keys.at(0).kid, foreign_pem).value();
  expect_refused(known_kid->sign(json::serialize(claims())).value(), "our kid, their key");
  const auto other_kid = JoseKey::rsa(std::string(32, 'f'), foreign_pem).value();
  expect_refused(other_kid->sign(json::serialize(claims())).value(), "their kid, their key");
}

TEST_F(Tokens, MustHoldEveryClaimThatCounts) {
  issue();
  EXPECT_TRUE(service_->verify(sign_ours(claims())));
  const auto with = [&](const char* name, const json::value& value) {
    json::object changed = claims();
    changed[name] = value;
    return sign_ours(changed);
  };
  for (const char* name : {"iss", "aud", "iat", "exp", "cid"}) {
    json::object lacking = claims();
    lacking.erase(name);
    expect_refused(sign_ours(lacking), name);
    expect_refused(with(name, nullptr), name);
    expect_refused(with(name, json::array{}), name);
    expect_refused(with(name, ""), name);
  }
  expect_refused(with("aud", "other.example.com"), "another audience");
  expect_refused(with("iss", "https://other.example.com/oauth2/default"), "another issuer");
  expect_refused(with("exp", now()), "expires now");
  expect_refused(with("exp", json::value(std::to_string(now() + 60))), "text for a number");
  expect_refused(with("exp", static_cast<double>(now() + 60)), "broken number");
  expect_refused(with("cid", 1), "number for a text");
  EXPECT_TRUE(service_->verify(with("iat", now() + 60))) << "clocks may differ a little";
  expect_refused(with("iat", now() + 61), "from the future");
}

TEST_F(Tokens, ThatAreHugeAreRefused) {
  expect_refused(std::string(1'000'000, 'A'));
  expect_refused(std::string(1'000'000, '.'));
  const std::string token = issue();
  expect_refused(token + std::string(1'000'000, 'A'));
  json::object large = claims();
  large["more"] = std::string(5'000, 'x');
  expect_refused(sign_ours(large), "rightly signed but over the limit");
}

TEST_F(Tokens, WithMadeUpKeyIdsDoNotLoadTheStore) {
  issue();
  const unsigned before = store_.reads;
  const std::string payload = base::to_base64url(json::serialize(claims()));
  for (int i = 0; i < 100; ++i) {
    const std::string kid = base::sha256_hex(std::to_string(i)).substr(0, 32);
    const std::string header =
        base::to_base64url(json::serialize(json::object{{"kid", kid}, {"alg", "RS256"}}));
    expect_refused(header + "." + payload + ".AAAA");
  }
  EXPECT_LE(store_.reads - before, 5U);
}

TEST_F(Tokens, OfANewKeyOfAnotherProcessAreTaken) {
  issue();
  store_.keys.push_back({.kid = std::string(32, 'b'),
                         .private_pem = generate_rsa_pem().value(),
                         .created_at = clock_.now() + 1s,
                         .retired_at = std::nullopt});
  const std::string token = service(settings_)->issue(kClient).value().token;
  const auto header = json::parse(*base::from_base64url(base::split(token, '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(std::string(32, 'b'))) << "the newest key signs";
  EXPECT_EQ(service_->verify(token).value(), kClient);
}

TEST_F(Tokens, OfARetiredKeyAreForgotten) {
  const std::string token = issue();
  ASSERT_TRUE(service_->verify(token));
  store_.keys.at(0).retired_at = clock_.now() + 1min;
  clock_.advance(6min);
  expect_refused(token, "though it was remembered");
  EXPECT_TRUE(service_->verify(issue())) << "a new key takes over";
  EXPECT_EQ(store_.keys.size(), 2U);
}

TEST_F(Tokens, OfTwoProcessesThatBothMadeAKeyAreValidInBoth) {
  const auto rival_pem = generate_rsa_pem().value();
  store_.rival = app::SigningKey{std::string(32, 'f'), rival_pem, clock_.now() + 1ms, std::nullopt};
  const std::string token = issue();
  EXPECT_EQ(store_.keys.size(), 2U);
  const auto header = json::parse(*base::from_base64url(base::split(token, '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(std::string(32, 'f'))) << "both agree on the newest";
  const auto first = JoseKey::rsa(store_.keys[0].kid, store_.keys[0].private_pem).value();
  EXPECT_TRUE(service_->verify(first->sign(json::serialize(claims())).value()));
}

TEST_F(Tokens, SayUnavailableWhenTheStoreIsAway) {
  store_.away = true;
  EXPECT_EQ(service_->issue(kClient).error().code, ErrorCode::unavailable);
  EXPECT_EQ(service_->verify("a.b.c").error().code, ErrorCode::unavailable);
  EXPECT_EQ(service_->jwks().error().code, ErrorCode::unavailable);
  store_.away = false;
  const std::string token = issue();
  store_.away = true;
  EXPECT_TRUE(service_->verify(token)) << "the keys are at hand";
}

TEST_F(Tokens, SayCorruptWhenAStoredKeyIsBroken) {
  for (const char* pem : {"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    store_.keys = {{"k", base::Sensitive<std::string>(pem), clock_.now(), std::nullopt}};
    EXPECT_EQ(service_->issue(kClient).error().code, ErrorCode::corrupt);
  }
}

TEST_F(Tokens, CanBeCheckedWithThePublishedKeys) {
  const json::value set = json::parse(service_->jwks().value());
  const json::array& keys = set.at("keys").as_array();
  ASSERT_EQ(keys.size(), 1U);
  const json::object& key = keys[0].as_object();
  EXPECT_EQ(key.at("kty"), json::value("RSA"));
  EXPECT_EQ(key.at("alg"), json::value("RS256"));
  EXPECT_EQ(key.at("use"), json::value("sig"));
  EXPECT_EQ(key.at("kid"), json::value(store_.keys.at(0).kid));
  EXPECT_EQ(key.at("e"), json::value("AQAB"));
  EXPECT_EQ(base::from_base64url(std::string(key.at("n").as_string()))->size(), 256U);
  EXPECT_EQ(key.size(), 6U) << "and nothing private";
}

TEST_F(Tokens, AreIssuedAndCheckedByManyThreads) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          EXPECT_EQ(service_->verify(issue()).value(), kClient);
        }
      });
    }
  }
  EXPECT_EQ(store_.keys.size(), 1U);
}

}  // namespace
}  // namespace chartroom::auth
