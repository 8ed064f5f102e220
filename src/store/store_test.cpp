// The suite's part about commits, tenants and stored things; runs for every engine.
#include <thread>

#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

TEST_P(StoreTest, StoresUsersAndFindsThem) {
  app::User first = user("h1");
  first.profile.date_of_birth = base::Date{1968, 2, 13};
  first.profile.ssn = base::Sensitive<std::string>("987654329");
  app::Provider provider;
  provider.name = "Dr. A";
  provider.address.emplace().zip = "02134";
  first.profile.providers = {provider};
  first.profile.client_data_json = R"({"agent":"7"})";
  first.profile.auto_invite = false;
  ASSERT_TRUE(alpha_->commit({app::InsertUser{first}, app::InsertUser{user("h2")}}));
  const auto found = alpha_->find_user("h1").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user_id, "u-h1");
  EXPECT_EQ(found->created_at, now());
  EXPECT_EQ(app::new_order_to_json(found->profile), app::new_order_to_json(first.profile));
  EXPECT_EQ(found->profile.ssn, first.profile.ssn);
  EXPECT_EQ(found->profile.date_of_birth, first.profile.date_of_birth);
  EXPECT_EQ(found->profile.providers[0].address->zip, "02134");
  EXPECT_EQ(alpha_->find_user_by_client_user_id("c-h2").value()->human_id, "h2");

  EXPECT_EQ(found->version, 1);
  first.version = 1;
  first.profile.last_name = "Changed";
  first.updated_at = now() + 1s;
  ASSERT_TRUE(alpha_->commit({app::UpdateUser{first}}));
  EXPECT_EQ(alpha_->find_user("h1").value()->profile.last_name, "Changed");
  EXPECT_EQ(alpha_->find_user("h1").value()->updated_at, now() + 1s);

  const auto page = alpha_->list_users(0, 1).value();
  EXPECT_EQ(page.total, 2U);
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].human_id, "h2") << "newest first";
  EXPECT_EQ(alpha_->list_users(1, 5).value().items.at(0).human_id, "h1");
}

TEST_P(StoreTest, TakenIdsAreConflictsAndNothingOfTheCommitStays) {
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("h1")}, app::InsertOrder{order("o1", "h1")}}));
  app::User same_client_user = user("h2");
  same_client_user.client_user_id = "c-h1";
  app::User same_user = user("h3");
  same_user.user_id = "u-h1";
  for (const app::User& taken : {user("h1"), same_client_user, same_user}) {
    auto refused = alpha_->commit({app::InsertJob{job("j")}, app::InsertUser{taken}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().field, "InsertUser");
  }
  EXPECT_EQ(alpha_->commit({app::InsertOrder{order("o1", "h1")}}).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(alpha_->next_due().value(), std::nullopt) << "the job before the conflict is gone";
  EXPECT_TRUE(beta_->commit({app::InsertUser{user("h1")}})) << "ids are an application's own";
}

TEST_P(StoreTest, ManyRowsOfOneKindAreStoredInTheirOrder) {
  app::Commit writes;
  std::vector<std::string> ids;
  for (int i = 0; i < 150; ++i) {
    ids.push_back("e-" + std::to_string(i));
    writes.emplace_back(app::InsertEvent{{ids.back(), "o-1", "order.created", "{}", now()}});
  }
  ASSERT_TRUE(alpha_->commit(writes));
  std::vector<std::string> found;
  const auto events = alpha_->events("o-1", 0, 500);
  ASSERT_TRUE(events);
  for (const app::StoredEvent& event : *events) found.push_back(event.id);
  EXPECT_EQ(found, ids);
}

TEST_P(StoreTest, OneTakenIdAmongManyNewOnesIsNamed) {
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("h-77")}}));
  app::Commit writes;
  for (int i = 0; i < 100; ++i)
    writes.emplace_back(app::InsertUser{user("h-" + std::to_string(i))});
  const auto stored = alpha_->commit(writes);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::conflict);
  EXPECT_EQ(stored.error().field, "InsertUser");
  EXPECT_EQ(alpha_->list_users(0, 10)->total, 1U);
}

TEST_P(StoreTest, UnknownThingsAreNotUpdated) {
  EXPECT_EQ(alpha_->commit({app::UpdateUser{user("h")}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(alpha_->commit({app::DeleteWebhook{"w"}}).error().code, ErrorCode::not_found);
  EXPECT_EQ(
      alpha_->commit({app::UpdateRecordVerdict{"r", app::RecordVerdict::rejected, "{}", false}})
          .error()
          .code,
      ErrorCode::not_found);
  EXPECT_EQ(store_->tenant("nobody")->commit({app::InsertUser{user("h")}}).error().code,
            ErrorCode::not_found);
}

TEST_P(StoreTest, AnOrderChangesOnlyFromTheVersionThatWasRead) {
  ASSERT_TRUE(alpha_->commit({app::InsertOrder{order("o1", "h1")}}));
  auto read = alpha_->find_order("o1").value().value();
  EXPECT_EQ(read.version, 1);
  EXPECT_EQ(read.request.ssn->reveal(), "987654329");
  read.core.data_available = true;
  ASSERT_TRUE(alpha_->commit({app::UpdateOrder{read}}));
  auto refused = alpha_->commit({app::UpdateOrder{read}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "UpdateOrder");
  EXPECT_EQ(alpha_->find_order("o1").value()->version, 2);
  EXPECT_TRUE(alpha_->find_order("o1").value()->core.data_available);
}

TEST_P(StoreTest, AUserChangesOnlyFromTheVersionThatWasRead) {
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("h1")}}));
  const auto read = alpha_->find_user("h1").value().value();
  // Two orders for one user at once: each comes with the user's change, so one must look again.
  ASSERT_TRUE(alpha_->commit({app::UpdateUser{read}, app::InsertOrder{order("o1", "h1")}}));
  const auto second = alpha_->commit({app::UpdateUser{read}, app::InsertOrder{order("o2", "h1")}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(second.error().field, "UpdateUser");
  EXPECT_EQ(alpha_->orders_of("h1").value().size(), 1U);
}

TEST_P(StoreTest, EightThreadsChangeOneOrderWithoutLosingAChange) {
  ASSERT_TRUE(alpha_->commit({app::InsertOrder{order("o1", "h1")}}));
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      for (int done = 0; done < kEach;) {
        auto read = alpha_->find_order("o1").value().value();
        read.core.channels.at(0).facts += 1;
        if (alpha_->commit({app::UpdateOrder{read}})) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto last = alpha_->find_order("o1").value().value();
  EXPECT_EQ(last.core.channels.at(0).facts, unsigned{kThreads * kEach});
  EXPECT_EQ(last.version, 1 + kThreads * kEach);
}

TEST_P(StoreTest, AFailedCommitNeverFailsItsNeighbours) {
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("taken")}}));
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::atomic<int> stored{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        app::Commit commit{app::InsertOrder{order(id, "h")}};
        // Every second commit stores its order first and then fails.
        if (i % 2 == 1) commit.push_back(app::InsertUser{user("taken")});
        if (alpha_->commit(commit)) {
          ++stored;
        } else {
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, kThreads * 13);
  EXPECT_EQ(refused, kThreads * 12);
  EXPECT_EQ(alpha_->orders_of("h").value().size(), std::size_t{kThreads * 13});
}

TEST_P(StoreTest, RecordsAreStoredOnceAndPurged) {
  app::RawRecord rejected = record("r2", "o1");
  rejected.bytes = {};
  ASSERT_TRUE(alpha_->commit({app::InsertRecord{record("r1", "o1")}, app::InsertRecord{rejected},
                              app::InsertReport{report("p1", "o1", "h1")}}));
  app::RawRecord again = record("r1", "o1");
  again.provider_name = "Other";
  ASSERT_TRUE(alpha_->commit({app::InsertRecord{again}}));
  auto records = alpha_->records_of("o1", true).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].provider_name, "Harbor Clinic");
  EXPECT_EQ(records[0].channel, order::Channel::portal);
  EXPECT_EQ(records[0].bytes.reveal(), "RECORD-MARKER-5511");
  EXPECT_EQ(records[1].bytes.reveal(), "");
  EXPECT_EQ(alpha_->records_of("o1", false).value().at(0).bytes.reveal(), "");

  ASSERT_TRUE(alpha_->commit(
      {app::UpdateRecordVerdict{"r1", app::RecordVerdict::rejected, R"({"s":1})", true}}));
  records = alpha_->records_of("o1", true).value();
  EXPECT_EQ(records[0].verdict, app::RecordVerdict::rejected);
  EXPECT_EQ(records[0].decision_json, R"({"s":1})");
  EXPECT_EQ(records[0].bytes.reveal(), "");

  ASSERT_TRUE(alpha_->commit({app::InsertRecord{record("r3", "o1")}}));
  ASSERT_TRUE(beta_->commit({app::PurgeOrderData{"o1"}}));
  EXPECT_TRUE(alpha_->find_report("p1").value().has_value());
  ASSERT_TRUE(alpha_->commit({app::PurgeOrderData{"o1"}}));
  records = alpha_->records_of("o1", true).value();
  EXPECT_EQ(records.size(), 3U);
  for (const auto& left : records) EXPECT_EQ(left.bytes.reveal(), "");
  EXPECT_FALSE(alpha_->find_report("p1").value().has_value());
  EXPECT_TRUE(alpha_->reports_of("h1").value().empty());
}

TEST_P(StoreTest, ReportsBlobsEventsAuditAndAttemptsComeBackAsTheyWent) {
  app::Blob blob{"b1",
                 "o1",
                 "hipaaAuthorization",
                 "application/pdf",
                 base::Sensitive<std::string>(std::string("a\0b", 3)),
                 now()};
  app::StoredEvent event{"e1", "o1", "order.status", R"([{"x":1}])", now(), 0};
  app::StoredEvent second{"e2", "o2", "order.summary", "[]", now(), 0};
  ASSERT_TRUE(alpha_->commit({app::InsertReport{report("p1", "o1", "h1")}, app::InsertBlob{blob},
                              app::InsertEvent{event}, app::InsertEvent{second},
                              app::InsertAudit{{"o1", "api", "order.placed", "o1", now()}},
                              app::InsertAttempt{{"e1", "w1", 1, 503, "", now()}},
                              app::InsertAttempt{{"e1", "w1", 2, 0, "timeout", now()}}}));
  const auto listed = alpha_->reports_of("h1").value().at(0);
  EXPECT_EQ(listed.base_report_names, (std::vector<std::string>{"healthcheck", "ccdraw"}));
  EXPECT_EQ(listed.bytes.reveal(), "");
  EXPECT_EQ(alpha_->find_report("p1").value()->bytes.reveal(), "REPORT-MARKER-7733");
  EXPECT_EQ(alpha_->blobs_of("o1").value().at(0).bytes, blob.bytes);
  const auto all = alpha_->events("", 0, 10).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].body, event.body);
  EXPECT_LT(all[0].sequence, all[1].sequence);
  EXPECT_EQ(alpha_->events("", all[0].sequence, 10).value().size(), 1U);
  EXPECT_EQ(alpha_->events("o2", 0, 10).value().at(0).id, "e2");
  EXPECT_EQ(alpha_->commit({app::InsertEvent{event}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(alpha_->audit_of("o1").value().at(0).action, "order.placed");
  EXPECT_EQ(alpha_->attempts("w1", 1).value().at(0).number, 2U) << "newest first";
}

TEST_P(StoreTest, WebhooksAndSuppressions) {
  app::WebhookEndpoint endpoint;
  endpoint.id = "w1";
  endpoint.url = "https://a.example";
  endpoint.kinds = {"task"};
  endpoint.secret = base::Sensitive<std::string>("whsec_MARKER");
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{endpoint}, app::InsertSuppression{"p"}}));
  ASSERT_TRUE(alpha_->commit({app::InsertSuppression{"p"}}));
  ASSERT_TRUE(alpha_->commit({app::InsertSuppression{"q"}}));
  ASSERT_TRUE(alpha_->commit({app::RemoveSuppression{"q"}}));
  ASSERT_TRUE(alpha_->commit({app::RemoveSuppression{"q"}})) << "not there, nothing to do";
  EXPECT_FALSE(alpha_->is_suppressed("q").value());
  endpoint.enabled = false;
  endpoint.kinds = {};
  endpoint.version = 1;
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{endpoint}}));
  const auto webhooks = alpha_->webhooks().value();
  ASSERT_EQ(webhooks.size(), 1U);
  EXPECT_FALSE(webhooks[0].enabled);
  EXPECT_TRUE(webhooks[0].kinds.empty());
  EXPECT_EQ(webhooks[0].secret.reveal(), "whsec_MARKER");
  EXPECT_TRUE(alpha_->is_suppressed("p").value());
  EXPECT_FALSE(beta_->is_suppressed("p").value());
  ASSERT_TRUE(alpha_->commit({app::DeleteWebhook{"w1"}}));
  EXPECT_TRUE(alpha_->webhooks().value().empty());
}

TEST_P(StoreTest, AnIdempotencyKeyIsTakenUntilItExpires) {
  const app::IdempotentAnswer answer{"k", "hash", 202, "application/json", "{}", now() + 24h};
  ASSERT_TRUE(alpha_->commit({app::InsertIdempotentAnswer{answer}}));
  EXPECT_EQ(alpha_->commit({app::InsertIdempotentAnswer{answer}}).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(alpha_->find_idempotent_answer("k", now()).value()->body, "{}");
  EXPECT_FALSE(beta_->find_idempotent_answer("k", now()).value());
  bench_->clock.advance(24h);
  EXPECT_FALSE(alpha_->find_idempotent_answer("k", now()).value());
  app::IdempotentAnswer second = answer;
  second.body = "[]";
  second.expires_at = now() + 24h;
  ASSERT_TRUE(alpha_->commit({app::InsertIdempotentAnswer{second}}));
  EXPECT_EQ(alpha_->find_idempotent_answer("k", now()).value()->body, "[]");
}

TEST_P(StoreTest, AnotherApplicationFindsNothing) {
  app::StoredEvent event{"e1", "o1", "order.status", "[]", now(), 0};
  app::Blob blob{"b1", "o1", "other", "application/pdf", {}, now()};
  app::WebhookEndpoint endpoint;
  endpoint.id = "w1";
  endpoint.url = "https://a.example";
  ASSERT_TRUE(alpha_->commit(
      {app::InsertUser{user("h1")}, app::InsertOrder{order("o1", "h1")}, app::InsertBlob{blob},
       app::InsertRecord{record("r1", "o1")}, app::InsertReport{report("p1", "o1", "h1")},
       app::InsertEvent{event}, app::InsertAudit{{"o1", "api", "x", "o1", now()}},
       app::InsertWebhook{endpoint}, app::InsertAttempt{{"e1", "w1", 1, 200, "", now()}},
       app::InsertJob{job("j1")}}));
  EXPECT_FALSE(beta_->find_user("h1").value());
  EXPECT_FALSE(beta_->find_user_by_client_user_id("c-h1").value());
  EXPECT_EQ(beta_->list_users(0, 10).value().total, 0U);
  EXPECT_FALSE(beta_->find_order("o1").value());
  EXPECT_TRUE(beta_->orders_of("h1").value().empty());
  EXPECT_TRUE(beta_->blobs_of("o1").value().empty());
  EXPECT_TRUE(beta_->records_of("o1", true).value().empty());
  EXPECT_TRUE(beta_->records_of("o1", false).value().empty());
  EXPECT_TRUE(beta_->reports_of("h1").value().empty());
  EXPECT_FALSE(beta_->find_report("p1").value());
  EXPECT_FALSE(beta_->find_event("e1").value());
  EXPECT_TRUE(beta_->events("", 0, 10).value().empty());
  EXPECT_TRUE(beta_->events("o1", 0, 10).value().empty());
  EXPECT_TRUE(beta_->webhooks().value().empty());
  EXPECT_TRUE(beta_->attempts("w1", 10).value().empty());
  EXPECT_TRUE(beta_->audit_of("o1").value().empty());
  EXPECT_EQ(beta_->busy_jobs(now()).value(), 0U);
  auto read = alpha_->find_order("o1").value().value();
  EXPECT_FALSE(beta_->commit({app::UpdateOrder{read}}));
  endpoint.version = 1;
  EXPECT_FALSE(beta_->commit({app::UpdateWebhook{endpoint}}));
  EXPECT_FALSE(beta_->commit({app::DeleteWebhook{"w1"}}));
}

TEST_P(StoreTest, ApplicationsAndSigningKeys) {
  app::Application again;
  again.client_id = "alpha";
  EXPECT_EQ(store_->insert_application(again).error().code, ErrorCode::conflict);
  auto application = store_->find_application("alpha").value().value();
  application.enabled = false;
  ASSERT_TRUE(store_->update_application(application));
  EXPECT_FALSE(store_->find_application("alpha").value()->enabled);
  // Whoever read it before that change must look again, or it would be undone.
  application.name = "Another";
  EXPECT_EQ(store_->update_application(application).error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->find_application("alpha").value()->name, "Insurer");
  EXPECT_EQ(store_->applications().value().size(), 2U);
  app::SigningKey key{"k1", base::Sensitive<std::string>("PEM-MARKER"), now(), std::nullopt};
  ASSERT_TRUE(store_->insert_signing_key(key));
  EXPECT_EQ(store_->insert_signing_key(key).error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->signing_keys().value().at(0).private_pem.reveal(), "PEM-MARKER");
  EXPECT_TRUE(store_->ping());
}

TEST_P(StoreTest, EverythingIsThereAfterReopeningAndNothingLiesOpen) {
  app::Blob blob{
      "b1", "o1", "other", "application/pdf", base::Sensitive<std::string>("BLOB-MARKER-9"), now()};
  app::StoredEvent event{"e1", "o1", "order.status", "EVENT-MARKER-8", now(), 0};
  ASSERT_TRUE(alpha_->commit({app::InsertUser{user("h1")}, app::InsertOrder{order("o1", "h1")},
                              app::InsertBlob{blob}, app::InsertRecord{record("r1", "o1")},
                              app::InsertReport{report("p1", "o1", "h1")}, app::InsertEvent{event},
                              app::InsertJob{job("j1")}}));
  const auto expect_all = [&] {
    EXPECT_EQ(alpha_->find_user("h1").value()->profile.last_name, "Marker");
    EXPECT_EQ(alpha_->find_order("o1").value()->request.ssn->reveal(), "987654329");
    EXPECT_EQ(alpha_->find_event("e1").value()->body, "EVENT-MARKER-8");
    EXPECT_EQ(alpha_->next_due().value(), now());
  };
  expect_all();
  reopen();
  expect_all();
  const std::string raw = bench_->raw_bytes();
  if (raw.empty()) return;  // an engine without storage
  ASSERT_NE(raw.find("order.status"), std::string::npos) << "the search must be able to find";
  for (const char* marker :
       {"987654329", "Marker", "RECORD-MARKER", "REPORT-MARKER", "BLOB-MARKER", "EVENT-MARKER"}) {
    EXPECT_EQ(raw.find(marker), std::string::npos) << marker << " lies open";
  }
}

TEST_P(StoreTest, AnotherMasterKeyIsRefusedAtOnce) {
  if (bench_->raw_bytes().empty()) return;  // an engine without storage seals nothing
  alpha_.reset();
  beta_.reset();
  store_.reset();
  bench_->sealer.change_key();
  const auto opened = bench_->open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::ErrorCode::invalid_input);
  EXPECT_NE(opened.error().message.find("master key"), std::string::npos);
}

TEST_P(StoreTest, QuestionsAreSealedWithTheRequestTheyBelongTo) {
  app::StoredOrder placed = order("o1", "h1");
  EXPECT_EQ(app::sealed_part_to_json(placed), app::new_order_to_json(placed.request))
      << "as before there were any";
  placed.questions = {{"t1", "Has Jane moved to Boise?", {"Yes", "No"}, std::nullopt},
                      {"t2", "Since when?", {}, "May 2020"}};
  ASSERT_TRUE(alpha_->commit({app::InsertOrder{placed}}));
  const auto read = alpha_->find_order("o1").value().value();
  EXPECT_EQ(app::sealed_part_to_json(read), app::sealed_part_to_json(placed));
  ASSERT_NE(read.question_of("t2"), nullptr);
  EXPECT_EQ(read.question_of("t2")->answer, "May 2020");
  EXPECT_EQ(read.question_of("t1")->choices, (std::vector<std::string>{"Yes", "No"}));
  EXPECT_EQ(read.question_of("t1")->answer, std::nullopt);
  EXPECT_EQ(read.question_of("t3"), nullptr);

  app::StoredOrder answered = read;
  answered.questions.front().answer = "Yes";
  ASSERT_TRUE(alpha_->commit({app::UpdateOrder{answered}}));
  EXPECT_EQ(alpha_->find_order("o1").value()->question_of("t1")->answer, "Yes");
}

TEST(NewOrderJson, RefusesQuestionsItDidNotWrite) {
  for (const char* broken :
       {R"({"client_user_id":"c","questions":7})", R"({"client_user_id":"c","questions":[7]})",
        R"({"client_user_id":"c","questions":[{"task_id":"t"}]})",
        R"({"client_user_id":"c","questions":[{"task_id":"t","text":"?","x":1}]})",
        R"({"questions":[]})"}) {
    app::StoredOrder order;
    const auto read = app::read_sealed_part(broken, order);
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

TEST(NewOrderJson, RefusesWhatItDidNotWrite) {
  for (const char* broken :
       {"", "[]", "{}", R"({"client_user_id":7})", R"({"client_user_id":"c","x":1})",
        R"({"client_user_id":"c","date_of_birth":"1990-02-31"})",
        R"({"client_user_id":"c","address":{"planet":"x"}})",
        R"({"client_user_id":"c","providers":[7]})"}) {
    auto read = app::new_order_from_json(broken);
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace chartroom::store::testing
