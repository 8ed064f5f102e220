#include "metrics/metrics.hpp"

#include <gtest/gtest.h>

#include "metrics/observed_routes.hpp"
#include "metrics/observed_sender.hpp"
#include "metrics/store_watch.hpp"

namespace chartroom::metrics {
namespace {

using namespace std::chrono_literals;

/// The value of a series, by its name and labels as the text format writes them.
std::string value_of(const Metrics& metrics, const std::string& series) {
  const std::string text = "\n" + metrics.text();
  const auto at = text.find("\n" + series + " ");
  if (at == std::string::npos) return "absent";
  const auto begin = at + series.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

app::Job job(std::string id, std::string kind) {
  app::Job made;
  made.id = std::move(id);
  made.kind = std::move(kind);
  return made;
}

TEST(Metrics, SayWhatRunsAndHowFarWorkIsBehind) {
  Metrics metrics("1.2.3");
  EXPECT_EQ(value_of(metrics, R"(chartroom_build_info{version="1.2.3"})"), "1");
  EXPECT_EQ(value_of(metrics, "chartroom_oldest_due_job_age_seconds"), "0");
  metrics.set_oldest_due(2500ms);
  EXPECT_EQ(value_of(metrics, "chartroom_oldest_due_job_age_seconds"), "2.5");
}

TEST(ObservedRoutes, AreCountedByPatternAndNeverByPath) {
  Metrics metrics("1");
  int status = 200;
  const auto routes = observe({{"GET", "/users/{humanId}",
                                [&](const http::Request& request) {
                                  EXPECT_EQ(request.path, "/users/secret-id");
                                  return http::Response{status};
                                }}},
                              metrics);
  http::Request request;
  request.path = "/users/secret-id";
  EXPECT_EQ(routes.front().handler(request).status, 200);
  status = 404;
  EXPECT_EQ(routes.front().handler(request).status, 404);
  for (const char* word : {"2xx", "4xx"}) {
    EXPECT_EQ(value_of(metrics, std::string("chartroom_http_request_duration_seconds_count{"
                                            "method=\"GET\",route=\"/users/{humanId}\",status=\"") +
                                    word + "\"}"),
              "1");
  }
  EXPECT_EQ(metrics.text().find("secret-id"), std::string::npos);
}

class OneAnswer final : public app::EventSender {
 public:
  Outcome send(const app::WebhookEndpoint& /*endpoint*/, const app::StoredEvent& /*event*/,
               base::TimePoint /*now*/) override {
    return outcome;
  }
  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    return base::Duration(failed_tries);
  }
  Outcome outcome;
};

TEST(ObservedSender, TellsHowTriesWent) {
  Metrics metrics("1");
  OneAnswer inside;
  ObservedSender sender(inside, metrics);
  const std::pair<app::EventSender::Outcome, const char*> cases[] = {
      {{true, false, 200, ""}, "accepted"},
      {{false, true, 410, "gone"}, "gone"},
      {{false, false, 500, "endpoint failed"}, "refused"},
      {{false, false, 0, "timeout"}, "no_answer"}};
  for (const auto& [outcome, word] : cases) {
    inside.outcome = outcome;
    EXPECT_EQ(sender.send({}, {}, {}).status, outcome.status);
    EXPECT_EQ(value_of(metrics, std::string("chartroom_webhook_attempt_duration_seconds_count{"
                                            "outcome=\"") +
                                    word + "\"}"),
              "1");
  }
  EXPECT_EQ(sender.delay_after(7), base::Duration(7));
}

TEST(StoreWatch, CountsWhatBecomesOfWork) {
  using Outcome = app::StoreObserver::Outcome;
  Metrics metrics("1");
  StoreWatch watch(metrics);
  watch.claimed({job("a", "build"), job("b", "deliver"), job("c", "mail")});
  watch.committed(
      {app::FinishJob{"a", "l"}, app::InsertAudit{{"", "worker", "order.completed", "o", {}}}},
      Outcome::committed, 2ms);
  watch.committed({app::RetryJob{"b", "l", {}, "timeout"}}, Outcome::committed, 2ms);
  watch.committed({app::BuryJob{"c", "l", "gone"}}, Outcome::committed, 2ms);
  watch.committed({app::FinishJob{"elsewhere", "l"}}, Outcome::committed, 2ms);
  const auto jobs = [&](const char* kind, const char* outcome) {
    return value_of(metrics, std::string("chartroom_job_outcomes_total{kind=\"") + kind +
                                 "\",outcome=\"" + outcome + "\"}");
  };
  EXPECT_EQ(jobs("build", "claimed"), "1");
  EXPECT_EQ(jobs("build", "finished"), "1");
  EXPECT_EQ(jobs("deliver", "retried"), "1");
  EXPECT_EQ(jobs("mail", "buried"), "1");
  EXPECT_EQ(jobs("unknown", "finished"), "1") << "claimed by another process";
  EXPECT_EQ(value_of(metrics, R"(chartroom_audit_entries_total{action="order.completed"})"), "1");
  EXPECT_EQ(value_of(metrics, R"(chartroom_commit_duration_seconds_count{outcome="committed"})"),
            "4");
}

TEST(StoreWatch, WhatWasNotStoredDidNotHappen) {
  using Outcome = app::StoreObserver::Outcome;
  Metrics metrics("1");
  StoreWatch watch(metrics);
  watch.claimed({job("a", "build")});
  const app::Commit writes{app::FinishJob{"a", "l"},
                           app::InsertAudit{{"", "worker", "order.completed", "o", {}}}};
  watch.committed(writes, Outcome::conflict, 1ms);
  watch.committed(writes, Outcome::failed, 1ms);
  EXPECT_EQ(value_of(metrics, R"(chartroom_audit_entries_total{action="order.completed"})"),
            "absent");
  EXPECT_EQ(value_of(metrics, R"(chartroom_job_outcomes_total{kind="build",outcome="finished"})"),
            "absent");
  EXPECT_EQ(value_of(metrics, R"(chartroom_commit_duration_seconds_count{outcome="conflict"})"),
            "1");
  EXPECT_EQ(value_of(metrics, R"(chartroom_commit_duration_seconds_count{outcome="failed"})"), "1");
}

}  // namespace
}  // namespace chartroom::metrics
