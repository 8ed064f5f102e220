// The use cases that HTTP rooms call. One object, thread-safe, blocking; every call names the
// application it acts for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "app/types.hpp"
#include "base/logger.hpp"
#include "base/result.hpp"

namespace chartroom::app {

/// What a caller may name a user by: exactly one of the two.
struct UserKey {
  std::optional<std::string> human_id;
  std::optional<std::string> client_user_id;
};

struct OrderView {
  std::string order_id;
  std::string order_type;
  std::string order_type_alias;
  order::State state = order::State::created;
  bool reports_available = false;
  bool data_available = false;
};

struct UserView {
  User user;
  std::vector<OrderView> orders;  ///< newest first; left empty in lists
  std::string consumer_link;      ///< set by place(); empty when nothing is asked of the applicant
};

struct ConsumerLink {
  std::string url;
  std::string client_id;
};

/// A POST that carries an Idempotency-Key.
struct IdempotentCall {
  std::string key;
  std::string request_hash;
};

struct RenderedAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// What the outcome of a change looks like to the caller. `render` turns it into the answer's bytes
/// before the commit; with a `call` these are committed together with the change, so that a
/// repetition of the call gets the same bytes and changes nothing. Both may be empty.
template <typename View>
struct Answering {
  std::function<RenderedAnswer(const View&)> render;
  std::optional<IdempotentCall> call;
};

/// The outcome of a change that has nothing to show.
struct Nothing {};

/// The provider of an accepted record.
struct ProviderView {
  std::string id;
  std::string name;
};

/// A task with the order it belongs to.
struct TaskView {
  order::Task task;
  std::string order_id;
  std::string human_id;
  std::string client_user_id;
  std::vector<RawRecord> records;  ///< identity_review: those to be decided on, without bytes
  /// missing_information: what is missing still, by the names of the order request (contract §3.2).
  std::vector<std::string> missing_fields;
  std::optional<VendorQuestion> question;  ///< provider_question; forgotten by a suppressed order
};

struct OrderDetail {
  StoredOrder order;
  std::vector<TaskView> tasks;  ///< oldest first
};

struct TaskPage {
  std::vector<TaskView> tasks;         ///< newest first
  std::optional<std::int64_t> before;  ///< where the next page begins; absent on the last
};

/// What a customer says to a task (POST /api/v1/tasks/{taskId}/resolve).
struct TaskResolution {
  enum class Decision { none, decline, release, reject, approve };
  Decision decision = Decision::none;
  /// What came in: demographics, providers, attachments; the rest is not looked at.
  NewOrder given;
  std::optional<std::string> answer;  ///< provider_question; up to limits::kAnswerCodePoints
};

struct NewSubscription {
  std::string client_user_id;
  std::string email;
  std::string role = "producer";
  std::optional<std::string> office, first_name, last_name;
};

struct NewWebhook {
  std::string url;
  std::vector<std::string> kinds;  ///< empty: all
  std::string description;
  bool enabled = true;
  bool legacy_signature = false;
  SecretHeaders headers;
  OutgoingAuth authentication{};  ///< its certificate is PEM as it came: not looked into yet
};

/// PATCH: what is absent stays as it is.
struct WebhookChange {
  std::optional<std::string> url, description;
  std::optional<std::vector<std::string>> kinds;
  std::optional<bool> enabled, legacy_signature;
  std::optional<SecretHeaders> headers;
  std::optional<OutgoingAuth> authentication;  ///< without its certificate
  /// The outer one: whether it is named at all; the inner one: none takes it away.
  std::optional<std::optional<ClientCertificate>> certificate;
};

struct Redelivery {
  std::string event_id;
  std::vector<std::string> endpoint_ids;  ///< who will get it (again)
};

struct ReplayRequest {
  EventFilter filter;                      ///< `since` and `until` are required
  std::vector<std::string> kinds;          ///< empty: all
  std::optional<std::string> endpoint_id;  ///< absent: every enabled endpoint that wants the kind
  bool dry_run = true;
};

struct ReplayOutcome {
  std::uint64_t matched = 0;     ///< events
  std::uint64_t deliveries = 0;  ///< events × endpoints
  bool dry_run = true;
};

struct ReportGroup {
  std::string name;
  std::vector<std::string> base_report_names;  ///< "combined" only
  std::vector<StoredReport> reports;           ///< without bytes
};

struct TokenGrant {
  std::string client_token;
  std::int64_t expires_in_seconds = 0;
};

/// What is asked of POST /v1/connect/token (contract §2.4).
struct ConnectRequest {
  enum class Kind { session, id, access };
  Kind kind = Kind::session;
  std::string client_id;
  base::Sensitive<std::string> client_secret;
  std::optional<base::Sensitive<std::string>> refresh_token;  ///< counts instead of the secret
  std::string client_user_id;
  std::optional<std::string> client_user_email;
};

struct ConnectGrant {
  std::string token;          ///< of the kind that was asked for
  std::string refresh_token;  ///< access only
  std::string human_id;
  std::int64_t expires_in_seconds = 0;
};

/// Whom an access token speaks for.
struct UserSession {
  Application application;
  std::string human_id;
};

struct ClockView {
  base::TimePoint now{};
  std::optional<base::TimePoint> next_due;  ///< in the application's time
};

/// What the Task Manager shows after a consumerLink was opened.
struct TaskList {
  std::string client_id;
  std::string human_id;
  std::string client_user_id;
  std::string order_id;
  order::State state = order::State::created;
  std::string first_name;         ///< for the greeting; may be empty
  std::string organization_name;  ///< the application's name
  std::vector<order::Task> open;  ///< the applicant's open tasks
  NewOrder known;                 ///< what is known already, to fill forms (no SSN, no attachments)
};

/// What an applicant types in for a missing_information task; absent: not given.
struct ApplicantInput {
  std::optional<std::string> first_name, last_name, gender, phone;
  std::optional<base::Date> date_of_birth;
  std::optional<Address> address;
  std::vector<Provider> providers;
  std::optional<Attachment> authorization;     ///< an uploaded, signed form
  std::optional<std::string> typed_signature;  ///< or a name typed as signature
};

struct DeskSettings {
  std::string public_url = "http://127.0.0.1:8080";  ///< no trailing slash
  bool sandbox = false;
  bool mails = false;  ///< a mail server is set up
};

/// Where a sandbox clock is to go: so much further than it stands, or to a moment.
using ClockMove = std::variant<base::Duration, base::TimePoint>;

/// Moves a sandbox application's time; implemented by the worker, which must run what becomes due.
using ClockMover =
    std::function<base::Result<ClockView>(const Application&, base::TimePoint target)>;

class Desk {
 public:
  struct Ports {
    Store& store;
    base::Clock& clock;
    base::Random& random;
    base::Logger& logger;
    Sealer& sealer;
    SecretHasher& hasher;
    TokenService& tokens;
    LinkSigner& links;
    std::map<order::Channel, RecordChannel*> channels;
    std::function<void()> wake_worker;          ///< called after a commit that left work
    CertificateReader* certificates = nullptr;  ///< absent: client certificates are not taken
  };

  Desk(Ports ports, DeskSettings settings);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Authentication.
  /// Error unauthenticated for a wrong pair, without telling which half was wrong.
  base::Result<TokenGrant> grant_token(const std::string& client_id,
                                       const base::Sensitive<std::string>& secret);
  /// The application a bearer token speaks for. Error unauthenticated, also for a user's token.
  base::Result<Application> authenticate(std::string_view bearer_token);
  /// A token for one user of the application. Errors: unauthenticated (wrong pair, or a refresh
  /// token that is not of this application and user), not_found (user), conflict (other e-mail).
  base::Result<ConnectGrant> connect_user(const ConnectRequest& request);
  /// The user an access token speaks for. Error unauthenticated, also for a client token.
  base::Result<UserSession> authenticate_user(std::string_view bearer_token);

  // Orders (contract §3).
  base::Result<std::vector<order::OrderType>> order_types(const Application& application);
  /// The answer kept for a call's key; nullopt for a new key. Error invalid_input with field
  /// "Idempotency-Key" when the key belongs to another request.
  base::Result<std::optional<RenderedAnswer>> kept_answer(const Application& application,
                                                          const IdempotentCall& call);
  /// Keeps the answer of a call that commits nothing of its own.
  base::Result<void> keep_answer(const Application& application, const IdempotentCall& call,
                                 const RenderedAnswer& answer);
  /// Every change below with an Answering fails with conflict and field "InsertIdempotentAnswer"
  /// when another call used the key a moment earlier; kept_answer() then has its answer.

  /// Errors: invalid_input (unknown order type: field "orderType"; e-mail required by the order
  /// type: field "clientUserEmail"), conflict (open order, other e-mail; message as documented).
  struct Placed {
    UserView view;
    RenderedAnswer answer;
  };
  base::Result<Placed> place_order(const Application& application, const NewOrder& request,
                                   const Answering<UserView>& answering = {});
  base::Result<UserView> user(const Application& application, const UserKey& key);
  base::Result<Page<UserView>> users(const Application& application, std::size_t offset,
                                     std::size_t limit);
  /// Errors: not_found; conflict with the documented text when the order is final.
  base::Result<RenderedAnswer> abort(const Application& application, const UserKey& key,
                                     const Answering<Nothing>& answering = {});
  base::Result<RenderedAnswer> resync(const Application& application, const UserKey& key,
                                      const Answering<Nothing>& answering = {});
  base::Result<ConsumerLink> consumer_link(const Application& application, const UserKey& key);
  /// Providers of the accepted records of all orders of the user, by name.
  base::Result<std::vector<ProviderView>> providers(const Application& application,
                                                    const UserKey& key);
  /// `order_id` empty: all orders. Groups by name and base reports, oldest first.
  base::Result<std::vector<ReportGroup>> reports(const Application& application, const UserKey& key,
                                                 const std::string& order_id);
  base::Result<StoredReport> report(const Application& application, const std::string& report_id);

  /// Errors: not_found.
  base::Result<OrderDetail> order(const Application& application, const std::string& order_id);
  /// The order's audit trail, oldest first. Errors: not_found.
  base::Result<std::vector<AuditEntry>> timeline(const Application& application,
                                                 const std::string& order_id);

  // Subscriptions (contract §3.7 to §3.10). Errors: not_found (user, id), conflict (subscribed).
  base::Result<RenderedAnswer> subscribe(const Application& application,
                                         const NewSubscription& subscription,
                                         const Answering<Subscription>& answering);
  /// Newest first.
  base::Result<std::vector<Subscription>> subscriptions(const Application& application,
                                                        const std::string& client_user_id);
  base::Result<Subscription> subscription(const Application& application, const std::string& id);
  base::Result<void> unsubscribe(const Application& application, const std::string& id);

  // Tasks (contract §15). Errors: not_found; conflict (closed; only the applicant can);
  // invalid_input with the field that is missing or not of this task's kind. A filter by an order
  // or user that is unknown is not_found.
  base::Result<TaskPage> tasks(const Application& application, const TaskFilter& filter,
                               std::int64_t before, std::size_t limit);
  base::Result<TaskView> task(const Application& application, const std::string& task_id);
  base::Result<RenderedAnswer> resolve_task(const Application& application,
                                            const std::string& task_id,
                                            const TaskResolution& resolution,
                                            const Answering<TaskView>& answering);

  // Webhook endpoints (contract §15). Errors: not_found; conflict (too many); invalid_input (a
  // client certificate that is none, authentication next to a header that says the same).
  base::Result<std::vector<WebhookEndpoint>> webhooks(const Application& application);
  base::Result<WebhookEndpoint> webhook(const Application& application, const std::string& id);
  base::Result<RenderedAnswer> add_webhook(const Application& application,
                                           const NewWebhook& webhook,
                                           const Answering<WebhookEndpoint>& answering);
  base::Result<WebhookEndpoint> change_webhook(const Application& application,
                                               const std::string& id, const WebhookChange& change);
  base::Result<void> remove_webhook(const Application& application, const std::string& id);
  /// The old secret signs too until `overlap` has passed.
  base::Result<RenderedAnswer> rotate_webhook_secret(const Application& application,
                                                     const std::string& id, base::Duration overlap,
                                                     const Answering<WebhookEndpoint>& answering);
  /// Sends an event of kind "webhook.test" to this endpoint alone.
  base::Result<RenderedAnswer> test_webhook(const Application& application, const std::string& id,
                                            const Answering<StoredEvent>& answering);
  base::Result<std::vector<DeliveryAttempt>> attempts(const Application& application,
                                                      const std::string& id, std::int64_t before,
                                                      std::size_t limit);

  // The event log (contract §15). Errors: not_found (event, endpoint); invalid_input (range).
  base::Result<std::vector<StoredEvent>> events(const Application& application,
                                                const EventFilter& filter, std::int64_t after,
                                                std::size_t limit);
  base::Result<StoredEvent> event(const Application& application, const std::string& event_id);
  base::Result<RenderedAnswer> redeliver(const Application& application,
                                         const std::string& event_id,
                                         const std::optional<std::string>& endpoint_id,
                                         const Answering<Redelivery>& answering);
  base::Result<RenderedAnswer> replay_events(const Application& application,
                                             const ReplayRequest& request,
                                             const Answering<ReplayOutcome>& answering);

  // Sandbox clock. Errors: not_found unless both server and application are in sandbox mode;
  // invalid_input (a moment that has passed); unavailable.
  base::Result<ClockView> clock(const Application& application);
  base::Result<ClockView> move_clock(const Application& application, const ClockMove& move);
  void set_clock_mover(ClockMover mover);

  // Task Manager. Errors: unauthenticated with message "expired" or "forged"; not_found.
  base::Result<TaskList> open_link(const std::string& client_id, std::string_view rq);
  /// What an address must begin with to be called back (app/callbacks.hpp). Error not_found.
  base::Result<std::vector<std::string>> callback_urls(const std::string& client_id);
  base::Result<TaskList> give_information(const TaskList& session, const std::string& task_id,
                                          const ApplicantInput& input);
  base::Result<TaskList> sign_special_authorization(const TaskList& session,
                                                    const std::string& task_id,
                                                    const ApplicantInput& input);
  std::vector<RecordChannel::PortalChoice> portals(const TaskList& session,
                                                   const std::string& query);
  /// `portal_id` empty: the applicant declines.
  base::Result<TaskList> connect_portal(const TaskList& session, const std::string& task_id,
                                        const std::string& portal_id);
  /// The customer decides on quarantined records; `is_applicant`: release them.
  base::Result<void> review_identity(const Application& application, const std::string& order_id,
                                     const std::string& task_id, bool is_applicant);

  /// The store answers; with the number of its newest migration.
  base::Result<int> ready();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartroom::app
