// The shared clinical test data, which lie beside the project and are no part of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace chartroom::evidence::testing {

inline std::filesystem::path shared_folder() {
  return std::filesystem::path(CHARTROOM_SOURCE_DIR "/../shared/data/clinical");
}

inline bool is_required() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string(ci) == "true";
}

inline std::string load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// Regular files under a folder of the shared data, in a fixed order.
inline std::vector<std::filesystem::path> files_under(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(shared_folder() / folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Compares line by line, so that a failure shows what changed and not the whole table. With
/// CHARTROOM_UPDATE_GOLDEN in the environment it writes the file instead (scripts/golden).
inline void compare_with_golden(const char* file, const std::string& now) {
  const std::filesystem::path path =
      std::filesystem::path(CHARTROOM_SOURCE_DIR "/tests/golden") / file;
  if (const char* update = std::getenv("CHARTROOM_UPDATE_GOLDEN"); update != nullptr) {
    std::ofstream(path, std::ios::binary) << now;
    return;
  }
  const std::vector<std::string> expected = base::split(testing::load(path), '\n');
  const std::vector<std::string> found = base::split(now, '\n');
  std::size_t shown = 0;
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()) && shown < 10; ++i) {
    const std::string_view left = i < expected.size() ? expected[i] : std::string_view{};
    const std::string_view right = i < found.size() ? found[i] : std::string_view{};
    if (left == right) continue;
    ++shown;
    ADD_FAILURE() << file << ":" << i + 1 << "\n  golden: " << left << "\n  now:    " << right
                  << "\n  (scripts/golden writes it anew)";
  }
}

}  // namespace chartroom::evidence::testing

#define CHARTROOM_NEED_SHARED_DATA()                                             \
  if (!std::filesystem::exists(chartroom::evidence::testing::shared_folder())) { \
    if (chartroom::evidence::testing::is_required()) FAIL() << "no shared data"; \
    GTEST_SKIP() << "shared clinical data are not beside the project";           \
  }                                                                              \
  static_assert(true)
