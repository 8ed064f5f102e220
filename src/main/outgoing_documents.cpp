#include "main/outgoing_documents.hpp"

#include <algorithm>
#include <fstream>

#include "app/outgoing_rules.hpp"
#include "app/webhook_rules.hpp"
#include "base/text.hpp"

namespace chartroom::cli {
namespace {

using app::Destination;
using AuthType = app::OutgoingAuth::Type;
using Secret = base::Sensitive<std::string>;
namespace fs = std::filesystem;

bool is_open_to_others(const fs::path& file) {
  std::error_code error;
  const auto permissions = fs::status(file, error).permissions();
  constexpr auto kOthers = fs::perms::group_all | fs::perms::others_all;
  return !error && (permissions & kOthers) != fs::perms::none;
}

/// A required text that keeps to `rule`.
template <typename Rule>
std::string ruled_text(TableReader& table, const std::string& name, Rule rule) {
  auto text = table.text(name, true);
  if (!text) return {};
  if (const auto broken = rule(*text)) table.refuse(name, *broken);
  return *std::move(text);
}

/// The member `name`, or what stands in the file that `name`_file names.
std::optional<std::string> text_or_file(TableReader& table, const std::string& name,
                                        SecretFiles& files) {
  const std::string file_name = name + "_file";
  const auto inline_text = table.text(name);
  const auto file = table.text(file_name);
  if (inline_text && file) {
    table.refuse(file_name, "is not allowed together with \"" + name + "\"");
    return std::nullopt;
  }
  if (inline_text) {
    files.document_holds_secret();
    return inline_text;
  }
  if (!file) {
    if (!table.has(name) && !table.has(file_name)) {
      table.refuse(name, "is required, here or as \"" + file_name + "\"");
    }
    return std::nullopt;
  }
  auto read = files.read(*file);
  if (read) return std::move(*read);
  table.refuse(file_name, read.error().message);
  return std::nullopt;
}

/// One line: an editor's line feed at the end of a file is not part of a secret.
Secret secret_line(
    TableReader& table, const std::string& name, SecretFiles& files,
    std::optional<std::string> (*broken_rule)(std::string_view) = app::broken_secret_rule) {
  auto text = text_or_file(table, name, files);
  if (!text) return {};
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (const auto broken = broken_rule(*text)) table.refuse(name, *broken);
  return Secret(*std::move(text));
}

void read_authentication_table(const toml::table& table, bool sandbox, SecretFiles& files,
                               DocumentFindings& findings, app::OutgoingAuth& auth) {
  TableReader reader(table, "authentication", findings);
  const auto word = reader.text("type", true);
  const auto type = word ? app::auth_type_from(*word) : std::nullopt;
  if (!type) {
    if (word) reader.refuse("type", "must be none, basic or oauth2");
    return;
  }
  auth.type = *type;
  if (*type == AuthType::basic) {
    auth.user = ruled_text(reader, "user", app::broken_user_rule);
    auth.password = secret_line(reader, "password", files);
  }
  if (*type == AuthType::oauth2) {
    auth.token_url = ruled_text(reader, "token_url", [&](const std::string& url) {
      return app::broken_url_rule(url, sandbox);
    });
    auth.client_id = ruled_text(reader, "client_id", app::broken_secret_rule);
    auth.client_secret = secret_line(reader, "client_secret", files);
    if (const auto scope = reader.text("scope")) {
      if (const auto broken = app::broken_scope_rule(*scope)) reader.refuse("scope", *broken);
      auth.scope = *scope;
    }
    const std::string where = reader.text("secret_in").value_or("header");
    auth.secret_in_body = where == "body";
    if (where != "body" && where != "header") reader.refuse("secret_in", "must be header or body");
  }
  reader.refuse_unknown();
}

std::optional<app::ClientCertificate> read_certificate_table(const toml::table& table,
                                                             app::CertificateReader& certificates,
                                                             SecretFiles& files,
                                                             DocumentFindings& findings) {
  TableReader reader(table, "client_certificate", findings);
  const auto certificate = text_or_file(reader, "certificate", files);
  auto key = text_or_file(reader, "private_key", files);
  reader.refuse_unknown();
  if (!certificate || !key) return std::nullopt;
  auto read = certificates.read(*certificate, Secret(*std::move(key)));
  if (read) return std::move(*read);
  reader.refuse(read.error().field == "privateKey" ? "private_key" : "certificate",
                read.error().message);
  return std::nullopt;
}

app::SecretHeaders read_header_table(TableReader& document, const std::string& name,
                                     SecretFiles& files, DocumentFindings& findings) {
  app::SecretHeaders headers;
  const toml::table* table = document.table(name);
  if (table == nullptr) return headers;
  if (table->size() > app::kWebhookHeadersMost) {
    document.refuse(name,
                    "must have at most " + std::to_string(app::kWebhookHeadersMost) + " headers");
    return headers;
  }
  files.document_holds_secret();
  TableReader reader(*table, name, findings);
  for (const auto& [key, node] : *table) {
    const std::string header(key.str());
    const auto value = reader.text(header);
    if (!value) continue;
    if (const auto broken = app::broken_header_rule(header, *value)) {
      reader.refuse(header, *broken);
    } else {
      headers.emplace_back(header, Secret(*value));
    }
  }
  return headers;
}

bool says_authorization(const app::SecretHeaders& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return base::equals_ignoring_case_ascii(header.first, "authorization");
  });
}

void read_sftp_members(TableReader& document, SecretFiles& files, Destination& destination) {
  auto key = text_or_file(document, "private_key", files);
  if (key) destination.private_key = Secret(*std::move(key));
  if (!document.has("host_keys")) document.refuse("host_keys", "is required");
  destination.host_keys = document.texts("host_keys").value_or(std::vector<std::string>());
  const bool good = !destination.host_keys.empty() &&
                    destination.host_keys.size() <= app::kHostKeysMost &&
                    std::all_of(destination.host_keys.begin(), destination.host_keys.end(),
                                [](const std::string& one) { return app::is_host_key(one); });
  if (document.has("host_keys") && !good) {
    document.refuse("host_keys", "must be 1 to " + std::to_string(app::kHostKeysMost) +
                                     " fingerprints such as \"SHA256:…\", as ssh-keygen -l prints "
                                     "them");
  }
}

void read_reports(TableReader& document, Destination& destination) {
  const auto reports = document.texts("reports");
  if (!reports) return;
  if (reports->empty() || reports->size() > app::kDestinationReportsMost) {
    document.refuse("reports", "must be 1 to " + std::to_string(app::kDestinationReportsMost) +
                                   " reports; leave it out for all");
  }
  for (std::size_t i = 0; i < reports->size(); ++i) {
    if (const auto broken = app::broken_report_rule((*reports)[i])) {
      document.refuse("reports[" + std::to_string(i) + "]", *broken);
    }
  }
  destination.reports = *reports;
}

void read_http_members(TableReader& document, bool sandbox, app::CertificateReader& certificates,
                       SecretFiles& files, DocumentFindings& findings, Destination& destination) {
  OutgoingDocument outgoing = read_outgoing(document, sandbox, certificates, files, findings);
  destination.authentication = std::move(outgoing.authentication);
  destination.headers = std::move(outgoing.headers);
  if (destination.kind != Destination::Kind::presigned) return;
  destination.upload_authentication = document.flag("upload_authentication").value_or(true);
  destination.upload_headers = read_header_table(document, "upload_headers", files, findings);
  if (destination.upload_authentication && destination.authentication.type != AuthType::none &&
      says_authorization(destination.upload_headers)) {
    document.refuse("upload_headers", "must not hold Authorization together with authentication");
  }
}

}  // namespace

base::Result<std::string> SecretFiles::read(const std::string& name) {
  const fs::path path = fs::path(name).is_absolute() ? fs::path(name) : folder_ / name;
  std::ifstream in(path, std::ios::binary);
  std::string text(app::kPemBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (text.empty() || in.bad()) {
    return base::fail(base::ErrorCode::invalid_input, "names a file that cannot be read");
  }
  if (text.size() > app::kPemBytes) {
    return base::fail(
        base::ErrorCode::invalid_input,
        "names a file that is longer than " + std::to_string(app::kPemBytes) + " bytes");
  }
  if (is_open_to_others(path)) open_ones_.push_back(path.string());
  return text;
}

void SecretFiles::note_mode(const fs::path& document) {
  document_is_open_ = is_open_to_others(document);
}

OutgoingDocument read_outgoing(TableReader& document, bool sandbox,
                               app::CertificateReader& certificates, SecretFiles& files,
                               DocumentFindings& findings) {
  OutgoingDocument out;
  if (const auto* table = document.table("authentication")) {
    read_authentication_table(*table, sandbox, files, findings, out.authentication);
  }
  if (const auto* table = document.table("client_certificate")) {
    out.authentication.certificate = read_certificate_table(*table, certificates, files, findings);
  }
  out.headers = read_header_table(document, "headers", files, findings);
  if (out.authentication.type != AuthType::none && says_authorization(out.headers)) {
    document.refuse("headers", "must not hold Authorization together with authentication");
  }
  return out;
}

Destination read_destination(const toml::table& table, bool sandbox,
                             app::CertificateReader& certificates, SecretFiles& files,
                             DocumentFindings& findings) {
  TableReader document(table, "", findings);
  Destination destination;
  destination.name = document.text("name", true).value_or("");
  if (document.has("name") && !app::is_destination_name(destination.name)) {
    document.refuse("name", "must be a-z, 0-9 and -, at most " +
                                std::to_string(app::kDestinationNameBytes) + " characters");
  }
  const auto word = document.text("type", true);
  const auto kind = word ? app::destination_kind_from(*word) : std::nullopt;
  const auto url = document.text("url", true);
  destination.url = url.value_or("");
  read_reports(document, destination);
  if (!kind) {
    // What else may stand there depends on it, so nothing more is looked at.
    if (word) document.refuse("type", "must be multipart, sftp or presigned");
    return destination;
  }
  destination.kind = *kind;
  const bool is_sftp = *kind == Destination::Kind::sftp;
  if (url) {
    const auto broken =
        is_sftp ? app::broken_sftp_url_rule(*url) : app::broken_url_rule(*url, sandbox);
    if (broken) document.refuse("url", *broken);
  }
  if (document.has("pdf_password") || document.has("pdf_password_file")) {
    destination.pdf_password =
        secret_line(document, "pdf_password", files, app::broken_pdf_password_rule);
  }
  if (is_sftp) {
    read_sftp_members(document, files, destination);
  } else {
    read_http_members(document, sandbox, certificates, files, findings, destination);
  }
  document.refuse_unknown();
  return destination;
}

}  // namespace chartroom::cli
