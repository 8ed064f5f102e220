// Drives one order in tests, the way the worker does.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "order/order.hpp"

namespace chartroom::order::testing {

using base::Duration;
using base::TimePoint;
using std::chrono::days;

inline const TimePoint kStart = base::from_unix_ms(1'700'000'000'000);
inline const std::set<Field> kEverything{Field::name,      Field::date_of_birth,
                                         Field::gender,    Field::address,
                                         Field::providers, Field::hipaa_authorization};

inline const OrderType& type(const std::string& code) {
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

inline ChannelAnswered answer(Channel channel, unsigned sources, unsigned facts) {
  ChannelAnswered answered;
  answered.channel = channel;
  answered.sources = sources;
  answered.facts = facts;
  return answered;
}

}  // namespace chartroom::order::testing
