// The signature of the order API's older notification service (contract §7.0), for receivers that
// already check it. New ones use Standard Webhooks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sensitive.hpp"
#include "base/time.hpp"

namespace chartroom::delivery {

inline constexpr std::size_t kLegacyNonceDigits = 32;

/// X-HumanAPI-Timestamp (Unix milliseconds), X-HumanAPI-Nonce and X-HumanAPI-Signature: 40 hex
/// digits of HMAC-SHA1 over body, timestamp and nonce, one behind the other. The key is the
/// secret's whole text, "whsec_" included.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> legacy_headers(
    std::string_view body, base::TimePoint at, const std::string& nonce,
    const base::Sensitive<std::string>& secret);

}  // namespace chartroom::delivery
