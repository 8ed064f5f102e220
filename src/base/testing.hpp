// What tests of every room need of their surroundings.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace chartroom::base::testing {

/// A variable of the environment. Nothing in this project changes one, so any thread may look.
inline std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see above
  if (value == nullptr) return std::nullopt;
  return value;
}

/// For a test that needs what this machine does not have: skips it with a line that says so. In
/// continuous integration it fails instead, so that nobody believes it ran. Return after it.
inline void do_without(const std::string& what) {
  if (environment("CI") == "true") FAIL() << what;
  GTEST_SKIP() << "SKIPPED: " << what;
}

}  // namespace chartroom::base::testing
