// Webhook endpoints over weeks: their circuit breaker, their secrets, their end.
#include <gtest/gtest.h>

#include "house.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* kEndpoint = "endpoint-1";

app::WebhookEndpoint endpoint_of(House& house, const std::string& id = kEndpoint) {
  const auto found = house.desk().webhook(house.application(), id);
  return found ? *found : app::WebhookEndpoint{};
}

std::string send_test(House& house, const std::string& id = kEndpoint) {
  app::StoredEvent event;
  EXPECT_TRUE(house.desk().test_webhook(house.application(), id, into(event)));
  house.run_due();
  return event.id;
}

/// What the trail says of the application itself, oldest first.
std::vector<std::string> trail(House& house) {
  std::vector<std::string> actions;
  const auto entries = house.tenant()->audit_of("");
  for (const app::AuditEntry& entry : *entries) actions.push_back(entry.action);
  return actions;
}

TEST(Webhooks, AreSuspendedAfterFiveDaysOfNothingButFailures) {
  House house;
  house.receiver.fails = [] { return true; };
  (void)send_test(house);
  house.pass(24h * 5 - 1min);
  EXPECT_TRUE(endpoint_of(house).enabled);
  EXPECT_GE(endpoint_of(house).failures, 20U);
  house.pass(1min);
  (void)send_test(house);
  const app::WebhookEndpoint suspended = endpoint_of(house);
  EXPECT_FALSE(suspended.enabled);
  EXPECT_EQ(suspended.suspended_at, house.clock.now());
  EXPECT_EQ(trail(house),
            (std::vector<std::string>{"webhook.tested", "webhook.tested", "webhook.suspended"}));

  // Switched off, it gets nothing, and nothing waits for it.
  const auto refused = house.desk().test_webhook(house.application(), kEndpoint, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::conflict);
  EXPECT_EQ(*house.tenant()->next_due(), std::nullopt);

  // Whoever switches it on again gets a clean record and all that is new.
  app::WebhookChange change;
  change.enabled = true;
  const auto changed = house.desk().change_webhook(house.application(), kEndpoint, change);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->suspended_at, std::nullopt);
  EXPECT_EQ(endpoint_of(house).failures, 0U);
  EXPECT_EQ(endpoint_of(house).failing_since, std::nullopt);
  (void)send_test(house);
  EXPECT_TRUE(endpoint_of(house).enabled);
  house.receiver.fails = nullptr;
  const std::string heard = send_test(house);
  ASSERT_FALSE(house.receiver.accepted.empty());
  EXPECT_EQ(house.receiver.accepted.back().event_id, heard);
}

TEST(Webhooks, AreNotSuspendedForFewFailuresOrWhileSomeGoThrough) {
  House house;
  int tries = 0;
  house.receiver.fails = [&] { return ++tries % 25 != 0; };
  for (int day = 0; day < 12; ++day) {
    (void)send_test(house);
    house.pass(24h);
  }
  EXPECT_GT(tries, 100);
  EXPECT_TRUE(endpoint_of(house).enabled);

  House other;
  for (int failure = 0; failure < 18; ++failure) {
    ASSERT_TRUE(other.tenant()->commit({app::NoteDelivery{kEndpoint, false, other.clock.now()}}));
  }
  other.pass(24h * 6);
  other.receiver.fails = [] { return true; };
  (void)send_test(other);
  EXPECT_TRUE(endpoint_of(other).enabled) << "19 failures";
  other.pass(5min);
  EXPECT_FALSE(endpoint_of(other).enabled) << "20 failures";
}

TEST(Webhooks, ThatSayGoneAreSuspendedAtOnce) {
  House house;
  house.receiver.gone = true;
  const std::string event_id = send_test(house);
  EXPECT_FALSE(endpoint_of(house).enabled);
  EXPECT_EQ(endpoint_of(house).suspended_at, house.clock.now());
  EXPECT_EQ(trail(house).back(), "webhook.suspended");
  const auto attempts = house.desk().attempts(house.application(), kEndpoint, 1'000'000, 10);
  ASSERT_EQ(attempts->size(), 1U);
  EXPECT_EQ(attempts->front().event_id, event_id);
  EXPECT_EQ(attempts->front().status, 410);
}

TEST(Webhooks, ThatAreRemovedOrSwitchedOffGetNothingMore) {
  for (const bool remove : {true, false}) {
    House house;
    house.receiver.fails = [] { return true; };
    (void)send_test(house);
    if (remove) {
      ASSERT_TRUE(house.desk().remove_webhook(house.application(), kEndpoint));
      EXPECT_FALSE(house.desk().remove_webhook(house.application(), kEndpoint));
    } else {
      app::WebhookChange off;
      off.enabled = false;
      ASSERT_TRUE(house.desk().change_webhook(house.application(), kEndpoint, off));
      EXPECT_EQ(endpoint_of(house).suspended_at, std::nullopt);
    }
    house.receiver.fails = nullptr;
    house.pass(24h);
    EXPECT_TRUE(house.receiver.accepted.empty());
    EXPECT_TRUE(house.store().dead_jobs(10)->empty());
    EXPECT_EQ(*house.tenant()->next_due(), std::nullopt);
  }
}

TEST(Webhooks, RotateTheirSecretWithAnOverlap) {
  House house;
  app::WebhookEndpoint first;
  ASSERT_TRUE(house.desk().add_webhook(
      house.application(), {"https://a.example", {}, "", true, false, {}}, into(first)));
  app::WebhookEndpoint second;
  ASSERT_TRUE(house.desk().rotate_webhook_secret(house.application(), first.id, 24h, into(second)));
  EXPECT_NE(second.secret, first.secret);
  EXPECT_EQ(second.previous_secret, first.secret);
  EXPECT_EQ(second.previous_secret_until, house.clock.now() + 24h);

  // A change of something else keeps both.
  app::WebhookChange change;
  change.description = "Nights";
  ASSERT_TRUE(house.desk().change_webhook(house.application(), first.id, change));
  EXPECT_EQ(endpoint_of(house, first.id).secret, second.secret);
  EXPECT_EQ(endpoint_of(house, first.id).previous_secret, first.secret);

  house.pass(24h);
  EXPECT_EQ(endpoint_of(house, first.id).previous_secret_until, std::nullopt);
  EXPECT_TRUE(endpoint_of(house, first.id).previous_secret.reveal().empty());

  app::WebhookEndpoint third;
  ASSERT_TRUE(house.desk().rotate_webhook_secret(house.application(), first.id, 0s, into(third)));
  EXPECT_TRUE(third.previous_secret.reveal().empty());
  EXPECT_EQ(third.previous_secret_until, std::nullopt);
}

TEST(Webhooks, AreAtMostTwentyOfAnApplication) {
  House house;
  const app::NewWebhook webhook{"https://a.example", {}, "", true, false, {}};
  for (int i = 1; i < 20; ++i) {
    ASSERT_TRUE(house.desk().add_webhook(house.application(), webhook, {}));
  }
  const auto refused = house.desk().add_webhook(house.application(), webhook, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::conflict);
  EXPECT_EQ(house.desk().webhooks(house.application())->size(), 20U);
}

TEST(Webhooks, EveryChangeIsInTheTrail) {
  House house;
  app::WebhookEndpoint made;
  ASSERT_TRUE(house.desk().add_webhook(house.application(),
                                       {"https://a.example", {}, "", true, false, {}}, into(made)));
  app::WebhookChange change;
  change.url = "https://b.example";
  ASSERT_TRUE(house.desk().change_webhook(house.application(), made.id, change));
  ASSERT_TRUE(house.desk().rotate_webhook_secret(house.application(), made.id, 1h, {}));
  ASSERT_TRUE(house.desk().test_webhook(house.application(), made.id, {}));
  ASSERT_TRUE(house.desk().remove_webhook(house.application(), made.id));
  EXPECT_EQ(trail(house),
            (std::vector<std::string>{"webhook.added", "webhook.changed", "webhook.secret_rotated",
                                      "webhook.tested", "webhook.removed"}));
  const auto entries = house.tenant()->audit_of("");
  for (const app::AuditEntry& entry : *entries) EXPECT_EQ(entry.subject, made.id);
}

}  // namespace
}  // namespace chartroom::sim
