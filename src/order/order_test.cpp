#include "order/order.hpp"

#include <gtest/gtest.h>

#include <random>

#include "order/ride_test.hpp"

namespace chartroom::order {
namespace {

using namespace testing;

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
      answered.answer = static_cast<ChannelAnswered::Answer>(pick(5));
      answered.ask_id = std::to_string(pick(6));
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

}  // namespace
}  // namespace chartroom::order
