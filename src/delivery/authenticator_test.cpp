#include "delivery/authenticator.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "delivery/testing.hpp"

namespace chartroom::delivery {
namespace {

using namespace std::chrono_literals;
using AuthSecret = base::Sensitive<std::string>;
using AuthType = app::OutgoingAuth::Type;

constexpr const char* kToken =
    R"({"access_token":"tok-1","token_type":"Bearer","expires_in":3600})";
constexpr const char* kNewToken =
    R"({"access_token":"tok-2","token_type":"bearer","expires_in":3600})";

class Authentication : public ::testing::Test {
 protected:
  Authentication() {
    auth_.type = AuthType::oauth2;
    auth_.token_url = "https://login.example/token";
    auth_.client_id = "chart room";
    auth_.client_secret = AuthSecret("s:cret&");
    auth_.scope = "reports.write all";
  }
  base::Result<app::OutgoingResponse> send(const std::string& owner = "hook") {
    app::OutgoingRequest request;
    request.url = "https://customer.example/hook";
    request.body = "[]";
    return authenticator_.send(request, auth_, owner);
  }
  [[nodiscard]] std::size_t token_calls() const {
    std::size_t calls = 0;
    for (const auto& request : client_.sent) calls += request.url == auth_.token_url ? 1 : 0;
    return calls;
  }
  [[nodiscard]] std::string last_authorization() const {
    return client_.header(client_.sent.size() - 1, "authorization").value_or("");
  }

  doubles::ScriptedClient client_;
  doubles::ManualClock clock_;
  Authenticator authenticator_{client_, clock_};
  app::OutgoingAuth auth_;
};

TEST_F(Authentication, OfNoKindAddsNothing) {
  auth_ = {};
  ASSERT_TRUE(send());
  ASSERT_EQ(client_.sent.size(), 1U);
  EXPECT_TRUE(client_.sent[0].headers.empty());
  EXPECT_FALSE(client_.sent[0].certificate);
}

TEST_F(Authentication, ByPasswordIsBasic) {
  auth_ = {};
  auth_.type = AuthType::basic;
  auth_.user = "Aladdin";
  auth_.password = AuthSecret("open sesame");
  ASSERT_TRUE(send());
  EXPECT_EQ(last_authorization(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617 §2
}

TEST_F(Authentication, ShowsItsCertificateToBothServers) {
  auth_.certificate = app::ClientCertificate{"CERTIFICATE", AuthSecret("KEY"), "CN=us", {}};
  client_.then(200, kToken);
  ASSERT_TRUE(send());
  ASSERT_EQ(client_.sent.size(), 2U);
  EXPECT_EQ(client_.sent[0].certificate, auth_.certificate);
  EXPECT_EQ(client_.sent[1].certificate, auth_.certificate);
}

TEST_F(Authentication, FetchesATokenAsTheStandardWrites) {
  client_.then(200, kToken);
  ASSERT_TRUE(send());
  ASSERT_EQ(client_.sent.size(), 2U);
  EXPECT_EQ(client_.sent[0].method, "POST");
  EXPECT_EQ(client_.sent[0].url, auth_.token_url);
  EXPECT_EQ(client_.sent[0].body, "grant_type=client_credentials&scope=reports.write+all");
  EXPECT_EQ(client_.header(0, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(client_.header(0, "authorization"),
            "Basic " + base::to_base64("chart+room:s%3Acret%26"));
  EXPECT_EQ(last_authorization(), "Bearer tok-1");
}

TEST_F(Authentication, PutsTheSecretIntoTheBodyWhereThatIsWanted) {
  auth_.secret_in_body = true;
  auth_.scope.clear();
  client_.then(200, kToken);
  ASSERT_TRUE(send());
  EXPECT_EQ(client_.header(0, "authorization"), std::nullopt);
  EXPECT_EQ(client_.sent[0].body,
            "grant_type=client_credentials&client_id=chart+room&client_secret=s%3Acret%26");
}

TEST_F(Authentication, KeepsATokenUntilAMinuteBeforeItsEnd) {
  client_.then(200, kToken);
  ASSERT_TRUE(send());
  clock_.at += 3539s;
  ASSERT_TRUE(send());
  EXPECT_EQ(token_calls(), 1U);
  clock_.at += 1s;
  client_.then(200, kNewToken);
  ASSERT_TRUE(send());
  EXPECT_EQ(token_calls(), 2U);
  EXPECT_EQ(last_authorization(), "Bearer tok-2");
}

TEST_F(Authentication, KeepsNoTokenThatEndsAtOnceAndGuessesWhereNothingIsSaid) {
  client_.then(200, R"({"access_token":"a","token_type":"Bearer","expires_in":60})");
  ASSERT_TRUE(send());
  client_.then(200, R"({"access_token":"b","token_type":"Bearer"})");
  ASSERT_TRUE(send());
  EXPECT_EQ(token_calls(), 2U);
  clock_.at += kTokenLifeUnsaid - kTokenMargin - 1ms;
  ASSERT_TRUE(send());
  EXPECT_EQ(token_calls(), 2U);
  EXPECT_EQ(last_authorization(), "Bearer b");
}

TEST_F(Authentication, KeepsTokensApartByOwnerAndCredentials) {
  client_.then(200, kToken);
  ASSERT_TRUE(send("hook"));
  client_.then(200, kNewToken);
  ASSERT_TRUE(send("another hook"));
  EXPECT_EQ(last_authorization(), "Bearer tok-2");
  client_.then(200, R"({"access_token":"tok-3","token_type":"Bearer","expires_in":3600})");
  auth_.client_secret = AuthSecret("rotated");
  ASSERT_TRUE(send("hook"));
  EXPECT_EQ(last_authorization(), "Bearer tok-3");
  EXPECT_EQ(token_calls(), 3U);
}

TEST_F(Authentication, GetsANewTokenOnceWhenAKeptOneIsRefused) {
  client_.then(200, kToken);
  ASSERT_TRUE(send());
  client_.then(401);
  client_.then(200, kNewToken);
  client_.then(204);
  const auto answer = send();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(last_authorization(), "Bearer tok-2");
  EXPECT_EQ(token_calls(), 2U);
}

TEST_F(Authentication, GivesUpWhenAFreshTokenIsRefusedAndAsksAgainNextTime) {
  client_.then(200, kToken);
  client_.then(401);
  const auto refused = send();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(client_.sent.size(), 2U);
  client_.then(200, kNewToken);
  ASSERT_TRUE(send());
  EXPECT_EQ(last_authorization(), "Bearer tok-2");
}

TEST_F(Authentication, FailsInFixedWords) {
  const auto words_after = [&](int status, const char* body) {
    client_.then(status, body);
    const auto answer = send();
    EXPECT_FALSE(answer);
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_EQ(words_after(400, R"({"error":"invalid_client"})"), "token refused");
  EXPECT_EQ(words_after(401, ""), "token refused");
  EXPECT_EQ(words_after(500, ""), "token endpoint failed");
  EXPECT_EQ(words_after(302, ""), "token endpoint failed");
  for (const char* body :
       {"", "[]", "{}", R"({"access_token":"x"})", R"({"access_token":"x","token_type":"mac"})",
        R"({"access_token":"","token_type":"Bearer"})",
        R"({"access_token":"a b","token_type":"Bearer"})",
        R"({"access_token":"a\r\nX: y","token_type":"Bearer"})",
        R"({"access_token":7,"token_type":"Bearer"})"}) {
    EXPECT_EQ(words_after(200, body), "token not understood") << body;
  }
  client_.otherwise = base::fail(base::ErrorCode::unavailable, "timeout");
  EXPECT_EQ(send().error().message, "token: timeout");
  client_.otherwise = base::fail(base::ErrorCode::invalid_input, "the URL cannot be read", "url");
  EXPECT_EQ(send().error().message, "token: invalid url");
  EXPECT_EQ(send().error().code, base::ErrorCode::unavailable);
  EXPECT_EQ(token_calls(), client_.sent.size()) << "nothing went to the receiver";
}

}  // namespace
}  // namespace chartroom::delivery
