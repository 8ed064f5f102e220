// The shared clinical test data, which lie beside the project and are no part of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "base/testing.hpp"
#include "base/text.hpp"

namespace chartroom::evidence::testing {

inline std::filesystem::path shared_folder() {
  return std::filesystem::path(CHARTROOM_SOURCE_DIR "/../shared/data/clinical");
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

/// Compares by lines, so that a failure shows what changed and not the whole table. With
/// CHARTROOM_UPDATE_GOLDEN in the environment it writes the file instead (scripts/golden).
inline void compare_with_golden(const char* file, const std::string& now) {
  const std::filesystem::path path =
      std::filesystem::path(CHARTROOM_SOURCE_DIR "/tests/golden") / file;
  if (base::testing::environment("CHARTROOM_UPDATE_GOLDEN")) {
    std::ofstream(path, std::ios::binary) << now;
    return;
  }
  const auto lines_of = [](const std::string& text) {
    std::vector<std::string> lines = base::split(text, '\n');
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  const std::vector<std::string> expected = lines_of(load(path));
  const std::vector<std::string> found = lines_of(now);
  std::vector<std::string> gone;
  std::vector<std::string> added;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(gone));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(added));
  if (gone.empty() && added.empty()) return;
  constexpr std::size_t kShown = 10;
  std::string difference;
  for (std::size_t i = 0; i < std::min(gone.size(), kShown); ++i)
    difference += "- " + gone[i] + "\n";
  for (std::size_t i = 0; i < std::min(added.size(), kShown); ++i)
    difference += "+ " + added[i] + "\n";
  ADD_FAILURE() << "tests/golden/" << file << " is another now; scripts/golden writes it anew\n"
                << difference;
}

}  // namespace chartroom::evidence::testing

#define CHARTROOM_NEED_SHARED_DATA()                                             \
  if (!std::filesystem::exists(chartroom::evidence::testing::shared_folder())) { \
    return chartroom::base::testing::do_without(                                 \
        "the shared clinical data are not beside the project");                  \
  }                                                                              \
  static_assert(true)
