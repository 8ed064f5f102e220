// Applications: made, listed, switched on and off; their secrets and tokens.
#include <algorithm>
#include <iostream>

#include "auth/secret_hasher.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

constexpr std::size_t kNameCodePoints = 100;
constexpr std::size_t kClientIdDigits = 40;
constexpr std::size_t kSecretDigits = 40;
constexpr std::chrono::hours kOverlapMost{30 * 24};

base::Sensitive<std::string> make_client_secret(base::Random& random) {
  return base::Sensitive<std::string>(base::make_hex_id(kSecretDigits, random));
}

/// Opens the store, changes one application and stores it. `change` says what it changed.
template <typename Change>
int change_application(const Config& config, const std::string& client_id, const Change& change) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  auto found = find_application(*house.store, client_id);
  if (!found) return report_error(found.error());
  const boost::json::object done = change(*found, house);
  if (auto stored = house.store->update_application(*found); !stored)
    return report_error(stored.error());
  print(done);
  return kDone;
}

boost::json::value time_or_null(const std::optional<base::TimePoint>& time) {
  if (!time) return nullptr;
  return boost::json::value(base::format_iso(*time));
}

}  // namespace

int app_create(const Config& config, const std::string& name) {
  if (base::trim(name).empty() || base::count_code_points(name) > kNameCodePoints ||
      !base::is_valid_utf8(name)) {
    std::cerr << "chartroom: --name: 1 to " << kNameCodePoints << " characters\n";
    return kUsedWrongly;
  }
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  const auto secret = make_client_secret(house.random);
  app::Application application;
  application.client_id = base::make_hex_id(kClientIdDigits, house.random);
  application.name = name;
  application.secret_hash = auth::make_secret_hasher(house.clock)->hash(secret);
  application.sandbox = config.sandbox;
  application.created_at = house.clock.now();
  if (auto stored = house.store->insert_application(application); !stored)
    return report_error(stored.error());
  // The only time the secret is shown.
  print({{"client_id", application.client_id}, {"client_secret", secret.reveal()}});
  return kDone;
}

int app_list(const Config& config) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  const auto applications = (*open)->store->applications();
  if (!applications) return report_error(applications.error());
  for (const app::Application& application : *applications) {
    print({{"client_id", application.client_id},
           {"name", application.name},
           {"sandbox", application.sandbox},
           {"enabled", application.enabled},
           {"created_at", base::format_iso(application.created_at)},
           {"tokens_valid_from", time_or_null(application.tokens_valid_from)},
           {"previous_secret_until", time_or_null(application.previous_secret_until)}});
  }
  return kDone;
}

int app_enable(const Config& config, const std::string& client_id, bool enabled) {
  return change_application(config, client_id, [&](app::Application& application, OpenStore&) {
    application.enabled = enabled;
    return boost::json::object{{"client_id", client_id}, {"enabled", enabled}};
  });
}

int app_revoke_tokens(const Config& config, const std::string& client_id) {
  return change_application(config, client_id, [&](app::Application& application, OpenStore& open) {
    // "iat" counts whole seconds: what is issued within this one cannot be told apart, so all of it
    // goes, and new tokens begin with the next. A revocation within the same second must take what
    // was issued after the first, which begins a second later already.
    constexpr std::chrono::seconds kSecond{1};
    const base::TimePoint next =
        std::chrono::floor<std::chrono::seconds>(open.clock.now()) + kSecond;
    application.tokens_valid_from = application.tokens_valid_from
                                        ? std::max(next, *application.tokens_valid_from + kSecond)
                                        : next;
    return boost::json::object{
        {"client_id", client_id},
        {"tokens_valid_from", base::format_iso(*application.tokens_valid_from)}};
  });
}

int app_rotate_secret(const Config& config, const std::string& client_id,
                      const std::string& overlap) {
  const auto time = base::parse_duration(overlap);
  if (!time || *time > kOverlapMost) {
    std::cerr << "chartroom: --overlap: a time up to 30d, such as 0s, 15m or 24h\n";
    return kUsedWrongly;
  }
  return change_application(config, client_id, [&](app::Application& application, OpenStore& open) {
    const auto secret = make_client_secret(open.random);
    application.previous_secret_hash.clear();
    application.previous_secret_until.reset();
    if (*time > base::Duration::zero()) {
      application.previous_secret_hash = std::move(application.secret_hash);
      application.previous_secret_until = open.clock.now() + *time;
    }
    application.secret_hash = auth::make_secret_hasher(open.clock)->hash(secret);
    // The only time the secret is shown.
    return boost::json::object{{"client_id", client_id}, {"client_secret", secret.reveal()}};
  });
}

}  // namespace chartroom::cli
