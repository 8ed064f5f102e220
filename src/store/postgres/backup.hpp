// Backup and restore of a PostgreSQL database, by PostgreSQL's own programs.
//
// Whole server (pg_basebackup): a copy of its files with all write-ahead log up to the copy's end,
// verified against its manifest. It holds every commit that was acknowledged before
// `contains_until`: while it is made the position of the server's log is noted now and then with
// the time before asking; the last one that the backup's end covers is that time.
//
// One database (pg_dump): a snapshot of the dump's start, which `contains_until` is then.
//
// A backup of the whole server is a folder: chartroom-backup.json says what it is and holds what
// schema and master key are checked by, data/ is the server's data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "store/files.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::store {

struct PostgresBackup {
  base::TimePoint contains_until;  ///< every commit that was acknowledged before
  std::uint64_t bytes = 0;
  int schema_version = 0;
  bool log_was_read = true;  ///< false: pg_waldump is missing, so the log was not checked
};

/// Makes the folder `target`, which must not exist.
/// Errors: invalid_input (no such program, missing rights, unreadable URL), conflict (`target`
/// exists, the database is newer than this binary), unavailable, corrupt (what was copied is not
/// what the manifest says). After an error there is nothing of that name.
[[nodiscard]] base::Result<PostgresBackup> backup_postgres(const PostgresOptions& options,
                                                           const std::filesystem::path& target,
                                                           const base::Clock& clock,
                                                           const Progress& progress);
/// Makes the file `target` in pg_dump's custom format. Errors as above.
[[nodiscard]] base::Result<PostgresBackup> dump_postgres(const PostgresOptions& options,
                                                         const std::filesystem::path& target,
                                                         const base::Clock& clock,
                                                         const Progress& progress);

struct PostgresRestored {
  base::TimePoint contains_until{};  ///< of a whole server's backup
  int schema_version = 0;
  int migrations_missing = 0;  ///< that the next start applies
  bool log_was_read = true;
};

/// Unpacks a whole server's backup into `data_directory`, which must be empty or absent.
/// Errors: invalid_input (wrong master key, no such program), conflict (not empty, or newer than
/// this binary), corrupt (broken, cut off, not a backup), unavailable. After an error there is
/// nothing in `data_directory`.
[[nodiscard]] base::Result<PostgresRestored> restore_postgres(
    const std::filesystem::path& folder, const std::filesystem::path& data_directory,
    const app::Sealer& sealer, const Progress& progress);

/// Loads a dump into an empty database, in one transaction. Errors as above; after one the database
/// is as empty as before.
[[nodiscard]] base::Result<PostgresRestored> load_postgres(const PostgresOptions& options,
                                                           const std::filesystem::path& file,
                                                           const app::Sealer& sealer,
                                                           const Progress& progress);

/// Signs in and looks at schema and key; changes nothing. Gives the schema's version.
[[nodiscard]] base::Result<int> check_postgres(const PostgresOptions& options,
                                               const app::Sealer& sealer);

/// What a file or folder seems to be, by its first bytes.
enum class BackupKind { sqlite_file, postgres_folder, postgres_dump, unknown };
[[nodiscard]] BackupKind kind_of_backup(const std::filesystem::path& path);

}  // namespace chartroom::store
