#include "http/router.hpp"

#include <gtest/gtest.h>

#include "http/envelope.hpp"
#include "http/target.hpp"

namespace chartroom::http {
namespace {

Handler named(const std::string& name) {
  return [name](const Request&) { return Response{.body = name}; };
}

Router make_router() {
  return Router({{"GET", "/users/{humanId}", named("one")},
                 {"GET", "/users/providers", named("providers")},
                 {"POST", "/users/actions", named("act")},
                 {"GET", "/users", named("all")},
                 {"GET", "/users/{humanId}/orders/{orderId}", named("order")},
                 {"GET", "/", named("root")}});
}

std::string found(const Router& router, const std::string& method, const std::string& target) {
  const auto match = router.find(method, parse_target(target)->segments);
  return match.route == nullptr ? "-" + match.allow : match.route->handler({}).body;
}

TEST(RouterTest, LiteralSegmentsWinOverParameters) {
  const auto router = make_router();
  EXPECT_EQ(found(router, "GET", "/users/providers"), "providers");
  EXPECT_EQ(found(router, "GET", "/users/actor"), "one");
  EXPECT_EQ(found(router, "POST", "/users/actions"), "act");
  EXPECT_EQ(found(router, "GET", "/users/actions"), "-POST");
  EXPECT_EQ(found(router, "GET", "/users/providers/orders/7"), "order");
  EXPECT_EQ(found(router, "GET", "/"), "root");
}

TEST(RouterTest, TellsUnknownPathsFromWrongMethods) {
  const auto router = make_router();
  EXPECT_EQ(found(router, "GET", "/nothing"), "-");
  EXPECT_EQ(found(router, "GET", "/users/"), "-");
  EXPECT_EQ(found(router, "GET", "/users//orders/1"), "-");
  EXPECT_EQ(found(router, "DELETE", "/users"), "-GET, HEAD");
  EXPECT_EQ(found(router, "HEAD", "/users"), "all");
}

TEST(RouterTest, GivesParameters) {
  const auto router = make_router();
  const auto match = router.find("GET", {"users", "h1", "orders", "o/2"});
  EXPECT_EQ(match.path_parameters.at("humanId"), "h1");
  EXPECT_EQ(match.path_parameters.at("orderId"), "o/2");
}

TEST(RouterDeathTest, ARouteRegisteredTwiceIsABug) {
  EXPECT_DEATH(Router({{"GET", "/a/{x}", named("1")}, {"GET", "/a/{y}", named("2")}}), "twice");
}

TEST(TargetTest, DecodesPathAndQuery) {
  const auto target = parse_target("/a%20b/c%2Fd?x=1&y=a+b%2B&empty&=v&x=2");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->segments, (std::vector<std::string>{"a b", "c/d"}));
  const std::vector<std::pair<std::string, std::string>> query{
      {"x", "1"}, {"y", "a b+"}, {"empty", ""}, {"", "v"}, {"x", "2"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("/a+b")->segments.front(), "a+b");
}

TEST(TargetTest, RefusesWhatNobodyHonestSends) {
  for (const std::string target :
       {"", "*", "a", "/%", "/%4", "/%g1", "/%00", "/a%0Ab", "/..", "/a/%2E%2e/b", "/.", "/%ff",
        "/a?x=%", "/a?x=%fe", "/a#b", "ftp://host/a"}) {
    EXPECT_FALSE(parse_target(target).has_value()) << target;
  }
}

}  // namespace
}  // namespace chartroom::http
