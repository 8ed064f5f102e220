// How the server proves to a receiver who it is, and where finished reports are shipped (contract
// §7.0, §9).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/sensitive.hpp"
#include "base/time.hpp"

namespace chartroom::app {

/// Static headers of requests to a receiver. Values are secrets.
using SecretHeaders = std::vector<std::pair<std::string, base::Sensitive<std::string>>>;

/// For receivers that want mutual TLS.
struct ClientCertificate {
  std::string certificate;                   ///< PEM: our own first, then intermediates
  base::Sensitive<std::string> private_key;  ///< PEM, not encrypted; belongs to the first one
  std::string subject;                       ///< of the first one, RFC 2253, for people
  base::TimePoint expires_at{};              ///< of the first one

  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

struct OutgoingAuth {
  enum class Type {
    none,    ///< static headers may still say who is calling
    basic,   ///< RFC 7617
    oauth2,  ///< RFC 6749 §4.4, client credentials
  };
  Type type = Type::none;
  std::string user;                            ///< basic
  base::Sensitive<std::string> password;       ///< basic
  std::string token_url;                       ///< oauth2
  std::string client_id;                       ///< oauth2
  base::Sensitive<std::string> client_secret;  ///< oauth2
  std::string scope;                           ///< oauth2; may be empty
  bool secret_in_body = false;  ///< client_secret_post instead of client_secret_basic
  /// Goes with every type; shown to the token URL as well.
  std::optional<ClientCertificate> certificate;

  friend bool operator==(const OutgoingAuth&, const OutgoingAuth&) = default;
};

/// "none", "basic", "oauth2"; back: nullopt for another word.
[[nodiscard]] const char* to_string(OutgoingAuth::Type type);
[[nodiscard]] std::optional<OutgoingAuth::Type> auth_type_from(std::string_view text);

/// Where finished reports of an application go by themselves. All of it is sealed at rest.
struct Destination {
  enum class Kind {
    multipart,  ///< §9.1
    sftp,       ///< §9.2
    presigned,  ///< §9.3
  };
  std::string id;    ///< UUID
  std::string name;  ///< see is_destination_name(); the application's only one of this name
  Kind kind = Kind::multipart;
  std::string url;                   ///< http(s)://…, or sftp://user@host[:port]/directory
  std::vector<std::string> reports;  ///< "healthcheck", "healthcheck.pdf", "*.pdf"; empty: all
  OutgoingAuth authentication;       ///< not for sftp
  SecretHeaders headers;             ///< not for sftp
  /// presigned: whether the upload, too, carries authentication, headers and certificate (§9.3
  /// step 3). Object storage often refuses a request that is authenticated twice.
  bool upload_authentication = true;
  SecretHeaders upload_headers;  ///< presigned: of the upload alone
  /// sftp: OpenSSH or PEM, not encrypted.
  base::Sensitive<std::string> private_key;
  std::vector<std::string> host_keys;  ///< sftp: "SHA256:…"; the server must show one of them
  base::Sensitive<std::string> pdf_password;  ///< PDFs go out encrypted; empty: as they are
  base::TimePoint created_at{};

  friend bool operator==(const Destination&, const Destination&) = default;
};

/// "multipart", "sftp", "presigned"; back: nullopt for another word.
[[nodiscard]] const char* to_string(Destination::Kind kind);
[[nodiscard]] std::optional<Destination::Kind> destination_kind_from(std::string_view text);

/// For sealed columns, secrets included, and back. Strict: anything unknown is ErrorCode::corrupt.
[[nodiscard]] std::string auth_to_json(const OutgoingAuth& auth);
[[nodiscard]] base::Result<OutgoingAuth> auth_from_json(std::string_view json);
[[nodiscard]] std::string destination_to_json(const Destination& destination);
[[nodiscard]] base::Result<Destination> destination_from_json(std::string_view json);

}  // namespace chartroom::app
