// Keys come and go while tokens are issued and verified.
#include "auth/signing_keys.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include "auth/token_fixture_test.hpp"

namespace chartroom::auth {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using test::Kind;
using namespace std::chrono_literals;

class TokensAndKeys : public test::TokenFixture {};

TEST_F(TokensAndKeys, WithMadeUpKeyIdsDoNotLoadTheStore) {
  issue();
  const std::string retired = rotate(0s).kid;
  rotate(0s);
  ASSERT_TRUE(service_->verify(
      Kind::client, service(settings_)->issue(Kind::client, kClient, "", {}).value().token));
  const unsigned before = store_.reads;
  const std::string payload = base::to_base64url(json::serialize(claims()));
  const auto expect_refused_kid = [&](const std::string& kid) {
    const std::string header =
        base::to_base64url(json::serialize(json::object{{"kid", kid}, {"alg", "RS256"}}));
    expect_refused(header + "." + payload + ".AAAA");
  };
  for (int i = 0; i < 100; ++i) {
    const std::string digits = base::sha256_hex(std::to_string(i));
    expect_refused_kid(digits.substr(0, 32));
    expect_refused_kid(retired.substr(0, 16) + digits.substr(0, 16));
    expect_refused_kid(digits.substr(0, 16) + retired.substr(16));
    expect_refused_kid(digits);
    expect_refused_kid(retired);
  }
  EXPECT_EQ(store_.reads, before);
}

TEST_F(TokensAndKeys, OfANewKeyOfAnotherProcessAreTakenAtOnce) {
  issue();
  const app::SigningKey key = rotate(25h);
  const std::string token = service(settings_)->issue(Kind::client, kClient, "", {}).value().token;
  const auto header = json::parse(*base::from_base64url(base::split(token, '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(key.kid)) << "the newest key signs";
  EXPECT_EQ(client_of(*service_, token), kClient);
}

TEST_F(TokensAndKeys, OfANewKeyWaitForAStoreThatIsAway) {
  issue();
  rotate(25h);
  const std::string token = service(settings_)->issue(Kind::client, kClient, "", {}).value().token;
  store_.away = true;
  for (int i = 0; i < 3; ++i) {
    const auto claims = service_->verify(Kind::client, token);
    ASSERT_FALSE(claims);
    EXPECT_EQ(claims.error().code, ErrorCode::unavailable) << "it may well be good";
  }
  store_.away = false;
  EXPECT_EQ(client_of(*service_, token), kClient);
}

TEST_F(TokensAndKeys, AreSignedByANewKeyWithinSeconds) {
  const std::string before = issue();
  const app::SigningKey key = rotate(25h);
  clock_.advance(2s);
  const auto header = json::parse(*base::from_base64url(base::split(issue(), '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(key.kid));
  EXPECT_EQ(client_of(*service_, before), kClient) << "the old key still verifies";
  EXPECT_EQ(json::parse(service_->jwks().value()).at("keys").as_array().size(), 2U);
  clock_.advance(25h - 2s - 1s);
  EXPECT_EQ(json::parse(service_->jwks().value()).at("keys").as_array().size(), 2U);
  clock_.advance(1s);
  EXPECT_EQ(json::parse(service_->jwks().value()).at("keys").as_array().size(), 1U)
      << "to the second, though the store was read a moment ago";
}

TEST_F(TokensAndKeys, AreSignedByAKeyThatOutlivesThemThoughAClockWasSetBack) {
  issue();
  clock_.advance(-1h);
  const app::SigningKey key = rotate(25h);  // made "earlier" than the one it replaces
  clock_.advance(2s);
  const auto header = json::parse(*base::from_base64url(base::split(issue(), '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(key.kid));
}

TEST_F(TokensAndKeys, OfARetiredKeyAreForgotten) {
  const std::string token = issue();
  ASSERT_TRUE(service_->verify(Kind::client, token));
  store_.keys.at(0).retired_at = clock_.now() + 1min;
  clock_.advance(6min);
  expect_refused(token, "though it was remembered");
  EXPECT_TRUE(service_->verify(Kind::client, issue())) << "a new key takes over";
  EXPECT_EQ(store_.keys.size(), 2U);
}

TEST_F(TokensAndKeys, OfTwoProcessesThatBothMadeAKeyAreValidInBoth) {
  const auto rival_pem = generate_rsa_pem().value();
  store_.rival = app::SigningKey{std::string(32, 'f'), rival_pem, clock_.now() + 1ms, std::nullopt};
  const std::string token = issue();
  EXPECT_EQ(store_.keys.size(), 2U);
  const auto header = json::parse(*base::from_base64url(base::split(token, '.')[0]));
  EXPECT_EQ(header.at("kid"), json::value(std::string(32, 'f'))) << "both agree on the newest";
  const auto first = JoseKey::rsa(store_.keys[0].kid, store_.keys[0].private_pem).value();
  EXPECT_TRUE(service_->verify(Kind::client, first->sign(json::serialize(claims())).value()));
}

TEST_F(TokensAndKeys, AreNeverRefusedWhileOthersRotateTheKeys) {
  // The clock stands still, so the verifier never reads by itself: it learns of each new key from a
  // token. Another process issues, and always with the newest key.
  constexpr int kRotations = 12;
  constexpr int kTokensLeast = 40;
  std::mutex mutex;
  std::shared_ptr<app::TokenService> issuer = service(settings_);
  const auto token_of_another_process = [&] {
    std::shared_ptr<app::TokenService> now;
    {
      const std::lock_guard lock(mutex);
      now = issuer;
    }
    return now->issue(Kind::client, kClient, "", {}).value().token;
  };
  issue();
  const unsigned before = store_.reads;
  std::atomic<bool> rotating{true};
  std::atomic<int> refused{0};
  std::atomic<int> verified{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; rotating || round < kTokensLeast; ++round) {
          const bool taken = service_->verify(Kind::client, token_of_another_process()).has_value();
          ++(taken ? verified : refused);
        }
      });
    }
    for (int i = 0; i < kRotations; ++i) {
      rotate(25h);
      const std::lock_guard lock(mutex);
      issuer = service(settings_);
    }
    rotating = false;
  }
  EXPECT_EQ(refused, 0);
  EXPECT_GE(verified, 3 * kTokensLeast);
  EXPECT_EQ(client_of(*service_, token_of_another_process()), kClient) << "the last key as well";
  EXPECT_LE(store_.reads - before, 2U * (kRotations + 1)) << "once for each key and service";
}

TEST_F(TokensAndKeys, SayUnavailableWhenTheStoreIsAway) {
  store_.away = true;
  EXPECT_EQ(service_->issue(Kind::client, kClient, "", {}).error().code, ErrorCode::unavailable);
  const std::string well_formed = base::to_base64url(R"({"kid":"k","alg":"RS256"})") + ".e30.AAAA";
  EXPECT_EQ(service_->verify(Kind::client, well_formed).error().code, ErrorCode::unavailable);
  EXPECT_EQ(service_->jwks().error().code, ErrorCode::unavailable);
  store_.away = false;
  const std::string token = issue();
  store_.away = true;
  EXPECT_TRUE(service_->verify(Kind::client, token)) << "the keys are at hand";
  clock_.advance(4min);
  EXPECT_TRUE(service_->verify(Kind::client, token)) << "for some time";
  EXPECT_TRUE(service_->issue(Kind::client, kClient, "", {}));
  clock_.advance(1min);
  EXPECT_EQ(service_->verify(Kind::client, token).error().code, ErrorCode::unavailable);
}

TEST_F(TokensAndKeys, SayCorruptWhenAStoredKeyIsBroken) {
  for (const char* pem : {"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    service_ = service(settings_);
    store_.keys = {{"k", base::Sensitive<std::string>(pem), clock_.now(), std::nullopt}};
    EXPECT_EQ(service_->issue(Kind::client, kClient, "", {}).error().code, ErrorCode::corrupt);
  }
}

TEST_F(TokensAndKeys, CanBeCheckedWithThePublishedKeys) {
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

}  // namespace
}  // namespace chartroom::auth
