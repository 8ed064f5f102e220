// The header fields of a mail (RFC 5322, RFC 2047). Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports.hpp"
#include "base/time.hpp"

namespace chartroom::net {

/// "Name: value" lines, without those of the body's form, which libcurl makes. Nullopt for a mail
/// with a field that must not be sent: a control character, an empty or broken address.
[[nodiscard]] std::optional<std::vector<std::string>> mail_headers(const app::Mail& mail,
                                                                   base::TimePoint now);

/// ASCII as it is; anything else as RFC 2047 encoded words, folded.
[[nodiscard]] std::string encoded_text(std::string_view utf8);

/// "Wed, 25 Nov 2026 17:35:09 +0000"
[[nodiscard]] std::string mail_date(base::TimePoint at);

}  // namespace chartroom::net
