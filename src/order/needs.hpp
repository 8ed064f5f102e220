// What a channel needs from people before it can go on (contract §5.2, §6.1). Private to this room.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "order/order.hpp"

namespace chartroom::order {

/// Fields that the channel's plan asks for and the order does not have.
[[nodiscard]] std::set<Field> missing_for(const Order& order, Channel channel);

/// Something that a provider or vendor wants of the customer on the way: a fee, an answer.
[[nodiscard]] bool is_ask(TaskKind kind);

/// An open task stands in the way of this channel alone.
[[nodiscard]] bool has_own_task(const Order& order, Channel channel);

/// Nullopt: the customer is to be asked. Otherwise how the channel ends that wants to ask:
///   skipped  this very thing was asked before, and nobody would give it;
///   failed   it was given, and the vendor does not take it; or the vendor asks without end.
[[nodiscard]] std::optional<ChannelState> instead_of_asking(const Order& order, Channel channel,
                                                            TaskKind kind,
                                                            const std::string& ask_id);

}  // namespace chartroom::order
