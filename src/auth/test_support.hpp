// What the tests of this room share.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "app/store.hpp"
#include "auth/master_key.hpp"
#include "base/ports.hpp"

namespace chartroom::auth::test {

class ManualClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return base::from_unix_ms(ms_.load()); }
  void advance(base::Duration by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'000};
};

/// A store that holds signing keys and nothing else.
class KeyStore final : public app::Store {
 public:
  base::Result<std::vector<app::SigningKey>> signing_keys() override {
    const std::lock_guard lock(mutex);
    ++reads;
    if (away) return away_error();
    return keys;
  }
  base::Result<void> insert_signing_key(const app::SigningKey& key) override {
    const std::lock_guard lock(mutex);
    if (away) return away_error();
    keys.push_back(key);
    if (rival) keys.push_back(*std::exchange(rival, std::nullopt));
    return {};
  }
  base::Result<void> rotate_signing_key(const app::SigningKey& key,
                                        base::TimePoint others_retire_at) override {
    const std::lock_guard lock(mutex);
    if (away) return away_error();
    for (app::SigningKey& other : keys) {
      if (!other.retired_at || *other.retired_at > others_retire_at) {
        other.retired_at = others_retire_at;
      }
    }
    keys.push_back(key);
    return {};
  }
  std::unique_ptr<app::TenantStore> tenant(const std::string&) override { return nullptr; }
  base::Result<void> insert_application(const app::Application&) override { return away_error(); }
  base::Result<void> update_application(const app::Application&) override { return away_error(); }
  base::Result<std::optional<app::Application>> find_application(const std::string&) override {
    return away_error();
  }
  base::Result<std::vector<app::Application>> applications() override { return away_error(); }
  base::Result<std::vector<app::Job>> claim(base::TimePoint, base::Duration,
                                            const app::ClaimLimits&) override {
    return away_error();
  }
  base::Result<std::vector<std::string>> heartbeat(
      const std::vector<std::pair<std::string, std::string>>&, base::TimePoint,
      base::Duration) override {
    return away_error();
  }
  base::Result<void> give_back(const std::vector<std::pair<std::string, std::string>>&,
                               base::TimePoint, app::GiveBack) override {
    return away_error();
  }
  base::Result<std::optional<base::TimePoint>> next_due() override { return away_error(); }
  base::Result<std::vector<app::Job>> dead_jobs(std::size_t) override { return away_error(); }
  base::Result<std::vector<app::JobView>> list_jobs(const app::JobFilter&, std::int64_t,
                                                    std::size_t) override {
    return away_error();
  }
  base::Result<std::vector<app::JobView>> find_jobs(const std::string&) override {
    return away_error();
  }
  base::Result<std::vector<app::JobCount>> count_jobs(const std::optional<std::string>&) override {
    return away_error();
  }
  base::Result<app::StoreFigures> figures() override { return away_error(); }
  base::Result<int> ping() override { return away_error(); }

  std::mutex mutex;
  std::vector<app::SigningKey> keys;
  std::optional<app::SigningKey> rival;  ///< appears together with the next insertion
  bool away = false;
  unsigned reads = 0;

 private:
  static tl::unexpected<base::Error> away_error() {
    return base::fail(base::ErrorCode::unavailable, "the store is away");
  }
};

/// A ring of keys that are one byte repeated.
inline KeyRing ring_of(const std::string& bytes) {
  std::vector<base::Sensitive<std::string>> keys;
  for (const char byte : bytes) keys.emplace_back(std::string(kMasterKeyBytes, byte));
  return KeyRing::from_master_keys(keys).value();
}

/// 0x00 to 0x1f: the master key of the values that another implementation computed.
inline std::string counting_key() {
  std::string key;
  for (char byte = 0; byte < 32; ++byte) key += byte;
  return key;
}

/// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "chartroom-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

}  // namespace chartroom::auth::test
