// One try to hand a notification to a customer's endpoint (contract §7.0, §15).
#pragma once

#include <chrono>
#include <string>

#include "app/ports.hpp"
#include "app/types.hpp"
#include "base/ports.hpp"
#include "delivery/authenticator.hpp"

namespace chartroom::delivery {

inline constexpr std::chrono::milliseconds kWebhookTimeout{10'000};
/// Answers are not used, but read so that the connection can be kept; a longer one is a failure.
inline constexpr std::size_t kWebhookAnswerBytesMost = std::size_t{1024} * 1024;

struct DeliveryOutcome {
  enum class Verdict {
    accepted,  ///< any 2xx within the timeout
    retry,     ///< everything else; see delay_after()
    gone,      ///< 410: the endpoint wants nothing more and should be switched off
  };
  Verdict verdict = Verdict::retry;
  int status = 0;  ///< HTTP status, 0 without an answer
  /// Empty when accepted. Otherwise one of: the messages of Authenticator, "invalid url",
  /// "invalid secret", "redirect", "gone", "refused" (4xx), "endpoint failed" (5xx),
  /// "unexpected status".
  std::string error;
};

/// POSTs event.body as application/json with the Standard Webhooks headers; webhook-id is the
/// event's id and so the same in every try. While a rotated secret is still good there is a
/// signature of the new one and one of the old. Then come the legacy signature where the endpoint
/// wants it, made with the new secret alone, the endpoint's static headers and its authentication.
/// `now` is real time: receivers compare it with theirs. Blocking.
[[nodiscard]] DeliveryOutcome deliver(Authenticator& authenticator,
                                      const app::WebhookSigner& signer, base::Random& random,
                                      const app::WebhookEndpoint& endpoint,
                                      const app::StoredEvent& event, base::TimePoint now,
                                      std::chrono::milliseconds timeout = kWebhookTimeout);

}  // namespace chartroom::delivery
