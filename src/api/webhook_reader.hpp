// Bodies that set up webhook endpoints and deliver events again (contract §15). Pure; every finding
// at once.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/validation.hpp"
#include "app/desk.hpp"
#include "base/time.hpp"

namespace chartroom::api {

/// `sandbox`: the application may use plain http. What is read counts only when there are no
/// findings.
[[nodiscard]] app::NewWebhook read_new_webhook(const boost::json::object& body, bool sandbox,
                                               Findings& findings);
[[nodiscard]] app::WebhookChange read_webhook_change(const boost::json::object& body, bool sandbox,
                                                     Findings& findings);
/// {"overlap":"24h"}: how long the old secret signs too.
[[nodiscard]] base::Duration read_rotation(const boost::json::object& body, Findings& findings);
/// For an operation whose body has no members.
void refuse_members(const boost::json::object& body, Findings& findings);
/// {"webhookId":"…"}, or nothing for everybody.
[[nodiscard]] std::optional<std::string> read_redelivery(const boost::json::object& body,
                                                         Findings& findings);
[[nodiscard]] app::ReplayRequest read_replay(const boost::json::object& body, Findings& findings);

}  // namespace chartroom::api
