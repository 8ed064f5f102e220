// The embedded engine: app::Store in one SQLite file of a data directory.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"

namespace chartroom::store {

inline constexpr std::chrono::milliseconds kCheckAfterStop{50};
inline constexpr std::chrono::milliseconds kCheckAfterCrash{2'000};

struct SqliteOptions {
  enum class Role {
    server,  ///< the one process that serves: checkpoints, does housekeeping
    tool,    ///< a command line, also beside a running server: does neither
  };
  Role role = Role::server;
  /// Reads the file (`PRAGMA quick_check`) before it is used, as far as it comes within a time that
  /// keeps a start short: kCheckAfterStop, or kCheckAfterCrash when the last server did not end by
  /// itself. `chartroom check` reads all of it. Servers only.
  bool check_integrity = true;
};

/// Opens DIRECTORY/chartroom.db, makes directory (0700) and file (0600) where absent, and applies
/// the migrations that are missing. `sealer`, `clock` and `random` must outlive the store, and the
/// store its TenantStores.
///
/// Finished jobs are kept for 7 days so that inserting their id again changes nothing; expired
/// idempotent answers are removed, attempts of deliveries after 90 days; all by the server, in
/// small steps between its commits.
///
/// Errors: invalid_input (a master key other than the data's), unavailable (directory not usable,
/// disk full), conflict (another server has the directory open, or the database is newer than this
/// binary), corrupt (damaged file, no database, changed migration). Messages are sentences for an
/// operator and say what to do.
[[nodiscard]] base::Result<std::unique_ptr<app::Store>> open_sqlite_store(
    const std::filesystem::path& directory, const app::Sealer& sealer, const base::Clock& clock,
    base::Random& random, const SqliteOptions& options = {});

/// `chartroom migrate`: only brings the schema up to date. Gives the number of migrations applied.
/// Errors as above.
[[nodiscard]] base::Result<int> migrate_sqlite(const std::filesystem::path& directory,
                                               const base::Clock& clock);
/// `chartroom migrate --plan`: the files that migrate_sqlite() would apply.
[[nodiscard]] base::Result<std::vector<std::string>> plan_sqlite(
    const std::filesystem::path& directory);

}  // namespace chartroom::store
