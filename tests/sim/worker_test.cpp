// The worker's threads: who gets one, and what becomes of work that hangs or fails.
#include "worker/worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "base/logger.hpp"
#include "model_store.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;

/// Lets who waits go on when something has happened so often; it may happen more often than that.
class Countdown {
 public:
  explicit Countdown(int times) : left_(times) {}
  void down() {
    if (--left_ == 0) done_.set_value();
  }
  void wait() { done_.get_future().wait(); }

 private:
  std::atomic<int> left_;
  std::promise<void> done_;
};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    base::start_crypto();
    for (const char* id : {"alpha", "beta", "gamma"}) {
      app::Application application;
      application.client_id = id;
      EXPECT_TRUE(store_->insert_application(application));
    }
    settings_.threads = 2;
    settings_.claim_batch = 4;
  }

  void add(const std::string& client_id, int jobs) {
    app::Commit commit;
    for (int i = 0; i < jobs; ++i) {
      app::Job job;
      job.id = client_id + std::to_string(i);
      job.kind = "test";
      job.payload = "{}";
      job.due_at = clock_.now();
      commit.emplace_back(app::InsertJob{job});
    }
    ASSERT_TRUE(store_->tenant(client_id)->commit(commit));
  }
  base::Result<void> finish(const app::Job& job) {
    return store_->tenant(job.client_id)->commit({app::FinishJob{job.id, job.lease}});
  }
  std::vector<app::Job> claim_all() {
    return store_->claim(clock_.now(), worker::kLease, 1'000).value();
  }

  base::SystemClock clock_;
  base::SystemRandom random_;
  base::NullLogger logger_;
  std::unique_ptr<app::Store> store_ = open_model_store(make_model_data(), clock_, random_);
  worker::WorkerSettings settings_;
};

TEST_F(WorkerTest, WorkThatHangsLeavesAThreadToOtherApplications) {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  Countdown hang(2);
  std::promise<void> other_ran;
  worker::Worker worker(
      *store_,
      [&](const app::Job& job) {
        if (job.client_id == "beta") {
          other_ran.set_value();
        } else {
          hang.down();
          opened.wait();
        }
        return finish(job);
      },
      clock_, logger_, settings_);
  add("alpha", 50);
  worker.start();
  hang.wait();  // all threads that alpha may have, and it holds all that the worker may hold
  add("beta", 1);
  worker.wake();
  other_ran.get_future().wait();
  gate.set_value();
  EXPECT_TRUE(worker.stop());
}

TEST_F(WorkerTest, StoppingCancelsWhatHangsAndGivesBackEverythingUncounted) {
  Countdown running(2);
  const auto stop = settings_.outgoing.get_token();
  worker::Worker worker(
      *store_,
      [&](const app::Job&) -> base::Result<void> {
        running.down();
        std::promise<void> cancelled;
        const std::stop_callback callback(stop, [&] { cancelled.set_value(); });
        cancelled.get_future().wait();
        return base::fail(base::ErrorCode::unavailable, "the server is stopping");
      },
      clock_, logger_, settings_);
  add("alpha", 20);
  worker.start();
  running.wait();
  EXPECT_TRUE(worker.stop());
  const auto jobs = claim_all();
  EXPECT_EQ(jobs.size(), 20U);
  for (const app::Job& job : jobs) {
    EXPECT_EQ(job.attempts, 0U);
    EXPECT_EQ(job.crashes, 0U);
  }
}

TEST_F(WorkerTest, WhatDoesNotEndIsGivenBackAllTheSame) {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  Countdown running(1);
  std::atomic<bool> refused = false;
  {
    worker::Worker worker(
        *store_,
        [&](const app::Job& job) {
          running.down();
          opened.wait();
          refused = !finish(job);
          return base::Result<void>{};
        },
        clock_, logger_, settings_);
    add("alpha", 1);
    worker.start();
    running.wait();
    EXPECT_FALSE(worker.stop());
    EXPECT_EQ(claim_all().size(), 1U) << "somebody else runs it now";
    gate.set_value();
  }
  EXPECT_TRUE(refused) << "and what it does after that counts for nothing";
}

TEST_F(WorkerTest, WorkThatThrowsIsTriedAgainLaterAndHoldsUpNobody) {
  Countdown others(10);
  Countdown again(app::kCrashesAtOnce + 1);
  worker::Worker worker(
      *store_,
      [&](const app::Job& job) {
        if (job.client_id == "alpha") {
          again.down();
          throw std::runtime_error("poison");
        }
        others.down();
        return finish(job);
      },
      clock_, logger_, settings_);
  add("alpha", 1);
  add("beta", 10);
  worker.start();
  others.wait();
  again.wait();
  EXPECT_TRUE(worker.stop());
  (void)claim_all();  // the last lease has ended; what was in it has to wait from now on
  const auto jobs = store_->claim(clock_.now() + 1h, worker::kLease, 10).value();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_GT(jobs.front().crashes, app::kCrashesAtOnce);
}

}  // namespace
}  // namespace chartroom::sim
