#include "main/wiring.hpp"

#include "auth/sealer.hpp"
#include "main/password_file.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::cli {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

Result<auth::KeyRing> open_keys(const Config& config, base::Random& random, bool may_make) {
  if (!config.key_file.empty()) return auth::load_key_ring(config.key_file);
  const std::filesystem::path own = config.data / "master.key";
  if (may_make && config.sandbox && !config.data.empty()) {
    // Made before the store makes it, and as closed: the store reports what goes wrong here.
    std::error_code ignored;
    if (std::filesystem::create_directories(config.data, ignored)) {
      std::filesystem::permissions(config.data, std::filesystem::perms::owner_all, ignored);
    }
    return auth::load_or_create_key_ring(own, random);
  }
  std::error_code error;
  if (!config.data.empty() && std::filesystem::exists(own, error)) return auth::load_key_ring(own);
  return fail(ErrorCode::invalid_input,
              "there is no master key. Make one, keep a copy in a safe place, and name it:\n"
              "  (umask 077; openssl rand -hex 32 > /etc/chartroom/master.key)\n"
              "  export CHARTROOM_KEY_FILE=/etc/chartroom/master.key\n"
              "With --sandbox and --data one is made under the data directory. All nodes on one "
              "database need the same.");
}

Result<std::unique_ptr<app::Store>> open_engine(const Config& config, const OpenStore& open,
                                                base::Random& random, bool serves) {
  if (!config.has_database()) {
    const store::SqliteOptions options =
        serves ? store::SqliteOptions{}
               : store::SqliteOptions{store::SqliteOptions::Role::tool, false};
    return store::open_sqlite_store(config.data, *open.sealer, open.clock, random, options);
  }
  const auto options = postgres_options(config);
  if (!options) return pass_on(options.error());
  return store::open_postgres_store(*options, *open.sealer, open.clock, random, serves);
}

}  // namespace

Result<void> check_place(const Config& config) {
  if (config.has_database() || !config.data.empty()) return {};
  return fail(ErrorCode::invalid_input,
              "--data DIR is needed: where the orders are kept; or --database with the URL of a "
              "PostgreSQL database");
}

Result<store::PostgresOptions> postgres_options(const Config& config) {
  store::PostgresOptions options;
  options.url = config.database;
  options.pool_size = config.database_pool_size;
  options.connect_timeout = config.database_connect_timeout;
  options.statement_timeout = config.database_statement_timeout;
  options.idle_in_transaction_timeout = config.database_idle_timeout;
  options.tcp_user_timeout = config.database_tcp_timeout;
  if (!config.database_password_file.empty()) {
    auto password = read_password(config.database_password_file, "database_password_file");
    if (!password) return pass_on(password.error());
    options.password = std::move(*password);
  }
  return options;
}

Result<std::unique_ptr<OpenKeys>> open_keys_alone(const Config& config) {
  auto open = std::make_unique<OpenKeys>();
  auto keys = open_keys(config, open->random, false);
  if (!keys) return pass_on(keys.error());
  open->keys = std::make_unique<auth::KeyRing>(std::move(*keys));
  open->sealer = auth::make_sealer(*open->keys, open->random);
  return open;
}

Result<std::unique_ptr<OpenStore>> open_store(const Config& config, Purpose purpose) {
  if (auto checked = check_place(config); !checked) return pass_on(checked.error());
  auto open = std::make_unique<OpenStore>();
  auto keys = open_keys(config, open->random, true);
  if (!keys) return pass_on(keys.error());
  open->keys = std::make_unique<auth::KeyRing>(std::move(*keys));
  open->sealer = auth::make_sealer(*open->keys, open->random);
  auto store = open_engine(config, *open, open->random, purpose == Purpose::serve);
  if (!store) return pass_on(store.error());
  open->store = std::move(*store);
  return open;
}

Result<app::Application> find_application(app::Store& store, const std::string& client_id) {
  auto application = store.find_application(client_id);
  if (!application) return pass_on(application.error());
  if (!*application) {
    return fail(ErrorCode::invalid_input,
                "--app: there is no application with this client id; 'chartroom app list' shows "
                "all, 'chartroom app create' makes one",
                "app");
  }
  return std::move(**application);
}

Result<int> migrate_store(const Config& config) {
  if (auto checked = check_place(config); !checked) return pass_on(checked.error());
  const base::SystemClock clock;
  if (!config.has_database()) return store::migrate_sqlite(config.data, clock);
  const auto options = postgres_options(config);
  if (!options) return pass_on(options.error());
  return store::migrate_postgres(*options, clock);
}

Result<std::vector<std::string>> plan_migrations(const Config& config) {
  if (auto checked = check_place(config); !checked) return pass_on(checked.error());
  if (!config.has_database()) return store::plan_sqlite(config.data);
  const auto options = postgres_options(config);
  if (!options) return pass_on(options.error());
  return store::plan_postgres(*options);
}

}  // namespace chartroom::cli
