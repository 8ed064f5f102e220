// The pages through the real desk, the real store and real signatures; only the records' sources
// are invented.
#include "pages/pages.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/authorization_form.hpp"
#include "app/jobs.hpp"
#include "auth/link_signer.hpp"
#include "auth/sealer.hpp"
#include "auth/test_support.hpp"
#include "http/router.hpp"
#include "http/target.hpp"
#include "pages/files.hpp"
#include "pages/link.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::pages {
namespace {

using http::Response;
using Typed = std::vector<std::pair<std::string, std::string>>;

/// A network that knows nobody; one provider wants a form of its own when `wants_form` is set.
class Channel final : public app::RecordChannel {
 public:
  base::Result<app::RetrievalAnswer> retrieve(const app::RetrievalRequest& request) override {
    app::RetrievalAnswer answer;
    if (wants_form && !request.authorized) {
      answer.status = app::RetrievalAnswer::Status::needs_authorization;
      answer.detail = "Starfleet <Medical>";
    }
    connected = request.connection;
    return answer;
  }
  std::vector<PortalChoice> portals(const app::RetrievalRequest&,
                                    const std::string& query) override {
    std::vector<PortalChoice> all{{"p-1", "River & Bend Clinic", "Riverbend, OR"},
                                  {"p-2", "Hill Hospital", "Hilltop, OR"}};
    if (query == "hill") all.erase(all.begin());
    if (query == "nothing") all.clear();
    return all;
  }
  bool wants_form = false;
  std::string connected;
};

class Hasher final : public app::SecretHasher {
 public:
  std::string hash(const base::Sensitive<std::string>&) const override { return "-"; }
  bool verify(const std::string&, const base::Sensitive<std::string>&) const override {
    return false;
  }
};

class Tokens final : public app::TokenService {
 public:
  base::Result<Token> issue(Kind /*kind*/, const std::string& /*client_id*/,
                            const std::string& /*human_id*/,
                            base::TimePoint /*not_before*/) override {
    return base::fail(base::ErrorCode::internal, "-");
  }
  base::Result<Claims> verify(Kind /*kind*/, std::string_view /*token*/) override {
    return base::fail(base::ErrorCode::internal, "-");
  }
  base::Result<std::string> jwks() override { return std::string("{}"); }
};

class Sender final : public app::EventSender {
 public:
  Outcome send(const app::WebhookEndpoint&, const app::StoredEvent&, base::TimePoint) override {
    return {};
  }
  std::optional<base::Duration> delay_after(unsigned) override { return std::nullopt; }
};

class Pages : public testing::Test {
 protected:
  Pages() {
    base::start_crypto();
    store = store::open_sqlite_store(folder / "data", *sealer, clock, random).value();
    application.client_id = std::string(40, 'a');
    application.name = "Harbor <Life> & Co";
    application.sandbox = true;
    application.created_at = clock.now();
    EXPECT_TRUE(store->insert_application(application));
    const std::map<order::Channel, app::RecordChannel*> channels{{order::Channel::ehr, &network},
                                                                 {order::Channel::portal, &portal}};
    desk = std::make_unique<app::Desk>(
        app::Desk::Ports{*store, clock, random, logger, *sealer, hasher, tokens, *links, channels,
                         [] {}},
        app::DeskSettings{.public_url = "http://chartroom.test", .sandbox = true});
    runner = std::make_unique<app::JobRunner>(
        app::JobRunner::Ports{*store, clock, random, logger, *sealer, sender, channels},
        "http://chartroom.test", "1");
    serve(true);
  }

  void serve(bool sandbox) {
    router = std::make_unique<http::Router>(
        make_routes({*desk, *links, clock, logger, "http://chartroom.test", sandbox}));
  }

  static app::NewOrder complete_order() {
    app::NewOrder order;
    order.client_user_id = "policy-7";
    order.client_user_email = "ann@example.com";
    order.first_name = "Ann";
    order.last_name = "Lee";
    order.gender = "female";
    order.date_of_birth = base::Date{1968, 2, 13};
    order.address = app::Address{"1 Main St", std::nullopt, "Riverbend", "OR", "97035"};
    order.attachments.push_back(
        {"hipaaAuthorization", "application/pdf", base::Sensitive<std::string>("%PDF-1.4")});
    return order;
  }

  void run_jobs() {
    for (int round = 0; round < 50; ++round) {
      const auto jobs = store->claim(clock.now(), std::chrono::seconds(9), 16);
      ASSERT_TRUE(jobs);
      if (jobs->empty()) return;
      for (const auto& job : *jobs) ASSERT_TRUE(runner->run(job));
    }
    FAIL() << "the work does not end";
  }

  /// Places an order, lets the back end work, and opens its link.
  void place(const app::NewOrder& order) {
    const auto placed = desk->place_order(application, order);
    ASSERT_TRUE(placed) << placed.error().message;
    run_jobs();
    const auto opened =
        desk->consumer_link(application, {placed->view.user.human_id, std::nullopt});
    ASSERT_TRUE(opened) << opened.error().message;
    const auto target = http::parse_target(opened->url);
    ASSERT_TRUE(target);
    for (const auto& [name, value] : target->query) {
      if (name == "clientId") link.client_id = value;
      if (name == "rq") link.rq = value;
    }
  }

  Response ask(const std::string& method, const std::string& address, const std::string& body = {},
               const std::string& type = "application/x-www-form-urlencoded") {
    const auto target = http::parse_target(address);
    EXPECT_TRUE(target) << address;
    const auto match = router->find(method, target->segments);
    if (match.route == nullptr) return {.status = 404};
    http::Request request;
    request.method = method;
    request.path = target->path;
    request.raw_query = target->raw_query;
    request.query = target->query;
    request.body = body;
    request.path_parameters = match.path_parameters;
    if (!body.empty()) request.headers.emplace_back("content-type", type);
    return match.route->handler(request);
  }

  Response get(const std::string& path) { return ask("GET", path + "?" + query_of(link)); }
  Response home() { return get("/"); }

  Response post(const std::string& path, Typed typed) {
    typed.insert(typed.begin(),
                 {{"clientId", link.client_id}, {"rq", link.rq}, {"callback", link.callback}});
    std::string body;
    for (const auto& [name, value] : typed) {
      body += (body.empty() ? "" : "&") + name + "=" + percent_encode(value);
    }
    return ask("POST", path, body);
  }

  app::TaskList session() { return desk->open_link(link.client_id, link.rq).value(); }
  std::string task_path() { return "/tasks/" + session().open.at(0).id; }

  static bool has(const Response& response, std::string_view text) {
    return response.body.find(text) != std::string::npos;
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  auth::test::TemporaryFolder folder;
  auth::test::ManualClock clock;
  base::SystemRandom random;
  base::NullLogger logger;
  std::unique_ptr<app::Sealer> sealer = auth::make_sealer(auth::test::ring_of("k"), random);
  std::unique_ptr<app::LinkSigner> links = auth::make_link_signer(auth::test::ring_of("k"));
  Hasher hasher;
  Tokens tokens;
  Sender sender;
  Channel network;
  Channel portal;
  std::unique_ptr<app::Store> store;
  std::unique_ptr<app::Desk> desk;
  std::unique_ptr<app::JobRunner> runner;
  std::unique_ptr<http::Router> router;
  app::Application application;
  Link link;
};

TEST_F(Pages, LandingTellsNothing) {
  place(complete_order());
  const auto page = ask("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_FALSE(has(page, "Harbor"));
  EXPECT_FALSE(has(page, "<form"));
}

TEST_F(Pages, EveryPageIsKeptToItself) {
  place(complete_order());
  link.callback = "https://Customer.test:8443/done?x=1";
  for (const auto& page : {ask("GET", "/"), home(), get(task_path()), get("/tasks/unknown")}) {
    const auto policy = header(page, "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none';")) << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("script"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(header(page, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    EXPECT_FALSE(has(page, "<script"));
    EXPECT_FALSE(has(page, "style=\""));
  }
  EXPECT_TRUE(header(home(), "Content-Security-Policy")
                  .ends_with("form-action 'self' https://customer.test:8443"));
}

TEST_F(Pages, NoTemplateLeavesAValueUnescaped) {
  for (const auto text : {kLayoutMustache, kLandingMustache, kSessionMustache, kErrorsMustache,
                          kTextFieldMustache, kStateFieldMustache, kSignMustache, kTasksMustache,
                          kInformationMustache, kAuthorizationMustache, kPortalSearchMustache,
                          kPortalConsentMustache, kDeclineMustache, kMessageMustache}) {
    EXPECT_EQ(text.find("{{{"), std::string_view::npos);
    EXPECT_EQ(text.find("{{&"), std::string_view::npos);
  }
}

TEST_F(Pages, ForgedLinksShowNothingAndLeadNowhere) {
  place(complete_order());
  link.callback = "https://customer.test/";
  const auto path = task_path();
  const Link good = link;
  Link forged = good;
  forged.rq.back() = forged.rq.back() == 'A' ? 'B' : 'A';
  forged.rq[forged.rq.size() / 2] = forged.rq[forged.rq.size() / 2] == 'x' ? 'y' : 'x';
  Link foreign = good;
  foreign.client_id = std::string(40, 'b');
  Link missing = good;
  missing.rq.clear();
  Link huge = good;
  huge.rq = std::string(kLinkPartBytes + 1, 'a');
  for (const Link& bad : {forged, foreign, missing, huge}) {
    link = bad;
    for (const auto& page : {home(), get(path), get(path + "/decline"),
                             post(path + "/connect", {{"answer", "approve"}, {"portal", "p-1"}}),
                             post(path + "/decline", {})}) {
      EXPECT_EQ(page.status, 403);
      EXPECT_FALSE(has(page, "Harbor"));
      EXPECT_FALSE(has(page, "Ann"));
      EXPECT_FALSE(has(page, "customer.test/"));
      EXPECT_EQ(header(page, "Location"), "");
    }
  }
  link = good;
  EXPECT_EQ(session().open.size(), 1U);
}

TEST_F(Pages, ExpiredLinksSaySoWithoutAnOrder) {
  place(complete_order());
  link.callback = "https://customer.test/";
  clock.advance(std::chrono::hours(8));
  const auto page = home();
  EXPECT_EQ(page.status, 403);
  EXPECT_TRUE(has(page, "The provided Token has expired"));
  EXPECT_TRUE(has(
      page,
      "https://customer.test/"
      "?status=error&amp;error=Forbidden&amp;message=The%20provided%20Token%20has%20expired\""));
  EXPECT_FALSE(has(page, "Harbor"));
  EXPECT_FALSE(has(page, "order="));
}

TEST_F(Pages, HostileNamesAreText) {
  auto order = complete_order();
  order.first_name = "<script>alert(1)</script>";
  place(order);
  const auto page = home();
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page, "Hello &lt;script&gt;"));
  EXPECT_TRUE(has(page, "Harbor &lt;Life&gt; &amp; Co"));
  EXPECT_FALSE(has(page, "<script"));
}

TEST_F(Pages, MissingInformationIsTypedCheckedAndStored) {
  auto order = complete_order();
  order.address.reset();
  order.gender.reset();
  order.attachments.clear();
  place(order);
  EXPECT_TRUE(has(home(), "Complete your information"));
  const auto path = task_path();
  const auto form = get(path);
  EXPECT_EQ(form.status, 200);
  for (const char* asked : {"name=\"street1\"", "autocomplete=\"postal-code\"", "name=\"gender\"",
                            "name=\"signature\"", "type=\"file\""}) {
    EXPECT_TRUE(has(form, asked)) << asked;
  }
  for (const char* known : {"first_name", "birth_year", "provider1_name"})
    EXPECT_FALSE(has(form, known)) << known;
  app::AuthorizationForm authorization;
  authorization.recipient = "Harbor &lt;Life&gt; &amp; Co";
  for (const auto& paragraph : app::authorization_text(authorization)) {
    EXPECT_TRUE(has(form, paragraph)) << paragraph;
  }

  const auto refused = post(path + "/information", {{"street1", "\"><img src=x>"},
                                                    {"city", "Riverbend"},
                                                    {"zip", "97"},
                                                    {"gender", "female"},
                                                    {"signature", "Ann Lee"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(has(refused, "<title>Error: "));
  EXPECT_TRUE(has(refused, "href=\"#zip\""));
  EXPECT_TRUE(has(refused, "href=\"#state\""));
  EXPECT_TRUE(has(refused, "href=\"#agree\""));
  EXPECT_TRUE(has(refused, "value=\"&quot;&gt;&lt;img src=x&gt;\""));
  EXPECT_TRUE(has(refused, "value=\"female\" checked"));
  EXPECT_FALSE(has(refused, "<img"));
  EXPECT_EQ(session().open.size(), 1U);

  const auto taken = post(path + "/information", {{"street1", "1 Main St"},
                                                  {"city", "Riverbend"},
                                                  {"state", "OR"},
                                                  {"zip", "97035"},
                                                  {"gender", "female"},
                                                  {"signature", "Ann Lee"},
                                                  {"agree", "yes"}});
  EXPECT_EQ(taken.status, 303);
  const auto where = header(taken, "Location");
  EXPECT_TRUE(where.starts_with("/?done=information&clientId=")) << where;
  EXPECT_EQ(where.find("Main"), std::string::npos);
  EXPECT_EQ(session().known.address->street1, "1 Main St");
  EXPECT_TRUE(session().open.empty());
  EXPECT_TRUE(has(ask("GET", where), "Thank you. Your information has been received."));

  EXPECT_EQ(get(path).status, 409);
  EXPECT_EQ(post(path + "/information", {{"street1", "2"}}).status, 409);
}

TEST_F(Pages, ASpecialAuthorizationIsSigned) {
  network.wants_form = true;
  place(complete_order());
  EXPECT_TRUE(has(home(), "Sign a form for Starfleet &lt;Medical&gt;"));
  const auto path = task_path();
  EXPECT_TRUE(has(get(path), "I allow Starfleet &lt;Medical&gt; to disclose"));
  EXPECT_EQ(post(path + "/authorization", {}).status, 422);
  EXPECT_EQ(post(path + "/authorization", {{"signature", "Ann Lee"}, {"agree", "yes"}}).status,
            303);
  EXPECT_TRUE(session().open.empty());
}

TEST_F(Pages, APortalIsFoundApprovedAndConnected) {
  place(complete_order());
  EXPECT_TRUE(has(home(), "Connect your patient portal"));
  const auto path = task_path();
  EXPECT_TRUE(has(get(path), "River &amp; Bend Clinic"));
  EXPECT_FALSE(has(post(path + "/portals", {{"q", "hill"}}), "River &amp; Bend Clinic"));
  EXPECT_TRUE(has(post(path + "/portals", {{"q", "nothing"}}), "Nothing found"));

  const auto consent = post(path + "/consent", {{"portal", "p-2"}, {"q", "hill"}});
  EXPECT_EQ(consent.status, 200);
  EXPECT_TRUE(has(consent, "Hill Hospital"));
  EXPECT_TRUE(has(consent, "Fictional"));
  EXPECT_TRUE(has(post(path + "/consent", {{"portal", "p-3"}}), "not available"));
  EXPECT_TRUE(has(post(path + "/connect", {{"portal", "p-2"}, {"answer", "cancel"}}),
                  "Nothing was shared"));
  EXPECT_TRUE(
      has(post(path + "/connect", {{"portal", "p-3"}, {"answer", "approve"}}), "not available"));
  EXPECT_EQ(session().open.size(), 1U);

  EXPECT_EQ(post(path + "/connect", {{"portal", "p-2"}, {"answer", "approve"}}).status, 303);
  run_jobs();
  EXPECT_EQ(portal.connected, "p-2");
}

TEST_F(Pages, APortalMayBeDeclinedAfterAskingAgain) {
  place(complete_order());
  const auto path = task_path();
  EXPECT_EQ(get(path + "/decline").status, 200);
  EXPECT_EQ(session().open.size(), 1U);  // asking changes nothing
  EXPECT_EQ(post(path + "/decline", {}).status, 303);
  EXPECT_TRUE(session().open.empty());
}

TEST_F(Pages, TheCallbackHearsOfATaskDone) {
  place(complete_order());
  link.callback = "https://customer.test/done?case=7";
  const auto done = post(task_path() + "/decline", {});
  EXPECT_EQ(done.status, 302);
  const auto target = http::parse_target(header(done, "Location"));
  ASSERT_TRUE(target);
  ASSERT_EQ(target->query.size(), 3U);
  EXPECT_EQ(target->query[0].second, "7");
  EXPECT_EQ(target->query[1].second, "success");
  const auto order = boost::json::parse(target->query[2].second);
  EXPECT_EQ(order.at("externalId"), "policy-7");
  EXPECT_EQ(order.at("allTasksResolve"), true);

  const auto page = home();
  EXPECT_TRUE(has(
      page,
      "It looks like there are no tasks for you at this time. Please check again in a few days."));
  EXPECT_TRUE(has(page,
                  "https://customer.test/"
                  "done?case=7&amp;status=error&amp;error=No%20Tasks%20Available&amp;message="));
  EXPECT_TRUE(has(page, "&amp;order=%7B"));
}

TEST_F(Pages, CallbacksThatAreNotAllowedAreForgotten) {
  place(complete_order());
  for (const char* bad : {"javascript:alert(1)", "data:text/html,x", "https://a@b.test/"}) {
    link.callback = bad;
    const auto page = home();
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(has(page, "javascript")) << bad;
    EXPECT_TRUE(header(page, "Content-Security-Policy").ends_with("form-action 'self'"));
  }
  link.callback = "javascript:alert(1)";
  const auto done = post(task_path() + "/decline", {});
  EXPECT_EQ(done.status, 303);
  EXPECT_TRUE(header(done, "Location").starts_with("/?done=declined"));
}

TEST_F(Pages, OutsideTheSandboxAListedCallbackIsCalled) {
  application.settings.callback_urls = {"https://customer.test/done"};
  ASSERT_TRUE(store->update_application(application));
  place(complete_order());
  serve(false);
  link.callback = "https://customer.test/donation";
  EXPECT_FALSE(has(home(), "customer.test"));
  link.callback = "https://customer.test/done/7";
  const auto done = post(task_path() + "/decline", {});
  EXPECT_TRUE(header(done, "Location").starts_with("https://customer.test/done/7?status=success"));
  clock.advance(std::chrono::hours{9});
  EXPECT_TRUE(has(home(), "https://customer.test/done/7?status=error"));
}

TEST_F(Pages, OutsideTheSandboxNoCallbackIsAllowedThatIsNotListed) {
  place(complete_order());
  serve(false);
  link.callback = "https://customer.test/";
  EXPECT_FALSE(has(home(), "customer.test"));
  EXPECT_FALSE(has(home(), "fictional"));
  EXPECT_EQ(post(task_path() + "/decline", {}).status, 303);
}

TEST_F(Pages, FormsThatCannotBeReadChangeNothing) {
  place(complete_order());
  const auto path = task_path();
  EXPECT_EQ(ask("POST", path + "/decline").status, 400);
  EXPECT_EQ(ask("POST", path + "/decline", "{}", "application/json").status, 400);
  EXPECT_EQ(ask("POST", path + "/decline", "--x", "multipart/form-data; boundary=x").status, 400);
  EXPECT_EQ(ask("POST", path + "/decline", std::string(70'000, 'a')).status, 413);
  EXPECT_EQ(post(path + "/information", {}).status, 409);  // another kind of task
  EXPECT_EQ(session().open.size(), 1U);
}

TEST_F(Pages, AStoreThatIsAwayMeansTryAgain) {
  place(complete_order());
  link.callback = "https://customer.test/";
  auth::test::KeyStore away;
  away.away = true;
  app::Desk stuck(
      app::Desk::Ports{away, clock, random, logger, *sealer, hasher, tokens, *links, {}, [] {}},
      app::DeskSettings{});
  router = std::make_unique<http::Router>(
      make_routes({stuck, *links, clock, logger, "http://chartroom.test", true}));
  const auto page = home();
  EXPECT_EQ(page.status, 503);
  EXPECT_TRUE(has(page, "Try again"));
  EXPECT_TRUE(has(page, "https://customer.test/?status=error&amp;error=Task%20List%20error"));
  EXPECT_FALSE(has(page, "Harbor"));
}

TEST_F(Pages, NoticesComeFromAFixedList) {
  place(complete_order());
  EXPECT_FALSE(has(ask("GET", "/?done=Call+555-0100&" + query_of(link)), "555-0100"));
}

}  // namespace
}  // namespace chartroom::pages
