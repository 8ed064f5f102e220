// What an applicant reads about an order and its tasks: plain words, no terms of ours. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "order/order.hpp"
#include "pages/view.hpp"

namespace chartroom::pages {

struct TaskWords {
  std::string title;
  std::string text;
  std::string action;  ///< what the button says
};
[[nodiscard]] TaskWords words_of(const order::Task& task);

/// `has_tasks`: the applicant has something to do.
[[nodiscard]] std::string state_words(order::State state, bool has_tasks);
/// The order's way in three steps, as data of tasks.mustache.
[[nodiscard]] Data steps_of(order::State state);
/// "March 4, 2026"
[[nodiscard]] std::string day_words(base::TimePoint at);
/// What the list says after a task was done. Fixed words chosen by a code, so that a link cannot
/// put text of its own on the page; empty for an unknown code.
[[nodiscard]] std::string notice_words(std::string_view done);

}  // namespace chartroom::pages
