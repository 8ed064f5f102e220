#include "main/password_file.hpp"

#include <fstream>

#include "base/text.hpp"

namespace chartroom::cli {
namespace {

constexpr std::size_t kPasswordBytesMost = 1'000;

}  // namespace

base::Result<base::Sensitive<std::string>> read_password(const std::filesystem::path& file,
                                                         const std::string& setting) {
  const auto refuse = [&](const char* words) {
    return base::fail(base::ErrorCode::invalid_input, setting + ": " + words, setting);
  };
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  std::ifstream in(file);
  if (error || !std::filesystem::is_regular_file(status) || !in) return refuse("cannot be read");
  using std::filesystem::perms;
  if ((status.permissions() & (perms::group_all | perms::others_all)) != perms::none) {
    return refuse("must be readable by its owner alone (chmod 600)");
  }
  std::string line;
  std::getline(in, line);
  const std::string password(base::trim(line));
  if (password.empty() || password.size() > kPasswordBytesMost) {
    return refuse("must hold the password in its first line");
  }
  return base::Sensitive<std::string>(password);
}

}  // namespace chartroom::cli
