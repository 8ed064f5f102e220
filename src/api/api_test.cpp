// Every operation through its route, with the use cases played by a double. Bodies are compared as
// whole texts, since the order of the keys is part of the contract.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/desk_double_test.hpp"
#include "api/routes.hpp"
#include "api/sample_order_test.hpp"
#include "base/bytes.hpp"
#include "http/router.hpp"
#include "http/target.hpp"

namespace chartroom::api {
namespace {

using testing::script;

class FixedClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override {
    return *base::parse_iso("2024-06-15T12:00:00Z");
  }
};

class FixedTokens final : public app::TokenService {
 public:
  base::Result<Token> issue(Kind /*kind*/, const std::string& /*client_id*/,
                            const std::string& /*human_id*/,
                            base::TimePoint /*not_before*/) override {
    return Token{};
  }
  base::Result<Claims> verify(Kind /*kind*/, std::string_view /*token*/) override {
    return Claims{};
  }
  base::Result<std::string> jwks() override { return std::string(R"({"keys":[]})"); }
};

app::UserView jane() {
  app::UserView view;
  view.user.human_id = "ef14404e9860776f6300e3e4cb10f84a";
  view.user.client_user_id = "p1";
  view.user.profile.client_user_email = "jane@example.com";
  view.user.profile.first_name = "Jane";
  view.user.profile.last_name = "Doe";
  view.user.profile.date_of_birth = base::Date{1968, 2, 13};
  view.user.profile.suggested_sources = {"Kindred hospital"};
  view.user.created_at = *base::parse_iso("2020-02-21T18:23:21.445Z");
  view.user.updated_at = view.user.created_at;
  view.consumer_link = "https://chart.test/?rq=1";
  return view;
}

std::optional<std::string> header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() {
    testing::reset_script();
    script().user = jane();
  }

  http::Response call(const std::string& method, const std::string& target, std::string body = "",
                      std::vector<std::pair<std::string, std::string>> headers = {
                          {"authorization", "Bearer abc.def-1"}}) {
    auto parsed = http::parse_target(target);
    EXPECT_TRUE(parsed.has_value());
    auto match = router_.find(method, parsed->segments);
    if (match.route == nullptr) return http::Response{.status = match.allow.empty() ? 404 : 405};
    http::Request request;
    request.method = method;
    request.path = parsed->path;
    request.query = parsed->query;
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.request_id = "rid";
    request.path_parameters = match.path_parameters;
    return match.route->handler(request);
  }

  http::Response place(const std::string& body, const std::string& key = "") {
    std::vector<std::pair<std::string, std::string>> headers{
        {"authorization", "Bearer t"}, {"content-type", "application/json; charset=UTF-8"}};
    if (!key.empty()) headers.emplace_back("idempotency-key", key);
    return call("POST", "/api/v1/users", body, std::move(headers));
  }

  FixedClock clock_;
  FixedTokens tokens_;
  base::NullLogger logger_;
  std::unique_ptr<app::Desk> desk_ = testing::make_desk_double();
  http::Router router_{make_routes({*desk_, tokens_, clock_, logger_, "https://chart.test"})};
};

constexpr const char* kMinimal = R"({"clientUserId":"p1","clientUserEmail":"a@b.test"})";

TEST_F(ApiTest, TheDocumentedSampleIs202WithTheDocumentedFields) {
  const auto response = place(std::string(testing::kSampleOrder));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(
      response.body,
      R"({"clientUserId":"p1","humanId":"ef14404e9860776f6300e3e4cb10f84a","firstName":"Jane",)"
      R"("lastName":"Doe","dateOfBirth":"1968-02-13T00:00:00.000Z",)"
      R"("suggestedSources":["Kindred hospital"],"createdAt":"2020-02-21T18:23:21.445Z",)"
      R"("updatedAt":"2020-02-21T18:23:21.445Z","status":"Invited",)"
      R"("consumerLink":"https://chart.test/?rq=1","clientUserEmail":"jane@example.com"})");
  EXPECT_EQ(script().order.last_name, "Doe");
}

TEST_F(ApiTest, WhatWasNotSuppliedIsLeftOut) {
  auto view = jane();
  view.user.profile = {};
  view.consumer_link.clear();
  script().user = view;
  EXPECT_EQ(place(kMinimal).body,
            R"({"clientUserId":"p1","humanId":"ef14404e9860776f6300e3e4cb10f84a",)"
            R"("suggestedSources":[],"createdAt":"2020-02-21T18:23:21.445Z",)"
            R"("updatedAt":"2020-02-21T18:23:21.445Z","status":"Invited","consumerLink":""})");
}

TEST_F(ApiTest, TheOrderIdComesLastWhereTheApplicationWantsIt) {
  auto view = jane();
  view.user.profile = {};
  view.orders.emplace_back().order_id = "o-1";
  script().user = view;
  EXPECT_TRUE(place(kMinimal).body.ends_with(R"("consumerLink":"https://chart.test/?rq=1"})"));
  script().application->settings.order_id_in_answer = true;
  EXPECT_TRUE(place(kMinimal).body.ends_with(
      R"("consumerLink":"https://chart.test/?rq=1","orderId":"o-1"})"));
}

TEST_F(ApiTest, TheApplicationDecidesHowMuchOfAnAddressIsNeeded) {
  const std::string body =
      R"({"clientUserId":"p1","clientUserEmail":"a@b.test","address":{"zip":"83712"}})";
  EXPECT_EQ(place(body).status, 202);
  script().application->settings.require_city_and_state = true;
  const auto refused = place(body);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find(R"("keys":["address.city","address.state"])"), std::string::npos);
}

TEST_F(ApiTest, InvalidOrdersReachNoUseCase) {
  const auto response =
      place(R"({"clientUserId":"p1","clientUserEmail":"a@b.test","dateOfBirth":"x"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(
      response.body,
      R"({"statusCode":400,"error":"Bad Request","message":"\"dateOfBirth\" must be a valid date",)"
      R"("validation":{"source":"payload","keys":["dateOfBirth"]},"x-humanapi-request-id":"rid"})");
  EXPECT_EQ(place("{").status, 400);
  EXPECT_TRUE(script().calls.empty());
}

TEST_F(ApiTest, TheEmailIsWaivedByTheOrderType) {
  EXPECT_EQ(place(R"({"clientUserId":"p1"})").status, 400);
  EXPECT_EQ(place(R"({"clientUserId":"p1","orderType":"aps-only"})").status, 202);
}

TEST_F(ApiTest, TheApplicationsOwnClockDecidesWhatTheFutureIs) {
  const std::string body =
      R"({"clientUserId":"p1","clientUserEmail":"a@b.test","dateOfBirth":"2024-07-01"})";
  EXPECT_EQ(place(body).status, 400);
  app::Application later;
  later.clock_offset = std::chrono::hours(24 * 30);
  script().application = later;
  EXPECT_EQ(place(body).status, 202);
}

TEST_F(ApiTest, OtherMediaTypesAre415) {
  const auto response = call("POST", "/api/v1/users", kMinimal,
                             {{"authorization", "Bearer t"}, {"content-type", "text/plain"}});
  EXPECT_EQ(response.status, 415);
  EXPECT_TRUE(script().calls.empty());
}

TEST_F(ApiTest, IdempotencyKeysCarryAHashOfTheWholeCall) {
  EXPECT_EQ(place(kMinimal, "key-1").status, 202);
  ASSERT_TRUE(script().idempotent.has_value());
  EXPECT_EQ(script().idempotent->key, "key-1");
  EXPECT_EQ(script().idempotent->request_hash,
            base::sha256_hex(std::string("POST\n/api/v1/users\n") + kMinimal));
  script().kept = std::optional(app::RenderedAnswer{202, "application/json", "{}"});
  EXPECT_EQ(header(place(kMinimal, "key-1"), "idempotency-replayed"), "true");
  script().kept = base::fail(base::ErrorCode::invalid_input, "differs", "Idempotency-Key");
  EXPECT_EQ(place(kMinimal, "key-1").status, 422);
  EXPECT_EQ(place(kMinimal, "has space").status, 400);
  EXPECT_EQ(place(kMinimal, std::string(256, 'k')).status, 400);
}

TEST_F(ApiTest, ErrorsOfTheUseCaseBecomeTheDocumentedAnswers) {
  using base::ErrorCode;
  const auto answer = [&](ErrorCode code, const std::string& field = "") {
    script().user = base::fail(code, "taken", field);
    return place(kMinimal);
  };
  EXPECT_EQ(answer(ErrorCode::conflict).body,
            R"({"code":409,"statusCode":409,"error":"Conflict","message":"taken",)"
            R"("x-humanapi-request-id":"rid"})");
  EXPECT_NE(answer(ErrorCode::invalid_input, "clientUserEmail")
                .body.find(R"(\"clientUserEmail\" is required)"),
            std::string::npos);
  EXPECT_NE(answer(ErrorCode::invalid_input, "orderType").body.find("[healthcheck, aps-only]"),
            std::string::npos);
  EXPECT_EQ(answer(ErrorCode::unavailable).status, 503);
  EXPECT_EQ(header(answer(ErrorCode::unavailable), "retry-after"), "1");
  const auto internal = answer(ErrorCode::internal);
  EXPECT_EQ(internal.status, 500);
  EXPECT_EQ(internal.body.find("taken"), std::string::npos);
}

TEST_F(ApiTest, AnythingButOneBearerTokenIs401) {
  const std::vector<std::vector<std::pair<std::string, std::string>>> cases{
      {},
      {{"authorization", "Basic abc"}},
      {{"authorization", "Bearer"}},
      {{"authorization", "Bearer "}},
      {{"authorization", "Bearer  a"}},
      {{"authorization", "Bearer a b"}},
      {{"authorization", "Bearer ==="}},
      {{"authorization", "Bearer a"}, {"authorization", "Bearer b"}}};
  for (const auto& headers : cases) {
    const auto response = call("GET", "/api/v1/users", "", headers);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(
        response.body,
        R"({"code":401,"statusCode":401,"error":"Unauthorized",)"
        R"("message":"Cannot authenticate you with this token","x-humanapi-request-id":"rid"})");
    EXPECT_EQ(header(response, "www-authenticate"), "Bearer");
  }
  EXPECT_TRUE(script().calls.empty());
  script().application = base::fail(base::ErrorCode::unauthenticated, "expired");
  EXPECT_EQ(call("GET", "/api/v1/users").status, 401);
  EXPECT_EQ(script().token, "abc.def-1");
}

TEST_F(ApiTest, EveryRouteButTokenKeysAndProbesNeedsAToken) {
  for (const auto& route : router_.routes()) {
    http::Request request;
    request.request_id = "rid";
    request.body = "{}";
    request.path_parameters = {{"humanId", "h"}, {"reportId", "r"}};
    const bool is_open = !route.pattern.starts_with("/api/");
    EXPECT_EQ(route.handler(request).status == 401, !is_open) << route.pattern;
  }
}

TEST_F(ApiTest, TheDocumentIsSentOnceAndThenNotAgain) {
  for (const auto* path : {"/openapi.json", "/docs"}) {
    const auto first = call("GET", path);
    EXPECT_EQ(first.status, 200);
    EXPECT_FALSE(first.body.empty());
    http::Request again;
    again.headers = {{"if-none-match", "\"other\", W/" + header(first, "etag")}};
    for (const auto& route : router_.routes()) {
      if (route.pattern == path) EXPECT_EQ(route.handler(again).status, 304);
    }
  }
  EXPECT_TRUE(
      header(call("GET", "/docs"), "content-security-policy").starts_with("default-src 'none'"));
}

TEST_F(ApiTest, Token) {
  script().grant = app::TokenGrant{"jwt", 86'400};
  const std::string good = R"({"client_id":"i","client_secret":"s","type":"client"})";
  EXPECT_EQ(call("POST", "/v1/admin/token", good).body,
            R"({"expires_in":86400,"client_token":"jwt"})");
  const auto empty = call("POST", "/v1/admin/token", R"({"type":"admin"})");
  EXPECT_EQ(empty.status, 400);
  EXPECT_NE(empty.body.find(R"("keys":["client_id","client_secret","type"])"), std::string::npos);
  EXPECT_EQ(
      call("POST", "/v1/admin/token", R"({"client_id":1,"client_secret":"s","type":"client"})")
          .status,
      400);
  script().grant = base::fail(base::ErrorCode::unauthenticated, "no");
  EXPECT_EQ(call("POST", "/v1/admin/token", good).status, 401);
}

TEST_F(ApiTest, OneUserWithOrders) {
  auto view = jane();
  view.orders.push_back(
      {"o1", "healthcheck", "Healthcheck Order", order::State::in_progress, false, true});
  script().user = view;
  const auto response = call("GET", "/api/v1/users/h%2F1");
  EXPECT_EQ(script().key.human_id, "h/1");
  EXPECT_EQ(
      response.body,
      R"({"firstName":"Jane","lastName":"Doe","dateOfBirth":"1968-02-13T00:00:00.000Z",)"
      R"("humanId":"ef14404e9860776f6300e3e4cb10f84a","clientUserId":"p1",)"
      R"("clientUserEmail":"jane@example.com","createdAt":"2020-02-21T18:23:21.445Z",)"
      R"("updatedAt":"2020-02-21T18:23:21.445Z","suggestedSources":["Kindred hospital"],)"
      R"("orders":[{"orderId":"o1","orderType":"healthcheck","orderTypeAlias":"Healthcheck Order",)"
      R"("orderStatus":"In Progress","reportsAvailable":false,"dataAvailable":true}]})");
  script().user = base::fail(base::ErrorCode::not_found, "");
  EXPECT_EQ(call("GET", "/api/v1/users/other").status, 404);
}

TEST_F(ApiTest, ListOfUsers) {
  script().users = app::Page<app::UserView>{{jane()}, 120};
  const auto first = call("GET", "/api/v1/users");
  EXPECT_EQ(script().calls.back(), "users 0 50");
  EXPECT_EQ(header(first, "x-total-count"), "120");
  EXPECT_EQ(header(first, "link"),
            R"(<https://chart.test/api/v1/users?offset=50&limit=50>; rel="next")");
  EXPECT_NE(first.body.find(R"("status":"Invited","suggestedSources")"), std::string::npos);
  EXPECT_EQ(first.body.find("orders"), std::string::npos);
  const auto middle = call("GET", "/api/v1/users?offset=50&limit=60");
  EXPECT_EQ(header(middle, "link"),
            R"(<https://chart.test/api/v1/users?offset=110&limit=60>; rel="next", )"
            R"(<https://chart.test/api/v1/users?offset=0&limit=60>; rel="prev")");
  (void)call("GET", "/api/v1/users?limit=9999");
  EXPECT_EQ(script().calls.back(), "users 0 500");
  for (const std::string query :
       {"offset=-1", "offset=x", "limit=0", "limit=1.5", "offset=99999999999"}) {
    EXPECT_EQ(call("GET", "/api/v1/users?" + query).status, 400) << query;
  }
}

TEST_F(ApiTest, ListOfUsersByIdHasOneEntry) {
  const auto response = call("GET", "/api/v1/users?clientUserId=p1");
  EXPECT_EQ(script().key.client_user_id, "p1");
  EXPECT_EQ(header(response, "x-total-count"), "1");
  EXPECT_EQ(call("GET", "/api/v1/users?humanId=h&clientUserId=p1").status, 200);
  EXPECT_EQ(call("GET", "/api/v1/users?humanId=h&clientUserId=p2").status, 404);
  EXPECT_EQ(call("GET", "/api/v1/users?humanId=h&offset=1").body, "[]");
}

TEST_F(ApiTest, Actions) {
  const auto act = [&](const std::string& body) {
    return call("POST", "/api/v1/users/actions", body);
  };
  const auto accepted = act(R"({"action":"abort","clientUserId":"p1"})");
  EXPECT_EQ(accepted.status, 202);
  EXPECT_EQ(accepted.body, "");
  EXPECT_EQ(act(R"({"action":"resync","humanId":"h"})").status, 202);
  EXPECT_EQ(script().calls, (std::vector<std::string>{"abort", "resync"}));
  for (const std::string body :
       {R"({"action":"abort"})", R"({"humanId":"h"})", R"({"action":"stop","humanId":"h"})",
        R"({"action":"abort","humanId":"h","clientUserId":"p"})",
        R"({"action":"abort","humanId":1})", R"({"action":"abort","humanId":""})",
        R"({"action":1,"humanId":"h"})",
        R"({"action":"abort","humanId":null,"clientUserId":"p"})"}) {
    const auto response = act(body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_NE(response.body.find(R"("message":"Bad Request")"), std::string::npos);
  }
  EXPECT_EQ(script().calls.size(), 2U);
  const std::string text = "The order is in a state where it can\xE2\x80\x99t be aborted";
  script().done = base::fail(base::ErrorCode::conflict, text);
  const auto conflict = act(R"({"action":"abort","humanId":"h"})");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_NE(conflict.body.find("\"message\":\"" + text + '"'), std::string::npos);
}

TEST_F(ApiTest, Reports) {
  app::StoredReport report;
  report.id = "r1";
  report.order_id = "o1";
  report.file_extension = "pdf";
  report.created_at = *base::parse_iso("2022-08-11T17:23:22.095Z");
  script().reports = std::vector<app::ReportGroup>{
      {"healthcheck", {}, {report}}, {"combined", {"healthcheck", "ccdraw"}, {report}}};
  const std::string common =
      R"({"fileExtension":"pdf","id":"r1","uri":"https://chart.test/api/v1/user/reports/r1",)"
      R"("createdAt":"2022-08-11T17:23:22.095Z","createdByOrderId":"o1","orderIds":["o1"],)"
      R"("providerIds":[],"clientProviderIds":[])";
  EXPECT_EQ(call("GET", "/api/v1/user/reports?humanId=h&createdByOrderId=o1").body,
            R"([{"name":"healthcheck","reports":[)" + common +
                R"(}]},{"name":"combined","baseReportNames":["healthcheck","ccdraw"],"reports":[)" +
                common + R"(,"groupBy":"user_id"}]}])");
  EXPECT_EQ(script().calls.back(), "reports o1");
  EXPECT_EQ(call("GET", "/api/v1/user/reports").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/user/reports?humanId=h&clientUserId=c").status, 400);
}

TEST_F(ApiTest, ReportFile) {
  app::StoredReport report;
  report.id = "r1";
  report.name = "health\"check";
  report.file_extension = "html";
  report.bytes = base::Sensitive<std::string>(std::string("<p>"));
  script().report = report;
  const auto response = call("GET", "/api/v1/user/reports/r1");
  EXPECT_EQ(response.body, "<p>");
  EXPECT_EQ(header(response, "content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(header(response, "content-disposition"),
            "attachment; filename=\"health_check-r1.html\"");
  EXPECT_TRUE(header(response, "content-security-policy")->starts_with("sandbox;"));
  script().report->file_extension = "pdf";
  EXPECT_EQ(header(call("GET", "/api/v1/user/reports/r1"), "content-type"), "application/pdf");
  script().report = base::fail(base::ErrorCode::not_found, "");
  EXPECT_EQ(call("GET", "/api/v1/user/reports/r2").status, 404);
}

TEST_F(ApiTest, ConsumerLink) {
  script().link = app::ConsumerLink{"https://chart.test/?clientId=c&rq=x", "c"};
  const auto ask = [&](const std::string& body) {
    return call("POST", "/api/v1/resources/consumer-link", body);
  };
  EXPECT_EQ(ask(R"({"clientUserId":"p1"})").body,
            R"({"consumerLink":"https://chart.test/?clientId=c&rq=x","clientId":"c"})");
  EXPECT_EQ(ask("{}").status, 400);
  script().link = base::fail(base::ErrorCode::not_found, "");
  EXPECT_EQ(ask(R"({"clientUserId":"p1"})").status, 404);
}

TEST_F(ApiTest, SandboxClock) {
  const auto now = *base::parse_iso("2024-06-15T12:00:00Z");
  script().clock = app::ClockView{now, now + std::chrono::hours(1)};
  EXPECT_EQ(call("GET", "/api/v1/sandbox/clock").body,
            R"({"now":"2024-06-15T12:00:00.000Z","nextDue":"2024-06-15T13:00:00.000Z"})");
  const auto move = [&](const std::string& body) {
    return call("POST", "/api/v1/sandbox/clock", body);
  };
  EXPECT_EQ(move(R"({"advance":"7d"})").body, R"({"now":"2024-06-22T12:00:00.000Z"})");
  EXPECT_EQ(move(R"({"to":"2024-07-01T00:00:00Z"})").body, R"({"now":"2024-07-01T00:00:00.000Z"})");
  for (const std::string body :
       {"{}", R"({"advance":"7"})", R"({"advance":"-7d"})", R"({"to":"later"})",
        R"({"advance":"7d","to":"2024-07-01"})", R"({"by":"7d"})"}) {
    EXPECT_EQ(move(body).status, 400) << body;
  }
  script().clock = base::fail(base::ErrorCode::not_found, "");
  EXPECT_EQ(move(R"({"advance":"7d"})").status, 404);
}

TEST_F(ApiTest, OrderTypesKeysAndProbes) {
  EXPECT_TRUE(
      call("GET", "/api/v1/order-types")
          .body.starts_with(R"([{"orderType":"healthcheck","orderTypeAlias":"Healthcheck Order",)"
                            R"("orderTypeDescription":"Everything"})"));
  EXPECT_EQ(call("GET", "/.well-known/jwks.json").body, R"({"keys":[]})");
  EXPECT_EQ(call("GET", "/livez").status, 200);
  EXPECT_EQ(call("GET", "/readyz").status, 200);
  script().done = base::fail(base::ErrorCode::internal, "disk");
  EXPECT_EQ(call("GET", "/readyz").status, 503);
}

TEST_F(ApiTest, FixedWordsWinOverIdsInPaths) {
  EXPECT_EQ(call("GET", "/api/v1/users/actions").status, 405);
}

}  // namespace
}  // namespace chartroom::api
