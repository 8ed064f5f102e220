#include <gtest/gtest.h>

#include <set>

#include "app/webhook_rules.hpp"
#include "base/bytes.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/standard_webhooks.hpp"
#include "delivery/webhook_sender.hpp"

namespace chartroom::delivery {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using Headers = std::vector<std::pair<std::string, std::string>>;
using Secret = base::Sensitive<std::string>;
using Verdict = DeliveryOutcome::Verdict;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr const char* kLegacySignature = "bc6ff69ccff84bbb1aead4cf82e96678a98f1698";
const base::TimePoint kAt = base::from_unix_ms(1'614'265'330'999);

TEST(Signatures, AreThoseOfThePublishedExample) {
  const Headers expected = {
      {"webhook-id", kId}, {"webhook-timestamp", "1614265330"}, {"webhook-signature", kSignature}};
  EXPECT_EQ(make_webhook_signer()->headers(kId, kAt, kBody, Secret(kSecret)), expected);
}

TEST(Signatures, CoverIdTimeAndBody) {
  const auto signer = make_webhook_signer();
  const auto signature = [&](const std::string& id, base::TimePoint at, std::string_view body) {
    return signer->headers(id, at, body, Secret(kSecret)).at(2).second;
  };
  EXPECT_NE(signature("other", kAt, kBody), kSignature);
  EXPECT_NE(signature(kId, kAt + 1s, kBody), kSignature);
  EXPECT_NE(signature(kId, kAt, "{}"), kSignature);
  EXPECT_EQ(signature(kId, kAt, kBody), kSignature);
}

TEST(Signatures, AreGivenForEverySecretWhileOneIsRotated) {
  base::SystemRandom random;
  base::start_crypto();
  const std::string fresh = app::make_webhook_secret(random).reveal();
  const auto signer = make_webhook_signer();
  const std::string alone = signer->headers(kId, kAt, kBody, Secret(fresh)).at(2).second;
  const auto both = signer->headers(kId, kAt, kBody, Secret(fresh + " " + kSecret));
  EXPECT_EQ(both.at(2).second, alone + " " + kSignature);
}

TEST(Signatures, AreNeverMadeWithABrokenSecret) {
  const auto signer = make_webhook_signer();
  const std::string good = kSecret;
  for (const std::string& secret :
       {std::string(), std::string("secret"), std::string("whsec_"), std::string("whsec_!!!!"),
        good.substr(6), "whsec_" + base::to_base64(std::string(23, 'x')),
        "whsec_" + base::to_base64(std::string(65, 'x')), good + " ", good + " broken"}) {
    EXPECT_TRUE(signer->headers(kId, kAt, kBody, Secret(secret)).empty()) << secret;
    EXPECT_FALSE(is_webhook_secret(secret)) << secret;
  }
  EXPECT_TRUE(is_webhook_secret(kSecret));
}

TEST(Signatures, HaveSecretsOf32RandomBytes) {
  base::start_crypto();
  base::SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::string secret = app::make_webhook_secret(random).reveal();
    EXPECT_TRUE(is_webhook_secret(secret));
    EXPECT_EQ(base::from_base64(secret.substr(6))->size(), 32U);
    seen.insert(secret);
  }
  EXPECT_EQ(seen.size(), 50U);
}

/// The random number that leaves a wait as it is.
constexpr std::uint32_t kMiddle = 0x8000'0000U;

TEST(Retries, AreSixRoundsOfSixTries) {
  const base::Duration quick[] = {1s, 2s, 4s, 8s, 16s};
  const base::Duration pauses[] = {15min, 30min, 1h, 2h, 4h};
  unsigned failed = 0;
  for (unsigned round = 0; round < 6; ++round) {
    for (const base::Duration wait : quick) EXPECT_EQ(delay_after(++failed, kMiddle), wait);
    ++failed;
    if (round < 5) {
      EXPECT_EQ(delay_after(failed, kMiddle), pauses[round]);
    }
  }
  EXPECT_EQ(failed, kTriesMost);
  EXPECT_EQ(delay_after(kTriesMost, kMiddle), std::nullopt);
  EXPECT_EQ(delay_after(kTriesMost + 1, 0), std::nullopt);
  EXPECT_EQ(delay_after(~0U, ~0U), std::nullopt);
}

TEST(Retries, AreSpreadByAFifthEitherWay) {
  EXPECT_EQ(delay_after(1, 0), 800ms);
  EXPECT_EQ(delay_after(1, ~0U), 1200ms);
  EXPECT_EQ(delay_after(30, 0), base::Duration(4h) * 8 / 10);
  EXPECT_EQ(delay_after(30, ~0U), base::Duration(4h) * 12 / 10);
  for (std::uint64_t random = 0; random < (1ULL << 32U); random += 10'000'019U) {
    const auto wait = delay_after(6, static_cast<std::uint32_t>(random)).value();
    ASSERT_GE(wait, 12min);
    ASSERT_LE(wait, 18min);
  }
}

class FakeClient final : public app::HttpClient {
 public:
  base::Result<app::OutgoingResponse> send(const app::OutgoingRequest& request) override {
    sent.push_back(request);
    return answer;
  }
  base::Result<app::OutgoingResponse> answer = app::OutgoingResponse{200, ""};
  std::vector<app::OutgoingRequest> sent;
};

/// Bytes 0, 1, 2, …
class CountingRandom final : public base::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 0;
};

class Delivery : public testing::Test {
 protected:
  Delivery() {
    endpoint_.url = "https://customer.example/hook";
    endpoint_.secret = Secret(kSecret);
    event_.id = kId;
    event_.body = kBody;
  }
  DeliveryOutcome try_once() {
    return deliver(authenticator_, *signer_, random_, endpoint_, event_, kAt);
  }
  DeliveryOutcome with_status(int status) {
    client_.answer = app::OutgoingResponse{status, "whatever"};
    return try_once();
  }

  /// A header of the last delivery; nullopt unless it was sent once.
  std::optional<std::string> sent_header(const std::string& name) const {
    std::optional<std::string> found;
    for (const auto& [key, value] : client_.sent.back().headers) {
      if (key != name) continue;
      if (found) return std::nullopt;
      found = value;
    }
    return found;
  }

  FakeClient client_;
  base::SystemClock clock_;
  Authenticator authenticator_{client_, clock_};
  CountingRandom random_;
  std::unique_ptr<app::WebhookSigner> signer_ = make_webhook_signer();
  app::WebhookEndpoint endpoint_;
  app::StoredEvent event_;
};

TEST_F(Delivery, PostsTheSignedEvent) {
  EXPECT_EQ(try_once().verdict, Verdict::accepted);
  ASSERT_EQ(client_.sent.size(), 1U);
  const app::OutgoingRequest& sent = client_.sent[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, endpoint_.url);
  EXPECT_EQ(sent.body, kBody);
  EXPECT_EQ(sent.timeout, 10s);
  const Headers expected = {{"webhook-id", kId},
                            {"webhook-timestamp", "1614265330"},
                            {"webhook-signature", kSignature},
                            {"content-type", "application/json"}};
  ASSERT_EQ(sent.headers.size(), 5U);
  EXPECT_EQ(Headers(sent.headers.begin(), sent.headers.end() - 1), expected);
  EXPECT_EQ(sent.headers[4].first, "user-agent");
  EXPECT_EQ(sent.headers[4].second.rfind("Chartroom/", 0), 0U);
}

TEST_F(Delivery, IsJudgedByTheStatus) {
  for (const int status : {200, 201, 202, 204, 299}) {
    const auto outcome = with_status(status);
    EXPECT_EQ(outcome.verdict, Verdict::accepted) << status;
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.error, "");
  }
  const auto gone = with_status(410);
  EXPECT_EQ(gone.verdict, Verdict::gone);
  EXPECT_EQ(gone.error, "gone");
  const std::pair<int, const char*> failures[] = {
      {301, "redirect"},        {302, "redirect"},         {400, "refused"},
      {401, "refused"},         {404, "refused"},          {429, "refused"},
      {500, "endpoint failed"}, {503, "endpoint failed"},  {199, "unexpected status"},
      {0, "unexpected status"}, {600, "unexpected status"}};
  for (const auto& [status, words] : failures) {
    const auto outcome = with_status(status);
    EXPECT_EQ(outcome.verdict, Verdict::retry) << status;
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.error, words) << status;
  }
}

TEST_F(Delivery, IsTriedAgainWhenThereIsNoAnswer) {
  client_.answer = base::fail(ErrorCode::unavailable, "timeout");
  auto outcome = try_once();
  EXPECT_EQ(outcome.verdict, Verdict::retry);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.error, "timeout");
  client_.answer = base::fail(ErrorCode::invalid_input, "the URL cannot be read", "url");
  outcome = try_once();
  EXPECT_EQ(outcome.verdict, Verdict::retry);
  EXPECT_EQ(outcome.error, "invalid url");
}

TEST_F(Delivery, DoesNotGoOutUnsigned) {
  endpoint_.secret = Secret("broken");
  const auto outcome = try_once();
  EXPECT_EQ(outcome.verdict, Verdict::retry);
  EXPECT_EQ(outcome.error, "invalid secret");
  EXPECT_TRUE(client_.sent.empty());
}

TEST_F(Delivery, IsSignedWithBothSecretsUntilTheOldOneEnds) {
  const std::string old_secret = "whsec_" + base::to_base64(std::string(32, 'o'));
  const auto old_alone = signer_->headers(kId, kAt, kBody, Secret(old_secret)).at(2).second;
  endpoint_.previous_secret = Secret(old_secret);
  endpoint_.previous_secret_until = kAt + 1ms;
  (void)try_once();
  EXPECT_EQ(sent_header("webhook-signature"), kSignature + (" " + old_alone));
  endpoint_.previous_secret_until = kAt;
  (void)try_once();
  EXPECT_EQ(sent_header("webhook-signature"), kSignature);
  endpoint_.previous_secret_until.reset();
  (void)try_once();
  EXPECT_EQ(sent_header("webhook-signature"), kSignature);
}

TEST_F(Delivery, CarriesTheLegacySignatureWhereItIsWanted) {
  (void)try_once();
  EXPECT_EQ(sent_header("X-HumanAPI-Signature"), std::nullopt);
  endpoint_.legacy_signature = true;
  (void)try_once();
  EXPECT_EQ(sent_header("X-HumanAPI-Timestamp"), "1614265330999");
  EXPECT_EQ(sent_header("X-HumanAPI-Nonce"), "000102030405060708090a0b0c0d0e0f");
  // By Python: hmac.new(secret, body + timestamp + nonce, "sha1").hexdigest().
  EXPECT_EQ(sent_header("X-HumanAPI-Signature"), kLegacySignature);
  (void)try_once();
  EXPECT_EQ(sent_header("X-HumanAPI-Nonce"), "101112131415161718191a1b1c1d1e1f");
}

TEST_F(Delivery, CarriesTheStaticHeaders) {
  endpoint_.headers = {{"Authorization", Secret("Basic dTpw")}, {"X-Tenant", Secret("7")}};
  (void)try_once();
  EXPECT_EQ(sent_header("Authorization"), "Basic dTpw");
  EXPECT_EQ(sent_header("X-Tenant"), "7");
  EXPECT_EQ(sent_header("webhook-signature"), kSignature);
}

}  // namespace
}  // namespace chartroom::delivery
