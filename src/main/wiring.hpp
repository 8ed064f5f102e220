// What the commands share: opening the store with its keys.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "auth/master_key.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "main/config.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::cli {

/// Who opens the store: the one that serves, or a command that does one thing, also while a server
/// runs.
enum class Purpose { serve, tool };

/// The machine's ports and what hangs on the master key. Members are destroyed in reverse order.
struct OpenStore {
  base::SystemClock clock;
  base::SystemRandom random;
  std::unique_ptr<auth::KeyRing> keys;
  std::unique_ptr<app::Sealer> sealer;
  std::unique_ptr<app::Store> store;
};

/// The embedded store under <data>, or the PostgreSQL database that --database names. Master key:
/// the configured file; otherwise <data>/master.key, which is made in sandbox mode.
/// Errors: invalid_input (no place for the data, no key), and those of the engine.
[[nodiscard]] base::Result<std::unique_ptr<OpenStore>> open_store(const Config& config,
                                                                  Purpose purpose);

/// The application of --app. Error invalid_input when there is none.
[[nodiscard]] base::Result<app::Application> find_application(app::Store& store,
                                                              const std::string& client_id);

/// The keys alone, of a store that is not opened; never makes any. `sealer` refers to nothing else.
struct OpenKeys {
  base::SystemRandom random;
  std::unique_ptr<auth::KeyRing> keys;
  std::unique_ptr<app::Sealer> sealer;
};
[[nodiscard]] base::Result<std::unique_ptr<OpenKeys>> open_keys_alone(const Config& config);

/// How the database of --database is reached. Error invalid_input: the password file.
[[nodiscard]] base::Result<store::PostgresOptions> postgres_options(const Config& config);
/// Error invalid_input when no place for the data is named.
[[nodiscard]] base::Result<void> check_place(const Config& config);

/// How many migrations were applied.
[[nodiscard]] base::Result<int> migrate_store(const Config& config);
/// The files that migrate_store() would apply.
[[nodiscard]] base::Result<std::vector<std::string>> plan_migrations(const Config& config);

}  // namespace chartroom::cli
