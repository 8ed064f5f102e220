#include "api/webhook_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/paging.hpp"
#include "api/webhook_json.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;

json::object object(const std::string& text) { return json::parse(text).as_object(); }

TEST(WebhookReader, ReadsEveryMember) {
  Findings findings;
  const auto webhook =
      read_new_webhook(object(R"({"url":"https://a.example/h","events":["task","order.status"],)"
                              R"("description":"Nights","enabled":false,"legacySignature":true,)"
                              R"("headers":{"Authorization":"Basic dTpw","X-Key":"1"}})"),
                       false, findings);
  ASSERT_TRUE(findings.empty()) << findings.validation().message;
  EXPECT_EQ(webhook.url, "https://a.example/h");
  EXPECT_EQ(webhook.kinds, (std::vector<std::string>{"task", "order.status"}));
  EXPECT_EQ(webhook.description, "Nights");
  EXPECT_FALSE(webhook.enabled);
  EXPECT_TRUE(webhook.legacy_signature);
  ASSERT_EQ(webhook.headers.size(), 2U);
  EXPECT_EQ(webhook.headers[0].first, "Authorization");
  EXPECT_EQ(webhook.headers[1].second.reveal(), "1");
}

TEST(WebhookReader, HasDefaultsForEverythingButTheUrl) {
  Findings findings;
  const auto webhook = read_new_webhook(object(R"({"url":"https://a.example"})"), false, findings);
  ASSERT_TRUE(findings.empty());
  EXPECT_TRUE(webhook.kinds.empty());
  EXPECT_TRUE(webhook.enabled);
  EXPECT_FALSE(webhook.legacy_signature);
  EXPECT_TRUE(webhook.headers.empty());
}

TEST(WebhookReader, FindsEverythingAtOnceAndRepeatsNoHeaderValue) {
  Findings findings;
  (void)read_new_webhook(
      object(
          R"({"url":"http://a.example","events":["lunch","task","task",7],"description":"",)"
          R"("enabled":"yes","legacySignature":null,"extra":1,)"
          R"("headers":{"Host":"hidden-1","X-A":"hidden-2\u00e4","x-a":"b","X-B":"c","x-b":"d"}})"),
      false, findings);
  const Validation& found = findings.validation();
  EXPECT_EQ(found.message, R"("url" must begin with https://)");
  EXPECT_EQ(found.keys,
            (std::vector<std::string>{"url", "events.0", "events.2", "events.3", "description",
                                      "enabled", "legacySignature", "headers.Host", "headers.X-A",
                                      "headers.x-b", "extra"}));
  for (const std::string& key : found.keys) EXPECT_EQ(key.find("hidden"), std::string::npos);
}

TEST(WebhookReader, LimitsTheNumberOfHeaders) {
  std::string headers;
  for (int i = 0; i < 11; ++i)
    headers += (i == 0 ? "" : ",") + ("\"X-" + std::to_string(i)) + "\":\"v\"";
  Findings findings;
  (void)read_new_webhook(object(R"({"url":"https://a.example","headers":{)" + headers + "}}"),
                         false, findings);
  EXPECT_EQ(findings.validation().message, R"("headers" must have less than or equal to 10 keys)");
}

TEST(WebhookReader, AChangeHoldsWhatWasSentAndNothingElse) {
  Findings findings;
  const auto change =
      read_webhook_change(object(R"({"events":[],"enabled":true})"), false, findings);
  ASSERT_TRUE(findings.empty());
  EXPECT_FALSE(change.url);
  EXPECT_FALSE(change.description);
  EXPECT_FALSE(change.legacy_signature);
  EXPECT_FALSE(change.headers);
  EXPECT_EQ(change.enabled, true);
  ASSERT_TRUE(change.kinds);
  EXPECT_TRUE(change.kinds->empty());
  (void)read_webhook_change({}, false, findings);
  EXPECT_EQ(findings.validation().message, R"("value" must have at least 1 key)");
}

TEST(WebhookReader, ARotationOverlapsForADayUnlessToldOtherwise) {
  Findings findings;
  EXPECT_EQ(read_rotation({}, findings), std::chrono::hours{24});
  EXPECT_EQ(read_rotation(object(R"({"overlap":"0s"})"), findings), base::Duration::zero());
  EXPECT_EQ(read_rotation(object(R"({"overlap":"7d"})"), findings), std::chrono::days{7});
  ASSERT_TRUE(findings.empty());
  for (const char* body : {R"({"overlap":"8d"})", R"({"overlap":"-1h"})", R"({"overlap":"soon"})",
                           R"({"overlap":3600})", R"({"overlap":""})", R"({"overlaps":"1h"})"}) {
    Findings broken;
    (void)read_rotation(object(body), broken);
    EXPECT_FALSE(broken.empty()) << body;
  }
}

TEST(WebhookReader, AReplayIsDryUnlessToldOtherwise) {
  Findings findings;
  auto replay = read_replay(
      object(R"({"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"})"), findings);
  EXPECT_TRUE(replay.dry_run);
  replay = read_replay(object(R"({"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z",)"
                              R"("kinds":["task"],"orderId":"o","webhookId":"w","dryRun":false})"),
                       findings);
  ASSERT_TRUE(findings.empty());
  EXPECT_FALSE(replay.dry_run);
  EXPECT_EQ(replay.kinds, std::vector<std::string>{"task"});
  EXPECT_EQ(replay.filter.order_id, "o");
  EXPECT_EQ(replay.endpoint_id, "w");
  EXPECT_EQ(replay.filter.until, base::parse_iso("2026-01-02T00:00:00Z"));
}

TEST(WebhookReader, AReplayNeedsARange) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"{}", {"since", "until"}},
      {R"({"since":"2026-01-02T00:00:00Z","until":"2026-01-02T00:00:00Z"})", {"until"}},
      {R"({"since":"yesterday","until":"2026-01-02T00:00:00Z","dryRun":"no"})",
       {"since", "dryRun"}},
  };
  for (const auto& [body, keys] : cases) {
    Findings findings;
    (void)read_replay(object(body), findings);
    EXPECT_EQ(findings.validation().keys, keys) << body;
  }
}

app::WebhookEndpoint endpoint() {
  app::WebhookEndpoint made;
  made.id = "w1";
  made.url = "https://a.example/h";
  made.secret = base::Sensitive<std::string>("whsec_hidden");
  made.created_at = *base::parse_iso("2026-01-01T00:00:00Z");
  made.updated_at = *base::parse_iso("2026-01-02T00:00:00Z");
  return made;
}

TEST(WebhookJson, ShowsTheSecretOnlyWhenAsked) {
  app::WebhookEndpoint full = endpoint();
  EXPECT_EQ(webhook_json(full, false),
            R"({"id":"w1","url":"https://a.example/h","events":[],"description":"","enabled":true,)"
            R"("createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-02T00:00:00.000Z",)"
            R"("legacySignature":false,"headers":[],"authentication":{"type":"none"}})");
  full.kinds = {"task"};
  full.headers = {{"Authorization", base::Sensitive<std::string>("hidden")}};
  full.previous_secret = base::Sensitive<std::string>("whsec_hidden_too");
  full.previous_secret_until = *base::parse_iso("2026-01-03T00:00:00Z");
  full.suspended_at = *base::parse_iso("2026-01-04T00:00:00Z");
  full.enabled = false;
  const std::string shown =
      R"({"id":"w1","url":"https://a.example/h","events":["task"],"description":"",)"
      R"("enabled":false,"createdAt":"2026-01-01T00:00:00.000Z",)"
      R"("updatedAt":"2026-01-02T00:00:00.000Z","legacySignature":false,)"
      R"("headers":["Authorization"],"authentication":{"type":"none"},)"
      R"("suspendedAt":"2026-01-04T00:00:00.000Z",)"
      R"("previousSecretExpiresAt":"2026-01-03T00:00:00.000Z")";
  EXPECT_EQ(webhook_json(full, false), shown + "}");
  EXPECT_EQ(webhook_json(full, true), shown + R"(,"secret":"whsec_hidden"})");
  EXPECT_EQ(webhooks_json({full, full}), "[" + shown + "}," + shown + "}]");
}

TEST(WebhookJson, ShowsHowItProvesItselfWithoutSecrets) {
  app::WebhookEndpoint made = endpoint();
  app::OutgoingAuth& auth = made.authentication;
  auth.type = app::OutgoingAuth::Type::oauth2;
  auth.token_url = "https://l.example/t";
  auth.client_id = "us";
  auth.client_secret = base::Sensitive<std::string>("hidden");
  auth.certificate = app::ClientCertificate{"hidden", base::Sensitive<std::string>("hidden"),
                                            "CN=us", *base::parse_iso("2031-01-01T00:00:00Z")};
  const std::string shown = webhook_json(made, false);
  EXPECT_EQ(shown.find("hidden"), std::string::npos);
  EXPECT_NE(shown.find(R"("authentication":{"type":"oauth2","tokenUrl":"https://l.example/t",)"
                       R"("clientId":"us","secretIn":"header"},)"
                       R"("clientCertificate":{"subject":"CN=us",)"
                       R"("expiresAt":"2031-01-01T00:00:00.000Z"})"),
            std::string::npos);
}

TEST(WebhookReader, AChangeTellsWhatIsNamedFromWhatIsNot) {
  Findings findings;
  auto change = read_webhook_change(object(R"({"enabled":true})"), true, findings);
  EXPECT_FALSE(change.authentication);
  EXPECT_FALSE(change.certificate);
  change = read_webhook_change(
      object(R"({"authentication":{"type":"none"},"clientCertificate":{}})"), true, findings);
  ASSERT_TRUE(change.authentication);
  EXPECT_EQ(*change.authentication, app::OutgoingAuth{});
  ASSERT_TRUE(change.certificate);
  EXPECT_FALSE(*change.certificate);
  change = read_webhook_change(
      object(R"({"clientCertificate":{"certificate":"c","privateKey":"k"}})"), true, findings);
  EXPECT_EQ((**change.certificate).private_key.reveal(), "k");
  EXPECT_TRUE(findings.empty());
}

TEST(WebhookJson, EventsShowTheirBodyAsItWasSent) {
  app::StoredEvent event;
  event.id = "e1";
  event.kind = "order.status";
  event.order_id = "o1";
  event.body = R"([{"rate":0.50}])";
  const std::string one = R"({"eventId":"e1","kind":"order.status","orderId":"o1",)"
                          R"("createdAt":"1970-01-01T00:00:00.000Z","body":[{"rate":0.50}]})";
  EXPECT_EQ(event_json(event), one);
  EXPECT_EQ(events_json({event, event}, "c"),
            "{\"events\":[" + one + "," + one + R"(],"nextCursor":"c"})");
  EXPECT_EQ(events_json({}, ""), R"({"events":[]})");
  event.order_id.clear();
  EXPECT_EQ(event_json(event).find("orderId"), std::string::npos);
}

TEST(WebhookJson, AttemptsNameWhatWentWrong) {
  app::DeliveryAttempt failed;
  failed.event_id = "e1";
  failed.number = 2;
  failed.error = "timeout";
  app::DeliveryAttempt good = failed;
  good.status = 204;
  good.error.clear();
  EXPECT_EQ(attempts_json({failed, good}, ""),
            R"({"attempts":[{"eventId":"e1","number":2,"status":0,"error":"timeout",)"
            R"("at":"1970-01-01T00:00:00.000Z"},{"eventId":"e1","number":2,"status":204,)"
            R"("at":"1970-01-01T00:00:00.000Z"}]})");
}

std::optional<ListWindow> window(std::vector<std::pair<std::string, std::string>> query) {
  http::Request request;
  request.query = std::move(query);
  return read_list_window(request, "events");
}

TEST(ListWindow, TakesALimitAndItsOwnCursor) {
  EXPECT_EQ(window({})->limit, 50U);
  EXPECT_FALSE(window({})->position);
  EXPECT_EQ(window({{"limit", "500"}})->limit, 500U);
  EXPECT_EQ(window({{"cursor", make_cursor("events", 77)}})->position, 77);
}

TEST(ListWindow, RefusesEverythingElse) {
  for (const char* limit : {"", "0", "501", "-1", "1.5", "many", "5 ", "99999999999999999999"}) {
    EXPECT_FALSE(window({{"limit", limit}})) << limit;
  }
  for (const std::string& cursor :
       {std::string(), std::string("77"), std::string("!!"), make_cursor("event", 77),
        make_cursor("events/2", 77), make_cursor("attempts/w1", 77)}) {
    EXPECT_FALSE(window({{"cursor", cursor}})) << cursor;
  }
}

}  // namespace
}  // namespace chartroom::api
