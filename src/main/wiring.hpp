// What the commands share: opening the store with its keys.
#pragma once

#include <filesystem>
#include <memory>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "auth/master_key.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "main/config.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::cli {

/// For commands that do one thing, also while the server runs.
inline constexpr store::SqliteOptions kToolOptions{store::SqliteOptions::Role::tool, false};

/// The machine's ports and what hangs on the master key. Members are destroyed in reverse order.
struct OpenStore {
  base::SystemClock clock;
  base::SystemRandom random;
  std::unique_ptr<auth::KeyRing> keys;
  std::unique_ptr<app::Sealer> sealer;
  std::unique_ptr<app::Store> store;
};

/// Master key: the configured file; otherwise <data>/master.key, which is made in sandbox mode.
/// Errors: invalid_input (no data directory, no key), and those of open_sqlite_store().
[[nodiscard]] base::Result<std::unique_ptr<OpenStore>> open_store(
    const Config& config, const store::SqliteOptions& options);

}  // namespace chartroom::cli
