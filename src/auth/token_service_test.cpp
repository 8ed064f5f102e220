#include "auth/token_service.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <thread>

#include "auth/token_fixture_test.hpp"

namespace chartroom::auth {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using test::Kind;
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

class Tokens : public test::TokenFixture {};

TEST_F(Tokens, TakeIssuerAndAudienceFromTheServersAddress) {
  EXPECT_EQ(settings_.issuer, "https://admin.example.com:8443/oauth2/default");
  EXPECT_EQ(settings_.audience, "admin.example.com");
  EXPECT_EQ(token_settings_for("http://[::1]:8080").audience, "[::1]");
  EXPECT_EQ(token_settings_for("http://[::1]/").audience, "[::1]");
  EXPECT_EQ(token_settings_for("http://localhost").issuer, "http://localhost/oauth2/default");
}

TEST_F(Tokens, HaveTheDocumentedShape) {
  const auto token = service_->issue(Kind::client, kClient, "", {}).value();
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
  EXPECT_EQ(client_of(*service_, token), kClient);
  EXPECT_EQ(client_of(*service(settings_), token), kClient) << "another process";
  clock_.advance(24h - 1s);
  EXPECT_EQ(client_of(*service_, token), kClient);
  clock_.advance(1s);
  expect_refused(token, "remembered, expired");
  service_ = service(settings_);
  expect_refused(token, "not remembered, expired");
}

TEST_F(Tokens, AreRefusedWhenAnyCharacterIsChanged) {
  const std::string token = issue();
  ASSERT_TRUE(service_->verify(Kind::client, token));
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
  EXPECT_TRUE(service_->verify(Kind::client, sign_ours(claims())));
  const auto with = [&](const char* name, const json::value& value) {
    json::object changed = claims();
    changed[name] = value;
    return sign_ours(changed);
  };
  for (const char* name : {"iss", "aud", "iat", "exp", "cid", "scp", "sub"}) {
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
  EXPECT_TRUE(service_->verify(Kind::client, with("iat", now() + 60)))
      << "clocks may differ a little";
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

TEST_F(Tokens, OfOneKindPassForNoOther) {
  for (const Kind kind : kKinds) {
    const std::string token = issue(kind);
    for (const Kind asked : kKinds) {
      for (const char* time : {"first", "remembered"}) {
        const auto claims = service_->verify(asked, token);
        ASSERT_EQ(claims.has_value(), asked == kind) << time;
        if (!claims) continue;
        EXPECT_EQ(claims->client_id, kClient);
        EXPECT_EQ(claims->human_id, kind == Kind::client ? "" : kHuman);
        EXPECT_EQ(base::to_unix_ms(claims->issued_at), now() * 1000);
      }
    }
  }
}

TEST_F(Tokens, OfUsersSayWhomTheyAreFor) {
  const json::object access = claims_of(issue(Kind::access));
  EXPECT_EQ(access.at("sub"), json::value(kHuman));
  EXPECT_EQ(access.at("cid"), json::value(kClient));
  EXPECT_EQ(access.at("scp"), json::value(json::array{"user:read"}));
  EXPECT_EQ(access.at("aud"), json::value("admin.example.com/user"));
  EXPECT_EQ(access.at("exp"), json::value(now() + 86400));
  const json::object id = claims_of(issue(Kind::id));
  EXPECT_EQ(id.at("sub"), json::value(kHuman));
  EXPECT_EQ(id.at("aud"), json::value(kClient));
  EXPECT_FALSE(id.contains("scp"));
  const json::object refresh = claims_of(issue(Kind::refresh));
  EXPECT_EQ(refresh.at("sub"), json::value(kHuman));
  EXPECT_EQ(refresh.at("aud"), json::value(settings_.issuer));
  EXPECT_EQ(refresh.at("exp"), json::value(now() + 30 * 86400));
}

TEST_F(Tokens, ThatMixTheKindsAreRefused) {
  issue();
  const json::object good = claims();
  const auto with = [&](std::vector<std::pair<const char*, json::value>> changes) {
    json::object changed = good;
    for (const auto& [name, value] : changes) changed[name] = value;
    return sign_ours(changed);
  };
  expect_refused(with({{"scp", json::array{"user:read"}}}), "scope of another kind");
  expect_refused(with({{"scp", json::array{"appuser:read", "appuser:write"}}}), "another order");
  expect_refused(with({{"scp", json::array{"appuser:write", "appuser:read", "more"}}}), "more");
  expect_refused(with({{"aud", "admin.example.com/user"}}), "audience of another kind");
  expect_refused(with({{"aud", kClient}}), "audience of an id token");
  expect_refused(with({{"sub", kHuman}}), "a client token for a user");
  expect_refused(with({{"aud", "admin.example.com/user"}, {"scp", json::array{"user:read"}}}),
                 "an access token for a client");
}

TEST_F(Tokens, AreNeverOlderThanTheyMayBe) {
  const auto begun = clock_.now() + 700ms;
  const json::object later =
      claims_of(service_->issue(Kind::client, kClient, "", begun).value().token);
  EXPECT_EQ(later.at("iat"), json::value(now() + 1)) << "the next whole second";
  EXPECT_EQ(later.at("exp"), json::value(now() + 1 + 86400));
  const json::object long_ago =
      claims_of(service_->issue(Kind::client, kClient, "", clock_.now() - 24h).value().token);
  EXPECT_EQ(long_ago.at("iat"), json::value(now()));
}

TEST_F(Tokens, LiveAsLongAsSetUp) {
  settings_.life = 60s;
  service_ = service(settings_);
  const auto token = service_->issue(Kind::access, kClient, kHuman, {}).value();
  EXPECT_EQ(token.expires_in, 60s);
  const std::string refresh = issue(Kind::refresh);
  clock_.advance(59s);
  EXPECT_TRUE(service_->verify(Kind::access, token.token));
  clock_.advance(1s);
  expect_refused(token.token);
  clock_.advance(30 * 24h - 61s);
  EXPECT_TRUE(service_->verify(Kind::refresh, refresh));
  clock_.advance(1s);
  expect_refused(refresh);
}

TEST_F(Tokens, AreIssuedAndCheckedByManyThreads) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          EXPECT_EQ(client_of(*service_, issue()), kClient);
        }
      });
    }
  }
  EXPECT_EQ(store_.keys.size(), 1U);
}

}  // namespace
}  // namespace chartroom::auth
