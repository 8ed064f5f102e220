// What the use cases speak about: the typed order request and the things that are stored.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/outgoing.hpp"
#include "base/sensitive.hpp"
#include "base/time.hpp"
#include "order/order.hpp"

namespace chartroom::app {

// ── the order request (contract §3.2), validated and normalised by the API room ─────────────────

struct Address {
  std::optional<std::string> street1, street2, city, state, zip;  ///< zip: canonical string
};

struct Provider {
  std::optional<std::string> name, organization_name, client_provider_id, npi, phone, fax, mrn;
  std::optional<Address> address;
};

struct Attachment {
  std::string type;                      ///< "hipaaAuthorization", "other"
  std::string content_type;              ///< "application/pdf", "image/tiff"
  base::Sensitive<std::string> content;  ///< decoded bytes
};

using ClientValue = std::variant<std::string, double, std::int64_t, bool>;

struct NewOrder {
  std::optional<std::string> order_type;
  std::string client_user_id;
  std::optional<std::string> client_user_email;
  std::optional<std::string> first_name, middle_name, last_name;
  std::optional<std::string> gender;  ///< male, female, other
  std::optional<base::Date> date_of_birth;
  std::vector<std::string> suggested_sources;
  std::optional<base::Sensitive<std::string>> ssn;  ///< nine digits; the placeholder is absent
  std::optional<std::string> phone;
  std::optional<Address> address;
  std::vector<std::string> conditions;
  std::vector<Provider> providers;
  std::vector<Attachment> attachments;
  std::optional<std::string> client_data_json;  ///< flat object, as given, compact JSON
  std::optional<bool> auto_invite;
};

// ── stored things ───────────────────────────────────────────────────────────────────────────────

/// What an operator chooses per application (`chartroom app set`). Defaults are the contract's.
struct ApplicationSettings {
  enum class TaskNotifications { off, flat, envelope };    ///< §7.4: which family, if any
  enum class MailKind { order_status, tasks, reminders };  ///< §10: what subscribers hear of

  std::vector<std::string> callback_urls;  ///< prefixes a Task Manager callback may have (§6.2)
  TaskNotifications task_notifications = TaskNotifications::off;
  bool vendor_notes = false;            ///< send integrations.VendorNoteCreated (§7.3)
  int retention_days = 90;              ///< reports and raw records, after the terminal state (§14)
  bool require_city_and_state = false;  ///< C6, the stricter reading
  bool order_id_in_answer = false;      ///< §3.2.6, the compatibility switch
  bool legacy_timestamps = false;       ///< C16: six digits and no zone in VendorNoteCreated
  bool admin_api = true;        ///< §2.1: off, and every token of the application is refused
  bool mails_applicant = true;  ///< §10: invitations, tasks and reminders to the applicant
  std::vector<MailKind> mails_subscribers{MailKind::order_status};
  std::string mail_from;  ///< §10: the customer's own address as sender; empty: the server's

  friend bool operator==(const ApplicationSettings&, const ApplicationSettings&) = default;
};

/// "off", "flat", "envelope"; back: nullopt for another word.
[[nodiscard]] const char* to_string(ApplicationSettings::TaskNotifications value);
[[nodiscard]] std::optional<ApplicationSettings::TaskNotifications> task_notifications_from(
    std::string_view text);
/// "order_status", "tasks", "reminders"; back: nullopt for another word.
[[nodiscard]] const char* to_string(ApplicationSettings::MailKind value);
[[nodiscard]] std::optional<ApplicationSettings::MailKind> mail_kind_from(std::string_view text);

struct Application {
  std::string client_id;  ///< 40 hex
  std::string name;
  std::string secret_hash;           ///< argon2id
  std::string previous_secret_hash;  ///< still taken until previous_secret_until; may be empty
  std::optional<base::TimePoint> previous_secret_until;
  /// Tokens issued before are revoked. Whole seconds, since `iat` has no finer grain.
  std::optional<base::TimePoint> tokens_valid_from;
  bool sandbox = false;
  bool enabled = true;
  std::string default_order_type = "healthcheck";
  ApplicationSettings settings;
  base::Duration clock_offset{};  ///< sandbox clock: the application's time minus real time
  base::TimePoint created_at{};
  std::int64_t version = 0;  ///< grows with each change; compare-and-set on update
};

struct User {
  std::string human_id;  ///< 32 hex
  std::string user_id;   ///< 24 hex
  std::string client_user_id;
  NewOrder profile;          ///< newest demographics; sealed at rest; attachments are left out
  std::int64_t version = 0;  ///< 0: not stored yet; compare-and-set on update
  base::TimePoint created_at{};
  base::TimePoint updated_at{};
};

/// What a provider or vendor asked in a provider_question task, and what the customer said. Both
/// are free text about an applicant, so they are sealed.
struct VendorQuestion {
  std::string task_id;
  std::string text;
  std::vector<std::string> choices;  ///< the answer is one of these; empty: any text
  std::optional<std::string> answer;
};

/// An order's row: the core's state, and what the core must not know.
struct StoredOrder {
  order::Order core;
  std::int64_t version = 0;  ///< 0: not stored yet; compare-and-set on update
  std::string human_id;
  std::string client_user_id;
  NewOrder request;  ///< as ordered plus what tasks brought in; sealed; no attachment bytes
  std::vector<VendorQuestion> questions;  ///< of all provider_question tasks; sealed

  /// Null for a task of another kind, and once a suppressed order has forgotten.
  [[nodiscard]] const VendorQuestion* question_of(const std::string& task_id) const;
};

/// Bytes that belong to an order and are not a record: attachments, signed forms. Sealed.
struct Blob {
  std::string id;
  std::string order_id;
  std::string type;  ///< attachment type
  std::string content_type;
  base::Sensitive<std::string> bytes;
  base::TimePoint created_at{};
};

enum class RecordVerdict { accepted, quarantined, rejected, unreadable };
[[nodiscard]] const char* to_string(RecordVerdict verdict);

/// One retrieved item. `bytes` are sealed and empty once purged (rejected: at once).
struct RawRecord {
  std::string id;  ///< UUID derived from order, channel and content: storing twice is once
  std::string order_id;
  order::Channel channel = order::Channel::ehr;
  std::string provider_id;
  std::string provider_name;
  std::string media_type;
  std::string label;
  std::string sha256;
  RecordVerdict verdict = RecordVerdict::accepted;
  std::string decision_json;  ///< score, matched fields, reason; no PHI
  bool supporting = false;    ///< carries only organisations, practitioners and the like
  base::Sensitive<std::string> bytes;
  base::TimePoint retrieved_at{};
};

struct StoredReport {
  std::string id;  ///< UUID
  std::string order_id;
  std::string human_id;
  std::string name;
  std::string file_extension;
  std::vector<std::string> base_report_names;
  std::vector<std::string> provider_ids;
  base::TimePoint created_at{};
  base::Sensitive<std::string> bytes;  ///< empty in listings
};

/// A person who is kept informed about an applicant's order (contract §3.7, §10).
struct Subscription {
  std::string id;  ///< 24 hex
  std::string human_id;
  std::string client_user_id;
  std::string email;  ///< sealed at rest, like names and office
  std::string role = "producer";
  std::optional<std::string> office, first_name, last_name;
  base::TimePoint created_at{};
};

/// A notification that was decided. The body is fixed here once and for all.
struct StoredEvent {
  std::string id;        ///< eventId, UUID v4
  std::string order_id;  ///< may be empty: an event of the application
  std::string kind;      ///< one of kEventKinds
  std::string body;      ///< the JSON array as it is sent
  base::TimePoint created_at{};
  std::int64_t sequence = 0;  ///< assigned by the store, grows
};

struct WebhookEndpoint {
  std::string id;  ///< UUID
  std::string url;
  std::vector<std::string> kinds;       ///< event kinds; empty: all
  base::Sensitive<std::string> secret;  ///< "whsec_…", sealed at rest
  bool enabled = true;
  std::string description;
  base::TimePoint created_at{};
  base::TimePoint updated_at{};

  base::Sensitive<std::string> previous_secret;  ///< signs too until then; may be empty; sealed
  std::optional<base::TimePoint> previous_secret_until;  ///< real time
  bool legacy_signature = false;                         ///< X-HumanAPI-Signature as well
  SecretHeaders headers;        ///< of every delivery, such as Authorization; sealed at rest
  OutgoingAuth authentication;  ///< sealed at rest

  std::int64_t version = 0;  ///< grows with each change; compare-and-set on update

  // Circuit breaker; kept by NoteDelivery and SuspendWebhook alone. Real time.
  unsigned failures = 0;  ///< tries in a row that were not accepted
  std::optional<base::TimePoint> failing_since;
  std::optional<base::TimePoint> suspended_at;
};

/// One try to deliver, kept for the attempts list. No bodies.
struct DeliveryAttempt {
  std::string event_id;
  std::string endpoint_id;
  unsigned number = 1;
  int status = 0;     ///< HTTP status, 0: no answer
  std::string error;  ///< fixed words: "timeout", "refused", "blocked address", …
  base::TimePoint at{};
  std::int64_t sequence = 0;  ///< assigned by the store, grows
};

/// A unit of durable work.
struct Job {
  std::string id;         ///< UUID; a job with a known id is not stored twice
  std::string client_id;  ///< filled by the store
  std::string kind;       ///< "order.command", "retrieve", "build", "deliver", "ship", "purge", …
  std::string order_id;   ///< may be empty
  std::string payload;    ///< JSON; ids and numbers only, no PHI
  std::string lane;       ///< jobs of one lane run one after the other, by sequence; may be empty
  int priority = 0;       ///< higher first
  base::TimePoint due_at{};       ///< in the application's time
  unsigned attempts = 0;          ///< finished tries
  std::string lease;              ///< set by claim()
  base::Duration clock_offset{};  ///< of the application, set by claim()
  /// Claims in a row that came to no end: their worker died or failed under way. Set by claim().
  unsigned crashes = 0;
  /// The trace that the job belongs to, as a traceparent (W3C Trace Context); empty: none. A job
  /// that is inserted without one gets that of the thread that commits (base/trace.hpp).
  std::string trace;
};

/// What has become of a job, in an operator's words.
enum class JobState {
  waiting,  ///< for its time or for a worker
  running,  ///< claimed under a lease
  blocked,  ///< behind another one of its lane
  done,     ///< or dropped, or discarded; kept for a while
  dead,     ///< given up: a dead letter, kept until somebody redrives or discards it
};
inline constexpr std::array kJobStates{JobState::waiting, JobState::running, JobState::blocked,
                                       JobState::done, JobState::dead};
[[nodiscard]] const char* to_string(JobState state);

/// A job as an operator sees it. Times are real ones.
struct JobView {
  Job job;  ///< without its lease
  JobState state = JobState::waiting;
  base::TimePoint due_at{};
  std::optional<base::TimePoint> lease_until;  ///< of a running one
  std::optional<base::TimePoint> ended_at;     ///< of one that is done or dead
  std::string error;                           ///< of its last failed try: fixed words, no PHI
  std::int64_t sequence = 0;                   ///< grows with every job
};

/// Which task is whose: the order's own list is the truth, this finds it.
struct TaskRow {
  std::string task_id;
  std::string order_id;
  std::string human_id;
  order::TaskState state = order::TaskState::open;
  std::int64_t sequence = 0;  ///< grows with every task opened
};

struct AuditEntry {
  std::string order_id;  ///< may be empty
  std::string actor;     ///< "api", "applicant", "reviewer", "worker", "operator"
  std::string action;    ///< fixed words: "order.placed", "report.read", …
  std::string subject;   ///< id of what it was done to; no PHI
  base::TimePoint at{};
};

struct IdempotentAnswer {
  std::string key;
  std::string request_hash;  ///< sha256 of method, path and body
  int status = 0;
  std::string content_type;
  std::string body;
  base::TimePoint expires_at{};  ///< real time
};

/// Kinds of events, as endpoints subscribe to them and the event log names them.
inline constexpr const char* kStatusEvent = "order.status";
inline constexpr const char* kSummaryEvent = "order.summary";
inline constexpr const char* kTaskEvent = "task";
inline constexpr const char* kVendorNoteEvent = "vendor.note";
inline constexpr const char* kTestEvent = "webhook.test";

struct SigningKey {
  std::string kid;
  base::Sensitive<std::string> private_pem;  ///< RSA, PEM; sealed at rest
  base::TimePoint created_at{};
  std::optional<base::TimePoint> retired_at;
};

}  // namespace chartroom::app
