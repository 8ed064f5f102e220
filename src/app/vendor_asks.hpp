// Fees and questions of providers and vendors on their way to the customer and back (contract
// §6.1). Pure; private to this room.
#pragma once

#include "app/ports.hpp"
#include "app/types.hpp"
#include "order/order.hpp"

namespace chartroom::app {

/// Null when what the vendor asks can be put to a customer, or when it asks nothing; otherwise what
/// is wrong with it, in fixed words. Limits: VendorAsk.
[[nodiscard]] const char* wrong_with_ask(const RetrievalAnswer& answer);

/// What the core is told of the asking; the question's text is not its business.
void tell_ask(const RetrievalAnswer& answer, order::ChannelAnswered& answered);

/// Keeps the question with the task that the core opened for it; nothing when it opened none.
void keep_question(StoredOrder& order, order::Channel channel, const VendorAsk& ask);

/// Adds what the customer has said to this channel's asks.
void add_given(const StoredOrder& order, RetrievalRequest& request);

}  // namespace chartroom::app
