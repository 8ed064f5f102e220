#include "main/destination_commands.hpp"

#include <algorithm>
#include <iostream>

#include "app/outgoing_rules.hpp"
#include "app/shipping.hpp"
#include "base/ids.hpp"
#include "delivery/authenticator.hpp"
#include "delivery/client_certificate.hpp"
#include "delivery/report_shipper.hpp"
#include "main/commands.hpp"
#include "main/job_commands.hpp"
#include "main/outgoing_documents.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"
#include "net/curl_http_client.hpp"
#include "net/sftp_client.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kAttemptsShown = 50;

/// An application with its destinations.
struct Shipyard {
  std::unique_ptr<OpenStore> house;
  std::unique_ptr<app::TenantStore> tenant;
  app::Application application;
  std::vector<app::Destination> destinations;

  [[nodiscard]] base::TimePoint now() const {
    return house->clock.now() + application.clock_offset;
  }
  [[nodiscard]] app::InsertAudit note(const char* action, const std::string& subject) const {
    return {{"", "operator", action, subject, now()}};
  }
};

base::Result<Shipyard> open_shipyard(const Config& config, const std::string& client_id) {
  auto open = open_store(config, Purpose::tool);
  if (!open) return base::pass_on(open.error());
  Shipyard yard;
  yard.house = std::move(*open);
  auto application = find_application(*yard.house->store, client_id);
  if (!application) return base::pass_on(application.error());
  yard.application = *std::move(application);
  yard.tenant = yard.house->store->tenant(client_id);
  auto destinations = yard.tenant->destinations();
  if (!destinations) return base::pass_on(destinations.error());
  yard.destinations = std::move(*destinations);
  return yard;
}

base::Result<app::Destination> destination_named(const Shipyard& yard, const std::string& name) {
  for (const app::Destination& destination : yard.destinations) {
    if (destination.name == name) return destination;
  }
  return base::fail(base::ErrorCode::invalid_input,
                    "--name: the application has no destination of this name; 'chartroom "
                    "destination list' shows all",
                    "name");
}

/// What may be shown: never a secret.
json::object shown(const app::Destination& destination) {
  using AuthType = app::OutgoingAuth::Type;
  json::object out{{"id", destination.id},
                   {"name", destination.name},
                   {"type", app::to_string(destination.kind)},
                   {"url", destination.url},
                   {"reports", json::array(destination.reports.begin(), destination.reports.end())},
                   {"pdfs_encrypted", !destination.pdf_password.reveal().empty()},
                   {"created_at", base::format_iso(destination.created_at)}};
  if (destination.kind == app::Destination::Kind::sftp) {
    out["host_keys"] = json::array(destination.host_keys.begin(), destination.host_keys.end());
    return out;
  }
  const app::OutgoingAuth& auth = destination.authentication;
  json::object authentication{{"type", app::to_string(auth.type)}};
  if (auth.type == AuthType::basic) authentication["user"] = auth.user;
  if (auth.type == AuthType::oauth2) {
    authentication["token_url"] = auth.token_url;
    authentication["client_id"] = auth.client_id;
  }
  out["authentication"] = std::move(authentication);
  if (auth.certificate) {
    out["client_certificate"] =
        json::object{{"subject", auth.certificate->subject},
                     {"expires_at", base::format_iso(auth.certificate->expires_at)}};
  }
  json::array headers;
  for (const auto& header : destination.headers) headers.emplace_back(header.first);
  out["headers"] = std::move(headers);
  if (destination.kind == app::Destination::Kind::presigned) {
    out["upload_authentication"] = destination.upload_authentication;
  }
  return out;
}

int refuse_document(const std::filesystem::path& file, const DocumentFindings& findings) {
  for (const DocumentFinding& finding : findings)
    std::cerr << "chartroom: " << file.string() << ": " << finding.key << ": " << finding.rule
              << "\n";
  std::cerr << "chartroom: nothing was changed" << std::endl;
  return kUsedWrongly;
}

}  // namespace

void warn_of_open_secrets(const std::filesystem::path& document, const SecretFiles& files) {
  std::vector<std::string> open = files.open_ones();
  if (files.warn_of_document()) open.push_back(document.string());
  for (const std::string& file : open) {
    std::cerr << "chartroom: warning: " << file
              << " holds a secret that others on this machine can read; chmod 600 it\n";
  }
}

int destination_add(const Config& config, const std::string& client_id,
                    const std::filesystem::path& file) {
  auto opened = open_shipyard(config, client_id);
  if (!opened) return report_error(opened.error());
  Shipyard& yard = *opened;
  const auto document = read_toml(file);
  if (!document) return report_error(document.error());
  const auto certificates = delivery::make_certificate_reader();
  SecretFiles files(file);
  DocumentFindings findings;
  app::Destination destination =
      read_destination(*document, yard.application.sandbox, *certificates, files, findings);
  if (destination_named(yard, destination.name)) {
    findings.push_back({"name", "is that of another destination of this application"});
  }
  if (!findings.empty()) return refuse_document(file, findings);
  if (yard.destinations.size() >= app::kDestinationsMost) {
    std::cerr << "chartroom: the application has " << app::kDestinationsMost
              << " destinations, and may not have more\n";
    return kFailed;
  }
  warn_of_open_secrets(file, files);
  destination.created_at = yard.house->clock.now();
  destination.id = base::make_uuid_v7(destination.created_at, yard.house->random);
  const auto stored = yard.tenant->commit(
      {app::InsertDestination{destination}, yard.note("destination.added", destination.id)});
  if (!stored) return report_error(stored.error());
  print(shown(destination));
  return kDone;
}

int destination_list(const Config& config, const std::string& client_id) {
  const auto yard = open_shipyard(config, client_id);
  if (!yard) return report_error(yard.error());
  for (const app::Destination& destination : yard->destinations) print(shown(destination));
  return kDone;
}

int destination_remove(const Config& config, const std::string& client_id, const std::string& name,
                       bool sure) {
  const auto yard = open_shipyard(config, client_id);
  if (!yard) return report_error(yard.error());
  const auto destination = destination_named(*yard, name);
  if (!destination) return report_error(destination.error());
  const auto waiting =
      count_jobs_with(*yard->house->store, client_id, "ship", "destinationId", destination->id);
  if (!waiting) return report_error(waiting.error());
  if (*waiting > 0 && !sure) {
    std::cerr << "chartroom: " << *waiting
              << " reports wait to be shipped there, and would not be; --yes removes it all the "
                 "same\n";
    return kFailed;
  }
  const auto removed = yard->tenant->commit({app::DeleteDestination{destination->id},
                                             yard->note("destination.removed", destination->id)});
  if (!removed) return report_error(removed.error());
  print({{"removed", name}, {"not_shipped", *waiting}});
  return kDone;
}

int destination_test(const Config& config, const std::string& client_id, const std::string& name) {
  const auto yard = open_shipyard(config, client_id);
  if (!yard) return report_error(yard.error());
  const auto destination = destination_named(*yard, name);
  if (!destination) return report_error(destination.error());
  // As the server of this application may connect.
  const bool sandbox = yard->application.sandbox;
  const auto client = net::make_http_client({sandbox, std::chrono::seconds{5}, {}});
  const auto files = net::make_file_sender({sandbox, std::chrono::seconds{5}});
  delivery::Authenticator authenticator(*client, yard->house->clock);
  const auto shipper = delivery::make_report_shipper(authenticator, *files, yard->house->random);
  const auto outcome = shipper->ship(
      *destination, app::make_test_shipment(client_id, yard->now(), yard->house->random));
  const auto noted = yard->tenant->commit({yard->note("destination.tested", destination->id)});
  if (!noted) return report_error(noted.error());
  json::object line{{"accepted", outcome.accepted}, {"status", outcome.status}};
  if (!outcome.accepted) line["error"] = outcome.error;
  print(line);
  return outcome.accepted ? kDone : kFailed;
}

int destination_attempts(const Config& config, const std::string& client_id,
                         const std::string& name) {
  const auto yard = open_shipyard(config, client_id);
  if (!yard) return report_error(yard.error());
  const auto destination = destination_named(*yard, name);
  if (!destination) return report_error(destination.error());
  const auto attempts = yard->tenant->attempts(destination->id, kAttemptsShown);
  if (!attempts) return report_error(attempts.error());
  for (const app::DeliveryAttempt& attempt : *attempts) {
    print({{"report_id", attempt.event_id},
           {"number", attempt.number},
           {"status", attempt.status},
           {"error", attempt.error},
           {"at", base::format_iso(attempt.at)}});
  }
  return kDone;
}

int destination_ship(const Config& config, const std::string& client_id, const std::string& name,
                     const std::string& order_id) {
  const auto yard = open_shipyard(config, client_id);
  if (!yard) return report_error(yard.error());
  const auto destination = destination_named(*yard, name);
  if (!destination) return report_error(destination.error());
  const auto order = yard->tenant->find_order(order_id);
  if (!order) return report_error(order.error());
  if (!*order) {
    std::cerr << "chartroom: --order: the application has no order with this id\n";
    return kUsedWrongly;
  }
  const auto reports = yard->tenant->reports_of((*order)->human_id);
  if (!reports) return report_error(reports.error());
  const std::string occasion = base::make_uuid_v4(yard->house->random);
  app::Commit writes{{app::InsertAudit{
      {order_id, "operator", "report.shipping_again", destination->name, yard->now()}}}};
  std::size_t queued = 0;
  for (const app::StoredReport& report : *reports) {
    if (report.order_id != order_id || !app::wants(*destination, report)) continue;
    writes.emplace_back(app::InsertJob{app::ship_job(report, *destination, yard->now(), occasion)});
    ++queued;
  }
  if (queued > 0) {
    if (const auto stored = yard->tenant->commit(writes); !stored)
      return report_error(stored.error());
  }
  print({{"queued", queued}});
  return kDone;
}

}  // namespace chartroom::cli
