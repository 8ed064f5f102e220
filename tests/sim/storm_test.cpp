// Seeded storms: orders under random answers, failures, deaths of the worker and restarts.
//
// CHARTROOM_SIM_SEEDS sets how many seeds run (default 40), CHARTROOM_SIM_SEED replays one.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "base/testing.hpp"
#include "house.hpp"

namespace chartroom::sim {
namespace {

namespace json = boost::json;
using order::State;
using Status = app::RetrievalAnswer::Status;

constexpr int kOrders = 6;

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const auto text = base::testing::environment(name);
  return text ? std::strtoull(text->c_str(), nullptr, 10) : fallback;
}

class Storm {
 public:
  explicit Storm(std::uint64_t seed) : house_(seed), dice_(seed) {
    app::Application application = house_.application();
    application.settings.vendor_notes = true;
    application.settings.task_notifications =
        seed % 2 == 0 ? app::ApplicationSettings::TaskNotifications::flat
                      : app::ApplicationSettings::TaskNotifications::envelope;
    if (!house_.store().update_application(application)) std::abort();
    for (ScriptedChannel* channel : {&house_.ehr, &house_.portal, &house_.aps}) {
      channel->script = [this](const app::RetrievalRequest& request) { return answer(request); };
    }
    house_.receiver.fails = [this] { return roll(3) == 0; };
    house_.dies = [this] { return roll(25) == 0; };
  }

  void run() {
    place_orders();
    for (int day = 0; day < 40; ++day) {
      house_.pass(std::chrono::hours{24});
      if (roll(10) == 0) house_.restart();
      somebody_acts();
    }
    house_.receiver.fails = nullptr;
    house_.dies = nullptr;
    house_.pass(std::chrono::days{5});
    check();
  }

 private:
  unsigned roll(unsigned sides) { return static_cast<unsigned>(dice_() % sides); }

  static std::string policy(int number) { return "policy-" + std::to_string(number); }

  Applicant applicant(int number) const {
    Applicant made;
    made.last = "Person" + std::string(1, static_cast<char>('A' + number)) + "son";
    made.birth = "19" + std::to_string(50 + number * 7) + "-03-1" + std::to_string(number);
    made.street = std::to_string(100 + number) + " Mill Lane";
    return made;
  }

  void place_orders() {
    const auto& types = order::default_order_types();
    for (int i = 0; i < kOrders; ++i) {
      const std::string type = types[roll(static_cast<unsigned>(types.size()))].code;
      app::NewOrder order = house_.order_for(applicant(i), policy(i), type);
      if (roll(3) == 0) order.attachments.clear();
      if (roll(3) == 0) order.gender.reset();
      ASSERT_TRUE(house_.place(order));
    }
  }

  base::Result<app::RetrievalAnswer> answer(const app::RetrievalRequest& request) {
    app::RetrievalAnswer made;
    for (unsigned i = 0; i <= request.attempt / 2; ++i) {
      made.notes.push_back({std::to_string(i), "note " + std::to_string(i), {}, {}, ""});
    }
    switch (roll(9)) {
      case 0:
        return base::fail(base::ErrorCode::unavailable, "away");
      case 1:
        made.status = Status::still_running;
        made.retry_after = std::chrono::hours{roll(90) + 1};
        return made;
      case 2:
        made.status = Status::needs_authorization;
        made.detail = "Hill Street Clinic";
        return made;
      case 3:
        made.status = Status::failed;
        return made;
      case 4:
        return made;
      case 5:
        made.status = Status::needs_fee_approval;
        made.detail = "Hill Street Clinic";
        made.ask.id = std::to_string(roll(4));
        made.ask.fee = {static_cast<std::int64_t>(roll(5'000)), "USD"};  // sometimes nothing
        return made;
      case 6:
        made.status = Status::needs_answer;
        made.detail = "Copy Service";
        made.ask.id = std::to_string(roll(4));
        made.ask.text = "Should the new facility be asked?";
        if (roll(2) == 0) made.ask.choices = {"Yes", "No"};
        return made;
      default:
        break;
    }
    // Whoever the network finds: often the applicant, sometimes somebody else.
    for (unsigned i = 0; i <= roll(3); ++i) {
      const int number = request.applicant.client_user_id.back() - '0';
      const int who = roll(3) == 0 ? static_cast<int>(roll(kOrders)) : number;
      made.items.push_back(item_of(applicant(who), "finding-of-" + policy(who) + "-x"));
      if (roll(6) == 0) made.items.back().bytes.resize(40);
    }
    return made;
  }

  /// An applicant or reviewer does something, or does not.
  void somebody_acts() {
    const int number = static_cast<int>(roll(kOrders));
    const app::StoredOrder order = house_.order_of(policy(number));
    if (roll(40) == 0)
      (void)house_.desk().abort(house_.application(), {std::nullopt, policy(number)});
    if (roll(2) == 0) return;
    app::TaskList session;
    session.client_id = house_.application().client_id;
    session.human_id = order.human_id;
    session.order_id = order.core.id;
    for (const order::Task& task : order.core.tasks) {
      if (task.state != order::TaskState::open) continue;
      app::ApplicantInput input;
      input.typed_signature = "Jane Doe";
      input.gender = "female";
      switch (task.kind) {
        case order::TaskKind::missing_information:
          (void)house_.desk().give_information(session, task.id, input);
          break;
        case order::TaskKind::connect_portal:
          (void)house_.desk().connect_portal(session, task.id, roll(3) == 0 ? "" : "clinic-1");
          break;
        case order::TaskKind::special_authorization:
          (void)house_.desk().sign_special_authorization(session, task.id, input);
          break;
        case order::TaskKind::identity_review:
          (void)house_.desk().review_identity(house_.application(), order.core.id, task.id,
                                              roll(2) == 0);
          break;
        case order::TaskKind::extra_fee:
        case order::TaskKind::provider_question:
          customer_decides(task);
      }
    }
  }

  void customer_decides(const order::Task& task) {
    using Decision = app::TaskResolution::Decision;
    app::TaskResolution said;
    if (roll(3) == 0) {
      said.decision = Decision::decline;
    } else if (task.kind == order::TaskKind::extra_fee) {
      said.decision = Decision::approve;
    } else {
      said.answer =
          roll(2) == 0 ? "Yes" : "Whatever";  // the latter is no choice where there are any
    }
    (void)house_.desk().resolve_task(house_.application(), task.id, said, {});
  }

  void check() {
    for (int i = 0; i < kOrders; ++i) {
      const app::StoredOrder order = house_.order_of(policy(i));
      ASSERT_TRUE(order::is_final(order.core.state))
          << policy(i) << " is stuck in " << order::title_case(order.core.state);
      check_reports(order, i);
      check_told(order);
    }
    check_bodies();
    EXPECT_TRUE(house_.store().dead_jobs(10)->empty());
  }

  /// Nothing of another applicant in any report.
  void check_reports(const app::StoredOrder& order, int number) {
    const auto reports = house_.tenant()->reports_of(order.human_id);
    ASSERT_TRUE(reports);
    EXPECT_EQ(!reports->empty(), order.core.reports_available);
    for (const app::StoredReport& listed : *reports) {
      if (listed.file_extension == "pdf") continue;  // same contents, compressed
      const auto report = house_.tenant()->find_report(listed.id);
      for (int other = 0; other < kOrders; ++other) {
        if (other == number) continue;
        EXPECT_EQ((*report)->bytes.reveal().find("finding-of-" + policy(other) + "-x"),
                  std::string::npos);
      }
    }
  }

  /// Every event of the order was accepted at least once, first times in order, along legal steps.
  void check_told(const app::StoredOrder& order) {
    std::vector<std::string> first_times;
    std::set<std::string> seen;
    std::string last;
    for (const auto& delivery : house_.receiver.accepted) {
      if (delivery.order_id != order.core.id || !seen.insert(delivery.event_id).second) continue;
      first_times.push_back(delivery.event_id);
      if (delivery.kind == "order.status")
        last = std::string(json::parse(delivery.body).at(0).at("value").as_string());
    }
    std::vector<std::string> events;
    const auto stored = house_.tenant()->events(order.core.id, 0, 1000);
    for (const app::StoredEvent& event : *stored) events.push_back(event.id);
    EXPECT_EQ(first_times, events);
    ASSERT_FALSE(stored->empty());
    EXPECT_EQ(stored->back().kind, app::kSummaryEvent) << "something was told after the end";
    EXPECT_EQ(last, order::title_case(order.core.state));
  }

  void check_bodies() {
    std::map<std::string, std::string> bodies;
    for (const auto& delivery : house_.receiver.accepted) {
      const auto [known, fresh] = bodies.try_emplace(delivery.event_id, delivery.body);
      EXPECT_TRUE(fresh || known->second == delivery.body) << "equal id, other body";
    }
  }

  House house_;
  std::mt19937_64 dice_;
};

TEST(Storm, EveryOrderEndsAndNothingIsLostOrMixedUp) {
  const std::uint64_t only = from_environment("CHARTROOM_SIM_SEED", 0);
  const std::uint64_t seeds = from_environment("CHARTROOM_SIM_SEEDS", 40);
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? seeds : only); ++seed) {
    SCOPED_TRACE("replay with CHARTROOM_SIM_SEED=" + std::to_string(seed));
    Storm(seed).run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace chartroom::sim
