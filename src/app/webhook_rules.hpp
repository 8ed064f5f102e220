// What a webhook endpoint may be, for everybody who adds one: the API and the command line. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/types.hpp"
#include "base/ports.hpp"
#include "base/sensitive.hpp"

namespace chartroom::app {

/// Every kind of event, in the order in which documentation lists them.
inline constexpr std::array<const char*, 5> kEventKinds{kStatusEvent, kSummaryEvent, kTaskEvent,
                                                        kVendorNoteEvent, kTestEvent};

inline constexpr std::size_t kWebhooksMost = 20;  ///< per application
inline constexpr std::size_t kWebhookUrlCharacters = 2'048;
inline constexpr std::size_t kWebhookHeadersMost = 10;
inline constexpr std::size_t kWebhookHeaderNameBytes = 100;
inline constexpr std::size_t kWebhookHeaderValueBytes = 1'000;
inline constexpr std::chrono::hours kRotationOverlap{24};          ///< when none is asked for
inline constexpr std::chrono::hours kRotationOverlapMost{24 * 7};  ///< longest
inline constexpr std::size_t kReplayEventsMost = 10'000;           ///< by one call
inline constexpr std::chrono::hours kSuspendAfter{24 * 5};         ///< of nothing but failures …
inline constexpr unsigned kSuspendFailures = 20;                   ///< … and at least as many

[[nodiscard]] bool is_event_kind(std::string_view kind);

/// The rule that a URL breaks, as the rest of a sentence ("must begin with https://"); nullopt for
/// a good one. Plain http is for the sandbox alone.
[[nodiscard]] std::optional<std::string> broken_url_rule(
    std::string_view url, bool sandbox, std::size_t most_characters = kWebhookUrlCharacters);

/// The same for a static header. Names of what we send ourselves, and of what concerns a single
/// connection, are not the customer's to set. Never repeats the value.
[[nodiscard]] std::optional<std::string> broken_header_rule(std::string_view name,
                                                            std::string_view value);

/// "whsec_" and the base64 of 32 random bytes (Standard Webhooks).
[[nodiscard]] base::Sensitive<std::string> make_webhook_secret(base::Random& random);

}  // namespace chartroom::app
