// Passwords that are given by file.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::cli {

/// The first line of a file that its owner alone may read. Error invalid_input names `setting`.
[[nodiscard]] base::Result<base::Sensitive<std::string>> read_password(
    const std::filesystem::path& file, const std::string& setting);

}  // namespace chartroom::cli
