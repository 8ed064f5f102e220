// The suite's fixture: what every engine of the Store port must do. The tests are in
// store_test.cpp and store_jobs_test.cpp; an engine joins with one INSTANTIATE line and a Bench.
#pragma once

#include <gtest/gtest.h>
#include <sodium.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/ids.hpp"
#include "base/ports.hpp"
#include "base/testing.hpp"
#include "base/work_context.hpp"
#include "store/turns.hpp"

namespace chartroom::store::testing {

/// A clock that the test turns.
class HandClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return base::from_unix_ms(now_ms_.load()); }
  void advance(base::Duration by) { now_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ms_{1'700'000'000'000};
};

/// Real authenticated encryption with a key of the test, so that "sealed" means what it says.
class TestSealer final : public app::Sealer {
 public:
  /// Another master key from now on.
  void change_key() { key_.assign(key_.size(), 'x'); }

  [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const override {
    std::string out(kNonce + plain.size() + kTag, '\0');
    randombytes_buf(out.data(), kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + kNonce, nullptr, bytes(plain),
                                               plain.size(), bytes(context), context.size(),
                                               nullptr, bytes(out), bytes(key_));
    return out;
  }
  [[nodiscard]] base::Result<std::string> open(std::string_view sealed,
                                               std::string_view context) const override {
    const auto broken = base::fail(base::ErrorCode::corrupt, "does not open");
    if (sealed.size() < kNonce + kTag) return broken;
    std::string out(sealed.size() - kNonce - kTag, '\0');
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes(out), nullptr, nullptr, bytes(sealed) + kNonce, sealed.size() - kNonce,
        bytes(context), context.size(), bytes(sealed), bytes(key_));
    if (opened != 0) return broken;
    return out;
  }
  [[nodiscard]] std::string keyed_hash(std::string_view value) const override {
    return std::string(value);
  }

 private:
  static constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  static constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
  static unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
  }
  static const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  std::string key_ = std::string(crypto_aead_xchacha20poly1305_ietf_KEYBYTES, 'k');
};

/// One engine with an empty database of its own, which it removes in the end.
class Bench {
 public:
  virtual ~Bench() = default;
  /// Opens the same database each time; the store opened before must be gone.
  virtual base::Result<std::unique_ptr<app::Store>> open() = 0;
  /// Everything that lies in the engine's storage, as bytes; empty when it cannot be had.
  virtual std::string raw_bytes() = 0;
  /// Why the engine cannot be tested on this machine; empty: it can.
  virtual std::string why_not() { return {}; }

  HandClock clock;
  TestSealer sealer;
  base::SystemRandom random;
};

/// For a test's SetUp: goes without the test where the engine cannot be had.
inline void need_engine(Bench& bench) {
  const std::string reason = bench.why_not();
  if (!reason.empty()) base::testing::do_without(reason);
}

using MakeBench = std::function<std::unique_ptr<Bench>()>;

inline constexpr base::Duration kLease = std::chrono::seconds(30);

class StoreTest : public ::testing::TestWithParam<MakeBench> {
 protected:
  void SetUp() override {
    base::start_crypto();
    bench_ = GetParam()();
    need_engine(*bench_);
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_NO_FATAL_FAILURE(reopen());
    for (const char* id : {"alpha", "beta"}) {
      app::Application application;
      application.client_id = id;
      application.name = "Insurer";
      application.created_at = now();
      ASSERT_TRUE(store_->insert_application(application));
    }
    alpha_ = store_->tenant("alpha");
    beta_ = store_->tenant("beta");
  }

  void reopen() {
    alpha_.reset();
    beta_.reset();
    store_.reset();
    auto opened = bench_->open();
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
    alpha_ = store_->tenant("alpha");
    beta_ = store_->tenant("beta");
  }

  [[nodiscard]] base::TimePoint now() const { return bench_->clock.now(); }

  /// The ids of what claim() gives at this moment, in its order; all claimed jobs go to `claimed_`.
  std::vector<std::string> claim_ids(std::size_t limit = 100) {
    auto jobs = store_->claim(now(), kLease, limit);
    EXPECT_TRUE(jobs);
    std::vector<std::string> ids;
    for (app::Job& job : jobs.value()) {
      ids.push_back(job.id);
      claimed_[job.id] = std::move(job);
    }
    return ids;
  }

  /// An application with so many due jobs of a priority, `age` after the first ones.
  void add_tenant(const std::string& id, std::size_t jobs, int priority = 0,
                  base::Duration age = {}) {
    if (!store_->find_application(id).value()) {
      app::Application application;
      application.client_id = id;
      application.name = "Insurer";
      application.created_at = now();
      ASSERT_TRUE(store_->insert_application(application));
    }
    app::Commit commit;
    for (std::size_t i = 0; i < jobs; ++i) {
      app::Job made =
          job(id + '/' + std::to_string(priority) + '/' + std::to_string(i), {}, priority);
      made.due_at = now() + age;
      commit.push_back(app::InsertJob{made});
    }
    ASSERT_TRUE(store_->tenant(id)->commit(commit));
  }

  std::map<std::string, std::size_t> claim_by_tenant(const app::ClaimLimits& limits) {
    std::map<std::string, std::size_t> counts;
    const auto jobs = store_->claim(now(), kLease, limits);
    EXPECT_TRUE(jobs);
    for (const app::Job& job : jobs.value()) ++counts[job.client_id];
    return counts;
  }
  std::map<int, std::size_t> claim_by_priority(std::size_t limit) {
    std::map<int, std::size_t> counts;
    const auto jobs = store_->claim(now(), kLease, limit).value();
    for (const app::Job& job : jobs) ++counts[job.priority];
    return counts;
  }

  base::Result<void> finish(const std::string& id) {
    return alpha_->commit({app::FinishJob{id, claimed_.at(id).lease}});
  }

  /// Stores a job of alpha's and gives it up.
  void bury(const app::Job& dead) {
    ASSERT_TRUE(alpha_->commit({app::InsertJob{dead}}));
    (void)claim_ids();
    ASSERT_TRUE(claimed_.contains(dead.id));
    ASSERT_TRUE(alpha_->commit({app::BuryJob{dead.id, claimed_.at(dead.id).lease, "gave up"}}));
  }

  /// The one job of this id.
  [[nodiscard]] app::JobView view(const std::string& id) const {
    const auto found = store_->find_jobs(id).value();
    EXPECT_EQ(found.size(), 1U);
    return found.at(0);
  }

  [[nodiscard]] app::Job job(std::string id, std::string lane = {}, int priority = 0) const {
    app::Job job;
    job.id = std::move(id);
    job.kind = "retrieve";
    job.payload = "{}";
    job.lane = std::move(lane);
    job.priority = priority;
    job.due_at = now();
    return job;
  }

  [[nodiscard]] app::User user(const std::string& human_id) const {
    app::User user;
    user.human_id = human_id;
    user.user_id = "u-" + human_id;
    user.client_user_id = "c-" + human_id;
    user.profile.client_user_id = user.client_user_id;
    user.profile.last_name = "Marker";
    user.created_at = user.updated_at = now();
    return user;
  }

  [[nodiscard]] app::StoredOrder order(const std::string& id, const std::string& human_id) const {
    app::StoredOrder order;
    order.core = order::make_order(id, order::default_order_types().front(), {}, now());
    order.human_id = human_id;
    order.client_user_id = "c-" + human_id;
    order.request.client_user_id = order.client_user_id;
    order.request.ssn = base::Sensitive<std::string>("987654329");
    return order;
  }

  [[nodiscard]] app::RawRecord record(const std::string& id, const std::string& order_id) const {
    app::RawRecord record;
    record.id = id;
    record.order_id = order_id;
    record.channel = order::Channel::portal;
    record.provider_name = "Harbor Clinic";
    record.media_type = "application/fhir+json";
    record.verdict = app::RecordVerdict::quarantined;
    record.decision_json = "{}";
    record.bytes = base::Sensitive<std::string>("RECORD-MARKER-5511");
    record.retrieved_at = now();
    return record;
  }

  [[nodiscard]] app::StoredReport report(const std::string& id, const std::string& order_id,
                                         const std::string& human_id) const {
    app::StoredReport report;
    report.id = id;
    report.order_id = order_id;
    report.human_id = human_id;
    report.name = "combined";
    report.file_extension = "pdf";
    report.base_report_names = {"healthcheck", "ccdraw"};
    report.provider_ids = {"p1"};
    report.created_at = now();
    report.bytes = base::Sensitive<std::string>("REPORT-MARKER-7733");
    return report;
  }

  std::unique_ptr<Bench> bench_;
  std::unique_ptr<app::Store> store_;
  std::unique_ptr<app::TenantStore> alpha_;
  std::unique_ptr<app::TenantStore> beta_;
  std::map<std::string, app::Job> claimed_;
};

}  // namespace chartroom::store::testing
