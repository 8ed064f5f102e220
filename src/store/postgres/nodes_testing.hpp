// Two nodes on one database, for the tests of what they do side by side.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/postgres/postgres_bench.hpp"

namespace chartroom::store::testing {

/// Two stores on one database, as two nodes have it.
class NodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base::start_crypto();
    bench_ = std::make_unique<PostgresBench>();
    need_engine(*bench_);
    if (IsSkipped() || HasFatalFailure()) return;
    for (auto& node : nodes_) {
      auto opened = bench_->open();
      ASSERT_TRUE(opened) << opened.error().message;
      node = std::move(*opened);
    }
    app::Application application;
    application.client_id = "alpha";
    ASSERT_TRUE(nodes_[0]->insert_application(application));
  }

  [[nodiscard]] std::unique_ptr<app::TenantStore> tenant(int node) const {
    return nodes_.at(static_cast<std::size_t>(node) % nodes_.size())->tenant("alpha");
  }
  [[nodiscard]] base::TimePoint now() const { return bench_->clock.now(); }
  [[nodiscard]] app::Job job(std::string id, std::string lane = {}) const {
    app::Job job;
    job.id = std::move(id);
    job.kind = "retrieve";
    job.payload = "{}";
    job.lane = std::move(lane);
    job.due_at = now();
    return job;
  }
  /// Runs `work(i)` in `count` threads.
  template <typename Work>
  static void in_threads(int count, const Work& work) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }

  /// Waits for a condition, with a limit.
  static bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// How many sessions of this database wait for a lock. pg_stat_activity's wait_event would blink:
  /// a waiting session that looks around (for a deadlock, for its client) names none meanwhile.
  static std::int64_t waiting(postgres::Connection& watcher) {
    return watcher
        .number(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN "
            "(SELECT pid FROM pg_stat_activity WHERE datname = current_database())")
        .value()
        .value();
  }

  std::unique_ptr<PostgresBench> bench_;
  std::array<std::unique_ptr<app::Store>, 2> nodes_;
};

}  // namespace chartroom::store::testing
