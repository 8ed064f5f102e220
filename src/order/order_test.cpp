#include "order/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

namespace chartroom::order {
namespace {

using base::Duration;
using base::TimePoint;
using std::chrono::days;

const TimePoint kStart = base::from_unix_ms(1'700'000'000'000);
const std::set<Field> kEverything{Field::name,    Field::date_of_birth, Field::gender,
                                  Field::address, Field::providers,     Field::hipaa_authorization};

const OrderType& type(const std::string& code) {
  const auto& types = default_order_types();
  return *std::find_if(types.begin(), types.end(),
                       [&](const OrderType& t) { return t.code == code; });
}

/// Drives one order the way the worker does, without a world around it.
class Ride {
 public:
  explicit Ride(const std::string& code, std::set<Field> given = kEverything)
      : order_(make_order("order-1", type(code), std::move(given), kStart)) {}

  base::Result<void> apply(const Command& command) {
    auto decision = decide(order_, command, now_);
    if (!decision) return base::pass_on(decision.error());
    order_ = decision->order;
    work_ = decision->work;
    for (const Work& work : work_) {
      if (const auto* wake = std::get_if<WakeAt>(&work)) timers_.push_back(*wake);
    }
    for (const Event& event : decision->events) {
      if (const auto* change = std::get_if<StateChanged>(&event)) states_.push_back(change->to);
    }
    return {};
  }

  /// Fires every timer due within `span`, in order.
  void pass(Duration span) {
    const TimePoint until = now_ + span;
    for (;;) {
      const auto next =
          std::min_element(timers_.begin(), timers_.end(),
                           [](const WakeAt& a, const WakeAt& b) { return a.at < b.at; });
      if (next == timers_.end() || next->at > until) break;
      const WakeAt wake = *next;
      timers_.erase(next);
      now_ = wake.at;
      std::visit([this](const auto& c) { ASSERT_TRUE(apply(c)); }, wake.command);
    }
    now_ = until;
  }

  [[nodiscard]] const Task* open(TaskKind kind) const {
    for (const Task& task : order_.tasks) {
      if (task.kind == kind && task.state == TaskState::open) return &task;
    }
    return nullptr;
  }

  template <typename T>
  [[nodiscard]] bool asked() const {
    return std::any_of(work_.begin(), work_.end(),
                       [](const Work& work) { return std::holds_alternative<T>(work); });
  }

  Order order_;
  TimePoint now_ = kStart;
  std::vector<Work> work_;
  std::vector<WakeAt> timers_;
  std::vector<State> states_;
};

ChannelAnswered answer(Channel channel, unsigned sources, unsigned facts) {
  ChannelAnswered answered;
  answered.channel = channel;
  answered.sources = sources;
  answered.facts = facts;
  return answered;
}

TEST(Order, RunsThroughWhenTheNetworkHasEnough) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{}));
  EXPECT_TRUE(ride.asked<Retrieve>());
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 2, 40)));
  EXPECT_TRUE(ride.asked<BuildReports>());
  ASSERT_TRUE(ride.apply(ReportsBuilt{3, true}));
  EXPECT_EQ(ride.states_, (std::vector{State::in_progress, State::completed}));
  EXPECT_TRUE(ride.order_.reports_available);
  EXPECT_FALSE(ride.order_.timed_out);
  EXPECT_EQ(ride.order_.progress(Channel::portal)->state, ChannelState::skipped);
}

TEST(Order, AsksTheApplicantWhenTheNetworkHasNothing) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 0, 0)));
  EXPECT_EQ(ride.order_.state, State::pended);
  const Task* task = ride.open(TaskKind::connect_portal);
  ASSERT_NE(task, nullptr);
  ASSERT_TRUE(ride.apply(ResolveTask{task->id, {}, false, 0, 0, {}}));
  EXPECT_EQ(ride.order_.state, State::in_progress);
  EXPECT_TRUE(ride.asked<Retrieve>());
  ASSERT_TRUE(ride.apply(answer(Channel::portal, 1, 5)));
  ASSERT_TRUE(ride.apply(ReportsBuilt{1, true}));
  EXPECT_EQ(ride.order_.state, State::completed);
}

TEST(Order, CompletesWithoutReportsWhenNobodyAnswersTheTask) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 0, 0)));
  ride.pass(days{10});
  EXPECT_TRUE(ride.order_.building_reports);
  ASSERT_TRUE(ride.apply(ReportsBuilt{}));
  EXPECT_EQ(ride.order_.state, State::completed);
  EXPECT_FALSE(ride.order_.timed_out);
  EXPECT_FALSE(ride.order_.reports_available);
}

TEST(Order, OpensOneTaskForAllMissingFieldsAndStaysPendedUntilTheyAreThere) {
  Ride ride("ehr-only", {Field::name, Field::date_of_birth});
  ASSERT_TRUE(ride.apply(Start{}));
  EXPECT_EQ(ride.order_.state, State::pended);
  const Task* task = ride.open(TaskKind::missing_information);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->fields, (std::set{Field::gender, Field::address, Field::hipaa_authorization}));
  EXPECT_EQ(task->assignee, Assignee::customer);
  const std::string id = task->id;
  ASSERT_TRUE(ride.apply(ResolveTask{id, {Field::gender, Field::address}, false, 0, 0, {}}));
  EXPECT_EQ(ride.order_.state, State::pended);
  ASSERT_TRUE(ride.apply(ResolveTask{id, {Field::hipaa_authorization}, false, 0, 0, {}}));
  EXPECT_EQ(ride.order_.state, State::in_progress);
  EXPECT_TRUE(ride.asked<Retrieve>());
}

TEST(Order, TimesOutAfterThirtyDaysAndSaysSo) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{}));
  ride.pass(days{30});
  EXPECT_TRUE(ride.order_.building_reports);
  ASSERT_TRUE(ride.apply(ReportsBuilt{}));
  EXPECT_EQ(ride.order_.state, State::completed);
  EXPECT_TRUE(ride.order_.timed_out);
}

TEST(Order, PendedOrderTimesOutStraightToCompleted) {
  OrderType slow = type("healthcheck");
  slow.task_time = days{60};
  Ride ride("healthcheck");
  ride.order_ = make_order("order-2", slow, {Field::name}, kStart);
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_EQ(ride.order_.state, State::pended);
  ride.pass(days{30});
  ASSERT_TRUE(ride.apply(ReportsBuilt{}));
  EXPECT_EQ(ride.states_, (std::vector{State::in_progress, State::pended, State::completed}));
  EXPECT_TRUE(ride.order_.timed_out);
}

TEST(Order, HoldsApsBackAndDropsItWhenTheElectronicChannelsSuffice) {
  Ride ride("no-contact");
  ASSERT_TRUE(ride.apply(Start{}));
  EXPECT_EQ(ride.order_.progress(Channel::aps)->state, ChannelState::waiting);
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 1, 9)));
  EXPECT_EQ(ride.order_.progress(Channel::aps)->state, ChannelState::skipped);
  EXPECT_TRUE(ride.asked<BuildReports>());
}

TEST(Order, AsksApsAfterSevenDaysWhenTheyDoNot) {
  Ride ride("no-contact");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 0, 0)));
  EXPECT_EQ(ride.order_.state, State::in_progress);
  ride.pass(days{7});
  EXPECT_EQ(ride.order_.progress(Channel::aps)->state, ChannelState::running);
}

TEST(Order, WaitsForTheReviewerWhenNothingElseIsEnough) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{}));
  ChannelAnswered doubtful = answer(Channel::ehr, 0, 0);
  doubtful.quarantined = {"record-1"};
  ASSERT_TRUE(ride.apply(doubtful));
  EXPECT_EQ(ride.order_.state, State::pended);
  const Task* review = ride.open(TaskKind::identity_review);
  ASSERT_NE(review, nullptr);
  EXPECT_EQ(review->assignee, Assignee::customer);
  EXPECT_EQ(ride.order_.progress(Channel::portal)->state, ChannelState::waiting);
  ASSERT_TRUE(ride.apply(ResolveTask{review->id, {}, true, 0, 0, {}}));
  EXPECT_NE(ride.open(TaskKind::connect_portal), nullptr);
}

TEST(Order, DoubtfulRecordDoesNotHoldUpWhatIsEnough) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ChannelAnswered mixed = answer(Channel::ehr, 1, 9);
  mixed.quarantined = {"record-1"};
  ASSERT_TRUE(ride.apply(mixed));
  EXPECT_TRUE(ride.order_.building_reports);
  EXPECT_EQ(ride.order_.state, State::in_progress);
  EXPECT_EQ(ride.order_.progress(Channel::ehr)->sources, 1U);
  EXPECT_EQ(ride.order_.tasks.at(0).state, TaskState::withdrawn);
}

TEST(Order, ReleasedRecordCounts) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ChannelAnswered doubtful = answer(Channel::ehr, 0, 0);
  doubtful.quarantined = {"record-1"};
  ASSERT_TRUE(ride.apply(doubtful));
  ASSERT_TRUE(
      ride.apply(ResolveTask{ride.open(TaskKind::identity_review)->id, {}, false, 1, 12, {}}));
  EXPECT_EQ(ride.order_.progress(Channel::ehr)->state, ChannelState::records);
  EXPECT_TRUE(ride.order_.building_reports);
}

TEST(Order, SpecialAuthorizationPendsAndThenAsksAgain) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ChannelAnswered wants = answer(Channel::ehr, 0, 0);
  wants.answer = ChannelAnswered::Answer::needs_authorization;
  wants.detail = "Hill Street Clinic";
  ASSERT_TRUE(ride.apply(wants));
  EXPECT_EQ(ride.order_.state, State::pended);
  const Task* task = ride.open(TaskKind::special_authorization);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->detail, "Hill Street Clinic");
  ASSERT_TRUE(ride.apply(ResolveTask{task->id, {}, false, 0, 0, {}}));
  EXPECT_TRUE(ride.asked<Retrieve>());
}

TEST(Order, AbortsFromEveryStateThatIsNotFinal) {
  Ride created("healthcheck");
  ASSERT_TRUE(created.apply(Abort{}));
  EXPECT_EQ(created.order_.state, State::created);
  ASSERT_TRUE(created.apply(Start{}));
  EXPECT_EQ(created.states_, (std::vector{State::cancelled}));

  Ride running("healthcheck");
  ASSERT_TRUE(running.apply(Start{}));
  ASSERT_TRUE(running.apply(Abort{}));
  EXPECT_EQ(running.order_.state, State::cancelled);
  EXPECT_TRUE(running.asked<CancelRetrieval>());
  const auto again = running.apply(Abort{});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::ErrorCode::conflict);
}

TEST(Order, SuppressedPersonGetsNothingReleased) {
  Ride ride("healthcheck");
  ASSERT_TRUE(ride.apply(Start{true}));
  EXPECT_EQ(ride.states_, (std::vector{State::in_progress, State::completed}));
  EXPECT_TRUE(ride.order_.suppressed);
  EXPECT_TRUE(ride.asked<PurgeRecords>());
  EXPECT_FALSE(ride.asked<Retrieve>());
}

TEST(Order, LateAndDoubledInputChangesNothing) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 1, 4)));
  const Order before = ride.order_;
  for (const Command& late :
       std::vector<Command>{Start{}, answer(Channel::ehr, 1, 4), DeadlineReached{},
                            TaskExpired{"none"}, ChannelDue{Channel::ehr}}) {
    ASSERT_TRUE(ride.apply(late));
    EXPECT_TRUE(ride.work_.empty());
    EXPECT_EQ(to_json(ride.order_), to_json(before));
  }
}

TEST(Order, ReadsBackWhatItWrites) {
  Ride ride("complete", {Field::name});
  ASSERT_TRUE(ride.apply(Start{}));
  const auto read = order_from_json(to_json(ride.order_));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(ride.order_));
}

TEST(Order, RefusesAStoredOrderItDoesNotUnderstand) {
  for (const char* text : {"", "[]", "{}", "{\"format\":2}", "{\"format\":1,\"id\":7}"}) {
    const auto read = order_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, base::ErrorCode::corrupt);
  }
}

bool legal(State from, State to) {
  switch (from) {
    case State::created:
      return to == State::in_progress || to == State::cancelled;
    case State::in_progress:
      return to != State::created;
    case State::pended:
      return to != State::created;
    case State::completed:
    case State::cancelled:
      return false;
  }
  return false;
}

/// Any storm of commands keeps to the transition table, and whatever is not final has something
/// that will move it: a timer, a running channel or reports in the making.
TEST(Order, RandomCommandsNeverBreakTheRulesOrGetStuck) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::set<Field> given;
    for (const Field field : kEverything) {
      if (pick(3) != 0) given.insert(field);
    }
    const auto& types = default_order_types();
    const std::string code = types[pick(static_cast<unsigned>(types.size()))].code;
    Ride ride(code, given);
    ASSERT_TRUE(ride.apply(Start{}));
    for (int step = 0; step < 40 && !is_final(ride.order_.state); ++step) {
      const auto channel =
          ride.order_.channels[pick(static_cast<unsigned>(ride.order_.channels.size()))].channel;
      const std::string task =
          ride.order_.tasks.empty()
              ? "none"
              : ride.order_.tasks[pick(static_cast<unsigned>(ride.order_.tasks.size()))].id;
      ChannelAnswered answered = answer(channel, pick(2), pick(5));
      answered.answer = static_cast<ChannelAnswered::Answer>(pick(3));
      if (pick(4) == 0) answered.quarantined = {"record"};
      switch (pick(7)) {
        case 0:
        case 1:
          ASSERT_TRUE(ride.apply(answered));
          break;
        case 2:
          (void)ride.apply(ResolveTask{task, kEverything, pick(2) == 0, pick(2), 3, {}});
          break;
        case 3:
          ASSERT_TRUE(ride.apply(TaskExpired{task}));
          break;
        case 4:
          ride.pass(days{pick(4)});
          break;
        case 5:
          ASSERT_TRUE(ride.apply(ReportsBuilt{pick(3), true}));
          break;
        default:
          if (pick(12) == 0) (void)ride.apply(Abort{});
      }
      ASSERT_EQ(ride.order_.state == State::pended,
                ride.order_.state != State::cancelled && ride.order_.state != State::completed &&
                    (ride.order_.has_open_task() ||
                     (ride.order_.timed_out && ride.order_.state == State::pended)))
          << "seed " << seed;
    }
    State previous = State::created;
    for (const State state : ride.states_) {
      ASSERT_TRUE(legal(previous, state)) << "seed " << seed;
      previous = state;
    }
    ride.pass(days{40});
    if (ride.order_.building_reports) {
      ASSERT_TRUE(ride.apply(ReportsBuilt{}));
    }
    ASSERT_TRUE(is_final(ride.order_.state)) << "seed " << seed;
  }
}

/// kStart is 14 November 2023.
ChannelAnswered found(std::set<unsigned> named, std::optional<base::Date> newest) {
  ChannelAnswered answer;
  answer.sources = 1;
  answer.facts = 1;
  answer.named = std::move(named);
  answer.newest_encounter = newest;
  return answer;
}

/// What happens to a type that asks the portal only when the network was not enough.
bool portal_is_asked(const Sufficiency& sufficiency, unsigned named,
                     const ChannelAnswered& answer) {
  Ride ride("healthcheck");
  ride.order_.type.sufficiency = sufficiency;
  ride.order_.named_providers = named;
  EXPECT_TRUE(ride.apply(Start{}));
  EXPECT_TRUE(ride.apply(answer));
  EXPECT_NE(ride.order_.building_reports, ride.order_.has_open_task());
  return ride.open(TaskKind::connect_portal) != nullptr;
}

TEST(Sufficiency, EveryNamedProviderIsEnoughWhereThatIsAsked) {
  const Sufficiency many{5, 1, false, 0};
  const Sufficiency named{5, 1, true, 0};
  EXPECT_TRUE(portal_is_asked(many, 2, found({0, 1}, {})));
  EXPECT_FALSE(portal_is_asked(named, 2, found({0, 1}, {})));
  EXPECT_TRUE(portal_is_asked(named, 2, found({1}, {})));
  EXPECT_TRUE(portal_is_asked(named, 0, found({}, {}))) << "an order that names nobody";
  EXPECT_FALSE(portal_is_asked({1, 1, true, 0}, 2, found({}, {})))
      << "so many sources will do, too";
}

TEST(Sufficiency, AnOldNewestEncounterIsNotEnough) {
  const Sufficiency within{1, 1, false, 12};
  EXPECT_TRUE(portal_is_asked(within, 0, found({}, {})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2023, 11, 13})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2022, 11, 14})));
  EXPECT_TRUE(portal_is_asked(within, 0, found({}, base::Date{2022, 11, 13})));
  EXPECT_FALSE(portal_is_asked(within, 0, found({}, base::Date{2024, 1, 1})));
}

TEST(Sufficiency, IsKeptWithTheOrder) {
  Ride ride("healthcheck");
  ride.order_.type.sufficiency = {2, 3, true, 24};
  ride.order_.named_providers = 2;
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(found({1}, base::Date{2023, 5, 6})));
  const auto again = order_from_json(to_json(ride.order_));
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(ride.order_));
  EXPECT_TRUE(again->type.sufficiency.named_providers);
  EXPECT_EQ(again->type.sufficiency.months, 24U);
  EXPECT_EQ(again->named_providers, 2U);
  EXPECT_EQ(again->progress(Channel::ehr)->named, std::set<unsigned>{1});
  EXPECT_EQ(again->progress(Channel::ehr)->newest_encounter, (base::Date{2023, 5, 6}));
}

}  // namespace
}  // namespace chartroom::order
