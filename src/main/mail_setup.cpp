#include "main/mail_setup.hpp"

#include <utility>

#include "main/password_file.hpp"
#include "net/smtp_mail_sender.hpp"

namespace chartroom::cli {
base::Result<std::unique_ptr<app::MailSender>> open_mail(const Config& config,
                                                         const base::Clock& clock,
                                                         std::stop_token stop) {
  if (config.smtp_url.empty()) return std::unique_ptr<app::MailSender>();
  net::SmtpSettings settings;
  settings.url = config.smtp_url;
  settings.user = config.smtp_user;
  if (!config.smtp_user.empty()) {
    auto password = read_password(config.smtp_password_file, "smtp_password_file");
    if (!password) return base::pass_on(password.error());
    settings.password = std::move(*password);
  }
  settings.require_tls = config.smtp_require_tls;
  settings.loopback_only = config.sandbox;
  settings.stop = std::move(stop);
  settings.ca_file = config.smtp_ca_file.string();
  return net::make_mail_sender(std::move(settings), clock);
}

}  // namespace chartroom::cli
