// The keys that sign tokens.
#include <algorithm>
#include <iostream>

#include "auth/token_service.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

constexpr std::chrono::hours kKeyOverlapMost{365 * 24};
/// Within this time every server has noticed a rotation and signs with the new key.
constexpr std::chrono::minutes kUntilNoticed{1};

base::Result<base::Duration> read_overlap(const Config& config, const std::string& text) {
  const auto overlap = base::parse_duration(text);
  if (!overlap || *overlap < config.token_life || *overlap > kKeyOverlapMost) {
    return base::fail(base::ErrorCode::invalid_input,
                      "--overlap: a time from the life of a token (" +
                          base::format_duration(config.token_life) +
                          ") to 365d; shorter, and tokens would end before their time. "
                          "--now retires the other keys at once");
  }
  return *overlap + kUntilNoticed;
}

}  // namespace

int keys_rotate(const Config& config, const std::string& overlap, bool now) {
  const auto time =
      now ? base::Result<base::Duration>(base::Duration::zero()) : read_overlap(config, overlap);
  if (!time) return report_error(time.error());
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  const auto key = auth::make_signing_key(*house.sealer, house.clock, house.random);
  if (!key) return report_error(key.error());
  const base::TimePoint end = house.clock.now() + *time;
  if (auto stored = house.store->rotate_signing_key(*key, end); !stored)
    return report_error(stored.error());
  print({{"kid", key->kid},
         {"created", base::format_iso(key->created_at)},
         {"others_retire", base::format_iso(end)}});
  return kDone;
}

int keys_list(const Config& config) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  auto keys = (*open)->store->signing_keys();
  if (!keys) return report_error(keys.error());
  std::ranges::stable_sort(*keys, std::greater{}, &app::SigningKey::created_at);
  for (const app::SigningKey& key : *keys) {
    boost::json::object line{{"kid", key.kid}, {"created", base::format_iso(key.created_at)}};
    line["retires"] = nullptr;
    if (key.retired_at) line["retires"] = base::format_iso(*key.retired_at);
    print(line);
  }
  return kDone;
}

}  // namespace chartroom::cli
