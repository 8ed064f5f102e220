// Signatures of webhooks as the Standard Webhooks specification (version 1.0) wants them.
#pragma once

#include <memory>
#include <string>

#include "app/ports.hpp"

namespace chartroom::delivery {

/// True for "whsec_" and the base64 of 24 to 64 bytes: what the specification allows.
[[nodiscard]] bool is_webhook_secret(const std::string& secret);

/// Headers webhook-id, webhook-timestamp (Unix seconds) and webhook-signature ("v1," and the base64
/// of HMAC-SHA256 over "<id>.<timestamp>.<body>").
///
/// While a secret is being rotated, several stand in `secret`, separated by a space; the receiver
/// finds one signature for each, in that order, and may accept any. No headers at all come back
/// when a secret is malformed: a delivery must not go out unsigned. Thread-safe.
[[nodiscard]] std::unique_ptr<app::WebhookSigner> make_webhook_signer();

}  // namespace chartroom::delivery
