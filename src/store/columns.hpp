// How single values are written into columns and read back.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports.hpp"
#include "app/types.hpp"

namespace chartroom::store {

/// Where a sealed value stands. It is bound to the value, so that a value moved to another row,
/// column or application does not open. `client_id` is empty for what belongs to no application.
struct Place {
  std::string_view client_id;
  std::string_view table;
  std::string_view column;
  std::string_view row_id;

  [[nodiscard]] std::string context() const;
};

/// The sealed part of a subscription, and back; reading: error corrupt.
[[nodiscard]] std::string subscriber_to_json(const app::Subscription& subscription);
base::Result<void> subscriber_from_json(std::string_view json, app::Subscription& subscription);
/// Finds a repeated address without storing it: letter case does not count.
[[nodiscard]] std::string subscriber_key(const app::Sealer& sealer, std::string_view email);

/// The second sealed column of a webhook, and back; reading: error corrupt.
[[nodiscard]] std::string webhook_options_to_json(const app::WebhookEndpoint& endpoint);
base::Result<void> webhook_options_from_json(std::string_view json, app::WebhookEndpoint& endpoint);

/// A list of strings as a JSON array. Reading back: error corrupt.
[[nodiscard]] std::string list_to_json(const std::vector<std::string>& list);
[[nodiscard]] base::Result<std::vector<std::string>> list_from_json(std::string_view json);

/// The value whose to_string() is `text`; error corrupt.
template <typename Enum, std::size_t N>
[[nodiscard]] base::Result<Enum> from_text(std::string_view text,
                                           const std::array<Enum, N>& values) {
  for (const Enum value : values) {
    if (to_string(value) == text) return value;
  }
  return base::fail(base::ErrorCode::corrupt, "the store holds an unknown word");
}

inline constexpr std::array kVerdicts{app::RecordVerdict::accepted, app::RecordVerdict::quarantined,
                                      app::RecordVerdict::rejected, app::RecordVerdict::unreadable};
inline constexpr std::array kTaskStates{order::TaskState::open, order::TaskState::resolved,
                                        order::TaskState::expired, order::TaskState::withdrawn};
inline constexpr std::array kChannels{order::Channel::portal, order::Channel::ehr,
                                      order::Channel::aps};

}  // namespace chartroom::store
