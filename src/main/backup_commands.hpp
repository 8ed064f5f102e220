// `chartroom backup|restore|check` (docs/operations.md, "Backup and restore").
#pragma once

#include <filesystem>
#include <string>

#include "main/config.hpp"

namespace chartroom::cli {

/// `target`: the name of what is made, or an existing folder, in which it gets a name with the
/// time. `logical`: pg_dump instead of pg_basebackup.
int backup(const Config& config, const std::filesystem::path& target, bool logical);

/// From a backup into the place that fits its kind: --data, --database, or `postgres_data` (a
/// PostgreSQL server's data directory). `sha256`: hex, or empty.
int restore(const Config& config, const std::filesystem::path& from,
            const std::filesystem::path& postgres_data, const std::string& sha256);

/// Reads a whole embedded store, or looks at a database's schema; and tries the master key.
int check_store(const Config& config);

}  // namespace chartroom::cli
