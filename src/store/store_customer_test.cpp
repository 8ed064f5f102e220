// The suite's part about what a customer sets up and follows: webhooks, tasks, subscriptions,
// order types, settings, the event log, keys. Runs for every engine.
#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

constexpr std::int64_t kFromNewest = std::numeric_limits<std::int64_t>::max();

app::WebhookEndpoint endpoint(const std::string& id, base::TimePoint at) {
  app::WebhookEndpoint endpoint;
  endpoint.id = id;
  endpoint.url = "https://insurer.example/hook";
  endpoint.secret = base::Sensitive<std::string>("whsec_bmV3");
  endpoint.created_at = endpoint.updated_at = at;
  return endpoint;
}

app::Subscription subscription(const std::string& id, const std::string& human_id,
                               const std::string& email, base::TimePoint at) {
  app::Subscription out;
  out.id = id;
  out.human_id = human_id;
  out.client_user_id = "c-" + human_id;
  out.email = email;
  out.office = "nw676";
  out.last_name = "Smith";
  out.created_at = at;
  return out;
}

order::Task task(const std::string& id, order::TaskState state) {
  order::Task task;
  task.id = id;
  task.state = state;
  return task;
}

std::vector<std::string> ids_of(const std::vector<app::TaskRow>& rows) {
  std::vector<std::string> ids;
  for (const app::TaskRow& row : rows) ids.push_back(row.task_id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST_P(StoreTest, AWebhookKeepsItsSecretsSealedAndItsOptions) {
  app::WebhookEndpoint full = endpoint("w1", now());
  full.kinds = {"order.status", "task"};
  full.description = "Underwriting";
  full.legacy_signature = true;
  full.previous_secret = base::Sensitive<std::string>("whsec_SECRET-MARKER-OLD");
  full.previous_secret_until = now() + 24h;
  full.headers.emplace_back("Authorization", base::Sensitive<std::string>("HEADER-MARKER-41"));
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{full}}));
  const auto found = alpha_->find_webhook("w1").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kinds, full.kinds);
  EXPECT_TRUE(found->legacy_signature);
  EXPECT_EQ(found->secret, full.secret);
  EXPECT_EQ(found->previous_secret, full.previous_secret);
  EXPECT_EQ(found->previous_secret_until, full.previous_secret_until);
  EXPECT_EQ(found->headers, full.headers);
  EXPECT_EQ(found->updated_at, now());
  EXPECT_EQ(beta_->find_webhook("w1").value(), std::nullopt) << "another tenant's";

  full.version = found->version;
  full.previous_secret = {};
  full.headers.clear();
  full.previous_secret_until.reset();
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{full}}));
  EXPECT_TRUE(alpha_->find_webhook("w1").value()->headers.empty());
  EXPECT_EQ(alpha_->find_webhook("w1").value()->previous_secret.reveal(), "");
  for (const char* marker : {"SECRET-MARKER-OLD", "HEADER-MARKER-41"}) {
    EXPECT_EQ(bench_->raw_bytes().find(marker), std::string::npos) << "stored in clear";
  }
}

TEST_P(StoreTest, TheBreakerCountsFailuresInARowAndIsResetBySwitchingOn) {
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{endpoint("w1", now())}}));
  const base::TimePoint first = now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(alpha_->commit({app::NoteDelivery{"w1", false, first + i * 1min}}));
  }
  EXPECT_EQ(alpha_->find_webhook("w1").value()->failures, 3U);
  EXPECT_EQ(alpha_->find_webhook("w1").value()->failing_since, first);
  ASSERT_TRUE(alpha_->commit({app::NoteDelivery{"w1", true, first + 1h}}));
  EXPECT_EQ(alpha_->find_webhook("w1").value()->failures, 0U);
  EXPECT_EQ(alpha_->find_webhook("w1").value()->failing_since, std::nullopt);

  ASSERT_TRUE(alpha_->commit({app::NoteDelivery{"w1", false, first + 2h}}));
  ASSERT_TRUE(alpha_->commit({app::SuspendWebhook{"w1", first + 3h}}));
  auto suspended = *alpha_->find_webhook("w1").value();
  EXPECT_FALSE(suspended.enabled);
  EXPECT_EQ(suspended.suspended_at, first + 3h);
  suspended.description = "edited while off";
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{suspended}}));
  EXPECT_EQ(alpha_->find_webhook("w1").value()->suspended_at, first + 3h);
  suspended = *alpha_->find_webhook("w1").value();
  suspended.enabled = true;
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{suspended}}));
  const auto again = *alpha_->find_webhook("w1").value();
  EXPECT_TRUE(again.enabled);
  EXPECT_EQ(again.suspended_at, std::nullopt);
  EXPECT_EQ(again.failures, 0U);
  EXPECT_TRUE(alpha_->commit({app::NoteDelivery{"gone", false, first}})) << "nobody minds";
  EXPECT_TRUE(alpha_->commit({app::SuspendWebhook{"gone", first}}));
}

TEST_P(StoreTest, AWebhookChangesOnlyFromTheVersionThatWasRead) {
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{endpoint("w1", now())}}));
  auto read = *alpha_->find_webhook("w1").value();
  ASSERT_TRUE(alpha_->commit({app::SuspendWebhook{"w1", now()}}));
  // What was read before the suspension says "enabled" and must not bring it back.
  read.description = "new";
  const auto refused = alpha_->commit({app::UpdateWebhook{read}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "UpdateWebhook");
  EXPECT_FALSE(alpha_->find_webhook("w1").value()->enabled);
  // Outcomes of deliveries come in all the time and are nobody's rival.
  read = *alpha_->find_webhook("w1").value();
  ASSERT_TRUE(alpha_->commit({app::NoteDelivery{"w1", false, now()}}));
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{read}}));
  EXPECT_EQ(alpha_->find_webhook("w1").value()->failures, 1U);
}

TEST_P(StoreTest, AttemptsArePagedNewestFirst) {
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{endpoint("w1", now())}}));
  for (unsigned i = 1; i <= 3; ++i) {
    ASSERT_TRUE(alpha_->commit({app::InsertAttempt{{"e1", "w1", i, 500, "", now(), 0}}}));
  }
  const auto newest = alpha_->attempts("w1", 2).value();
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].number, 3U);
  const auto rest = alpha_->attempts("w1", 2, newest.back().sequence).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].number, 1U);
}

TEST_P(StoreTest, TasksAreFoundWithoutTheirOrder) {
  app::StoredOrder one = order("o1", "h1");
  one.core.tasks = {task("t1", order::TaskState::open)};
  app::StoredOrder two = order("o2", "h2");
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("h1")}, app::InsertUser{user("h2")},
                              app::InsertOrder{one}, app::InsertOrder{two}}));
  two.version = 1;
  two.core.tasks = {task("t2", order::TaskState::open), task("t3", order::TaskState::open)};
  ASSERT_TRUE(alpha_->commit({app::UpdateOrder{two}}));
  EXPECT_EQ(ids_of(alpha_->list_tasks({}, kFromNewest, 10).value()), (Ids{"t3", "t2", "t1"}));
  EXPECT_EQ(alpha_->find_task("t2").value()->order_id, "o2");
  EXPECT_EQ(alpha_->find_task("t2").value()->human_id, "h2");

  two.version = 2;
  two.core.tasks[0].state = order::TaskState::resolved;
  ASSERT_TRUE(alpha_->commit({app::UpdateOrder{two}}));
  app::TaskFilter open;
  open.state = order::TaskState::open;
  EXPECT_EQ(ids_of(alpha_->list_tasks(open, kFromNewest, 10).value()), (Ids{"t3", "t1"}));
  open.human_id = "h2";
  EXPECT_EQ(ids_of(alpha_->list_tasks(open, kFromNewest, 10).value()), (Ids{"t3"}));
  open.human_id.reset();
  open.order_id = "o1";
  EXPECT_EQ(ids_of(alpha_->list_tasks(open, kFromNewest, 10).value()), (Ids{"t1"}));
  const auto newest = alpha_->list_tasks({}, kFromNewest, 1).value();
  EXPECT_EQ(ids_of(alpha_->list_tasks({}, newest.back().sequence, 5).value()), (Ids{"t2", "t1"}));
  EXPECT_TRUE(beta_->list_tasks({}, kFromNewest, 10).value().empty());
  EXPECT_EQ(beta_->find_task("t1").value(), std::nullopt);

  // A lost race for the order's version leaves its tasks as they are.
  two.core.tasks[1].state = order::TaskState::expired;
  EXPECT_FALSE(alpha_->commit({app::UpdateOrder{two}}));
  EXPECT_EQ(alpha_->find_task("t3").value()->state, order::TaskState::open);
}

TEST_P(StoreTest, SubscribersAreOncePerAddressAndRole) {
  const auto first = subscription("s1", "h1", "Agent@Example.com", now());
  ASSERT_TRUE(alpha_->commit({app::InsertSubscription{first}}));
  const auto same = alpha_->commit(
      {app::InsertSubscription{subscription("s2", "h1", "agent@example.COM", now())}});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::conflict);
  EXPECT_EQ(same.error().field, "InsertSubscription");
  ASSERT_TRUE(
      alpha_->commit({app::InsertSubscription{subscription("s3", "h1", "b@example.com", now())},
                      app::InsertSubscription{subscription("s4", "h2", "b@example.com", now())}}));
  const auto of_h1 = alpha_->subscriptions_of("h1").value();
  ASSERT_EQ(of_h1.size(), 2U);
  EXPECT_EQ(of_h1[0].id, "s3") << "newest first";
  EXPECT_EQ(of_h1[1].email, "Agent@Example.com");
  EXPECT_EQ(of_h1[1].office, "nw676");
  EXPECT_EQ(of_h1[1].first_name, std::nullopt);
  EXPECT_EQ(of_h1[1].last_name, "Smith");
  EXPECT_EQ(alpha_->find_subscription("s4").value()->client_user_id, "c-h2");
  EXPECT_EQ(beta_->find_subscription("s4").value(), std::nullopt);
  EXPECT_EQ(beta_->commit({app::DeleteSubscription{"s4"}}).error().code, ErrorCode::not_found);

  ASSERT_TRUE(alpha_->commit({app::DeleteSubscription{"s3"}}));
  EXPECT_EQ(alpha_->commit({app::DeleteSubscription{"s3"}}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(alpha_->commit({app::DeleteSubscriptionsOf{"h1"}}));
  EXPECT_TRUE(alpha_->subscriptions_of("h1").value().empty());
  EXPECT_EQ(alpha_->subscriptions_of("h2").value().size(), 1U);
}

TEST_P(StoreTest, OrderTypesOfAnApplicationAreItsOwn) {
  EXPECT_TRUE(alpha_->own_order_types().value().empty());
  order::OrderType fast = order::default_order_types().front();
  fast.code = "fast";
  fast.timeout = 48h;
  ASSERT_TRUE(alpha_->commit({app::PutOrderType{fast}}));
  fast.timeout = 72h;
  ASSERT_TRUE(alpha_->commit({app::PutOrderType{fast}}));
  const auto types = alpha_->own_order_types().value();
  ASSERT_EQ(types.size(), 1U);
  EXPECT_EQ(order::to_json(types[0]), order::to_json(fast));
  EXPECT_TRUE(beta_->own_order_types().value().empty());
  EXPECT_EQ(beta_->commit({app::RemoveOrderType{"fast"}}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(alpha_->commit({app::RemoveOrderType{"fast"}}));
  EXPECT_TRUE(alpha_->own_order_types().value().empty());
}

TEST_P(StoreTest, WhatAnOrderIsPlacedWithIsReadAtOnce) {
  const auto nothing = alpha_->intake_context("c-h1");
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->user);
  EXPECT_TRUE(nothing->own_types.empty());

  order::OrderType one = order::default_order_types().front();
  one.code = "one";
  order::OrderType two = one;
  two.code = "two";
  ASSERT_TRUE(alpha_->commit({app::PutOrderType{one}, app::PutOrderType{two},
                              app::InsertUser{user("h1")}, app::InsertUser{user("h2")}}));
  const auto both = alpha_->intake_context("c-h1");
  ASSERT_TRUE(both);
  ASSERT_TRUE(both->user);
  EXPECT_EQ(both->user->human_id, "h1");
  EXPECT_EQ(both->user->profile.last_name, "Marker");
  EXPECT_EQ(both->user->version, 1);
  EXPECT_EQ(both->own_types.size(), 2U);
  const auto foreign = beta_->intake_context("c-h1");
  ASSERT_TRUE(foreign);
  EXPECT_FALSE(foreign->user);
  EXPECT_TRUE(foreign->own_types.empty());
}

TEST_P(StoreTest, SettingsAndSecretsOfAnApplicationComeBack) {
  app::Application application = *store_->find_application("alpha").value();
  EXPECT_EQ(application.settings, app::ApplicationSettings{}) << "the contract's defaults";
  application.settings.callback_urls = {"https://insurer.example/back"};
  application.settings.task_notifications = app::ApplicationSettings::TaskNotifications::envelope;
  application.settings.retention_days = 30;
  application.settings.order_id_in_answer = true;
  application.previous_secret_hash = "$argon2id$old";
  application.previous_secret_until = now() + 1h;
  application.tokens_valid_from = now();
  ASSERT_TRUE(store_->update_application(application));
  reopen();
  const auto found = *store_->find_application("alpha").value();
  EXPECT_EQ(found.settings, application.settings);
  EXPECT_EQ(found.previous_secret_hash, application.previous_secret_hash);
  EXPECT_EQ(found.previous_secret_until, application.previous_secret_until);
  EXPECT_EQ(found.tokens_valid_from, application.tokens_valid_from);
  EXPECT_EQ(alpha_->settings().value().retention_days, 30);
  EXPECT_EQ(beta_->settings().value().retention_days, 90);
}

TEST_P(StoreTest, TheEventLogIsReadByOrderKindAndTime) {
  const auto event = [&](const char* id, const char* order_id, const char* kind,
                         base::Duration after) {
    return app::InsertEvent{{id, order_id, kind, "[]", now() + after, 0}};
  };
  ASSERT_TRUE(alpha_->commit(
      {event("e1", "o1", app::kStatusEvent, 0s), event("e2", "o1", app::kSummaryEvent, 0s),
       event("e3", "o2", app::kStatusEvent, 60s), event("e4", "", app::kTestEvent, 120s)}));
  const auto ids = [&](const app::EventFilter& filter, std::int64_t after = 0,
                       std::size_t limit = 10) {
    Ids out;
    const auto found = alpha_->find_events(filter, after, limit).value();
    for (const auto& stored : found) out.push_back(stored.id);
    return out;
  };
  EXPECT_EQ(ids({}), (Ids{"e1", "e2", "e3", "e4"}));
  EXPECT_EQ(ids({"o1", std::nullopt, std::nullopt, std::nullopt}), (Ids{"e1", "e2"}));
  EXPECT_EQ(ids({"o1", app::kSummaryEvent, std::nullopt, std::nullopt}), (Ids{"e2"}));
  EXPECT_EQ(ids({std::nullopt, app::kStatusEvent, std::nullopt, std::nullopt}), (Ids{"e1", "e3"}));
  EXPECT_EQ(ids({std::nullopt, std::nullopt, now() + 60s, now() + 120s}), (Ids{"e3"}))
      << "since counts, until does not";
  const auto first = alpha_->find_events({}, 0, 2).value();
  EXPECT_EQ(ids({}, first.back().sequence), (Ids{"e3", "e4"}));
  EXPECT_TRUE(beta_->find_events({}, 0, 10).value().empty());
}

TEST_P(StoreTest, RotatingAKeyRetiresTheOthersOnce) {
  const auto key = [&](const char* kid) {
    return app::SigningKey{kid, base::Sensitive<std::string>("PEM"), now(), std::nullopt};
  };
  ASSERT_TRUE(store_->insert_signing_key(key("k1")));
  const base::TimePoint end = now() + 25h;
  ASSERT_TRUE(store_->rotate_signing_key(key("k2"), end));
  ASSERT_TRUE(store_->rotate_signing_key(key("k3"), end + 1h));
  std::map<std::string, std::optional<base::TimePoint>> retired;
  const auto keys = store_->signing_keys().value();
  for (const auto& stored : keys) retired[stored.kid] = stored.retired_at;
  EXPECT_EQ(retired.at("k1"), end) << "its end is not put off by a later rotation";
  EXPECT_EQ(retired.at("k2"), end + 1h);
  EXPECT_EQ(retired.at("k3"), std::nullopt);
  EXPECT_FALSE(store_->rotate_signing_key(key("k3"), end)) << "a known kid";
}

}  // namespace
}  // namespace chartroom::store::testing
