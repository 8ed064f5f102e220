// What is noted beside the copy of a server's files: by what schema and master key are checked
// before anything is put in place, and up to when the copy goes. No secrets, no PHI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/migrations.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

struct BackupFacts {
  base::TimePoint contains_until{};
  std::vector<AppliedMigration> migrations;
  std::string key_word;  ///< sealed; empty: no master key has been used yet

  [[nodiscard]] int schema_version() const {
    return migrations.empty() ? 0 : migrations.back().version;
  }
};

/// Of a live database. Errors: corrupt (not Chartroom's, or another form of its schema), conflict
/// (newer than this binary), and those of the session.
base::Result<BackupFacts> read_facts(Connection& db);

base::Result<void> write_facts(const std::filesystem::path& file, const BackupFacts& facts);
/// Error corrupt.
base::Result<BackupFacts> load_facts(const std::filesystem::path& file);

/// 15, 16, …: of a live server; and of a data directory, nothing where it does not say.
base::Result<int> release_of(Connection& db);
[[nodiscard]] std::optional<int> release_of(const std::filesystem::path& data_directory);

/// Errors: unavailable.
base::Result<std::string> read_whole(const std::filesystem::path& file);
/// Mode 0700.
base::Result<void> make_private_folder(const std::filesystem::path& folder);
/// User and group.
[[nodiscard]] std::optional<std::pair<unsigned, unsigned>> owner_of(
    const std::filesystem::path& path);
/// "16/B374D848" as a number.
[[nodiscard]] std::optional<std::int64_t> log_position(const std::string& text);

}  // namespace chartroom::store::postgres
