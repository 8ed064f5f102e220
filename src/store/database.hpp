// What an engine gives to the parts of the store that all engines share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"
#include "store/apply.hpp"
#include "store/session.hpp"
#include "store/turns.hpp"

namespace chartroom::store {

/// Which job, under which lease.
using JobAndLease = std::pair<std::string, std::string>;

/// Thread-safe. Errors as those of app::Store.
class Database {
 public:
  using Use = std::function<base::Result<void>(Session&)>;

  Database(const app::Sealer& sealer, const base::Clock& clock, base::Random& random)
      : sealer_(sealer), clock_(clock), random_(random) {}
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `use` on a borrowed session. It may run again from its start when a connection is lost,
  /// so it changes nothing but its own result.
  virtual base::Result<void> read(const Use& use) = 0;
  /// Runs `use` in one transaction, which is durable when this returns.
  virtual base::Result<void> change(const Use& use) = 0;
  /// All writes of one commit; see app::TenantStore::commit. `bytes` is their rough size.
  virtual base::Result<void> commit(const std::string& client_id,
                                    const std::vector<Prepared>& writes, std::size_t bytes) = 0;

  // See app::Store.
  virtual base::Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                                    const app::ClaimLimits& limits) = 0;
  virtual base::Result<void> give_back(const std::vector<JobAndLease>& jobs, base::TimePoint now,
                                       app::GiveBack how) = 0;
  virtual base::Result<std::vector<std::string>> heartbeat(const std::vector<JobAndLease>& jobs,
                                                           base::TimePoint until) = 0;
  virtual base::Result<std::optional<base::TimePoint>> next_due() = 0;
  virtual base::Result<std::vector<app::Job>> dead_jobs(std::size_t limit) = 0;

  /// read() for a query(Session&) -> Result<T>.
  template <typename Query>
  auto fetch(Query&& query) -> decltype(query(std::declval<Session&>())) {
    std::optional<decltype(query(std::declval<Session&>()))> result;
    auto done = read([&](Session& db) -> base::Result<void> {
      result.emplace(query(db));
      if (!*result) return base::pass_on(result->error());
      return {};
    });
    if (!done) return base::pass_on(done.error());
    return std::move(*result);
  }

  virtual void observe(app::StoreObserver& observer) { observer_ = &observer; }
  [[nodiscard]] app::StoreObserver* observer() const { return observer_; }  ///< null: nobody

  [[nodiscard]] const app::Sealer& sealer() const { return sealer_; }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }
  [[nodiscard]] base::Random& random() const { return random_; }
  /// Whose turn it is to have its jobs claimed by this process.
  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  const app::Sealer& sealer_;
  const base::Clock& clock_;
  base::Random& random_;
  Turns turns_;
  app::StoreObserver* observer_ = nullptr;
};

/// The store over an engine: everything that is said the same way to all of them.
[[nodiscard]] std::unique_ptr<app::Store> make_store(std::unique_ptr<Database> database);

/// Data sealed with another master key would be found out one answer after the other, and new data
/// would be sealed with the wrong one: it is asked once, before anything is done.
/// Errors: invalid_input (another key), and those of the session.
base::Result<void> check_master_key(Session& db, const app::Sealer& sealer);
/// The same without noting a key where none is noted yet: changes nothing. Whether one is noted.
base::Result<bool> find_master_key(Session& db, const app::Sealer& sealer);
/// The same of the stored word itself.
base::Result<void> check_key_word(std::string_view sealed, const app::Sealer& sealer);

}  // namespace chartroom::store
