#include "delivery/webhook_sender.hpp"

#include <iterator>

#include "base/ids.hpp"
#include "delivery/legacy_signature.hpp"
#include "delivery/status_words.hpp"

namespace chartroom::delivery {
namespace {

using Verdict = DeliveryOutcome::Verdict;

DeliveryOutcome judge_delivery(int status) {
  if (is_success(status)) return {Verdict::accepted, status, {}};
  if (status == 410) return {Verdict::gone, status, "gone"};
  return {Verdict::retry, status, words_for_status(status)};
}

/// The secrets that sign now: the new one, and the old one until its time is over.
base::Sensitive<std::string> secrets_of(const app::WebhookEndpoint& endpoint, base::TimePoint now) {
  const bool overlap = endpoint.previous_secret_until && now < *endpoint.previous_secret_until &&
                       !endpoint.previous_secret.reveal().empty();
  if (!overlap) return endpoint.secret;
  return base::Sensitive<std::string>(endpoint.secret.reveal() + ' ' +
                                      endpoint.previous_secret.reveal());
}

}  // namespace

DeliveryOutcome deliver(Authenticator& authenticator, const app::WebhookSigner& signer,
                        base::Random& random, const app::WebhookEndpoint& endpoint,
                        const app::StoredEvent& event, base::TimePoint now,
                        std::chrono::milliseconds timeout) {
  app::OutgoingRequest request;
  request.url = endpoint.url;
  request.headers = signer.headers(event.id, now, event.body, secrets_of(endpoint, now));
  // A customer mends a wrong URL or secret by a PATCH; the retries give time for it.
  if (request.headers.empty()) return {Verdict::retry, 0, "invalid secret"};
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("user-agent", "Chartroom/" CHARTROOM_VERSION);
  if (endpoint.legacy_signature) {
    auto legacy = legacy_headers(event.body, now, base::make_hex_id(kLegacyNonceDigits, random),
                                 endpoint.secret);
    request.headers.insert(request.headers.end(), std::make_move_iterator(legacy.begin()),
                           std::make_move_iterator(legacy.end()));
  }
  for (const auto& [name, value] : endpoint.headers) {
    request.headers.emplace_back(name, value.reveal());
  }
  request.body = event.body;
  request.timeout = timeout;
  request.response_limit_bytes = kWebhookAnswerBytesMost;

  const auto answer = authenticator.send(std::move(request), endpoint.authentication, endpoint.id);
  if (answer) return judge_delivery(answer->status);
  return {Verdict::retry, 0, words_for(answer.error())};
}

}  // namespace chartroom::delivery
