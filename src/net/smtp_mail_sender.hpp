// app::MailSender over libcurl.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "base/sensitive.hpp"

namespace chartroom::net {

struct SmtpSettings {
  std::string url;   ///< smtp://host[:port][/name to greet with] or smtps://…
  std::string user;  ///< empty: no login
  base::Sensitive<std::string> password;
  bool require_tls = true;     ///< false: smtp:// speaks in the clear, and to this machine alone
  bool loopback_only = false;  ///< sandbox
  std::string ca_file{};       ///< PEM; empty: the system's
  std::chrono::milliseconds timeout{20'000};           ///< of one mail, all in all
  std::chrono::milliseconds pause_after_hang{30'000};  ///< see make_mail_sender
  std::stop_token stop{};  ///< when it asks, what is under way ends within a second: "cancelled"
};

/// One connection per mail. smtp:// turns to TLS by STARTTLS or nothing is said; certificates and
/// host names are always verified. text and html go as one multipart/alternative in UTF-8.
///
/// Errors, temporary: "timeout", "connection refused", "name not resolved", "blocked address",
/// "tls failure", "login refused", "refused for now" (4xx), "transfer failed", "mail server hangs",
/// "cancelled";
/// permanent: "refused" (5xx), "invalid mail" (a header field with a control character, an address
/// that is none). No message holds anything of the mail.
///
/// A server that hangs would keep every worker waiting for it: after a timeout nobody tries again
/// before a pause has passed, and then one at a time until one gets through.
/// Thread-safe. Throws std::runtime_error when libcurl cannot start.
[[nodiscard]] std::unique_ptr<app::MailSender> make_mail_sender(SmtpSettings settings,
                                                                const base::Clock& clock);

}  // namespace chartroom::net
