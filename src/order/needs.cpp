#include "order/needs.hpp"

#include <algorithm>
#include <iterator>

namespace chartroom::order {

std::set<Field> missing_for(const Order& order, Channel channel) {
  std::set<Field> missing;
  for (const ChannelPlan& plan : order.type.channels) {
    if (plan.channel != channel) continue;
    std::set_difference(plan.needs.begin(), plan.needs.end(), order.given.begin(),
                        order.given.end(), std::inserter(missing, missing.end()));
  }
  return missing;
}

bool is_ask(TaskKind kind) {
  return kind == TaskKind::extra_fee || kind == TaskKind::provider_question;
}

bool has_own_task(const Order& order, Channel channel) {
  return std::any_of(order.tasks.begin(), order.tasks.end(), [&](const Task& task) {
    return task.state == TaskState::open && task.channel == channel &&
           (task.kind == TaskKind::connect_portal || task.kind == TaskKind::special_authorization ||
            is_ask(task.kind));
  });
}

std::optional<ChannelState> instead_of_asking(const Order& order, Channel channel, TaskKind kind,
                                              const std::string& ask_id) {
  unsigned asked = 0;
  for (const Task& task : order.tasks) {
    if (task.channel != channel || !is_ask(task.kind)) continue;
    if (task.kind == kind && task.ask_id == ask_id) {
      const bool given = task.state == TaskState::resolved && !task.declined;
      return given ? ChannelState::failed : ChannelState::skipped;
    }
    ++asked;
  }
  if (asked >= kAsksPerChannel) return ChannelState::failed;
  return std::nullopt;
}

}  // namespace chartroom::order
