// The use cases that HTTP rooms call. One object, thread-safe, blocking; every call names the
// application it acts for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
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

/// For an Idempotency-Key: `render` turns the outcome into the answer's bytes before the commit, so
/// that the stored answer and the sent one are the same.
struct IdempotentCall {
  std::string key;
  std::string request_hash;
};

struct RenderedAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
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
};

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
    std::function<void()> wake_worker;  ///< called after a commit that left work
  };

  Desk(Ports ports, DeskSettings settings);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Authentication.
  /// Error unauthenticated for a wrong pair, without telling which half was wrong.
  base::Result<TokenGrant> grant_token(const std::string& client_id,
                                       const base::Sensitive<std::string>& secret);
  /// The application a bearer token speaks for. Error unauthenticated.
  base::Result<Application> authenticate(std::string_view bearer_token);

  // Orders (contract §3).
  std::vector<order::OrderType> order_types(const Application& application);
  /// Errors: invalid_input (unknown order type: field "orderType"; e-mail required by the order
  /// type: field "clientUserEmail"), conflict (open order, other e-mail; message as documented).
  /// With `call`: a known key gives the stored answer (replayed = true) or invalid_input with field
  /// "Idempotency-Key" when the request differs.
  struct Placed {
    UserView view;
    RenderedAnswer answer;
    bool replayed = false;
  };
  using RenderPlaced = std::function<RenderedAnswer(const UserView&)>;
  base::Result<Placed> place_order(const Application& application, const NewOrder& request,
                                   const RenderPlaced& render,
                                   const std::optional<IdempotentCall>& call);
  base::Result<UserView> user(const Application& application, const UserKey& key);
  base::Result<Page<UserView>> users(const Application& application, std::size_t offset,
                                     std::size_t limit);
  /// Errors: not_found; conflict with the documented text when the order is final.
  base::Result<void> abort(const Application& application, const UserKey& key);
  base::Result<void> resync(const Application& application, const UserKey& key);
  base::Result<ConsumerLink> consumer_link(const Application& application, const UserKey& key);
  /// `order_id` empty: all orders. Groups by name and base reports, oldest first.
  base::Result<std::vector<ReportGroup>> reports(const Application& application, const UserKey& key,
                                                 const std::string& order_id);
  base::Result<StoredReport> report(const Application& application, const std::string& report_id);

  // Sandbox clock. Errors: not_found unless both server and application are in sandbox mode.
  base::Result<ClockView> clock(const Application& application);
  base::Result<ClockView> move_clock(const Application& application, base::TimePoint target);
  void set_clock_mover(ClockMover mover);

  // Task Manager. Errors: unauthenticated with message "expired" or "forged"; not_found.
  base::Result<TaskList> open_link(const std::string& client_id, std::string_view rq);
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

  base::Result<void> ready();  ///< the store answers and takes commits

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartroom::app
