// The commands that do one thing and end.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iostream>

#include "api/routes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "delivery/standard_webhooks.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/version.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 2> kEventKinds{"order.status", "order.summary"};

}  // namespace

int report_error(const base::Error& error) {
  std::cerr << "chartroom: " << error.message << std::endl;
  return error.code == base::ErrorCode::invalid_input ? kUsedWrongly : kFailed;
}

int webhook_add(const Config& config, const std::string& client_id, const std::string& url,
                const std::vector<std::string>& events) {
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) {
    std::cerr << "chartroom: --url: must begin with https:// or http://\n";
    return kUsedWrongly;
  }
  for (const std::string& event : events) {
    if (std::find(kEventKinds.begin(), kEventKinds.end(), event) == kEventKinds.end()) {
      std::cerr << "chartroom: --events: '" << event
                << "' is none of order.status, order.summary\n";
      return kUsedWrongly;
    }
  }
  const auto open = open_store(config, kToolOptions);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  const auto application = house.store->find_application(client_id);
  if (!application) return report_error(application.error());
  if (!*application) {
    std::cerr << "chartroom: --app: there is no application with this client id; make one with "
                 "'chartroom app create'\n";
    return kUsedWrongly;
  }
  app::WebhookEndpoint endpoint;
  endpoint.id = base::make_uuid_v7(house.clock.now(), house.random);
  endpoint.url = url;
  endpoint.kinds = events;
  endpoint.secret = delivery::make_webhook_secret(house.random);
  endpoint.created_at = house.clock.now();
  const auto stored = house.store->tenant(client_id)->commit({app::InsertWebhook{endpoint}});
  if (!stored) return report_error(stored.error());
  print({{"id", endpoint.id}, {"secret", endpoint.secret.reveal()}});
  return kDone;
}

int migrate(const Config& config) {
  if (config.data.empty()) {
    std::cerr << "chartroom: --data DIR is needed: where the orders are kept\n";
    return kUsedWrongly;
  }
  const base::SystemClock clock;
  const auto applied = store::migrate_sqlite(config.data, clock);
  if (!applied) return report_error(applied.error());
  std::cout << (*applied == 0 ? "the schema is up to date"
                              : std::to_string(*applied) + " migrations applied")
            << std::endl;
  return kDone;
}

int check_config(const Config& config) {
  json::array folders;
  for (const auto& folder : config.sandbox_records) folders.emplace_back(folder.string());
  json::array proxies;
  for (const auto& address : config.trusted_proxies) proxies.emplace_back(address);
  json::array roles;
  for (const auto& role : config.roles) roles.emplace_back(role);
  print({{"data", config.data.string()},
         {"listen", config.listen},
         {"public_url", config.public_url},
         {"sandbox", config.sandbox},
         {"sandbox_records", std::move(folders)},
         {"roles", std::move(roles)},
         {"key_file", config.key_file.string()},
         {"log_level", config.log_level},
         {"handler_threads", config.handler_threads},
         {"worker_threads", config.worker_threads},
         {"token_life", base::format_duration(config.token_life)},
         {"token_failures_per_client", config.token_failures_per_client},
         {"token_failures_per_address", config.token_failures_per_address},
         {"actions_per_user", config.actions_per_user},
         {"trusted_proxies", std::move(proxies)},
         {"smtp_url", config.smtp_url},
         {"smtp_user", config.smtp_user},
         {"smtp_password_file", config.smtp_password_file.string()},
         {"smtp_require_tls", config.smtp_require_tls},
         {"smtp_ca_file", config.smtp_ca_file.string()},
         {"mail_from", config.mail_from},
         {"mail_reply_to", config.mail_reply_to}});
  return kDone;
}

int list_routes() {
  for (const auto& [method, path] : api::operation_names()) {
    print({{"method", method}, {"path", path}});
  }
  return kDone;
}

int version() {
  std::cout << "chartroom " << kVersion << std::endl;
  return kDone;
}

}  // namespace chartroom::cli
