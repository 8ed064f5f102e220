// The way to the mail server, as configured.
#pragma once

#include <memory>
#include <stop_token>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "main/config.hpp"

namespace chartroom::cli {

/// Null when no mail server is configured. `stop` cancels what is under way. Error invalid_input:
/// the password's file cannot be read, is empty, or can be read by others than its owner.
[[nodiscard]] base::Result<std::unique_ptr<app::MailSender>> open_mail(const Config& config,
                                                                       const base::Clock& clock,
                                                                       std::stop_token stop);

}  // namespace chartroom::cli
