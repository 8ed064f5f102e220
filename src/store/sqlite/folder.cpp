#include "store/sqlite/folder.hpp"

#include <sys/stat.h>

#include <string>
#include <system_error>

namespace chartroom::store::sqlite {

using base::ErrorCode;

base::Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  if (directory.has_parent_path()) {
    std::filesystem::create_directories(directory.parent_path(), error);
  }
  if (::mkdir(directory.c_str(), 0700) != 0 && !std::filesystem::is_directory(directory, error)) {
    return base::fail(ErrorCode::unavailable, "cannot create the data directory " +
                                                  directory.string() +
                                                  "; check its parent's permissions");
  }
  return {};
}

base::Error explain(base::Error error, const std::filesystem::path& file) {
  if (error.code == ErrorCode::corrupt && error.message.starts_with("database: ")) {
    error.message = file.string() + " is damaged or not a database; restore it from a backup (" +
                    error.message + ")";
  } else if (error.code == ErrorCode::unavailable) {
    error.message += "; is " + file.parent_path().string() + " writable and the disk not full?";
  }
  return error;
}

}  // namespace chartroom::store::sqlite
