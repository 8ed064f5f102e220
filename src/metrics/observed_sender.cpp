#include "metrics/observed_sender.hpp"

namespace chartroom::metrics {
namespace {

const char* word_for(const app::EventSender::Outcome& outcome) {
  if (outcome.accepted) return "accepted";
  if (outcome.gone) return "gone";
  return outcome.status == 0 ? "no_answer" : "refused";
}

}  // namespace

app::EventSender::Outcome ObservedSender::send(const app::WebhookEndpoint& endpoint,
                                               const app::StoredEvent& event, base::TimePoint now) {
  const auto begun = std::chrono::steady_clock::now();
  Outcome outcome = inside_.send(endpoint, event, now);
  metrics_.delivered(word_for(outcome), std::chrono::steady_clock::now() - begun);
  return outcome;
}

}  // namespace chartroom::metrics
