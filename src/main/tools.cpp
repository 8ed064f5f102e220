// The commands that do one thing and end.
#include <boost/json.hpp>
#include <iostream>

#include "api/routes.hpp"
#include "app/webhook_rules.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "delivery/client_certificate.hpp"
#include "delivery/standard_webhooks.hpp"
#include "main/commands.hpp"
#include "main/outgoing_documents.hpp"
#include "main/print.hpp"
#include "main/version.hpp"
#include "main/wiring.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;

/// The exit code when the file does not say what it must; 0 otherwise.
int read_auth_file(const std::string& file, bool sandbox, app::WebhookEndpoint& endpoint) {
  const auto document = read_toml(file);
  if (!document) return report_error(document.error());
  const auto certificates = delivery::make_certificate_reader();
  SecretFiles files(file);
  DocumentFindings findings;
  TableReader reader(*document, "", findings);
  OutgoingDocument outgoing = read_outgoing(reader, sandbox, *certificates, files, findings);
  reader.refuse_unknown();
  for (const DocumentFinding& finding : findings) {
    std::cerr << "chartroom: " << file << ": " << finding.key << ": " << finding.rule << '\n';
  }
  if (!findings.empty()) return kUsedWrongly;
  warn_of_open_secrets(file, files);
  endpoint.authentication = std::move(outgoing.authentication);
  endpoint.headers = std::move(outgoing.headers);
  return kDone;
}

}  // namespace

int report_error(const base::Error& error) {
  std::cerr << "chartroom: " << error.message << std::endl;
  return error.code == base::ErrorCode::invalid_input ? kUsedWrongly : kFailed;
}

int webhook_add(const Config& config, const std::string& client_id, const std::string& url,
                const std::vector<std::string>& events, const std::string& auth_file) {
  for (const std::string& event : events) {
    if (!app::is_event_kind(event)) {
      std::cerr << "chartroom: --events: '" << event << "' is none of "
                << base::join({app::kEventKinds.begin(), app::kEventKinds.end()}, ", ") << '\n';
      return kUsedWrongly;
    }
  }
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  const auto application = find_application(*house.store, client_id);
  if (!application) return report_error(application.error());
  if (const auto rule = app::broken_url_rule(url, application->sandbox)) {
    std::cerr << "chartroom: --url: " << *rule << '\n';
    return kUsedWrongly;
  }
  const auto tenant = house.store->tenant(client_id);
  const auto present = tenant->webhooks();
  if (!present) return report_error(present.error());
  if (present->size() >= app::kWebhooksMost) {
    std::cerr << "chartroom: the application has " << app::kWebhooksMost
              << " webhooks, and may not have more\n";
    return kFailed;
  }
  app::WebhookEndpoint endpoint;
  if (!auth_file.empty()) {
    const int read = read_auth_file(auth_file, application->sandbox, endpoint);
    if (read != kDone) return read;
  }
  endpoint.id = base::make_uuid_v7(house.clock.now(), house.random);
  endpoint.url = url;
  endpoint.kinds = events;
  endpoint.secret = app::make_webhook_secret(house.random);
  endpoint.created_at = endpoint.updated_at = house.clock.now();
  const auto stored =
      tenant->commit({app::InsertWebhook{endpoint},
                      app::InsertAudit{{"", "operator", "webhook.added", endpoint.id,
                                        endpoint.created_at + application->clock_offset}}});
  if (!stored) return report_error(stored.error());
  print({{"id", endpoint.id}, {"secret", endpoint.secret.reveal()}});
  return kDone;
}

int migrate(const Config& config, bool only_plan) {
  if (only_plan) {
    const auto missing = plan_migrations(config);
    if (!missing) return report_error(missing.error());
    for (const std::string& name : *missing) std::cout << name << '\n';
    std::cout << (missing->empty() ? "the schema is up to date"
                                   : std::to_string(missing->size()) + " migrations to apply")
              << std::endl;
    return kDone;
  }
  const auto applied = migrate_store(config);
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
  const auto seconds = [](std::chrono::milliseconds time) { return base::format_duration(time); };
  print({{"data", config.data.string()},
         {"database", store::describe_postgres_url(config.database.reveal())},
         {"database_password_file", config.database_password_file.string()},
         {"database_pool_size", config.database_pool_size},
         {"database_connect_timeout", seconds(config.database_connect_timeout)},
         {"database_statement_timeout", seconds(config.database_statement_timeout)},
         {"database_idle_timeout", seconds(config.database_idle_timeout)},
         {"database_tcp_timeout", seconds(config.database_tcp_timeout)},
         {"listen", config.listen},
         {"public_url", config.public_url},
         {"sandbox", config.sandbox},
         {"sandbox_records", std::move(folders)},
         {"roles", std::move(roles)},
         {"key_file", config.key_file.string()},
         {"metrics_token_file", config.metrics_token_file.string()},
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
