// Whole orders through the real use cases, jobs and store.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/order_writer.hpp"
#include "house.hpp"

namespace chartroom::sim {
namespace {

namespace json = boost::json;
using order::State;

app::RetrievalAnswer not_yet() {
  app::RetrievalAnswer answer;
  answer.status = app::RetrievalAnswer::Status::still_running;
  answer.retry_after = std::chrono::hours{24};
  return answer;
}

std::vector<std::string> states_told(const ScriptedReceiver& receiver) {
  std::vector<std::string> states;
  for (const auto& delivery : receiver.accepted) {
    if (delivery.kind != "order.status") continue;
    states.emplace_back(json::parse(delivery.body).at(0).at("value").as_string());
  }
  return states;
}

json::object last_summary(const ScriptedReceiver& receiver) {
  for (auto it = receiver.accepted.rbegin(); it != receiver.accepted.rend(); ++it) {
    if (it->kind == "order.summary")
      return json::parse(it->body).at(0).at("eventPayload").as_object();
  }
  return {};
}

TEST(WholeOrder, ReportsArriveWithTheSummary) {
  House house;
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.run_due();
  EXPECT_EQ(house.order_of("policy-1").core.state, State::completed);
  EXPECT_EQ(states_told(house.receiver), (std::vector<std::string>{"In Progress", "Completed"}));
  const json::object summary = last_summary(house.receiver);
  EXPECT_TRUE(summary.at("reportsAvailable").as_bool());
  ASSERT_TRUE(summary.contains("reports"));
  for (const json::value& report : summary.at("reports").as_array()) {
    const auto stored =
        house.desk().report(house.application(), std::string(report.at("id").as_string()));
    ASSERT_TRUE(stored);
    EXPECT_FALSE(stored->bytes.reveal().empty());
  }
}

/// The actions in the trail of the order.
std::vector<std::string> trail_of(House& house, const std::string& client_user_id) {
  std::vector<std::string> actions;
  const auto entries = house.tenant()->audit_of(house.order_of(client_user_id).core.id);
  for (const app::AuditEntry& entry : entries.value()) actions.push_back(entry.action);
  return actions;
}

TEST(WholeOrder, AnAddressThatIsTooShortIsTakenAndNoted) {
  House house;
  auto order = house.order_for({}, "policy-1");
  order.address->state.reset();
  order.address->zip.reset();
  ASSERT_TRUE(house.place(order));
  ASSERT_TRUE(house.place(house.order_for({}, "policy-2")));
  auto none = house.order_for({}, "policy-3");
  none.address.reset();
  ASSERT_TRUE(house.place(none));
  EXPECT_EQ(trail_of(house, "policy-1"),
            (std::vector<std::string>{"order.placed", "order.address_incomplete"}));
  EXPECT_EQ(trail_of(house, "policy-2"), std::vector<std::string>{"order.placed"});
  EXPECT_EQ(trail_of(house, "policy-3"), std::vector<std::string>{"order.placed"});
}

TEST(WholeOrder, OwnTypesTakeThePlaceOfTheDefaultOnes) {
  House house;
  order::OrderType type;
  type.code = "labs";
  type.alias = "Labs Order";
  type.channels = {{order::Channel::ehr, order::Trigger::at_start, {}, {}}};
  type.outputs = {{"apidata", "json", {}}};
  type.email_required = false;
  ASSERT_TRUE(house.tenant()->commit({app::PutOrderType{type}}));
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  EXPECT_EQ(house.place(house.order_for({}, "policy-1")).error().field, "orderType");
  auto order = house.order_for({}, "policy-1", "labs");
  order.client_user_email.reset();
  ASSERT_TRUE(house.place(order));
  // What the order was placed with stays, whatever becomes of its type.
  ASSERT_TRUE(house.tenant()->commit({app::RemoveOrderType{"labs"}}));
  house.run_due();
  EXPECT_EQ(house.order_of("policy-1").core.state, State::completed);
  const json::array reports = last_summary(house.receiver).at("reports").as_array();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports.front().at("name"), "apidata");
}

TEST(WholeOrder, SomebodyElsesRecordLeavesNoBytesAndNoReport) {
  House house;
  Applicant other{"Myra", "Stone", "1968-02-13", "female", "9 Lake Road", "10001"};
  house.ehr.script = [&](const auto&) { return found({item_of(other, "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  const auto order = house.order_of("policy-1");
  EXPECT_EQ(order.core.state, State::completed);
  EXPECT_FALSE(order.core.reports_available);
  const auto records = house.tenant()->records_of(order.core.id, true);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().verdict, app::RecordVerdict::rejected);
  EXPECT_TRUE(records->front().bytes.reveal().empty());
}

/// Born the same day at the same house with the same family name: a program cannot tell.
Applicant twin() { return {"Jill", "Doe", "1968-02-13", "female", "12 Hill Street", "83712"}; }

TEST(WholeOrder, DoubtfulRecordWaitsForAPerson) {
  for (const bool is_applicant : {true, false}) {
    House house;
    house.ehr.script = [](const auto&) { return found({item_of(twin(), "Gout")}); };
    ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
    house.run_due();
    auto order = house.order_of("policy-1");
    ASSERT_EQ(order.core.state, State::pended);
    ASSERT_EQ(order.core.tasks.size(), 1U);
    ASSERT_EQ(order.core.tasks[0].kind, order::TaskKind::identity_review);
    ASSERT_TRUE(house.desk().review_identity(house.application(), order.core.id,
                                             order.core.tasks[0].id, is_applicant));
    house.run_due();
    order = house.order_of("policy-1");
    EXPECT_EQ(order.core.state, State::completed);
    EXPECT_EQ(order.core.reports_available, is_applicant);
    const auto records = house.tenant()->records_of(order.core.id, true);
    EXPECT_EQ(records->front().bytes.reveal().empty(), !is_applicant);
    EXPECT_FALSE(house.desk().review_identity(house.application(), order.core.id,
                                              order.core.tasks[0].id, true));
  }
}

app::RetrievalAnswer question(const std::string& id) {
  app::RetrievalAnswer answer;
  answer.status = app::RetrievalAnswer::Status::needs_answer;
  answer.detail = "Copy Service";
  answer.ask.id = id;
  answer.ask.text = "Should the new facility be asked?";
  return answer;
}

app::TaskResolution saying(const std::string& text) {
  app::TaskResolution said;
  said.answer = text;
  return said;
}

TEST(WholeOrder, WhatTheCustomerSaysReachesTheVendorAndOutlivesARestart) {
  House house;
  app::RetrievalRequest seen;
  house.ehr.script =
      [&](const app::RetrievalRequest& request) -> base::Result<app::RetrievalAnswer> {
    seen = request;
    if (request.approved_fees.empty()) {
      app::RetrievalAnswer fee;
      fee.status = app::RetrievalAnswer::Status::needs_fee_approval;
      fee.detail = "Hill Street Clinic";
      fee.ask.id = "fee-1";
      fee.ask.fee = {4'500, "USD"};
      return fee;
    }
    if (request.answers.size() < 2) return question(std::to_string(request.answers.size()));
    return found({item_of({}, "Gout")});
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  app::TaskResolution approved;
  approved.decision = app::TaskResolution::Decision::approve;
  for (const auto& said : {approved, saying("The first"), saying("The second")}) {
    house.run_due();
    house.restart();
    const auto order = house.order_of("policy-1");
    ASSERT_EQ(order.core.state, State::pended);
    ASSERT_TRUE(
        house.desk().resolve_task(house.application(), order.core.tasks.back().id, said, {}));
  }
  house.run_due();
  ASSERT_EQ(seen.approved_fees.size(), 1U);
  EXPECT_EQ(seen.approved_fees[0].ask_id, "fee-1");
  ASSERT_EQ(seen.answers.size(), 2U);
  EXPECT_EQ(seen.answers[0].text, "The first");
  EXPECT_EQ(seen.answers[1].ask_id, "1");
  EXPECT_TRUE(house.order_of("policy-1").core.reports_available);
}

TEST(WholeOrder, AnAskThatMakesNoSenseIsNotPutToTheCustomer) {
  House house;
  house.ehr.script = [](const auto&) {
    app::RetrievalAnswer answer = question("q");
    answer.ask.text.clear();
    return answer;
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  const auto order = house.order_of("policy-1");
  EXPECT_TRUE(order.core.tasks.empty());
  EXPECT_EQ(order.core.channels.at(0).state, order::ChannelState::failed);
  EXPECT_EQ(order.core.state, State::completed);
}

TEST(WholeOrder, ASuppressedOrderForgetsWhatWasAskedAndByWhom) {
  House house;
  house.ehr.script = [](const auto&) { return question("q"); };
  app::NewOrder request = house.order_for({}, "policy-1", "ehr-only");
  ASSERT_TRUE(house.place(request));
  house.run_due();
  auto order = house.order_of("policy-1");
  const std::string task_id = order.core.tasks.at(0).id;
  ASSERT_TRUE(house.desk().task(house.application(), task_id)->question);
  house.suppress(request);
  ASSERT_TRUE(house.desk().resolve_task(house.application(), task_id, saying("Yes"), {}));
  house.run_due();
  order = house.order_of("policy-1");
  EXPECT_TRUE(order.core.suppressed);
  EXPECT_TRUE(order.questions.empty());
  const auto view = house.desk().task(house.application(), task_id);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->question);
  EXPECT_TRUE(view->task.detail.empty());
}

TEST(WholeOrder, ACommandMadeFromAnOldOrderIsTheCallersToMakeAnew) {
  House house;
  house.ehr.script = [](const auto&) { return found({item_of(twin(), "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  const auto old = house.order_of("policy-1");
  house.run_due();
  const auto order = house.order_of("policy-1");
  ASSERT_NE(old.version, order.version);

  SeededRandom random(1);
  app::OrderWriter writer(random, "http://127.0.0.1", /*mails=*/false);
  const order::ResolveTask resolution{order.core.tasks.at(0).id, {}, true, 0, 0, {}};
  app::Companions companions;
  companions.only_version = old.version;
  const auto tenant = house.tenant();
  const auto refused =
      writer.apply(*tenant, order.core.id, resolution, house.clock.now(), companions);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "UpdateOrder");
  EXPECT_EQ(house.order_of("policy-1").version, order.version);

  companions.only_version = order.version;
  EXPECT_TRUE(writer.apply(*tenant, order.core.id, resolution, house.clock.now(), companions));
}

TEST(WholeOrder, DoubtfulRecordDoesNotHoldUpWhatIsEnough) {
  House house;
  house.ehr.script = [](const auto&) {
    return found({item_of(twin(), "Scurvy"), item_of({}, "Gout")});
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  const auto order = house.order_of("policy-1");
  EXPECT_EQ(order.core.state, State::completed);
  EXPECT_TRUE(order.core.reports_available);
  const auto reports = house.tenant()->reports_of(order.human_id);
  for (const auto& listed : *reports) {
    const auto report = house.tenant()->find_report(listed.id);
    EXPECT_EQ((*report)->bytes.reveal().find("Scurvy"), std::string::npos);
  }
}

TEST(WholeOrder, OneBrokenDocumentCostsNothingElse) {
  House house;
  house.ehr.script = [](const auto&) {
    app::RetrievedItem broken = item_of({}, "Gout");
    broken.bytes = broken.bytes.substr(0, broken.bytes.size() / 2);
    broken.label = "broken.json";
    return found({broken, item_of({}, "Gout")});
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.run_due();
  const auto order = house.order_of("policy-1");
  EXPECT_TRUE(order.core.reports_available);
  EXPECT_EQ(order.core.progress(order::Channel::ehr)->unreadable, 1U);
  const auto reports = house.tenant()->reports_of(order.human_id);
  bool named = false;
  for (const auto& report : *reports) {
    if (report.name != "healthcheck" || report.file_extension != "json") continue;
    const auto stored = house.tenant()->find_report(report.id);
    named = (*stored)->bytes.reveal().find("broken.json") != std::string::npos;
  }
  EXPECT_TRUE(named);
}

TEST(WholeOrder, ChannelThatIsAwayIsAskedAgainLater) {
  House house;
  house.ehr.script = [&](const auto&) -> base::Result<app::RetrievalAnswer> {
    if (house.ehr.calls <= 4) return base::fail(base::ErrorCode::unavailable, "away");
    return found({item_of({}, "Gout")});
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.pass(std::chrono::hours{2});
  EXPECT_EQ(house.ehr.calls, 5);
  EXPECT_TRUE(house.order_of("policy-1").core.reports_available);
}

TEST(WholeOrder, TimesOutWhenNobodyEverAnswers) {
  House house;
  house.ehr.script = [](const auto&) { return not_yet(); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.pass(std::chrono::days{29});
  EXPECT_EQ(house.order_of("policy-1").core.state, State::in_progress);
  house.pass(std::chrono::days{1});
  EXPECT_EQ(house.order_of("policy-1").core.state, State::completed);
  EXPECT_TRUE(last_summary(house.receiver).at("timedOut").as_bool());
  EXPECT_FALSE(last_summary(house.receiver).contains("reports"));
}

TEST(WholeOrder, ReceiverThatFailsGetsEverythingLaterInOrder) {
  House house;
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  int failures = 7;
  house.receiver.fails = [&] { return failures-- > 0; };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.pass(std::chrono::days{1});
  EXPECT_EQ(states_told(house.receiver), (std::vector<std::string>{"In Progress", "Completed"}));
  EXPECT_EQ(house.receiver.accepted.size(), 4U);
}

TEST(WholeOrder, AbortTellsOnceMoreAndThenIsSilent) {
  House house;
  house.ehr.script = [](const auto&) { return not_yet(); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.run_due();
  ASSERT_TRUE(house.desk().abort(house.application(), {std::nullopt, "policy-1"}));
  house.pass(std::chrono::days{40});
  EXPECT_EQ(states_told(house.receiver), (std::vector<std::string>{"In Progress", "Cancelled"}));
  const auto again = house.desk().abort(house.application(), {std::nullopt, "policy-1"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::ErrorCode::conflict);
}

TEST(WholeOrder, RecordsGoNinetyDaysAfterTheEnd) {
  House house;
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  house.run_due();
  const auto order = house.order_of("policy-1");
  house.pass(std::chrono::days{91});
  EXPECT_TRUE(house.tenant()->reports_of(order.human_id)->empty());
  const auto records = house.tenant()->records_of(order.core.id, true);
  for (const auto& record : *records) EXPECT_TRUE(record.bytes.reveal().empty());
  EXPECT_EQ(house.order_of("policy-1").core.state, State::completed);
}

TEST(WholeOrder, WorkThatKillsItsWorkerEveryTimeEndsAsADeadLetter) {
  House house;
  ASSERT_TRUE(house.place(house.order_for({}, "poison")));
  for (unsigned crashes = 0; crashes < app::kCrashesMost;) {
    const auto jobs = house.store().claim(house.clock.now(), std::chrono::seconds{9}, 8);
    ASSERT_TRUE(jobs);
    if (!jobs->empty()) ++crashes;  // whoever claimed them is no more
    house.clock.set(house.clock.now() + app::kCrashBackOffMost);
  }
  EXPECT_TRUE(house.store().dead_jobs(10)->empty());
  house.pass(std::chrono::hours{1});
  const auto dead = house.store().dead_jobs(10);
  ASSERT_FALSE(dead->empty());
  for (const app::Job& job : *dead) EXPECT_EQ(job.attempts, 1U);
  EXPECT_EQ(house.order_of("poison").core.state, State::created);
  ASSERT_TRUE(house.place(house.order_for({}, "policy-2")));
  house.pass(std::chrono::hours{1});
  EXPECT_NE(house.order_of("policy-2").core.state, State::created) << "others go on";
}

TEST(WholeOrder, TheSameJobTwiceHasOneEffect) {
  House house;
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  for (;;) {
    const auto jobs = house.store().claim(house.clock.now(), std::chrono::seconds{9}, 1);
    ASSERT_TRUE(jobs);
    if (jobs->empty()) break;
    ASSERT_TRUE(house.runner().run(jobs->front()));
    (void)house.runner().run(jobs->front());  // as by a worker that did not notice it was replaced
  }
  std::set<std::string> ids;
  for (const auto& delivery : house.receiver.accepted) ids.insert(delivery.event_id);
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_EQ(house.tenant()->events(house.order_of("policy-1").core.id, 0, 100)->size(), 4U);
}

}  // namespace
}  // namespace chartroom::sim
