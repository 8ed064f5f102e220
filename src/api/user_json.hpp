// Users and reports as the contract writes them; the order of the keys is that of its samples.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "app/desk.hpp"

namespace chartroom::api {

/// Answer to a new order (§3.2.6): the ten documented fields, then clientUserEmail. What was not
/// supplied is left out, except suggestedSources, which is always an array. orderId comes last, for
/// applications that want it.
[[nodiscard]] std::string created_user_json(const app::UserView& view, bool with_order_id);
/// One user with orders (§3.5).
[[nodiscard]] std::string user_json(const app::UserView& view);
/// The list (§3.3): the same without orders, plus the deprecated status.
[[nodiscard]] std::string users_json(const std::vector<app::UserView>& views);
/// The report groups (§3.11). `public_url` without trailing slash.
[[nodiscard]] std::string reports_json(const std::vector<app::ReportGroup>& groups,
                                       const std::string& public_url);
/// The order types (§3.1).
[[nodiscard]] std::string order_types_json(const std::vector<order::OrderType>& types);

}  // namespace chartroom::api
