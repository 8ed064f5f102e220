#include "metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace chartroom::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

/// From what a cache answers to what a person gives up on.
const Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,   0.25,   0.5,   1,    2.5,   10};

/// Work may wait for a free thread, or for a whole outage.
const Histogram::BucketBoundaries kWaitSeconds{0.01, 0.1, 0.5, 1,    5,    10,
                                               30,   60,  300, 1800, 7200, 86400};
const Histogram::BucketBoundaries kCounts{1, 2, 4, 8, 16, 32, 64, 128, 256};
/// So that a state that nobody is in shows as 0, not as a gap.
constexpr std::array kOpenStates{"created", "in progress", "pended"};

double seconds(Elapsed took) { return std::chrono::duration<double>(took).count(); }

/// "2xx": single codes would multiply the series by ten and tell an operator no more.
std::string status_class(int status) { return std::to_string(status / 100) + "xx"; }

}  // namespace

struct Metrics::Series {
  prometheus::Registry registry;
  Family<Histogram>& requests = prometheus::BuildHistogram()
                                    .Name("chartroom_http_request_duration_seconds")
                                    .Help("Time from a request's last byte to its answer")
                                    .Register(registry);
  Counter& refused = prometheus::BuildCounter()
                         .Name("chartroom_requests_refused_total")
                         .Help("Requests over their application's allowance")
                         .Register(registry)
                         .Add({});
  Family<Histogram>& commits = prometheus::BuildHistogram()
                                   .Name("chartroom_commit_duration_seconds")
                                   .Help("Time until a commit was durable, or refused")
                                   .Register(registry);
  Family<Counter>& audit = prometheus::BuildCounter()
                               .Name("chartroom_audit_entries_total")
                               .Help("Lines of the audit trail, by action")
                               .Register(registry);
  Family<Counter>& jobs = prometheus::BuildCounter()
                              .Name("chartroom_job_outcomes_total")
                              .Help("Units of durable work that were claimed, and how they ended")
                              .Register(registry);
  Family<Histogram>& deliveries = prometheus::BuildHistogram()
                                      .Name("chartroom_webhook_attempt_duration_seconds")
                                      .Help("Tries to hand a notification to its receiver")
                                      .Register(registry);
  Family<Histogram>& waits = prometheus::BuildHistogram()
                                 .Name("chartroom_job_wait_seconds")
                                 .Help("Age of work when it was claimed, from when it was due")
                                 .Register(registry);
  Family<Histogram>& runs = prometheus::BuildHistogram()
                                .Name("chartroom_job_duration_seconds")
                                .Help("From a claim of work to its end, retry or burial")
                                .Register(registry);
  Histogram& batches = prometheus::BuildHistogram()
                           .Name("chartroom_commit_batch_size")
                           .Help("Commits that shared one transaction")
                           .Register(registry)
                           .Add({}, kCounts);
  Family<Gauge>& open_orders = prometheus::BuildGauge()
                                   .Name("chartroom_open_orders")
                                   .Help("Orders that are not final, by state, in the whole store")
                                   .Register(registry);
  Gauge& dead_jobs = prometheus::BuildGauge()
                         .Name("chartroom_dead_jobs")
                         .Help("Dead letters in the whole store")
                         .Register(registry)
                         .Add({});
  Gauge& oldest_due = prometheus::BuildGauge()
                          .Name("chartroom_oldest_due_job_age_seconds")
                          .Help("How long the oldest work that is due has been waiting; 0: none")
                          .Register(registry)
                          .Add({});
};

Metrics::Metrics(std::string_view version) : series_(std::make_unique<Series>()) {
  prometheus::BuildGauge()
      .Name("chartroom_build_info")
      .Help("Always 1; the label says which version runs")
      .Register(series_->registry)
      .Add({{"version", std::string(version)}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::answered(std::string_view method, std::string_view route, int status, Elapsed took) {
  series_->requests
      .Add({{"method", std::string(method)},
            {"route", std::string(route)},
            {"status", status_class(status)}},
           kSeconds)
      .Observe(seconds(took));
}

void Metrics::refused() { series_->refused.Increment(); }

void Metrics::committed(std::string_view outcome, Elapsed took) {
  series_->commits.Add({{"outcome", std::string(outcome)}}, kSeconds).Observe(seconds(took));
}

void Metrics::audited(std::string_view action) {
  series_->audit.Add({{"action", std::string(action)}}).Increment();
}

void Metrics::worked(std::string_view kind, std::string_view outcome) {
  series_->jobs.Add({{"kind", std::string(kind)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::delivered(std::string_view outcome, Elapsed took) {
  series_->deliveries.Add({{"outcome", std::string(outcome)}}, kSeconds).Observe(seconds(took));
}

void Metrics::set_oldest_due(std::chrono::duration<double> age) {
  series_->oldest_due.Set(age.count());
}

void Metrics::waited(std::string_view kind, std::chrono::duration<double> wait) {
  series_->waits.Add({{"kind", std::string(kind)}}, kWaitSeconds).Observe(wait.count());
}

void Metrics::ran(std::string_view kind, Elapsed took) {
  series_->runs.Add({{"kind", std::string(kind)}}, kSeconds).Observe(seconds(took));
}

void Metrics::gathered(std::size_t commits) {
  series_->batches.Observe(static_cast<double>(commits));
}

void Metrics::set_open_orders(const std::map<std::string, std::uint64_t>& by_state) {
  for (const char* state : kOpenStates) {
    const auto found = by_state.find(state);
    series_->open_orders.Add({{"state", state}})
        .Set(found == by_state.end() ? 0 : static_cast<double>(found->second));
  }
}

void Metrics::set_dead_jobs(std::uint64_t count) {
  series_->dead_jobs.Set(static_cast<double>(count));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace chartroom::metrics
