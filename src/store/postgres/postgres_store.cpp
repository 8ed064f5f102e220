#include "store/postgres/postgres_store.hpp"

#include <atomic>
#include <utility>

#include "store/database.hpp"
#include "store/jobs.hpp"
#include "store/postgres/migrate.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/queue.hpp"
#include "store/postgres/writer.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;
using postgres::Connection;
using postgres::Pool;
using postgres::Writer;

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const app::Sealer& sealer, const base::Clock& clock, base::Random& random,
                   const PostgresOptions& options, bool tidies)
      : Database(sealer, clock, random),
        tidies_(tidies),
        pool_(options, options.pool_size - Writer::kLeaders),
        writer_(options, [this] { maintain(); }) {}

  void observe(app::StoreObserver& observer) override {
    Database::observe(observer);
    writer_.watch([&observer](std::size_t commits) { observer.gathered(commits); });
  }

  Result<void> read(const Use& use) override {
    return on_connection([&](Connection& db) { return use(db); });
  }

  Result<void> change(const Use& use) override {
    auto connection = pool_.borrow();
    if (!connection) return base::pass_on(connection.error());
    return in_transaction(**connection, use);
  }

  Result<void> commit(const std::string& client_id, const std::vector<Prepared>& writes,
                      std::size_t bytes) override {
    auto work = postgres::make_work(client_id, clock().now(), writes);
    if (!work) return base::pass_on(work.error());
    return writer_.run(std::move(*work), bytes);
  }

  Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                      const app::ClaimLimits& limits) override {
    // Not repeated when the connection is lost: what it may have claimed comes back with its lease.
    auto connection = pool_.borrow();
    if (!connection) return base::pass_on(connection.error());
    return postgres::claim_jobs(**connection, turns(), random(), now, lease, limits);
  }

  Result<void> give_back(const std::vector<JobAndLease>& jobs, base::TimePoint now,
                         app::GiveBack how) override {
    return on_connection(
        [&](Connection& db) { return postgres::give_back_jobs(db, jobs, now, how); });
  }

  Result<std::vector<std::string>> heartbeat(const std::vector<JobAndLease>& jobs,
                                             base::TimePoint until) override {
    return fetch([&](Session& db) { return postgres::prolong_leases(db, jobs, until); });
  }

  Result<std::optional<base::TimePoint>> next_due() override {
    return on_connection([](Connection& db) { return postgres::next_due_of_all(db); });
  }

  Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    return fetch([&](Session& db) { return store::dead_jobs(db, limit); });
  }

  void take_over(std::unique_ptr<Connection> connection) { pool_.add(std::move(connection)); }

 private:
  /// Once more on another connection when the first one is lost under way.
  template <typename Use>
  std::invoke_result_t<Use, Connection&> on_connection(const Use& use) {
    for (int tries = 1;; ++tries) {
      auto connection = pool_.borrow();
      if (!connection) return base::pass_on(connection.error());
      auto done = use(**connection);
      if (done || !(*connection)->is_lost() || tries == 2) return done;
    }
  }

  static Result<void> in_transaction(Connection& db, const Use& use) {
    if (auto begun = db.run("BEGIN ISOLATION LEVEL READ COMMITTED"); !begun)
      return base::pass_on(begun.error());
    auto used = use(db);
    if (used) {
      if (auto done = db.run("COMMIT"); !done) return base::pass_on(done.error());
      return {};
    }
    if (!db.is_lost()) (void)db.run("ROLLBACK");
    return used;
  }

  /// Errors are not reported: a clean-up that failed is tried again after the next commit.
  void maintain() {
    if (!tidies_ || tidying_.exchange(true)) return;
    if (clock().now() >= next_tidy_) {
      bool more = false;
      (void)change([&](Session& db) -> Result<void> {
        const auto tidied = tidy(db, clock().now());
        if (!tidied) return base::pass_on(tidied.error());
        more = *tidied;
        return {};
      });
      next_tidy_ = more ? base::TimePoint{} : clock().now() + kTidyPause;
    }
    tidying_ = false;
  }

  const bool tidies_;
  std::atomic<bool> tidying_ = false;
  base::TimePoint next_tidy_{};  ///< belongs to whoever has set tidying_
  Pool pool_;
  Writer writer_;
};

}  // namespace

Result<std::unique_ptr<app::Store>> open_postgres_store(const PostgresOptions& options,
                                                        const app::Sealer& sealer,
                                                        const base::Clock& clock,
                                                        base::Random& random, bool tidies) {
  auto connection = Connection::open(options);
  if (!connection) return base::pass_on(connection.error());
  const auto migrated = postgres::migrate(**connection, postgres::migrations(), clock.now());
  if (!migrated) return base::pass_on(migrated.error());
  auto database = std::make_unique<PostgresDatabase>(sealer, clock, random, options, tidies);
  database->take_over(std::move(*connection));
  const auto check = [&] {
    return database->change([&](Session& db) { return check_master_key(db, sealer); });
  };
  auto known = check();
  // Two nodes that start for the first time at once: the other one has noted the key.
  if (!known && known.error().code == ErrorCode::conflict) known = check();
  if (!known) return base::pass_on(known.error());
  return make_store(std::move(database));
}

Result<int> migrate_postgres(const PostgresOptions& options, const base::Clock& clock) {
  auto connection = Connection::open(options);
  if (!connection) return base::pass_on(connection.error());
  return postgres::migrate(**connection, postgres::migrations(), clock.now());
}

Result<std::vector<std::string>> plan_postgres(const PostgresOptions& options) {
  auto connection = Connection::open(options);
  if (!connection) return base::pass_on(connection.error());
  const auto missing = postgres::plan(**connection, postgres::migrations());
  if (!missing) return base::pass_on(missing.error());
  return names_of(*missing);
}

}  // namespace chartroom::store
