// What outgoing authentication and destinations may be, for everybody who sets them up: the API and
// the command line. Pure. Rules come as the rest of a sentence and never repeat a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/outgoing.hpp"

namespace chartroom::app {

inline constexpr std::size_t kPdfPasswordLeast = 8;
inline constexpr std::size_t kPdfPasswordBytes = 127;
inline constexpr std::size_t kCredentialBytes = 1'000;  ///< user, password, client id and secret
inline constexpr std::size_t kScopeBytes = 1'000;
inline constexpr std::size_t kPemBytes = 32U * 1024;
inline constexpr std::size_t kDestinationsMost = 10;  ///< per application
inline constexpr std::size_t kDestinationNameBytes = 40;
inline constexpr std::size_t kDestinationReportsMost = 20;
inline constexpr std::size_t kHostKeysMost = 5;

/// For passwords of PDFs: 8 to kPdfPasswordBytes bytes (ISO 32000-2 7.6.4.3.3), as above.
[[nodiscard]] std::optional<std::string> broken_pdf_password_rule(std::string_view password);
/// For passwords and secrets: 1 to kCredentialBytes bytes of UTF-8 without control characters.
[[nodiscard]] std::optional<std::string> broken_secret_rule(std::string_view secret);
/// For a user's name (basic) and a client id: the same; a user's name has no colon (RFC 7617 §2).
[[nodiscard]] std::optional<std::string> broken_user_rule(std::string_view user);
/// RFC 6749 §3.3: words of printable ASCII without quotation mark and backslash, one space between.
[[nodiscard]] std::optional<std::string> broken_scope_rule(std::string_view scope);

/// a-z, 0-9 and '-', at most kDestinationNameBytes, not beginning with '-'.
[[nodiscard]] bool is_destination_name(std::string_view name);
/// An SFTP URL: sftp://user@host[:port]/directory, nothing else in it.
[[nodiscard]] std::optional<std::string> broken_sftp_url_rule(std::string_view url);
/// "healthcheck", "healthcheck.pdf", "*.pdf": names and formats that the report room can make.
[[nodiscard]] std::optional<std::string> broken_report_rule(std::string_view report);
/// "SHA256:" and the unpadded base64 of 32 bytes, as ssh-keygen -l prints it.
[[nodiscard]] bool is_host_key(std::string_view text);

/// The parts of a good SFTP URL.
struct SftpPlace {
  std::string user;
  std::string host;  ///< without brackets
  std::uint16_t port = 22;
  std::string directory;  ///< decoded, no '/' at its end; relative to the login's home after "/~"
};
/// Nullopt for one that breaks the rule.
[[nodiscard]] std::optional<SftpPlace> read_sftp_url(std::string_view url);

}  // namespace chartroom::app
