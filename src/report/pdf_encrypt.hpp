// A PDF behind a password.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::report {

/// The PDF encrypted with AES-256 (ISO 32000-2 7.6.4, revision 6), its metadata too. Whoever knows
/// `password` may read, copy, print and listen to it; `owner_password`, which nobody is told, alone
/// lifts the rest. A claim of PDF/A goes, since that forbids encryption (ISO 19005-2 6.1.3).
/// Passwords: UTF-8, at most 127 bytes. Errors: corrupt (no PDF that can be read). Thread-safe.
[[nodiscard]] base::Result<std::string> encrypt_pdf(
    const std::string& pdf, const base::Sensitive<std::string>& password,
    const base::Sensitive<std::string>& owner_password);

}  // namespace chartroom::report
