// When an order has collected enough (contract §14). Private to this room.
#pragma once

#include "base/time.hpp"
#include "order/order.hpp"

namespace chartroom::order {

/// Whether what the channels have brought by `now` satisfies the order type's Sufficiency.
[[nodiscard]] bool is_enough(const Order& order, base::TimePoint now);

/// A portal or network that was begun and may still bring something: it is waited for even when
/// there is enough.
[[nodiscard]] bool is_digital_in_progress(const Order& order);

}  // namespace chartroom::order
