#include "app/outgoing_rules.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <set>

#include "app/setting_rules.hpp"
#include "app/webhook_rules.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

constexpr std::size_t kSha256Bytes = 32;
constexpr std::uint16_t kSshPort = 22;

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

std::string known_reports() {
  std::set<std::string> names;
  for (const auto& entry : output_catalog().known) names.insert(entry.name);
  return base::join({names.begin(), names.end()}, ", ");
}

}  // namespace

std::optional<std::string> broken_secret_rule(std::string_view secret) {
  if (secret.empty() || secret.size() > kCredentialBytes || !base::is_valid_utf8(secret) ||
      has_control_character(secret)) {
    return "must be 1 to " + std::to_string(kCredentialBytes) +
           " characters without control characters";
  }
  return std::nullopt;
}

std::optional<std::string> broken_pdf_password_rule(std::string_view password) {
  if (password.size() < kPdfPasswordLeast || password.size() > kPdfPasswordBytes ||
      broken_secret_rule(password)) {
    return "must be " + std::to_string(kPdfPasswordLeast) + " to " +
           std::to_string(kPdfPasswordBytes) + " bytes of UTF-8 without control characters";
  }
  return std::nullopt;
}

std::optional<std::string> broken_user_rule(std::string_view user) {
  if (auto rule = broken_secret_rule(user)) return rule;
  if (user.find(':') != std::string_view::npos) return "must not contain a colon";
  return std::nullopt;
}

std::optional<std::string> broken_scope_rule(std::string_view scope) {
  const bool good = std::all_of(scope.begin(), scope.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!good || scope.empty() || scope.size() > kScopeBytes || scope.front() == ' ' ||
      scope.back() == ' ' || scope.find("  ") != std::string_view::npos) {
    return "must be words of printable ASCII with one space between them";
  }
  return std::nullopt;
}

bool is_destination_name(std::string_view name) {
  return !name.empty() && name.size() <= kDestinationNameBytes && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::optional<SftpPlace> read_sftp_url(std::string_view url) {
  if (url.size() > kWebhookUrlCharacters || has_control_character(url)) return std::nullopt;
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed) return std::nullopt;
  const boost::urls::url_view& view = *parsed;
  if (base::to_lower_ascii(std::string_view(view.scheme())) != "sftp" || view.host().empty() ||
      view.user().empty() || view.has_password() || view.has_query() || view.has_fragment() ||
      (view.has_port() && view.port_number() == 0)) {
    return std::nullopt;
  }
  SftpPlace place;
  place.user = view.user();
  place.host = view.host_address();
  place.port = view.has_port() ? view.port_number() : kSshPort;
  std::string path = view.path();
  if (path.starts_with("/~/") || path == "/~") path.erase(0, std::min<std::size_t>(3, path.size()));
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (has_control_character(path) || has_control_character(place.user)) return std::nullopt;
  place.directory = path == "/" ? "/" : path;
  return place;
}

std::optional<std::string> broken_sftp_url_rule(std::string_view url) {
  if (read_sftp_url(url)) return std::nullopt;
  return "must be sftp://user@host:port/directory, without a password";
}

std::optional<std::string> broken_report_rule(std::string_view report) {
  const auto dot = report.find('.');
  const std::string_view name = report.substr(0, dot);
  const auto& catalog = output_catalog().known;
  const bool known = std::any_of(catalog.begin(), catalog.end(), [&](const auto& entry) {
    const bool named = name == "*" ? dot != std::string_view::npos : entry.name == name;
    return named && (dot == std::string_view::npos || entry.format == report.substr(dot + 1));
  });
  if (known) return std::nullopt;
  return "must be a report (" + known_reports() +
         "), one with its format such as \"healthcheck.pdf\", or a format alone such as \"*.pdf\"";
}

bool is_host_key(std::string_view text) {
  constexpr std::string_view kPrefix = "SHA256:";
  if (!text.starts_with(kPrefix)) return false;
  const auto digest = base::from_base64(text.substr(kPrefix.size()));
  if (!digest || digest->size() != kSha256Bytes) return false;
  std::string again = base::to_base64(*digest);
  while (again.ends_with('=')) again.pop_back();
  return again == text.substr(kPrefix.size());
}

}  // namespace chartroom::app
