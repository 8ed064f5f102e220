// When a failed delivery is tried again (contract §7.0 and §9.3). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace chartroom::delivery {

inline constexpr unsigned kQuickRetries = 5;  ///< after the first try of a round
inline constexpr unsigned kLaterRounds = 5;   ///< after the first round
inline constexpr unsigned kTriesPerRound = 1 + kQuickRetries;
inline constexpr unsigned kTriesMost = (1 + kLaterRounds) * kTriesPerRound;

/// How long to wait after `failed_tries` tries (1 or more) have failed; nullopt when that was the
/// last one. Within a round the waits are 1, 2, 4, 8 and 16 s; between rounds 15 min, 30 min, 1 h,
/// 2 h and 4 h, so that a receiver which is down over night is still reached. `random` spreads each
/// wait evenly over 80 to 120 %, so that deliveries which failed together do not come back
/// together.
[[nodiscard]] std::optional<base::Duration> delay_after(unsigned failed_tries,
                                                        std::uint32_t random);

}  // namespace chartroom::delivery
