#include "delivery/webhook_sender.hpp"

namespace chartroom::delivery {
namespace {

using Verdict = DeliveryOutcome::Verdict;

DeliveryOutcome judge(int status) {
  if (status >= 200 && status < 300) return {Verdict::accepted, status, {}};
  if (status == 410) return {Verdict::gone, status, "gone"};
  if (status >= 300 && status < 400) return {Verdict::retry, status, "redirect"};
  if (status >= 400 && status < 500) return {Verdict::retry, status, "refused"};
  if (status >= 500 && status < 600) return {Verdict::retry, status, "endpoint failed"};
  return {Verdict::retry, status, "unexpected status"};
}

}  // namespace

DeliveryOutcome deliver(app::HttpClient& client, const app::WebhookSigner& signer,
                        const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
                        base::TimePoint now, std::chrono::milliseconds timeout) {
  app::OutgoingRequest request;
  request.url = endpoint.url;
  request.headers = signer.headers(event.id, now, event.body, endpoint.secret);
  // A customer mends a wrong URL or secret by a PATCH; the retries give time for it.
  if (request.headers.empty()) return {Verdict::retry, 0, "invalid secret"};
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("user-agent", "Chartroom/" CHARTROOM_VERSION);
  request.body = event.body;
  request.timeout = timeout;
  request.response_limit_bytes = kWebhookAnswerBytesMost;

  const auto answer = client.send(request);
  if (answer) return judge(answer->status);
  if (answer.error().code == base::ErrorCode::invalid_input) {
    return {Verdict::retry, 0, "invalid url"};
  }
  return {Verdict::retry, 0, answer.error().message};
}

}  // namespace chartroom::delivery
