// Backup and restore of the embedded store.
//
// A backup is taken by another process, while the server runs and commits. It is one ordinary
// SQLite file that holds every commit that was acknowledged before `contains_until`, which is a
// moment after the copying of the database has ended. How:
//
//   1. A read transaction is held to the end. As long as it lives, nobody starts the write-ahead
//      log anew over what has been committed since, and what a checkpoint copies into the database
//      stays in the log too (sqlite.org/walformat.html, "Reader And Writer Concurrency").
//   2. The database file is copied, byte by byte. Pages that a checkpoint changes meanwhile may
//   come
//      over torn, old or new; all of them are in the log.
//   3. The clock is read, then the end of the last commit from the wal-index, then the log is
//   copied
//      up to that end. What was acknowledged before is committed, and committed frames are never
//      written again. Should the log have been started anew (it may be, once, when all of it was in
//      the database already before step 1), its salt tells, and this step is done again.
//   4. The copy is opened as after a crash: SQLite replays the log, and must find exactly as many
//      frames as were committed. It is checked (`PRAGMA integrity_check`), made one file, synced,
//      and only then gets its name.
//
// The live database is never written to and never checkpointed (see write_lock.hpp). SQLite's own
// online backup would give the state of its start, or start again with every commit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "store/files.hpp"

namespace chartroom::store {

struct SqliteBackup {
  base::TimePoint contains_until;  ///< every commit that was acknowledged before
  std::uint64_t bytes = 0;
  std::string sha256;
  int schema_version = 0;
};

/// Makes `target` (mode 0600), which must not exist.
/// Errors: invalid_input (no store in `directory`), conflict (`target` exists, or the database is
/// newer than this binary), unavailable (disk full, not writable), corrupt (the database is damaged
/// or not Chartroom's). After an error there is no file of that name.
[[nodiscard]] base::Result<SqliteBackup> backup_sqlite(const std::filesystem::path& directory,
                                                       const std::filesystem::path& target,
                                                       const base::Clock& clock,
                                                       const Progress& progress);

struct SqliteRestored {
  std::uint64_t bytes = 0;
  std::string sha256;
  int schema_version = 0;
  int migrations_missing = 0;  ///< that the next start applies
};

/// Makes a store in `directory`, which must have none, from a backup. `sha256`: refuse any other.
/// Errors: invalid_input (not this file, wrong master key), conflict (`directory` has a store, a
/// server uses it, or the backup is newer than this binary), corrupt (broken, cut off, not
/// Chartroom's), unavailable. After an error `directory` has no store.
[[nodiscard]] base::Result<SqliteRestored> restore_sqlite(const std::filesystem::path& file,
                                                          const std::filesystem::path& directory,
                                                          const app::Sealer& sealer,
                                                          const std::optional<std::string>& sha256,
                                                          const Progress& progress);

/// Reads the whole database, also while a server uses it: `PRAGMA integrity_check`, schema, key.
/// Errors as above. Gives the schema's version.
[[nodiscard]] base::Result<int> check_sqlite(const std::filesystem::path& directory,
                                             const app::Sealer& sealer);

}  // namespace chartroom::store
