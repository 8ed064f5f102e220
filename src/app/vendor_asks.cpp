#include "app/vendor_asks.hpp"

#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

using Status = RetrievalAnswer::Status;
namespace limits = base::limits;

/// Something to read, and not too much of it.
bool is_plain_text(const std::string& text, std::size_t most_code_points) {
  return !base::trim(text).empty() && base::is_valid_utf8(text) &&
         base::count_code_points(text) <= most_code_points;
}

/// A choice comes back in a call's body, where a control character is refused.
bool is_choice(const std::string& text) {
  return is_plain_text(text, limits::kChoiceCodePoints) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

const char* wrong_with_fee(const order::Fee& fee) {
  if (fee.amount_minor <= 0 || fee.amount_minor > limits::kFeeMinorMost) return "amount of a fee";
  const bool is_currency =
      fee.currency.size() == 3 && std::all_of(fee.currency.begin(), fee.currency.end(),
                                              [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_currency ? nullptr : "currency of a fee";
}

const char* wrong_with_question(const VendorAsk& ask) {
  if (!is_plain_text(ask.text, limits::kQuestionCodePoints)) return "text of a question";
  const bool are_texts = std::all_of(ask.choices.begin(), ask.choices.end(), is_choice);
  const std::set<std::string> distinct(ask.choices.begin(), ask.choices.end());
  if (!are_texts || ask.choices.size() > limits::kChoices || distinct.size() != ask.choices.size())
    return "choices of a question";
  return nullptr;
}

}  // namespace

const char* wrong_with_ask(const RetrievalAnswer& answer) {
  if (answer.status != Status::needs_fee_approval && answer.status != Status::needs_answer)
    return nullptr;
  const std::string& id = answer.ask.id;
  if (id.empty() || id.size() > limits::kAskIdBytes || !base::is_valid_utf8(id))
    return "id of a fee or question";
  if (!is_plain_text(answer.detail, limits::kAskerCodePoints)) return "who asks";
  return answer.status == Status::needs_fee_approval ? wrong_with_fee(answer.ask.fee)
                                                     : wrong_with_question(answer.ask);
}

void tell_ask(const RetrievalAnswer& answer, order::ChannelAnswered& answered) {
  using Answer = order::ChannelAnswered::Answer;
  if (answer.status == Status::needs_fee_approval) {
    answered.answer = Answer::needs_fee_approval;
    answered.fee = answer.ask.fee;
  } else if (answer.status == Status::needs_answer) {
    answered.answer = Answer::needs_answer;
  } else {
    return;
  }
  answered.ask_id = answer.ask.id;
}

void keep_question(StoredOrder& order, order::Channel channel, const VendorAsk& ask) {
  for (const order::Task& task : order.core.tasks) {
    if (task.kind == order::TaskKind::provider_question && task.channel == channel &&
        task.ask_id == ask.id && task.state == order::TaskState::open &&
        order.question_of(task.id) == nullptr) {
      order.questions.push_back({task.id, ask.text, ask.choices, std::nullopt});
      return;
    }
  }
}

void add_given(const StoredOrder& order, RetrievalRequest& request) {
  for (const order::Task& task : order.core.tasks) {
    if (task.channel != request.channel || task.state != order::TaskState::resolved ||
        task.declined) {
      continue;
    }
    if (task.kind == order::TaskKind::extra_fee && task.fee) {
      request.approved_fees.push_back({task.ask_id, *task.fee});
    }
    const VendorQuestion* question = order.question_of(task.id);
    if (question != nullptr && question->answer) {
      request.answers.push_back({task.ask_id, *question->answer});
    }
  }
}

}  // namespace chartroom::app
