// What a data directory holds.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace chartroom::store::sqlite {

inline constexpr const char* kDatabaseFile = "chartroom.db";
inline constexpr const char* kWriteLockFile = "chartroom.write.lock";
inline constexpr const char* kServerLockFile = "chartroom.server.lock";

/// Makes it (0700) where it is absent. Error unavailable.
base::Result<void> make_directory(const std::filesystem::path& directory);

/// SQLite's own words, followed by what an operator can do about it.
base::Error explain(base::Error error, const std::filesystem::path& file);

}  // namespace chartroom::store::sqlite
