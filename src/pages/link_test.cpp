#include "pages/link.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/target.hpp"

namespace chartroom::pages {
namespace {

TEST(Callback, IsTakenEncoded) {
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback=https%3A%2F%2Fx.test%2Fdone%3Fa%3D1%26b%3D2"),
            "https://x.test/done?a=1&b=2");
}

TEST(Callback, IsTakenUnencodedToTheEnd) {
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback=https://x.test/done?a=1&b=2"),
            "https://x.test/done?a=1&b=2");
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback=https://x.test/?rq=own&c=%20"),
            "https://x.test/?rq=own&c=%20");
}

TEST(Callback, EndsWhereTheLinksOwnPartsFollow) {
  EXPECT_EQ(callback_of("callback=https://x.test/?a=1&clientId=c&rq=r"), "https://x.test/?a=1");
  EXPECT_EQ(callback_of("clientId=c&callback=https://x.test/&rq=r"), "https://x.test/");
}

TEST(Callback, IsDecodedWhenOnlyItsQueryWasEncoded) {
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback=https://x.test/done%3Fa%3D1%26b%3D2"),
            "https://x.test/done?a=1&b=2");
}

TEST(Callback, MayBeAbsentOrEmptyOrBroken) {
  EXPECT_EQ(callback_of(""), "");
  EXPECT_EQ(callback_of("clientId=a&rq=b"), "");
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback="), "");
  EXPECT_EQ(callback_of("clientId=a&nocallback=https://x.test/"), "");
  EXPECT_EQ(callback_of("clientId=a&rq=b&callback=https%3A%2F%2Fx.test%2F%zz"), "");
}

TEST(WebAddress, AcceptsHttpAndHttps) {
  for (const char* good : {"https://x.test", "http://127.0.0.1:8080/a?b=c#d",
                           "HTTPS://X.test/%C3%A9", "https://a-b.example.com:443/x;y?z=[1]"}) {
    EXPECT_TRUE(is_web_address(good)) << good;
  }
  EXPECT_EQ(origin_of("HTTPS://X.test:8443/Path?q"), "https://x.test:8443");
}

TEST(WebAddress, RefusesEverythingThatCouldLeadElsewhere) {
  for (const char* bad : {"",
                          "javascript:alert(1)",
                          "data:text/html,x",
                          "//x.test/",
                          "/local",
                          "https:/x.test",
                          "https:x.test",
                          "https://",
                          "https:///x",
                          "https://user@x.test/",
                          "https://x.test@evil.test/",
                          "https://x.test\\@evil.test/",
                          "https://x.test:99999999/",
                          "https://x.test:/",
                          "https://x.test:8a/",
                          "ftp://x.test/",
                          "https://x .test/",
                          "https://x.test/\r\nSet-Cookie: a=b",
                          "https://x.test/\"",
                          "https://x.test/<",
                          "https://[::1]/",
                          "https://x.test;script-src *",
                          "https://\xC3\xA9.test/",
                          " https://x.test/",
                          "vbscript:x",
                          "blob:https://x"}) {
    EXPECT_FALSE(is_web_address(bad)) << bad;
  }
  EXPECT_FALSE(is_web_address("https://x.test/" + std::string(kCallbackBytes, 'a')));
}

TEST(MayCallBack, OutsideTheSandboxOnlyWhatIsListed) {
  const std::vector<std::string> listed{"https://x.test/done"};
  EXPECT_TRUE(may_call_back(listed, false, "https://x.test/done/7?a=1#b"));
  for (const char* bad : {"https://x.test/donation", "https://x.test.evil.test/done",
                          "http://x.test/done", "http://127.0.0.1/done", "javascript:alert(1)",
                          "https://user@x.test/done", "https://x.test/done/../x"}) {
    EXPECT_FALSE(may_call_back(listed, false, bad)) << bad;
  }
  EXPECT_FALSE(may_call_back({}, false, "https://x.test/done"));
}

TEST(MayCallBack, InTheSandboxAlsoLoopbackAndAnyWhileNothingIsListed) {
  const std::vector<std::string> listed{"https://x.test/done"};
  EXPECT_TRUE(may_call_back(listed, true, "https://x.test/done"));
  EXPECT_TRUE(may_call_back(listed, true, "http://127.0.0.1:3000/x"));
  EXPECT_FALSE(may_call_back(listed, true, "https://y.test/done"));
  EXPECT_TRUE(may_call_back({}, true, "https://y.test/done"));
  EXPECT_FALSE(may_call_back({}, true, "javascript:alert(1)"));
}

app::TaskList session() {
  app::TaskList list;
  list.client_user_id = "Policy 7 & \"more\"";
  list.order_id = "0123";
  list.state = order::State::in_progress;
  return list;
}

TEST(CallbackAddress, CarriesStatusAndOrder) {
  const auto list = session();
  const auto address = callback_address("https://x.test/done", success(), &list);
  ASSERT_TRUE(address.starts_with("https://x.test/done?"));
  const auto target = http::parse_target(address);
  ASSERT_TRUE(target);
  ASSERT_EQ(target->query.size(), 2U);
  EXPECT_EQ(target->query[0], (std::pair<std::string, std::string>("status", "success")));
  EXPECT_EQ(target->query[1].first, "order");
  const auto order = boost::json::parse(target->query[1].second).as_object();
  EXPECT_EQ(order.size(), 4U);
  EXPECT_EQ(order.at("allTasksResolve"), true);
  EXPECT_EQ(order.at("externalId"), "Policy 7 & \"more\"");
  EXPECT_EQ(order.at("orderId"), "0123");
  EXPECT_EQ(order.at("orderState"), "In Progress");
}

TEST(CallbackAddress, SaysWhenTasksAreLeft) {
  auto list = session();
  list.open.emplace_back();
  const auto target = http::parse_target(callback_address("https://x.test/", success(), &list));
  ASSERT_TRUE(target);
  EXPECT_EQ(boost::json::parse(target->query.back().second).at("allTasksResolve"), false);
}

TEST(CallbackAddress, KeepsTheCallbacksOwnQueryAndFragment) {
  EXPECT_EQ(callback_address("https://x.test/?a=1#top", expired(), nullptr),
            "https://x.test/"
            "?a=1&status=error&error=Forbidden&message=The%20provided%20Token%20has%20expired#top");
  EXPECT_TRUE(callback_address("https://x.test/?", success(), nullptr)
                  .starts_with("https://x.test/?status="));
  EXPECT_TRUE(callback_address("https://x.test/?a&", success(), nullptr)
                  .starts_with("https://x.test/?a&status="));
}

TEST(Query, SurvivesTheRoundTrip) {
  const Link link{"client", "a.b-c_d", "https://x.test/?a=1&b=2"};
  EXPECT_EQ(callback_of(query_of(link)), link.callback);
}

}  // namespace
}  // namespace chartroom::pages
