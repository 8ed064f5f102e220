#include "main/mail_setup.hpp"

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "net/smtp_mail_sender.hpp"

namespace chartroom::cli {
namespace {

constexpr std::size_t kPasswordBytesMost = 1'000;

base::Result<base::Sensitive<std::string>> read_password(const std::filesystem::path& file) {
  const auto refuse = [](const char* words) {
    return base::fail(base::ErrorCode::invalid_input, std::string("smtp_password_file: ") + words,
                      "smtp_password_file");
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

}  // namespace

base::Result<std::unique_ptr<app::MailSender>> open_mail(const Config& config,
                                                         const base::Clock& clock) {
  if (config.smtp_url.empty()) return std::unique_ptr<app::MailSender>();
  net::SmtpSettings settings;
  settings.url = config.smtp_url;
  settings.user = config.smtp_user;
  if (!config.smtp_user.empty()) {
    auto password = read_password(config.smtp_password_file);
    if (!password) return base::pass_on(password.error());
    settings.password = std::move(*password);
  }
  settings.require_tls = config.smtp_require_tls;
  settings.loopback_only = config.sandbox;
  settings.ca_file = config.smtp_ca_file.string();
  return net::make_mail_sender(std::move(settings), clock);
}

}  // namespace chartroom::cli
