// Fees and questions on the way (contract §6.1).
#include <gtest/gtest.h>

#include <set>

#include "order/ride_test.hpp"

namespace chartroom::order {
namespace {

using namespace testing;

ChannelAnswered fee(const std::string& ask_id, std::int64_t amount_minor = 4'500) {
  ChannelAnswered answered;
  answered.answer = ChannelAnswered::Answer::needs_fee_approval;
  answered.detail = "Hill Street Clinic";
  answered.ask_id = ask_id;
  answered.fee = Fee{amount_minor, "USD"};
  return answered;
}

ChannelAnswered question(const std::string& ask_id) {
  ChannelAnswered answered;
  answered.answer = ChannelAnswered::Answer::needs_answer;
  answered.detail = "Copy Service";
  answered.ask_id = ask_id;
  return answered;
}

ResolveTask say(const Task* task, bool declined) {
  ResolveTask resolution;
  resolution.task_id = task->id;
  resolution.declined = declined;
  return resolution;
}

ChannelState ehr_state(const Ride& ride) { return ride.order_.progress(Channel::ehr)->state; }

TEST(Asks, AnApprovedFeeLetsTheChannelGoOn) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(fee("f1")));
  EXPECT_EQ(ride.order_.state, State::pended);
  const Task* task = ride.open(TaskKind::extra_fee);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->assignee, Assignee::customer);
  EXPECT_EQ(task->detail, "Hill Street Clinic");
  EXPECT_EQ(task->ask_id, "f1");
  EXPECT_EQ(task->fee, (Fee{4'500, "USD"}));
  EXPECT_EQ(ride.work_.size(), 1U) << "its end, and no reminders: those are the applicant's";
  ASSERT_TRUE(ride.apply(say(task, false)));
  EXPECT_EQ(ride.order_.state, State::in_progress);
  EXPECT_TRUE(ride.asked<Retrieve>());
  EXPECT_FALSE(ride.order_.tasks[0].declined);
  ASSERT_TRUE(ride.apply(answer(Channel::ehr, 1, 4)));
  EXPECT_TRUE(ride.order_.building_reports);
}

TEST(Asks, WithoutAnAnswerTheOrderGoesOnWithoutTheChannel) {
  for (const auto& ask : {fee("a"), question("a")}) {
    for (const bool declined : {true, false}) {
      Ride ride("ehr-only");
      ASSERT_TRUE(ride.apply(Start{}));
      ASSERT_TRUE(ride.apply(ask));
      ASSERT_EQ(ride.order_.state, State::pended);
      if (declined) {
        ASSERT_TRUE(ride.apply(say(&ride.order_.tasks[0], true)));
      } else {
        ride.pass(days{10});
      }
      EXPECT_EQ(ride.order_.tasks[0].state, declined ? TaskState::resolved : TaskState::expired);
      EXPECT_EQ(ride.order_.tasks[0].declined, declined);
      EXPECT_EQ(ehr_state(ride), ChannelState::skipped);
      EXPECT_FALSE(ride.asked<Retrieve>());
      EXPECT_TRUE(ride.order_.building_reports);
      EXPECT_FALSE(ride.order_.timed_out);
    }
  }
}

TEST(Asks, WhatHadComeBeforeTheFeeIsKept) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ChannelAnswered ask = fee("f1");
  ask.sources = 1;
  ask.facts = 3;
  ASSERT_TRUE(ride.apply(ask));
  EXPECT_EQ(ride.order_.state, State::pended) << "a network that was asked is waited for";
  ASSERT_TRUE(ride.apply(say(ride.open(TaskKind::extra_fee), true)));
  EXPECT_EQ(ehr_state(ride), ChannelState::records);
}

TEST(Asks, EveryAskIsATaskOfItsOwnAndIsAskedOnce) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  for (const auto& ask : {fee("1"), question("1"), fee("2"), question("2")}) {
    ASSERT_TRUE(ride.apply(ask));
    const std::string before = to_json(ride.order_);
    ASSERT_TRUE(ride.apply(ask)) << "work is done at least once";
    EXPECT_EQ(to_json(ride.order_), before);
    ASSERT_TRUE(ride.apply(say(&ride.order_.tasks.back(), false)));
    ASSERT_TRUE(ride.asked<Retrieve>());
  }
  std::set<std::string> ids;
  for (const Task& task : ride.order_.tasks) ids.insert(task.id);
  EXPECT_EQ(ids.size(), 4U);
  // A vendor that asks for what it was given is not asked for ever.
  ASSERT_TRUE(ride.apply(fee("2")));
  EXPECT_EQ(ride.order_.tasks.size(), 4U);
  EXPECT_EQ(ehr_state(ride), ChannelState::failed);
}

TEST(Asks, ARefusalHoldsWhenAPortalIsAskedAgain) {
  Ride ride("complete");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(say(ride.open(TaskKind::connect_portal), false)));
  ChannelAnswered ask = question("q");
  ask.channel = Channel::portal;
  ask.sources = 1;
  ASSERT_TRUE(ride.apply(ask));
  ASSERT_TRUE(ride.apply(say(ride.open(TaskKind::provider_question), true)));
  ASSERT_TRUE(ride.apply(Resync{}));
  ask.sources = 0;
  ASSERT_TRUE(ride.apply(ask));
  EXPECT_EQ(ride.order_.progress(Channel::portal)->state, ChannelState::skipped);
  EXPECT_EQ(ride.open(TaskKind::provider_question), nullptr);
}

TEST(Asks, NobodyAsksWithoutEnd) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  for (unsigned i = 0; i < kAsksPerChannel; ++i) {
    ASSERT_TRUE(ride.apply(question(std::to_string(i))));
    ASSERT_TRUE(ride.apply(say(ride.open(TaskKind::provider_question), false)));
  }
  ASSERT_TRUE(ride.apply(question("one more")));
  EXPECT_EQ(ehr_state(ride), ChannelState::failed);
  EXPECT_TRUE(ride.order_.building_reports);
}

TEST(Asks, AnswersAfterTheEndAreConflicts) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(fee("f1")));
  const std::string id = ride.order_.tasks[0].id;
  ASSERT_TRUE(ride.apply(Abort{}));
  EXPECT_EQ(ride.order_.tasks[0].state, TaskState::withdrawn);
  const auto late = ride.apply(say(ride.order_.find_task(id), false));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, base::ErrorCode::conflict);
}

TEST(Asks, AreKeptWithTheOrder) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(fee("f1", 123'456'789'012)));
  ASSERT_TRUE(ride.apply(say(&ride.order_.tasks[0], false)));
  ASSERT_TRUE(ride.apply(question("q1")));
  ASSERT_TRUE(ride.apply(say(&ride.order_.tasks[1], true)));
  const auto again = order_from_json(to_json(ride.order_));
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(ride.order_));
  EXPECT_EQ(again->tasks[0].fee, (Fee{123'456'789'012, "USD"}));
  EXPECT_EQ(again->tasks[0].ask_id, "f1");
  EXPECT_EQ(again->tasks[1].fee, std::nullopt);
  EXPECT_TRUE(again->tasks[1].declined);
}

TEST(Asks, AnOrderStoredBeforeThereWereAnyIsRead) {
  Ride ride("ehr-only", {Field::name});
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.open(TaskKind::missing_information));
  std::string stored = to_json(ride.order_);
  const std::string member = R"("declined":false,)";
  ASSERT_NE(stored.find(member), std::string::npos);
  stored.erase(stored.find(member), member.size());
  const auto again = order_from_json(stored);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(ride.order_));
}

TEST(Asks, AStoredFeeIsReadStrictly) {
  Ride ride("ehr-only");
  ASSERT_TRUE(ride.apply(Start{}));
  ASSERT_TRUE(ride.apply(fee("f1")));
  std::string stored = to_json(ride.order_);
  const std::string amount = "\"amountMinor\":4500";
  ASSERT_NE(stored.find(amount), std::string::npos);
  stored.replace(stored.find(amount), amount.size(), "\"amountMinor\":\"much\"");
  EXPECT_FALSE(order_from_json(stored));
}

}  // namespace
}  // namespace chartroom::order
