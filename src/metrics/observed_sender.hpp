// A sender of notifications that tells how its tries went.
#pragma once

#include "app/ports.hpp"
#include "metrics/metrics.hpp"

namespace chartroom::metrics {

/// Both must outlive it. As thread-safe as the one inside.
class ObservedSender final : public app::EventSender {
 public:
  ObservedSender(app::EventSender& inside, Metrics& metrics) : inside_(inside), metrics_(metrics) {}

  Outcome send(const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
               base::TimePoint now) override;
  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    return inside_.delay_after(failed_tries);
  }

 private:
  app::EventSender& inside_;
  Metrics& metrics_;
};

}  // namespace chartroom::metrics
