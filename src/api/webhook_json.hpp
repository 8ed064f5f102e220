// Webhook endpoints, their attempts and the event log as JSON (contract §15). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/desk.hpp"

namespace chartroom::api {

/// `with_secret`: in the answers of create and rotate alone. Of static headers only the names.
[[nodiscard]] std::string webhook_json(const app::WebhookEndpoint& endpoint, bool with_secret);
[[nodiscard]] std::string webhooks_json(const std::vector<app::WebhookEndpoint>& endpoints);
/// `next_cursor` empty: this is the last page.
[[nodiscard]] std::string attempts_json(const std::vector<app::DeliveryAttempt>& attempts,
                                        const std::string& next_cursor);

/// {"eventId":"…"}
[[nodiscard]] std::string event_id_json(const app::StoredEvent& event);
/// The body stands there exactly as it was sent.
[[nodiscard]] std::string event_json(const app::StoredEvent& event);
[[nodiscard]] std::string events_json(const std::vector<app::StoredEvent>& events,
                                      const std::string& next_cursor);
[[nodiscard]] std::string redelivery_json(const app::Redelivery& redelivery);
[[nodiscard]] std::string replay_json(const app::ReplayOutcome& outcome);

}  // namespace chartroom::api
