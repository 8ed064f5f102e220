// The bodies of notifications, exactly as the contract writes them (§7.1 to §7.4, seed 2).
#pragma once

#include <string>
#include <vector>

#include "app/ports.hpp"
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

/// Words of the wire for a task: "missing_information", "Open".
[[nodiscard]] const char* task_type_word(order::TaskKind kind);
[[nodiscard]] const char* task_state_word(order::TaskState state);

/// A task's new state as a flat object like the order status (§7.4; the members are ours).
[[nodiscard]] std::string task_status_body(const Subject& subject, const std::string& order_id,
                                           const order::Task& task, base::TimePoint at,
                                           const std::string& public_url);
/// The same in the envelope of the order summary.
[[nodiscard]] std::string task_updated_body(const std::string& event_id, const Subject& subject,
                                            const std::string& order_id, const order::Task& task,
                                            base::TimePoint at);

/// A vendor's note (§7.3). `legacy_timestamp`: six digits of a second and no zone (C16).
[[nodiscard]] std::string vendor_note_body(const std::string& event_id, const Subject& subject,
                                           const std::string& order_id, order::Channel channel,
                                           const VendorNote& note, base::TimePoint at,
                                           bool legacy_timestamp);

/// A test of one endpoint (§15).
[[nodiscard]] std::string test_body(const std::string& event_id, const std::string& client_id,
                                    base::TimePoint at);

/// Where a report is fetched.
[[nodiscard]] std::string report_uri(const std::string& public_url, const std::string& report_id);

}  // namespace chartroom::app
