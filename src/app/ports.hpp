// What the use cases need from the outside world, besides the Store (app/store.hpp).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/types.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"
#include "base/sensitive.hpp"
#include "evidence/model.hpp"

namespace chartroom::app {

/// Authenticated encryption (AES-256-GCM) with a master key that never touches the database.
/// Thread-safe. The sealed form names its key id.
class Sealer {
 public:
  virtual ~Sealer() = default;
  /// `context` is bound to the value: opening with another one fails.
  [[nodiscard]] virtual std::string seal(std::string_view plain,
                                         std::string_view context) const = 0;
  /// Errors: corrupt (wrong key, context or bytes).
  [[nodiscard]] virtual base::Result<std::string> open(std::string_view sealed,
                                                       std::string_view context) const = 0;
  /// Keyed hash for look-ups of what must not be stored: 64 hex digits.
  [[nodiscard]] virtual std::string keyed_hash(std::string_view value) const = 0;
};

/// Slow password hashing (argon2id). Thread-safe.
class SecretHasher {
 public:
  virtual ~SecretHasher() = default;
  [[nodiscard]] virtual std::string hash(const base::Sensitive<std::string>& secret) const = 0;
  [[nodiscard]] virtual bool verify(const std::string& hash,
                                    const base::Sensitive<std::string>& secret) const = 0;
};

/// Bearer tokens and what belongs to them: RS256 JWTs (contract §2.2, §2.4). Thread-safe.
class TokenService {
 public:
  virtual ~TokenService() = default;
  /// None of these passes for another.
  enum class Kind {
    client,   ///< speaks for the application
    access,   ///< speaks for one user, who may read
    id,       ///< tells the application who a user is; opens nothing
    refresh,  ///< gets new access tokens for its user
  };
  struct Token {
    std::string token;
    std::chrono::seconds expires_in{};
  };
  struct Claims {
    std::string client_id;
    std::string human_id;  ///< empty in client tokens
    base::TimePoint issued_at{};
  };
  /// The token's time of issue is now, or `not_before` when that is later. `human_id` is for the
  /// kinds that speak of a user.
  [[nodiscard]] virtual base::Result<Token> issue(Kind kind, const std::string& client_id,
                                                  const std::string& human_id,
                                                  base::TimePoint not_before) = 0;
  /// Error unauthenticated for anything but a valid token of ours and of this kind: forged,
  /// expired, another algorithm, another audience. Whether it was revoked is the caller's matter.
  [[nodiscard]] virtual base::Result<Claims> verify(Kind kind, std::string_view token) = 0;
  /// RFC 7517 JSON Web Key Set of all keys that still verify.
  [[nodiscard]] virtual base::Result<std::string> jwks() = 0;
};

/// What a consumerLink's `rq` says.
struct LinkClaims {
  std::string client_id;
  std::string human_id;
  base::TimePoint issued_at{};
};

/// Signs and checks `rq` (contract §6.2). Expiry is the caller's: it knows the application's clock.
class LinkSigner {
 public:
  virtual ~LinkSigner() = default;
  [[nodiscard]] virtual std::string sign(const LinkClaims& claims) const = 0;
  /// Error unauthenticated for anything that was not signed by us.
  [[nodiscard]] virtual base::Result<LinkClaims> verify(std::string_view rq) const = 0;
};

/// One part of a multipart/form-data body (RFC 7578).
struct FormPart {
  std::string name;
  std::string content_type;
  std::string file_name;  ///< empty: not a file
  std::string body;
};

struct OutgoingRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::vector<FormPart>
      form{};  ///< if any, this is the body, of a POST; no content-type header then
  std::optional<ClientCertificate> certificate{};  ///< for receivers that want mutual TLS
  std::chrono::milliseconds timeout{10'000};
  std::size_t response_limit_bytes = std::size_t{64} * 1024;
};

struct OutgoingResponse {
  int status = 0;
  std::string body;
};

/// HTTP client. Thread-safe, blocking. Follows no redirect; refuses private, loopback and
/// link-local addresses unless it was made for a sandbox, and checks the address really connected.
/// A connection is used again only for requests with the same client certificate.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Errors: unavailable with one of the fixed messages "timeout", "connection refused",
  /// "name not resolved", "tls failure", "client certificate unusable", "blocked address",
  /// "transfer failed", "cancelled" (the process is stopping); invalid_input (URL).
  [[nodiscard]] virtual base::Result<OutgoingResponse> send(const OutgoingRequest& request) = 0;
};

/// Headers that prove a webhook's origin and integrity (Standard Webhooks).
class WebhookSigner {
 public:
  virtual ~WebhookSigner() = default;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> headers(
      const std::string& event_id, base::TimePoint at, std::string_view body,
      const base::Sensitive<std::string>& secret) const = 0;
};

/// One report on its way to one destination.
struct Shipment {
  std::string id;             ///< UUID, the same in every try
  std::string file_name;      ///< no PHI
  std::string content_type;   ///< MIME type of the report
  std::string metadata_json;  ///< what the receiver is told of it (contract §9.3, request schema)
  base::Sensitive<std::string> content;
};

/// Carries one notification to one endpoint. Thread-safe, blocking.
class EventSender {
 public:
  virtual ~EventSender() = default;
  struct Outcome {
    bool accepted = false;
    bool gone = false;  ///< 410: the receiver wants nothing more at this URL
    int status = 0;     ///< 0: no answer
    std::string error;  ///< fixed words
  };
  [[nodiscard]] virtual Outcome send(const WebhookEndpoint& endpoint, const StoredEvent& event,
                                     base::TimePoint now) = 0;
  /// How long to wait after that many failed tries; nullopt: give up.
  [[nodiscard]] virtual std::optional<base::Duration> delay_after(unsigned failed_tries) = 0;
};

/// What the product must know of a client certificate. Thread-safe.
class CertificateReader {
 public:
  virtual ~CertificateReader() = default;
  /// Fills in subject and expiry. Error invalid_input with field "certificate" or "privateKey" and
  /// the broken rule as the rest of a sentence: not PEM, encrypted, of another key.
  [[nodiscard]] virtual base::Result<ClientCertificate> read(
      const std::string& certificate_pem, const base::Sensitive<std::string>& private_key_pem) = 0;
};

/// One file to a server that speaks SFTP.
struct FileUpload {
  std::string url;                           ///< sftp://user@host[:port]/directory
  base::Sensitive<std::string> private_key;  ///< OpenSSH or PEM, not encrypted
  std::vector<std::string> host_keys;        ///< "SHA256:…": the server must show one of them
  std::string file_name;
  std::string temporary_name;  ///< written under this name first, then renamed
  std::string_view content;
  std::chrono::milliseconds timeout{60'000};  ///< of it all
};

/// Thread-safe, blocking. Which addresses it may connect to is as with HttpClient.
class FileSender {
 public:
  virtual ~FileSender() = default;
  /// Replaces a file of that name. Errors: unavailable with one of the fixed messages "timeout",
  /// "connection refused", "name not resolved", "blocked address", "host key is another",
  /// "login refused", "no such directory", "not allowed", "transfer failed", "cancelled" (the
  /// process is stopping); invalid_input with "invalid url" or "invalid private key".
  [[nodiscard]] virtual base::Result<void> send(const FileUpload& upload) = 0;
};

/// Carries one report to one destination. Thread-safe, blocking.
class ReportShipper {
 public:
  virtual ~ReportShipper() = default;
  struct Outcome {
    bool accepted = false;
    int status = 0;     ///< HTTP status, 0: no answer, or no HTTP
    std::string error;  ///< fixed words; empty when accepted
  };
  [[nodiscard]] virtual Outcome ship(const Destination& destination, const Shipment& shipment) = 0;
  /// How long to wait after that many failed tries; nullopt: give up.
  [[nodiscard]] virtual std::optional<base::Duration> delay_after(unsigned failed_tries) = 0;
};

/// One e-mail to one person. What is in it is about an applicant: nothing of it is logged.
struct Mail {
  std::string to;    ///< an address that is_mail_address() takes, like all addresses here
  std::string from;  ///< of the envelope and of the header
  std::string from_name;
  std::string reply_to;  ///< empty: none
  std::string subject;
  std::string text;        ///< the same twice: for those who read plain text
  std::string html;        ///< and for everybody else
  std::string message_id;  ///< "<id@host>", the same whenever this mail is sent again
};

/// Hands mails to a mail server. Thread-safe, blocking.
class MailSender {
 public:
  virtual ~MailSender() = default;
  struct Outcome {
    enum class Verdict {
      accepted,   ///< the server has taken it over
      temporary,  ///< try again later
      permanent,  ///< this mail will never be taken
    };
    Verdict verdict = Verdict::temporary;
    std::string error;  ///< fixed words; empty when accepted
  };
  [[nodiscard]] virtual Outcome send(const Mail& mail) = 0;
};

// ── record channels ─────────────────────────────────────────────────────────────────────────────

/// A customer's yes to a fee.
struct ApprovedFee {
  std::string ask_id;
  order::Fee fee;
};

/// A customer's answer to a question.
struct GivenAnswer {
  std::string ask_id;
  std::string text;  ///< one of the choices where there were any; may speak of the applicant
};

struct RetrievalRequest {
  std::string order_id;
  order::Channel channel = order::Channel::ehr;
  NewOrder applicant;       ///< what was ordered, with what tasks brought in
  evidence::Person person;  ///< the same, as identity sees it
  bool sandbox = false;
  bool authorized = false;  ///< a provider's special authorisation was given
  std::string connection;   ///< portal: id of the provider that the applicant connected
  std::vector<ApprovedFee> approved_fees;  ///< of this channel, oldest first
  std::vector<GivenAnswer> answers;        ///< the same; whoever has said no is not asked again
  unsigned attempt = 0;                    ///< tries before this one
  base::TimePoint now{};                   ///< application's time
  base::TimePoint asked_at{};              ///< when this channel was asked first
};

struct RetrievedItem {
  std::string provider_id;
  std::string provider_name;
  std::string media_type;
  std::string label;  ///< for coverage: file or resource reference, no PHI
  std::string bytes;
  bool supporting = false;  ///< practitioners, organisations: read with the others, no patient
};

/// What a vendor says about a request's progress (contract §7.3).
struct VendorNote {
  std::string id;  ///< the vendor's own and stable: a note that is told again is the same note
  std::string text;
  std::vector<std::string> provider_names;
  std::vector<std::string> provider_ids;
  std::string client_provider_id;  ///< as ordered; empty when not known
};

/// What a provider or vendor wants of the customer before it goes on.
struct VendorAsk {
  /// The vendor's own and stable, at most limits::kAskIdBytes, no PHI. What has the same id is
  /// asked once: a vendor that asks for what it was given is given up.
  std::string id;
  order::Fee fee;                    ///< needs_fee_approval; up to limits::kFeeMinorMost
  std::string text;                  ///< needs_answer; up to limits::kQuestionCodePoints
  std::vector<std::string> choices;  ///< needs_answer: distinct, at most limits::kChoices; or empty
};

struct RetrievalAnswer {
  enum class Status {
    complete,             ///< everything there is; items may be empty
    still_running,        ///< ask again after `retry_after`
    needs_authorization,  ///< a provider wants its own form; `detail` names it
    needs_fee_approval,   ///< `detail` wants a fee: `ask`
    needs_answer,         ///< `detail` wants to know something: `ask`
    failed,               ///< gave up for good
  };
  Status status = Status::complete;
  std::vector<RetrievedItem> items;
  base::Duration retry_after{};
  std::string detail;
  std::vector<VendorNote> notes{};  ///< with every status; may repeat earlier ones
  VendorAsk ask{};
};

/// One way to records. Thread-safe, blocking.
/// Errors: unavailable (try again with back-off).
class RecordChannel {
 public:
  virtual ~RecordChannel() = default;
  [[nodiscard]] virtual base::Result<RetrievalAnswer> retrieve(const RetrievalRequest& request) = 0;

  /// Providers whose portal an applicant can connect, best match first; `query` may be empty.
  struct PortalChoice {
    std::string id;
    std::string name;
    std::string place;
  };
  [[nodiscard]] virtual std::vector<PortalChoice> portals(const RetrievalRequest& /*request*/,
                                                          const std::string& /*query*/) {
    return {};
  }
};

}  // namespace chartroom::app
