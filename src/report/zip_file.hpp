// A ZIP archive in memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chartroom::report {

struct ZipEntry {
  std::string name;  ///< ASCII, no folders
  std::string bytes;
};

/// Packs entries in their order, all with the same time: equal input gives equal bytes, wherever
/// it is done. Errors: internal.
[[nodiscard]] base::Result<std::string> make_zip(const std::vector<ZipEntry>& entries,
                                                 base::TimePoint when);

}  // namespace chartroom::report
