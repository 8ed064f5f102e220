// The bodies of notifications, exactly as the contract writes them (§7.1, §7.2, seed 2).
#pragma once

#include <string>
#include <vector>

#include "app/types.hpp"

namespace chartroom::app {

/// Whose order a notification speaks of.
struct Subject {
  std::string client_id;
  std::string human_id;
  std::string user_id;
  std::string client_user_id;
  std::optional<std::string> client_data_json;
};

/// The flat "order status" object in its array. `state` is never created.
[[nodiscard]] std::string order_status_body(const Subject& subject, order::State state,
                                            base::TimePoint at, const std::string& public_url);

/// The "order summary" envelope in its array. `reports` are those of the order, without bytes.
[[nodiscard]] std::string order_summary_body(const std::string& event_id, const Subject& subject,
                                             const order::Order& order, order::State state,
                                             const std::vector<StoredReport>& reports,
                                             base::TimePoint at, const std::string& public_url);

/// Where a report is fetched.
[[nodiscard]] std::string report_uri(const std::string& public_url, const std::string& report_id);

}  // namespace chartroom::app
