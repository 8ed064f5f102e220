// What is told beside the order's states, and events that are delivered again.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "house.hpp"

namespace chartroom::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using Family = app::ApplicationSettings::TaskNotifications;

app::VendorNote note(const std::string& id) {
  return {id, "Note " + id, {"Hill Street Clinic"}, {}, ""};
}

void set(House& house, const std::function<void(app::ApplicationSettings&)>& change) {
  app::Application application = **house.store().find_application(house.application().client_id);
  change(application.settings);
  ASSERT_TRUE(house.store().update_application(application));
}

std::vector<json::object> told(const House& house, const std::string& kind) {
  std::vector<json::object> events;
  for (const auto& delivery : house.receiver.accepted) {
    if (delivery.kind == kind) events.push_back(json::parse(delivery.body).at(0).as_object());
  }
  return events;
}

/// "value" of the flat family, "taskState" of the other.
std::vector<std::string> task_states(const House& house) {
  std::vector<std::string> states;
  for (const json::object& event : told(house, "task")) {
    const json::value* payload = event.if_contains("eventPayload");
    states.emplace_back(payload == nullptr ? event.at("value").as_string()
                                           : payload->at("taskState").as_string());
  }
  return states;
}

/// A provider wants its own form, and once it has it, hands over a record.
void wants_a_form(House& house) {
  house.ehr.script = [](const app::RetrievalRequest& request) {
    app::RetrievalAnswer answer = found({item_of({}, "Gout")});
    if (!request.authorized) answer = found({});
    if (!request.authorized) answer.status = app::RetrievalAnswer::Status::needs_authorization;
    answer.detail = "Starfleet Medical";
    return answer;
  };
}

void sign(House& house) {
  const auto order = house.order_of("policy-1");
  const std::string rq =
      house.links().sign({house.application().client_id, order.human_id, house.clock.now()});
  const auto session = house.desk().open_link(house.application().client_id, rq);
  ASSERT_TRUE(session);
  app::ApplicantInput input;
  input.typed_signature = "Jane Doe";
  ASSERT_TRUE(house.desk().sign_special_authorization(*session, order.core.tasks.at(0).id, input));
  house.run_due();
}

TEST(TaskNotifications, AreOffUnlessTheApplicationWantsThem) {
  House house;
  wants_a_form(house);
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  sign(house);
  EXPECT_TRUE(told(house, "task").empty());
}

TEST(TaskNotifications, TellOfTasksInEitherFamily) {
  for (const Family family : {Family::flat, Family::envelope}) {
    House house;
    set(house, [&](auto& settings) { settings.task_notifications = family; });
    wants_a_form(house);
    ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
    house.run_due();
    EXPECT_EQ(task_states(house), std::vector<std::string>{"Open"});
    sign(house);
    EXPECT_EQ(task_states(house), (std::vector<std::string>{"Open", "Resolved"}));
    const auto events = told(house, "task");
    EXPECT_EQ(events[0].contains("eventPayload"), family == Family::envelope);
    // The task is told of before the state that follows from it.
    std::vector<std::string> kinds;
    for (const auto& delivery : house.receiver.accepted) kinds.push_back(delivery.kind);
    EXPECT_EQ(kinds,
              (std::vector<std::string>{"order.status", "order.summary", "task", "order.status",
                                        "order.summary", "task", "order.status", "order.summary",
                                        "order.status", "order.summary"}));
  }
}

TEST(TaskNotifications, NothingFollowsTheLastSummary) {
  for (const bool abort : {true, false}) {
    House house;
    set(house, [](auto& settings) { settings.task_notifications = Family::envelope; });
    wants_a_form(house);
    ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
    house.run_due();
    if (abort) {
      ASSERT_TRUE(house.desk().abort(house.application(), {std::nullopt, "policy-1"}));
    }
    house.pass(24h * 40);
    EXPECT_EQ(task_states(house).back(), abort ? "Withdrawn" : "Expired");
    EXPECT_EQ(house.receiver.accepted.back().kind, "order.summary");
  }
}

app::RetrievalAnswer copying(std::vector<app::VendorNote> notes) {
  app::RetrievalAnswer answer;
  answer.status = app::RetrievalAnswer::Status::still_running;
  answer.retry_after = 24h;
  answer.notes = std::move(notes);
  return answer;
}

std::vector<std::string> notes_told(const House& house) {
  std::vector<std::string> texts;
  for (const json::object& event : told(house, "vendor.note")) {
    texts.emplace_back(event.at("eventPayload").at("note").as_string());
  }
  return texts;
}

TEST(VendorNotes, AreEachToldOnce) {
  House house;
  set(house, [](auto& settings) { settings.vendor_notes = true; });
  house.ehr.script = [&](const auto&) {
    std::vector<app::VendorNote> notes = {note("1"), note("1")};
    if (house.ehr.calls >= 3) notes.push_back(note("2"));
    if (house.ehr.calls < 5) return copying(notes);
    app::RetrievalAnswer last = found({item_of({}, "Gout")});
    notes.push_back(note("3"));
    last.notes = notes;
    return last;
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.pass(1h);
  EXPECT_EQ(notes_told(house), std::vector<std::string>{"Note 1"});
  house.restart();
  house.pass(24h * 10);
  EXPECT_EQ(notes_told(house), (std::vector<std::string>{"Note 1", "Note 2", "Note 3"}));
  EXPECT_EQ(house.receiver.accepted.back().kind, "order.summary");
  const auto events = told(house, "vendor.note");
  EXPECT_EQ(events[0].at("eventGroup").as_string(), "ehr");
  EXPECT_EQ(events[0].at("timestamp").as_string().back(), 'Z');
  std::set<std::string> ids;
  for (const json::object& event : events) {
    const std::string id(event.at("eventId").as_string());
    EXPECT_EQ(id[14], '4') << id;
    EXPECT_TRUE(house.desk().event(house.application(), id));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 3U);
  int audited = 0;
  const auto trail = house.tenant()->audit_of(house.order_of("policy-1").core.id);
  for (const app::AuditEntry& entry : *trail) {
    if (entry.action == "vendor.note") audited += static_cast<int>(ids.count(entry.subject));
  }
  EXPECT_EQ(audited, 3);
}

TEST(VendorNotes, OfTheSameNameInTwoOrdersAreTwo) {
  House house;
  set(house, [](auto& settings) { settings.vendor_notes = true; });
  house.ehr.script = [](const auto&) { return copying({note("sent")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  ASSERT_TRUE(house.place(house.order_for({}, "policy-2", "ehr-only")));
  house.pass(1h);
  EXPECT_EQ(notes_told(house).size(), 2U);
}

TEST(VendorNotes, AreOffUnlessTheApplicationWantsThem) {
  House house;
  house.ehr.script = [](const auto&) { return copying({note("sent")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.pass(24h * 2);
  EXPECT_TRUE(notes_told(house).empty());
  set(house, [](auto& settings) { settings.vendor_notes = settings.legacy_timestamps = true; });
  house.pass(24h * 2);
  ASSERT_EQ(notes_told(house).size(), 1U);
  const auto events = told(house, "vendor.note");
  const std::string_view timestamp = events[0].at("timestamp").as_string();
  EXPECT_EQ(timestamp.size(), std::string_view("2025-12-28T20:50:41.251000").size());
  EXPECT_TRUE(timestamp.ends_with("000"));
}

TEST(VendorNotes, OfAnOrderThatWasAbortedMeanwhileAreNotTold) {
  for (const bool last : {true, false}) {
    House house;
    set(house, [](auto& settings) { settings.vendor_notes = true; });
    house.ehr.script = [&](const auto&) {
      // While the vendor is being asked, the customer calls it off.
      EXPECT_TRUE(house.desk().abort(house.application(), {std::nullopt, "policy-1"}));
      app::RetrievalAnswer answer = last ? found({item_of({}, "Gout")}) : copying({});
      answer.notes = {note("late")};
      return answer;
    };
    ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
    house.pass(24h);
    EXPECT_EQ(house.ehr.calls, 1);
    EXPECT_TRUE(notes_told(house).empty());
    EXPECT_EQ(house.receiver.accepted.back().kind, "order.summary");
  }
}

// ── delivered again ─────────────────────────────────────────────────────────────────────────────

/// A finished order with its four events, all accepted by the receiver.
void complete_order(House& house) {
  house.ehr.script = [](const auto&) { return found({item_of({}, "Gout")}); };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  ASSERT_EQ(house.receiver.accepted.size(), 4U);
}

std::string add_endpoint(House& house, std::vector<std::string> kinds, bool enabled = true) {
  app::WebhookEndpoint made;
  EXPECT_TRUE(house.desk().add_webhook(
      house.application(), {"https://a.example", std::move(kinds), "", enabled, false, {}},
      into(made)));
  return made.id;
}

TEST(Redelivery, SendsTheSameBytesUnderTheSameIdEachTime) {
  House house;
  complete_order(house);
  const auto original = house.receiver.accepted.at(1);
  for (std::size_t times = 1; times <= 2; ++times) {
    app::Redelivery redelivery;
    ASSERT_TRUE(house.desk().redeliver(house.application(), original.event_id, std::nullopt,
                                       into(redelivery)));
    EXPECT_EQ(redelivery.endpoint_ids, std::vector<std::string>{"endpoint-1"});
    house.run_due();
    ASSERT_EQ(house.receiver.accepted.size(), 4 + times);
    EXPECT_EQ(house.receiver.accepted.back().event_id, original.event_id);
    EXPECT_EQ(house.receiver.accepted.back().body, original.body);
  }
  EXPECT_EQ(house.tenant()->events("", 0, 100)->size(), 4U);
  const auto attempts = house.desk().attempts(house.application(), "endpoint-1", 1'000'000, 100);
  EXPECT_EQ(attempts->size(), 6U);
}

TEST(Redelivery, GoesToWhoWantsTheKindOrToTheOneThatIsNamed) {
  House house;
  complete_order(house);
  const std::string other_kinds = add_endpoint(house, {"task"});
  const std::string same_kind = add_endpoint(house, {"order.status"});
  const std::string off = add_endpoint(house, {}, false);
  const std::string event_id = house.receiver.accepted.at(0).event_id;
  app::Redelivery redelivery;
  ASSERT_TRUE(
      house.desk().redeliver(house.application(), event_id, std::nullopt, into(redelivery)));
  EXPECT_EQ(redelivery.endpoint_ids, (std::vector<std::string>{"endpoint-1", same_kind}));
  ASSERT_TRUE(house.desk().redeliver(house.application(), event_id, other_kinds, into(redelivery)));
  EXPECT_EQ(redelivery.endpoint_ids, std::vector<std::string>{other_kinds});
  house.run_due();
  EXPECT_EQ(house.receiver.accepted.size(), 7U);
  const auto code = [&](const std::string& event, const std::string& endpoint) {
    const auto refused = house.desk().redeliver(house.application(), event, endpoint, {});
    return refused ? base::ErrorCode::internal : refused.error().code;
  };
  EXPECT_EQ(code(event_id, off), base::ErrorCode::conflict);
  EXPECT_EQ(code(event_id, "nobody"), base::ErrorCode::not_found);
  EXPECT_EQ(code("nothing", other_kinds), base::ErrorCode::not_found);
}

app::ReplayRequest everything(const House& house) {
  app::ReplayRequest request;
  request.filter.since = house.clock.now() - 24h;
  request.filter.until = house.clock.now() + 1ms;
  request.dry_run = false;
  return request;
}

app::ReplayOutcome replay(House& house, const app::ReplayRequest& request) {
  app::ReplayOutcome outcome;
  EXPECT_TRUE(house.desk().replay_events(house.application(), request, into(outcome)));
  house.run_due();
  return outcome;
}

TEST(Replay, SendsARangeInItsOrder) {
  House house;
  complete_order(house);
  const auto before = house.receiver.accepted;
  app::ReplayRequest request = everything(house);
  request.dry_run = true;
  app::ReplayOutcome outcome = replay(house, request);
  EXPECT_EQ(outcome.matched, 4U);
  EXPECT_EQ(outcome.deliveries, 4U);
  EXPECT_TRUE(outcome.dry_run);
  EXPECT_EQ(house.receiver.accepted.size(), 4U);
  outcome = replay(house, everything(house));
  EXPECT_EQ(outcome.deliveries, 4U);
  ASSERT_EQ(house.receiver.accepted.size(), 8U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(house.receiver.accepted[4 + i].event_id, before[i].event_id);
    EXPECT_EQ(house.receiver.accepted[4 + i].body, before[i].body);
  }
  const auto trail = house.tenant()->audit_of("");
  ASSERT_EQ(trail->size(), 1U);
  EXPECT_EQ(trail->front().action, "events.replayed");
}

TEST(Replay, TakesWhatItsFiltersSay) {
  House house;
  complete_order(house);
  const std::string quiet = add_endpoint(house, {"task"});
  app::ReplayRequest request = everything(house);
  request.kinds = {"order.status"};
  EXPECT_EQ(replay(house, request).matched, 2U);
  request.kinds = {"order.status", "order.summary"};
  EXPECT_EQ(replay(house, request).deliveries, 4U);
  request.endpoint_id = quiet;
  EXPECT_EQ(replay(house, request).deliveries, 4U);
  EXPECT_EQ(house.receiver.accepted.back().endpoint_id, quiet);
  request = everything(house);
  request.filter.order_id = "another order";
  EXPECT_EQ(replay(house, request).matched, 0U);
  request = everything(house);
  request.filter.until = request.filter.since;
  const auto refused = house.desk().replay_events(house.application(), request, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "until");
}

TEST(Replay, RefusesMoreThanTenThousandEvents) {
  House house;
  app::Commit writes;
  for (int i = 0; i < 10'000; ++i) {
    writes.emplace_back(
        app::InsertEvent{{"event-" + std::to_string(i), "", "task", "[{}]", house.clock.now(), 0}});
  }
  ASSERT_TRUE(house.tenant()->commit(writes));
  app::ReplayRequest request = everything(house);
  // The most that is allowed goes through, to more endpoints than one commit has room for.
  (void)add_endpoint(house, {});
  app::ReplayOutcome outcome;
  ASSERT_TRUE(house.desk().replay_events(house.application(), request, into(outcome)));
  EXPECT_EQ(outcome.deliveries, 20'000U);
  EXPECT_EQ(*house.tenant()->busy_jobs(house.clock.now()), 20'000U);
  request.dry_run = true;
  ASSERT_TRUE(house.tenant()->commit(
      {app::InsertEvent{{"one-more", "", "webhook.test", "[{}]", house.clock.now(), 0}}}));
  const auto refused = house.desk().replay_events(house.application(), request, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_input);
  EXPECT_EQ(refused.error().field, "until");
  request.kinds = {"task", "order.status"};
  ASSERT_TRUE(house.desk().replay_events(house.application(), request, into(outcome)));
  EXPECT_EQ(outcome.matched, 10'000U);
}

}  // namespace
}  // namespace chartroom::sim
