// What an order type must be like to be ordered. Pure: which reports can be made is handed in.
#pragma once

#include <string>
#include <vector>

#include "order/order.hpp"

namespace chartroom::order {

/// One thing that is wrong: where ("channels[1].delay"), and what is allowed there.
struct TypeFinding {
  std::string key;
  std::string rule;
};

/// The reports that can be made.
struct OutputCatalog {
  std::vector<Output> known;          ///< every name and format; without base reports
  std::vector<std::string> bindable;  ///< names that a combined report may consist of
  std::vector<std::string> levels;    ///< ids of the rules whose level an order type may set
};

/// Everything that is wrong with the type; empty: it can be ordered.
[[nodiscard]] std::vector<TypeFinding> check_order_type(const OrderType& type,
                                                        const OutputCatalog& catalog);

/// What a channel asks for in the default order types: a plan that does not say must never end up
/// asking networks without an authorization.
[[nodiscard]] const std::set<Field>& usual_needs(Channel channel);

inline constexpr std::size_t kOwnOrderTypes = 50;  ///< per application

}  // namespace chartroom::order
