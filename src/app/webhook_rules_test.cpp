#include "app/webhook_rules.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"

namespace chartroom::app {
namespace {

TEST(WebhookRules, UrlsThatAreFine) {
  for (const char* url :
       {"https://example.com", "https://example.com/", "HTTPS://Example.com:8443/hook?a=1&b=%20",
        "https://[2001:db8::1]/hook", "https://10.0.0.7/hook"}) {
    EXPECT_EQ(broken_url_rule(url, false), std::nullopt) << url;
    EXPECT_EQ(broken_url_rule(url, true), std::nullopt) << url;
  }
  EXPECT_EQ(broken_url_rule("http://127.0.0.1:8000/hook", true), std::nullopt);
  EXPECT_EQ(broken_url_rule("https://e.example/" + std::string(2'048 - 18, 'a'), false),
            std::nullopt);
}

TEST(WebhookRules, UrlsThatAreRefused) {
  const std::pair<std::string, const char*> cases[] = {
      {"http://example.com/", "must begin with https://"},
      {"ftp://example.com/", "must begin with https://"},
      {"javascript:alert(1)", "must begin with https://"},
      {"example.com", "must be a valid uri"},
      {"/hook", "must be a valid uri"},
      {"//example.com/hook", "must be a valid uri"},
      {"https:", "must be a valid uri"},
      {"https:/example.com", "must be a valid uri"},
      {"https:///hook", "must be a valid uri"},
      {"https://", "must be a valid uri"},
      {"https://example.com:0/", "must be a valid uri"},
      {"https://example.com:70000/", "must be a valid uri"},
      {"https://example.com:port/", "must be a valid uri"},
      {"https://exa mple.com/", "must be a valid uri"},
      {"https://example.com/a b", "must be a valid uri"},
      {" https://example.com/", "must be a valid uri"},
      {"https://example.com/\n", "must be a valid uri"},
      {"https://example.com\\@evil.example/", "must be a valid uri"},
      {"https://ex\xc3\xa4mple.com/", "must be a valid uri"},
      {"https://user@example.com/", "must not contain a user name or password"},
      {"https://user:secret@example.com/", "must not contain a user name or password"},
      {"https://@example.com/", "must not contain a user name or password"},
      {"https://example.com/#a", "must not contain a fragment"},
      {"https://example.com/#", "must not contain a fragment"},
      {"https://e.example/" + std::string(2'048, 'a'),
       "length must be less than or equal to 2048 characters long"},
  };
  for (const auto& [url, rule] : cases) EXPECT_EQ(broken_url_rule(url, false), rule) << url;
  EXPECT_EQ(broken_url_rule("ftp://example.com/", true), "must begin with https:// or http://");
}

TEST(WebhookRules, HeadersThatAreFine) {
  EXPECT_EQ(broken_header_rule("Authorization", "Basic dTpw"), std::nullopt);
  EXPECT_EQ(broken_header_rule("x-api-key", std::string(1'000, '~')), std::nullopt);
  EXPECT_EQ(broken_header_rule("Hostname", "x"), std::nullopt);
}

TEST(WebhookRules, HeadersThatAreRefused) {
  for (const char* ours :
       {"Content-Type", "content-length", "HOST", "Connection", "Transfer-Encoding", "webhook-id",
        "Webhook-Signature", "Webhook-Anything", "X-HumanAPI-Signature", "Proxy-Authorization",
        "User-Agent", "TE", "Upgrade", "Keep-Alive"}) {
    EXPECT_EQ(broken_header_rule(ours, "x"), "is not allowed: it is set by the server") << ours;
  }
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a:b"), std::string("a\r\nb"),
        std::string("\xc3\xa4"), std::string("a(b"), std::string(101, 'a')}) {
    EXPECT_EQ(broken_header_rule(name, "x"),
              "must be named by a header name of at most 100 characters")
        << name;
  }
  for (const char* value : {"", "  ", "a\r\nb", "a\tb", "\xc3\xa4", "\x7f"}) {
    EXPECT_EQ(broken_header_rule("X-Key", value), "must only contain printable ASCII characters")
        << value;
  }
  EXPECT_EQ(broken_header_rule("X-Key", std::string(1'001, 'a')),
            "length must be less than or equal to 1000 characters long");
}

TEST(WebhookRules, SecretsHave32RandomBytes) {
  base::start_crypto();
  base::SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::string secret = make_webhook_secret(random).reveal();
    ASSERT_TRUE(secret.starts_with("whsec_"));
    EXPECT_EQ(base::from_base64(secret.substr(6))->size(), 32U);
    seen.insert(secret);
  }
  EXPECT_EQ(seen.size(), 50U);
}

TEST(WebhookRules, KindsOfEvents) {
  for (const char* kind : {"order.status", "order.summary", "task", "vendor.note", "webhook.test"})
    EXPECT_TRUE(is_event_kind(kind)) << kind;
  for (const char* kind : {"", "order", "order.status ", "ORDER.STATUS", "tasks"})
    EXPECT_FALSE(is_event_kind(kind)) << kind;
}

}  // namespace
}  // namespace chartroom::app
