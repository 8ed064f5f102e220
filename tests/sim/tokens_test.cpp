// Who may call, over the API's own routes with the real use cases, keys and store, under a virtual
// clock: what a day or a month does to a token cannot be seen from outside without waiting for it.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/routes.hpp"
#include "auth/token_service.hpp"
#include "house.hpp"
#include "http/router.hpp"
#include "http/target.hpp"

namespace chartroom::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class CountingHasher final : public app::SecretHasher {
 public:
  [[nodiscard]] std::string hash(const base::Sensitive<std::string>& secret) const override {
    return plain_.hash(secret);
  }
  [[nodiscard]] bool verify(const std::string& hash,
                            const base::Sensitive<std::string>& secret) const override {
    ++verified;
    return plain_.verify(hash, secret);
  }
  mutable int verified = 0;

 private:
  PlainHasher plain_;
};

class TokensOverHttp : public ::testing::Test {
 protected:
  TokensOverHttp() {
    application_.client_id = std::string(40, 'a');
    application_.name = "Test Life";
    application_.secret_hash = hasher_.hash(base::Sensitive<std::string>("secret"));
    application_.created_at = clock_.now();
    EXPECT_TRUE(store_->insert_application(application_));
  }
  ~TokensOverHttp() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  http::Response call(const std::string& method, const std::string& target,
                      const std::string& token = "", const json::object& body = {}) {
    const auto parsed = http::parse_target(target);
    const auto match = router_.find(method, parsed->segments);
    http::Request request;
    request.method = method;
    request.path = parsed->path;
    request.query = parsed->query;
    request.path_parameters = match.path_parameters;
    request.remote_address = address_;
    request.request_id = "rid";
    if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
    if (method == "POST") request.body = json::serialize(body);
    return match.route->handler(request);
  }
  int get(const std::string& target, const std::string& token) {
    return call("GET", target, token).status;
  }
  http::Response grant(const std::string& secret = "secret", const std::string& client_id = "") {
    return call("POST", "/v1/admin/token", "",
                {{"client_id", client_id.empty() ? application_.client_id : client_id},
                 {"client_secret", secret},
                 {"type", "client"}});
  }
  std::string token() { return member(grant(), "client_token"); }

  http::Response connect(json::object changes) {
    json::object body{{"client_id", application_.client_id},
                      {"client_user_id", "p1"},
                      {"client_secret", "secret"},
                      {"type", "access"}};
    for (const auto& change : changes) {
      if (change.value().is_null()) {
        body.erase(change.key());
      } else {
        body[change.key()] = change.value();
      }
    }
    return call("POST", "/v1/connect/token", "", body);
  }
  std::string place(const std::string& client_user_id) {
    const auto answer = call("POST", "/api/v1/users", token(),
                             {{"clientUserId", client_user_id},
                              {"clientUserEmail", "jane@example.com"},
                              {"orderType", "healthcheck"}});
    return member(answer, "humanId");
  }
  static std::string member(const http::Response& answer, const char* name) {
    const json::value body = json::parse(answer.body);
    const json::value* value = body.as_object().if_contains(name);
    EXPECT_NE(value, nullptr) << name << " in an answer " << answer.status;
    return value == nullptr ? "" : std::string(value->as_string());
  }
  static std::string header(const http::Response& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers) {
      if (key == name) return value;
    }
    return "";
  }
  void pass(base::Duration time) { clock_.set(clock_.now() + time); }
  void change(const std::function<void(app::Application&)>& how) {
    how(application_);
    ASSERT_TRUE(store_->update_application(application_));
    ++application_.version;
  }
  std::unique_ptr<app::Store> open_store() {
    base::start_crypto();
    static int number = 0;
    const std::filesystem::path memory("/dev/shm");
    folder_ = (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
              ("chartroom-tokens-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    auto store = store::open_sqlite_store(folder_, *sealer_, clock_, random_, {});
    if (!store) std::abort();
    return std::move(*store);
  }

  static constexpr const char* kUrl = "https://chartroom.example";
  VirtualClock clock_;
  SeededRandom random_{1};
  base::NullLogger logger_;
  CountingHasher hasher_;
  auth::KeyRing keys_ =
      *auth::KeyRing::from_master_keys({base::Sensitive<std::string>(std::string(32, 'k'))});
  std::unique_ptr<app::Sealer> sealer_ = auth::make_sealer(keys_, random_);
  std::unique_ptr<app::LinkSigner> links_ = auth::make_link_signer(keys_);
  std::filesystem::path folder_;
  std::unique_ptr<app::Store> store_ = open_store();
  std::unique_ptr<app::TokenService> tokens_ =
      auth::make_token_service(*store_, clock_, random_, *sealer_, auth::token_settings_for(kUrl));
  app::Desk desk_{{*store_, clock_, random_, logger_, *sealer_, hasher_, *tokens_, *links_, {}, {}},
                  {kUrl, false}};
  http::Router router_{api::make_routes({desk_, *tokens_, clock_, logger_, kUrl})};
  std::string address_ = "203.0.113.5";
  app::Application application_;
};

TEST_F(TokensOverHttp, ATokenEndsAfterADay) {
  const std::string old = token();
  EXPECT_EQ(get("/api/v1/users", old), 200);
  pass(24h - 1s);
  EXPECT_EQ(get("/api/v1/users", old), 200);
  pass(1s);
  const auto refused = call("GET", "/api/v1/users", old);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(member(refused, "message"), "Cannot authenticate you with this token");
  EXPECT_EQ(header(refused, "www-authenticate"), "Bearer");
  EXPECT_EQ(get("/api/v1/users", token()), 200);
}

TEST_F(TokensOverHttp, ClocksMayDifferByAMinute) {
  const std::string ahead = token();
  pass(-60s);
  EXPECT_EQ(get("/api/v1/users", ahead), 200);
  pass(-1s);
  EXPECT_EQ(get("/api/v1/users", ahead), 401);
  pass(1s);
  EXPECT_EQ(get("/api/v1/users", ahead), 200);
}

TEST_F(TokensOverHttp, RevocationTakesWhatWasIssuedAndNothingElse) {
  pass(300ms);
  const std::string old = token();
  ASSERT_EQ(get("/api/v1/users", old), 200);
  place("p1");
  const auto granted = connect({});
  const std::string access = member(granted, "access_token");
  const std::string refresh = member(granted, "refresh_token");
  const std::string path = "/api/v1/users/" + member(granted, "human_id");
  ASSERT_EQ(get(path, access), 200);
  change([&](app::Application& a) {
    a.tokens_valid_from = std::chrono::floor<std::chrono::seconds>(clock_.now()) + 1s;
  });
  EXPECT_EQ(get("/api/v1/users", old), 401);
  EXPECT_EQ(get(path, access), 401);
  EXPECT_EQ(connect({{"client_secret", nullptr}, {"refresh_token", refresh}}).status, 401);
  EXPECT_EQ(get("/api/v1/users", token()), 200) << "in the very same moment";
  EXPECT_EQ(get(path, member(connect({}), "access_token")), 200);
}

TEST_F(TokensOverHttp, WhatIsSwitchedOffGetsNoTokenAndUsesNone) {
  place("p1");
  const std::string good = token();
  const std::string access = member(connect({}), "access_token");
  const auto refused = grant("wrong").body;
  for (const bool whole : {true, false}) {
    change([&](app::Application& a) { (whole ? a.enabled : a.settings.admin_api) = false; });
    EXPECT_EQ(get("/api/v1/users", good), 401);
    EXPECT_EQ(get("/api/v1/user/reports?clientUserId=p1", access), 401);
    EXPECT_EQ(grant().status, 401);
    EXPECT_EQ(grant().body, refused) << "nothing tells that the secret was right";
    EXPECT_EQ(connect({}).status, 401);
    change([&](app::Application& a) { (whole ? a.enabled : a.settings.admin_api) = true; });
    EXPECT_EQ(get("/api/v1/users", good), 200);
    pass(1min);
  }
}

TEST_F(TokensOverHttp, TheSecretBeforeWorksUntilItsEnd) {
  change([&](app::Application& a) {
    a.previous_secret_hash = a.secret_hash;
    a.previous_secret_until = clock_.now() + 1h;
    a.secret_hash = hasher_.hash(base::Sensitive<std::string>("new"));
  });
  EXPECT_EQ(grant("new").status, 200);
  EXPECT_EQ(grant("secret").status, 200);
  pass(1h - 1ms);
  EXPECT_EQ(grant("secret").status, 200);
  pass(1ms);
  EXPECT_EQ(grant("secret").status, 401);
  EXPECT_EQ(grant("new").status, 200);
}

TEST_F(TokensOverHttp, EveryWrongPairCostsTheSame) {
  const auto hashes = [&](const std::string& secret, const std::string& client_id) {
    const int before = hasher_.verified;
    const auto answer = grant(secret, client_id);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, grant("wrong", std::string(40, 'b')).body);
    return hasher_.verified - before - 2;  // the comparison's own
  };
  EXPECT_EQ(hashes("wrong", ""), 2);
  EXPECT_EQ(hashes("wrong", std::string(40, 'c')), 2);
  change([&](app::Application& a) { a.enabled = false; });
  EXPECT_EQ(hashes("secret", ""), 2);
}

TEST_F(TokensOverHttp, GuessingIsSlowedDownForEveryClientId) {
  const std::string unknown(40, 'b');
  for (const std::string& client_id : {application_.client_id, unknown}) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(grant("wrong", client_id).status, 401);
    const int before = hasher_.verified;
    const auto limited = grant("secret", client_id);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.body, R"({"code":429,"statusCode":429,"error":"Too Many Requests",)"
                            R"("message":"Too Many Requests","x-humanapi-request-id":"rid"})");
    EXPECT_EQ(header(limited, "retry-after"), "6");
    EXPECT_EQ(connect({{"client_id", client_id}}).status, 429) << "both endpoints count together";
    EXPECT_EQ(hasher_.verified, before) << "no hash once it is too many";
  }
  pass(6s);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(grant().status, 200) << "success costs nothing";
  EXPECT_EQ(grant("wrong").status, 401);
  EXPECT_EQ(grant().status, 429);
}

TEST_F(TokensOverHttp, GuessingIsSlowedDownForEveryAddress) {
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(grant("wrong", "made up " + std::to_string(i)).status, 401);
  }
  const auto limited = grant();
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(header(limited, "retry-after"), "1");
  address_ = "203.0.113.6";
  EXPECT_EQ(grant().status, 200);
}

TEST_F(TokensOverHttp, AnAccessTokenReadsItsUserAndNothingElse) {
  const std::string human_id = place("p1");
  const std::string other_id = place("p2");
  const auto granted = connect({});
  ASSERT_EQ(granted.status, 200);
  EXPECT_EQ(member(granted, "human_id"), human_id);
  const std::string access = member(granted, "access_token");

  EXPECT_EQ(call("GET", "/api/v1/users/" + human_id, access).body,
            call("GET", "/api/v1/users/" + human_id, token()).body);
  EXPECT_EQ(get("/api/v1/user/reports?humanId=" + human_id, access), 200);
  EXPECT_EQ(get("/api/v1/user/reports?clientUserId=p1", access), 200);
  EXPECT_EQ(get("/api/v1/user/reports", access), 400);
  EXPECT_EQ(get("/api/v1/user/reports?clientUserId=p1&humanId=" + human_id, access), 400);

  const std::string unknown = call("GET", "/api/v1/users/unknown", token()).body;
  for (const std::string& path :
       {"/api/v1/users/" + other_id, "/api/v1/user/reports?humanId=" + other_id,
        std::string("/api/v1/user/reports?clientUserId=p2"), std::string("/api/v1/users/unknown"),
        std::string("/api/v1/user/reports/unknown")}) {
    const auto answer = call("GET", path, access);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, unknown) << path;
  }
  for (const char* path : {"/api/v1/users", "/api/v1/order-types", "/api/v1/sandbox/clock"}) {
    EXPECT_EQ(get(path, access), 401) << path;
  }
  for (const char* path : {"/api/v1/users", "/api/v1/users/actions",
                           "/api/v1/resources/consumer-link", "/api/v1/sandbox/clock"}) {
    EXPECT_EQ(call("POST", path, access, {{"clientUserId", "p1"}, {"action", "abort"}}).status, 401)
        << path;
  }
  pass(24h);
  EXPECT_EQ(get("/api/v1/users/" + human_id, access), 401) << "expired";
}

TEST_F(TokensOverHttp, AnAccessTokenFetchesItsOwnReports) {
  const std::string human_id = place("p1");
  const std::string other_id = place("p2");
  const auto tenant = store_->tenant(application_.client_id);
  for (const auto& [id, owner] : {std::pair("r1", human_id), std::pair("r2", other_id)}) {
    app::StoredReport report;
    report.id = id;
    report.human_id = owner;
    report.order_id = tenant->orders_of(owner)->at(0).core.id;
    report.name = "healthcheck";
    report.file_extension = "pdf";
    report.created_at = clock_.now();
    report.bytes = base::Sensitive<std::string>("%PDF-");
    ASSERT_TRUE(tenant->commit({app::InsertReport{report}}));
  }
  const std::string access = member(connect({}), "access_token");
  EXPECT_EQ(get("/api/v1/user/reports/r1", access), 200);
  EXPECT_EQ(get("/api/v1/user/reports/r2", access), 404);
  EXPECT_EQ(get("/api/v1/user/reports/r2", token()), 200);
}

TEST_F(TokensOverHttp, AnotherApplicationsAccessTokenFindsNobody) {
  const std::string human_id = place("p1");
  app::Application other = application_;
  other.client_id = std::string(40, 'b');
  ASSERT_TRUE(store_->insert_application(other));
  EXPECT_EQ(connect({{"client_id", other.client_id}}).status, 404);
  const std::string mine = member(connect({}), "refresh_token");
  EXPECT_EQ(
      connect({{"client_id", other.client_id}, {"client_secret", nullptr}, {"refresh_token", mine}})
          .status,
      401);
}

TEST_F(TokensOverHttp, ARefreshTokenLastsThirtyDaysForItsUserAlone) {
  const std::string human_id = place("p1");
  place("p2");
  const std::string refresh = member(connect({}), "refresh_token");
  const auto refreshed = [&](const char* user) {
    return connect(
        {{"client_secret", nullptr}, {"refresh_token", refresh}, {"client_user_id", user}});
  };
  pass(30 * 24h - 1s);
  const auto again = refreshed("p1");
  ASSERT_EQ(again.status, 200);
  EXPECT_EQ(get("/api/v1/users/" + human_id, member(again, "access_token")), 200);
  EXPECT_EQ(member(again, "refresh_token"), refresh) << "its end does not move";
  EXPECT_EQ(refreshed("p2").status, 401);
  EXPECT_EQ(refreshed("nobody").status, 401);
  pass(1s);
  EXPECT_EQ(refreshed("p1").status, 401);
}

TEST_F(TokensOverHttp, ASessionOpensTheTaskManagerForEightHours) {
  const std::string human_id = place("p1");
  const auto granted = connect({{"type", "session"}});
  const std::string session = member(granted, "session_token");
  EXPECT_EQ(granted.body, R"({"session_token":")" + session + R"(","human_id":")" + human_id +
                              R"(","expires_in":28800})");
  const auto opened = desk_.open_link(application_.client_id, session);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->human_id, human_id);
  EXPECT_EQ(get("/api/v1/users/" + human_id, session), 401) << "no bearer token";
  for (const char* type : {"id", "access"}) {
    const std::string name = std::string(type) + "_token";
    EXPECT_FALSE(
        desk_.open_link(application_.client_id, member(connect({{"type", type}}), name.c_str())));
  }
  pass(8h);
  EXPECT_FALSE(desk_.open_link(application_.client_id, session));
}

TEST_F(TokensOverHttp, ActionsAreCountedByUserWhicheverIdNamesThem) {
  const std::string human_id = place("p1");
  place("p2");
  const std::string bearer = token();
  const auto act = [&](const char* name, const std::string& value) {
    return call("POST", "/api/v1/users/actions", bearer, {{"action", "resync"}, {name, value}});
  };
  for (int i = 0; i < 15; ++i) {
    EXPECT_NE(act("humanId", human_id).status, 429);
    EXPECT_NE(act("clientUserId", "p1").status, 429);
  }
  const auto limited = act("clientUserId", "p1");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(header(limited, "retry-after"), "2");
  EXPECT_EQ(act("humanId", human_id).status, 429);
  EXPECT_NE(act("clientUserId", "p2").status, 429);
  EXPECT_EQ(act("clientUserId", "nobody").status, 404);
  pass(2s);
  EXPECT_NE(act("humanId", human_id).status, 429);
}

}  // namespace
}  // namespace chartroom::sim
