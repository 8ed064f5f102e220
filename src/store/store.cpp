// The parts of app::Store that all engines are told in the same words: applications and keys.
#include "store/columns.hpp"
#include "store/database.hpp"
#include "store/job_views.hpp"
#include "store/tenant_store.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;

class SqlStore final : public app::Store {
 public:
  explicit SqlStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<SqlTenantStore>(*database_, client_id);
  }

  void observe(app::StoreObserver& observer) override { database_->observe(observer); }

  Result<void> insert_application(const app::Application& application) override {
    return database_->change([&](Session& db) -> Result<void> {
      auto inserted = db.run(
          "INSERT INTO applications (client_id, name, secret_hash, sandbox, enabled, "
          "default_order_type, clock_offset_ms, created_at_ms, previous_secret_hash, "
          "previous_secret_until_ms, tokens_valid_from_ms, settings) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          application.client_id, application.name, application.secret_hash, application.sandbox,
          application.enabled, application.default_order_type, application.clock_offset,
          application.created_at, application.previous_secret_hash,
          application.previous_secret_until, application.tokens_valid_from,
          app::settings_to_json(application.settings));
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  /// The clock is AdvanceClock's alone: an Application that was read before it moved must not turn
  /// it back.
  Result<void> update_application(const app::Application& application) override {
    return database_->change([&](Session& db) -> Result<void> {
      auto updated = db.run(
          "UPDATE applications SET name = ?, secret_hash = ?, sandbox = ?, enabled = ?, "
          "default_order_type = ?, previous_secret_hash = ?, previous_secret_until_ms = ?, "
          "tokens_valid_from_ms = ?, settings = ?, version = version + 1 "
          "WHERE client_id = ? AND version = ?",
          application.name, application.secret_hash, application.sandbox, application.enabled,
          application.default_order_type, application.previous_secret_hash,
          application.previous_secret_until, application.tokens_valid_from,
          app::settings_to_json(application.settings), application.client_id, application.version);
      if (!updated) return base::pass_on(updated.error());
      if (*updated == 0) {
        return base::fail(
            ErrorCode::conflict,
            "the application was changed by somebody else at the same time; try again");
      }
      return {};
    });
  }

  Result<std::optional<app::Application>> find_application(const std::string& client_id) override {
    return database_->fetch([&](Session& db) {
      return db.one<app::Application>(
          "SELECT client_id, name, secret_hash, sandbox, enabled, default_order_type, "
          "clock_offset_ms, created_at_ms, previous_secret_hash, previous_secret_until_ms, "
          "tokens_valid_from_ms, settings, version FROM applications WHERE client_id = ?",
          read_application, client_id);
    });
  }

  Result<std::vector<app::Application>> applications() override {
    return database_->fetch([&](Session& db) {
      return db.all<app::Application>(
          "SELECT client_id, name, secret_hash, sandbox, enabled, default_order_type, "
          "clock_offset_ms, created_at_ms, previous_secret_hash, previous_secret_until_ms, "
          "tokens_valid_from_ms, settings, version FROM applications ORDER BY created_at_ms, "
          "client_id",
          read_application);
    });
  }

  Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                      const app::ClaimLimits& limits) override {
    if (limits.jobs == 0) return std::vector<app::Job>{};
    auto jobs = database_->claim(now, lease, limits);
    if (jobs && database_->observer() != nullptr) database_->observer()->claimed(*jobs);
    return jobs;
  }

  Result<std::vector<std::string>> heartbeat(const std::vector<JobAndLease>& job_and_lease,
                                             base::TimePoint now, base::Duration lease) override {
    if (job_and_lease.empty()) return std::vector<std::string>{};
    return database_->heartbeat(job_and_lease, now + lease);
  }

  Result<void> give_back(const std::vector<JobAndLease>& job_and_lease, base::TimePoint now,
                         app::GiveBack how) override {
    if (job_and_lease.empty()) return {};
    return database_->give_back(job_and_lease, now, how);
  }

  Result<std::optional<base::TimePoint>> next_due() override { return database_->next_due(); }

  Result<std::vector<app::Job>> dead_jobs(std::size_t limit) override {
    return database_->dead_jobs(limit);
  }

  Result<std::vector<app::JobView>> list_jobs(const app::JobFilter& filter, std::int64_t before,
                                              std::size_t limit) override {
    return database_->fetch(
        [&](Session& db) { return store::list_jobs(db, filter, before, limit); });
  }

  Result<std::vector<app::JobView>> find_jobs(const std::string& job_id) override {
    return database_->fetch([&](Session& db) { return store::find_jobs(db, job_id); });
  }

  Result<std::vector<app::JobCount>> count_jobs(
      const std::optional<std::string>& client_id) override {
    return database_->fetch([&](Session& db) { return store::count_jobs(db, client_id); });
  }

  Result<std::vector<app::SigningKey>> signing_keys() override {
    const auto read_key = [this](const Row& row) -> Result<app::SigningKey> {
      app::SigningKey key;
      key.kid = row.text(0);
      key.created_at = row.time(1);
      if (!row.is_null(2)) key.retired_at = row.time(2);
      auto pem = database_->sealer().open(row.view(3), key_context(key.kid));
      if (!pem) return base::pass_on(pem.error());
      key.private_pem = base::Sensitive<std::string>(std::move(*pem));
      return key;
    };
    return database_->fetch([&](Session& db) {
      return db.all<app::SigningKey>(
          "SELECT kid, created_at_ms, retired_at_ms, private_pem_sealed FROM signing_keys "
          "ORDER BY created_at_ms, kid",
          read_key);
    });
  }

  Result<void> insert_signing_key(const app::SigningKey& key) override {
    const std::string sealed =
        database_->sealer().seal(key.private_pem.reveal(), key_context(key.kid));
    return database_->change([&](Session& db) -> Result<void> {
      auto inserted = db.run(
          "INSERT INTO signing_keys (kid, created_at_ms, retired_at_ms, "
          "private_pem_sealed) VALUES (?, ?, ?, ?)",
          key.kid, key.created_at, key.retired_at, Bytes{sealed});
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  Result<void> rotate_signing_key(const app::SigningKey& key,
                                  base::TimePoint others_retire_at) override {
    const std::string sealed =
        database_->sealer().seal(key.private_pem.reveal(), key_context(key.kid));
    return database_->change([&](Session& db) -> Result<void> {
      auto retired = db.run(
          "UPDATE signing_keys SET retired_at_ms = ?1 "
          "WHERE retired_at_ms IS NULL OR retired_at_ms > ?1",
          others_retire_at);
      if (!retired) return base::pass_on(retired.error());
      auto inserted = db.run(
          "INSERT INTO signing_keys (kid, created_at_ms, retired_at_ms, "
          "private_pem_sealed) VALUES (?, ?, ?, ?)",
          key.kid, key.created_at, key.retired_at, Bytes{sealed});
      if (!inserted) return base::pass_on(inserted.error());
      return {};
    });
  }

  Result<app::StoreFigures> figures() override {
    return database_->fetch([](Session& db) -> Result<app::StoreFigures> {
      app::StoreFigures figures;
      auto schema = newest_migration(db);
      if (!schema) return base::pass_on(schema.error());
      figures.schema = *schema;
      auto counted = db.each(
          "SELECT open_state, count(*) FROM orders INDEXED BY orders_open "
          "WHERE open_state <> '' GROUP BY open_state",
          [&](const Row& row) -> Result<void> {
            figures.open_orders[row.text(0)] = static_cast<std::uint64_t>(row.integer(1));
            return {};
          });
      if (!counted) return base::pass_on(counted.error());
      auto dead = db.number("SELECT count(*) FROM jobs INDEXED BY jobs_dead WHERE state = 4");
      if (!dead) return base::pass_on(dead.error());
      figures.dead_jobs = static_cast<std::uint64_t>(dead->value_or(0));
      return figures;
    });
  }

  Result<int> ping() override { return database_->fetch(newest_migration); }

 private:
  static Result<int> newest_migration(Session& db) {
    auto newest = db.number("SELECT max(version) FROM schema_migrations");
    if (!newest) return base::pass_on(newest.error());
    return static_cast<int>(newest->value_or(0));
  }

  static Result<app::Application> read_application(const Row& row) {
    app::Application application;
    application.client_id = row.text(0);
    application.name = row.text(1);
    application.secret_hash = row.text(2);
    application.sandbox = row.flag(3);
    application.enabled = row.flag(4);
    application.default_order_type = row.text(5);
    application.clock_offset = base::Duration{row.integer(6)};
    application.created_at = row.time(7);
    application.previous_secret_hash = row.text(8);
    application.previous_secret_until = row.optional_time(9);
    application.tokens_valid_from = row.optional_time(10);
    auto settings = app::settings_from_json(row.view(11));
    if (!settings) return base::pass_on(settings.error());
    application.settings = std::move(*settings);
    application.version = row.integer(12);
    return application;
  }

  static std::string key_context(std::string_view kid) {
    return Place{"", "signing_keys", "private_pem", kid}.context();
  }

  std::unique_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<app::Store> make_store(std::unique_ptr<Database> database) {
  return std::make_unique<SqlStore>(std::move(database));
}

namespace {

constexpr std::string_view kKeyWord = "chartroom";

std::string key_word_context() { return Place{"", "key_check", "sealed", "1"}.context(); }

}  // namespace

Result<void> check_key_word(std::string_view sealed, const app::Sealer& sealer) {
  const auto opened = sealer.open(sealed, key_word_context());
  if (opened && *opened == kKeyWord) return {};
  return base::fail(
      ErrorCode::invalid_input,
      "the master key is not the one that the data were sealed with; name the right file in "
      "CHARTROOM_KEY_FILE (or key_file)");
}

Result<bool> find_master_key(Session& db, const app::Sealer& sealer) {
  auto stored = db.one<std::string>(
      "SELECT sealed FROM key_check WHERE id = 1",
      [](const Row& row) -> Result<std::string> { return std::string(row.view(0)); });
  if (!stored) return base::pass_on(stored.error());
  if (!*stored) return false;
  if (auto checked = check_key_word(**stored, sealer); !checked)
    return base::pass_on(checked.error());
  return true;
}

Result<void> check_master_key(Session& db, const app::Sealer& sealer) {
  const auto found = find_master_key(db, sealer);
  if (!found) return base::pass_on(found.error());
  if (*found) return {};
  const std::string sealed = sealer.seal(kKeyWord, key_word_context());
  auto inserted = db.run("INSERT INTO key_check (id, sealed) VALUES (1, ?)", Bytes{sealed});
  if (!inserted) return base::pass_on(inserted.error());
  return {};
}

}  // namespace chartroom::store
