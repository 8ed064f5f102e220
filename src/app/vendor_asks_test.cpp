#include "app/vendor_asks.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace chartroom::app {
namespace {

using Status = RetrievalAnswer::Status;

RetrievalAnswer fee_ask() {
  RetrievalAnswer answer;
  answer.status = Status::needs_fee_approval;
  answer.detail = "Hill Street Clinic";
  answer.ask.id = "fee-1";
  answer.ask.fee = {4'500, "USD"};
  return answer;
}

RetrievalAnswer question_ask() {
  RetrievalAnswer answer;
  answer.status = Status::needs_answer;
  answer.detail = "Copy Service";
  answer.ask.id = "question-1";
  answer.ask.text = "Should the new facility be asked?";
  answer.ask.choices = {"Yes", "No"};
  return answer;
}

using Spoil = void (*)(RetrievalAnswer&);

TEST(VendorAsks, CanBePutToACustomer) {
  EXPECT_EQ(wrong_with_ask(RetrievalAnswer{}), nullptr);
  EXPECT_EQ(wrong_with_ask(fee_ask()), nullptr);
  EXPECT_EQ(wrong_with_ask(question_ask()), nullptr);
  RetrievalAnswer open = question_ask();
  open.ask.choices.clear();
  EXPECT_EQ(wrong_with_ask(open), nullptr);
}

TEST(VendorAsks, OfFeesWithoutSenseAreRefused) {
  const std::vector<Spoil> spoils{
      [](RetrievalAnswer& a) { a.ask.fee.amount_minor = 0; },
      [](RetrievalAnswer& a) { a.ask.fee.amount_minor = -1; },
      [](RetrievalAnswer& a) { a.ask.fee.amount_minor = base::limits::kFeeMinorMost + 1; },
      [](RetrievalAnswer& a) { a.ask.fee.currency = "usd"; },
      [](RetrievalAnswer& a) { a.ask.fee.currency = "DOLLAR"; },
      [](RetrievalAnswer& a) { a.ask.id.clear(); },
      [](RetrievalAnswer& a) { a.ask.id.assign(base::limits::kAskIdBytes + 1, 'x'); },
      [](RetrievalAnswer& a) { a.detail.clear(); }};
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    RetrievalAnswer answer = fee_ask();
    spoils[i](answer);
    EXPECT_NE(wrong_with_ask(answer), nullptr) << i;
  }
}

TEST(VendorAsks, OfQuestionsWithoutSenseAreRefused) {
  const std::vector<Spoil> spoils{
      [](RetrievalAnswer& a) { a.ask.text = "  "; },
      [](RetrievalAnswer& a) { a.ask.text.assign(base::limits::kQuestionCodePoints + 1, 'x'); },
      [](RetrievalAnswer& a) { a.ask.text = "\xff"; },
      [](RetrievalAnswer& a) { a.ask.choices = {"Yes", "Yes"}; },
      [](RetrievalAnswer& a) { a.ask.choices = {"Yes", ""}; },
      [](RetrievalAnswer& a) { a.ask.choices = {"Yes", "N\no"}; },
      [](RetrievalAnswer& a) { a.ask.choices.back().assign(201, 'x'); },
      [](RetrievalAnswer& a) {
        for (int i = 0; i < 20; ++i) a.ask.choices.push_back(std::to_string(i));
      }};
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    RetrievalAnswer answer = question_ask();
    spoils[i](answer);
    EXPECT_NE(wrong_with_ask(answer), nullptr) << i;
  }
}

/// An order with one task of a kind for the APS vendor.
StoredOrder order_with(order::TaskKind kind, const std::string& ask_id) {
  StoredOrder order;
  order::Task task;
  task.id = "t1";
  task.kind = kind;
  task.channel = order::Channel::aps;
  task.ask_id = ask_id;
  if (kind == order::TaskKind::extra_fee) task.fee = order::Fee{4'500, "USD"};
  order.core.tasks.push_back(task);
  return order;
}

RetrievalRequest given_to(const StoredOrder& order, order::Channel channel) {
  RetrievalRequest request;
  request.channel = channel;
  add_given(order, request);
  return request;
}

TEST(VendorAsks, AQuestionIsKeptOnceAndItsAnswerGoesBack) {
  StoredOrder order = order_with(order::TaskKind::provider_question, "question-1");
  const VendorAsk ask = question_ask().ask;
  keep_question(order, order::Channel::ehr, ask);
  EXPECT_TRUE(order.questions.empty()) << "another channel's";
  keep_question(order, order::Channel::aps, ask);
  keep_question(order, order::Channel::aps, ask);
  ASSERT_EQ(order.questions.size(), 1U);
  EXPECT_EQ(order.questions[0].task_id, "t1");
  EXPECT_EQ(order.questions[0].text, ask.text);

  EXPECT_TRUE(given_to(order, order::Channel::aps).answers.empty());
  order.questions[0].answer = "Yes";
  order.core.tasks[0].state = order::TaskState::resolved;
  const auto request = given_to(order, order::Channel::aps);
  ASSERT_EQ(request.answers.size(), 1U);
  EXPECT_EQ(request.answers[0].ask_id, "question-1");
  EXPECT_EQ(request.answers[0].text, "Yes");
  EXPECT_TRUE(given_to(order, order::Channel::ehr).answers.empty());
}

TEST(VendorAsks, OnlyAnApprovedFeeIsTold) {
  StoredOrder order = order_with(order::TaskKind::extra_fee, "fee-1");
  EXPECT_TRUE(given_to(order, order::Channel::aps).approved_fees.empty());
  order.core.tasks[0].state = order::TaskState::expired;
  EXPECT_TRUE(given_to(order, order::Channel::aps).approved_fees.empty());
  order.core.tasks[0].state = order::TaskState::resolved;
  const auto request = given_to(order, order::Channel::aps);
  ASSERT_EQ(request.approved_fees.size(), 1U);
  EXPECT_EQ(request.approved_fees[0].fee, (order::Fee{4'500, "USD"}));
  order.core.tasks[0].declined = true;
  EXPECT_TRUE(given_to(order, order::Channel::aps).approved_fees.empty());
}

}  // namespace
}  // namespace chartroom::app
