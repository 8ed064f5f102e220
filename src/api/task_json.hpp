// Tasks and orders as the extensions of the contract write them (§15). Pure.
#pragma once

#include <string>
#include <vector>

#include "app/desk.hpp"

namespace chartroom::api {

/// Whose cursors the list of tasks takes.
inline constexpr const char* kTaskList = "tasks";

[[nodiscard]] std::string task_json(const app::TaskView& view);
/// One page; `nextCursor` unless it is the last.
[[nodiscard]] std::string tasks_json(const app::TaskPage& page);
/// An order with its channels and all its tasks, oldest first.
[[nodiscard]] std::string order_json(const app::OrderDetail& detail);
/// The audit trail of an order, in the order given.
[[nodiscard]] std::string timeline_json(const std::string& order_id,
                                        const std::vector<app::AuditEntry>& entries);

}  // namespace chartroom::api
