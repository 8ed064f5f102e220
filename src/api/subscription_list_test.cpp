#include "api/subscription_list.hpp"

#include <gtest/gtest.h>

#include "http/target.hpp"

namespace chartroom::api {
namespace {

std::optional<SubscriptionQuery> query_of(const std::string& query) {
  http::Request request;
  request.query = http::parse_target("/x?" + query)->query;
  return read_subscription_query(request);
}

app::Subscription subscriber(std::string email, std::optional<std::string> last_name, int minute) {
  app::Subscription subscription;
  subscription.email = std::move(email);
  subscription.last_name = std::move(last_name);
  subscription.created_at = base::TimePoint{} + std::chrono::minutes{minute};
  return subscription;
}

std::string chosen(const std::string& query) {
  const auto wanted = query_of("clientUserId=a&" + query);
  if (!wanted) return "refused";
  // As the store gives them: newest first.
  std::string out;
  for (const auto& one : choose_subscriptions(
           {subscriber("d@x.org", std::nullopt, 4), subscriber("C@x.org", "beta", 3),
            subscriber("b@y.org", "Beta", 2), subscriber("a@x.org", "Álvarez", 1)},
           *wanted)) {
    out += one.email.front();
  }
  return out;
}

TEST(SubscriptionList, SortsWithoutRegardToCaseAndKeepsEqualsNewestFirst) {
  EXPECT_EQ(chosen(""), "dCba");
  EXPECT_EQ(chosen("sort=createdAt"), "abCd");
  EXPECT_EQ(chosen("sort=-createdAt"), "dCba");
  EXPECT_EQ(chosen("sort=subscriberEmail"), "abCd");
  EXPECT_EQ(chosen("sort=-subscriberEmail"), "dCba");
  EXPECT_EQ(chosen("sort=subscriberLastName"), "aCbd");
  EXPECT_EQ(chosen("sort=-subscriberLastName"), "Cbad");
}

TEST(SubscriptionList, FindsPartsOfTextsAndWholeAddresses) {
  EXPECT_EQ(chosen("query=BETA"), "Cb");
  EXPECT_EQ(chosen("query=alva"), "a");
  EXPECT_EQ(chosen("query=@X."), "dCa");
  EXPECT_EQ(chosen("query="), "dCba");
  EXPECT_EQ(chosen("query=nobody"), "");
  EXPECT_EQ(chosen("subscriberEmail=c%40X.org"), "C");
  EXPECT_EQ(chosen("subscriberEmail=x.org"), "");
  EXPECT_EQ(chosen("role=producer"), "dCba");
}

TEST(SubscriptionList, RefusesWhatItDoesNotKnow) {
  for (const auto* query : {"role=agent", "role=", "sort=", "sort=-", "sort=name", "sort=CreatedAt",
                            "subscriberEmail="}) {
    EXPECT_EQ(chosen(query), "refused") << query;
  }
  EXPECT_FALSE(query_of("subscriberEmail=a%40x.org"));
  EXPECT_FALSE(query_of("clientUserId="));
}

}  // namespace
}  // namespace chartroom::api
