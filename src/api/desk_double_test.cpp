#include "api/desk_double_test.hpp"

#include "order/order.hpp"

namespace chartroom::api::testing {

namespace {
DeskScript the_script;
}

DeskScript& script() { return the_script; }
void reset_script() { the_script = DeskScript{}; }

}  // namespace chartroom::api::testing

namespace chartroom::app {

using api::testing::script;

/// Nothing of the ports is ever touched.
class Desk::Impl {};

Desk::Desk(Ports /*ports*/, DeskSettings /*settings*/) : impl_(std::make_unique<Impl>()) {}
Desk::~Desk() = default;

base::Result<TokenGrant> Desk::grant_token(const std::string& /*client_id*/,
                                           const base::Sensitive<std::string>& /*secret*/) {
  script().calls.emplace_back("grant_token");
  return script().grant;
}

base::Result<Application> Desk::authenticate(std::string_view bearer_token) {
  script().token = bearer_token;
  return script().application;
}

base::Result<ConnectGrant> Desk::connect_user(const ConnectRequest& request) {
  script().calls.emplace_back("connect_user");
  script().connect = request;
  return script().connect_grant;
}

base::Result<UserSession> Desk::authenticate_user(std::string_view bearer_token) {
  script().token = bearer_token;
  return script().session;
}

base::Result<std::vector<order::OrderType>> Desk::order_types(const Application& /*application*/) {
  order::OrderType first;
  first.code = "healthcheck";
  first.alias = "Healthcheck Order";
  first.description = "Everything";
  order::OrderType second;
  second.code = "aps-only";
  second.email_required = false;
  return std::vector{first, second};
}

base::Result<std::optional<RenderedAnswer>> Desk::kept_answer(const Application& /*application*/,
                                                              const IdempotentCall& call) {
  script().idempotent = call;
  return script().kept;
}

base::Result<void> Desk::keep_answer(const Application& /*application*/,
                                     const IdempotentCall& /*call*/,
                                     const RenderedAnswer& /*answer*/) {
  script().calls.emplace_back("keep_answer");
  return {};
}

base::Result<Desk::Placed> Desk::place_order(const Application& /*application*/,
                                             const NewOrder& request,
                                             const Answering<UserView>& answering) {
  script().calls.emplace_back("place_order");
  script().order = request;
  if (!script().user) return base::pass_on(script().user.error());
  return Placed{*script().user, answering.render(*script().user)};
}

base::Result<UserView> Desk::user(const Application& /*application*/, const UserKey& key) {
  script().key = key;
  return script().user;
}

base::Result<Page<UserView>> Desk::users(const Application& /*application*/, std::size_t offset,
                                         std::size_t limit) {
  script().calls.push_back("users " + std::to_string(offset) + ' ' + std::to_string(limit));
  return script().users;
}

base::Result<RenderedAnswer> Desk::abort(const Application& /*application*/, const UserKey& key,
                                         const Answering<Nothing>& answering) {
  script().calls.emplace_back("abort");
  script().key = key;
  if (!script().done) return base::pass_on(script().done.error());
  return answering.render(Nothing{});
}

base::Result<RenderedAnswer> Desk::resync(const Application& /*application*/, const UserKey& key,
                                          const Answering<Nothing>& answering) {
  script().calls.emplace_back("resync");
  script().key = key;
  if (!script().done) return base::pass_on(script().done.error());
  return answering.render(Nothing{});
}

base::Result<ConsumerLink> Desk::consumer_link(const Application& /*application*/,
                                               const UserKey& key) {
  script().key = key;
  return script().link;
}

base::Result<std::vector<ReportGroup>> Desk::reports(const Application& /*application*/,
                                                     const UserKey& key,
                                                     const std::string& order_id) {
  script().calls.push_back("reports " + order_id);
  script().key = key;
  return script().reports;
}

base::Result<StoredReport> Desk::report(const Application& /*application*/,
                                        const std::string& report_id) {
  script().calls.push_back("report " + report_id);
  return script().report;
}

base::Result<std::vector<std::string>> Desk::callback_urls(const std::string& /*client_id*/) {
  return base::pass_on(script().refusal);
}

base::Result<ClockView> Desk::clock(const Application& /*application*/) { return script().clock; }

base::Result<ClockView> Desk::move_clock(const Application& /*application*/,
                                         const ClockMove& move) {
  if (!script().clock) return script().clock;
  const auto* advance = std::get_if<base::Duration>(&move);
  return ClockView{
      advance != nullptr ? script().clock->now + *advance : std::get<base::TimePoint>(move),
      std::nullopt};
}

// ── what black-box tests are about (tests/api): here it only refuses ───────────────────────────

namespace {

tl::unexpected<base::Error> refuse() { return base::pass_on(script().refusal); }

}  // namespace

base::Result<std::vector<ProviderView>> Desk::providers(const Application& /*application*/,
                                                        const UserKey& /*key*/) {
  return refuse();
}

base::Result<OrderDetail> Desk::order(const Application& /*application*/,
                                      const std::string& /*order_id*/) {
  return refuse();
}

base::Result<std::vector<AuditEntry>> Desk::timeline(const Application& /*application*/,
                                                     const std::string& /*order_id*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::subscribe(const Application& /*application*/,
                                             const NewSubscription& /*subscription*/,
                                             const Answering<Subscription>& /*answering*/) {
  return refuse();
}

base::Result<std::vector<Subscription>> Desk::subscriptions(const Application& /*application*/,
                                                            const std::string& /*client_user_id*/) {
  return refuse();
}

base::Result<Subscription> Desk::subscription(const Application& /*application*/,
                                              const std::string& /*id*/) {
  return refuse();
}

base::Result<void> Desk::unsubscribe(const Application& /*application*/,
                                     const std::string& /*id*/) {
  return refuse();
}

base::Result<TaskPage> Desk::tasks(const Application& /*application*/, const TaskFilter& /*filter*/,
                                   std::int64_t /*before*/, std::size_t /*limit*/) {
  return refuse();
}

base::Result<TaskView> Desk::task(const Application& /*application*/,
                                  const std::string& /*task_id*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::resolve_task(const Application& /*application*/,
                                                const std::string& /*task_id*/,
                                                const TaskResolution& /*resolution*/,
                                                const Answering<TaskView>& /*answering*/) {
  return refuse();
}

base::Result<std::vector<WebhookEndpoint>> Desk::webhooks(const Application& /*application*/) {
  return refuse();
}

base::Result<WebhookEndpoint> Desk::webhook(const Application& /*application*/,
                                            const std::string& /*id*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::add_webhook(const Application& /*application*/,
                                               const NewWebhook& /*webhook*/,
                                               const Answering<WebhookEndpoint>& /*answering*/) {
  return refuse();
}

base::Result<WebhookEndpoint> Desk::change_webhook(const Application& /*application*/,
                                                   const std::string& /*id*/,
                                                   const WebhookChange& /*change*/) {
  return refuse();
}

base::Result<void> Desk::remove_webhook(const Application& /*application*/,
                                        const std::string& /*id*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::rotate_webhook_secret(
    const Application& /*application*/, const std::string& /*id*/, base::Duration /*overlap*/,
    const Answering<WebhookEndpoint>& /*answering*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::test_webhook(const Application& /*application*/,
                                                const std::string& /*id*/,
                                                const Answering<StoredEvent>& /*answering*/) {
  return refuse();
}

base::Result<std::vector<DeliveryAttempt>> Desk::attempts(const Application& /*application*/,
                                                          const std::string& /*id*/,
                                                          std::int64_t /*before*/,
                                                          std::size_t /*limit*/) {
  return refuse();
}

base::Result<std::vector<StoredEvent>> Desk::events(const Application& /*application*/,
                                                    const EventFilter& /*filter*/,
                                                    std::int64_t /*after*/, std::size_t /*limit*/) {
  return refuse();
}

base::Result<StoredEvent> Desk::event(const Application& /*application*/,
                                      const std::string& /*event_id*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::redeliver(const Application& /*application*/,
                                             const std::string& /*event_id*/,
                                             const std::optional<std::string>& /*endpoint_id*/,
                                             const Answering<Redelivery>& /*answering*/) {
  return refuse();
}

base::Result<RenderedAnswer> Desk::replay_events(const Application& /*application*/,
                                                 const ReplayRequest& /*request*/,
                                                 const Answering<ReplayOutcome>& /*answering*/) {
  return refuse();
}

base::Result<int> Desk::ready() {
  if (!script().done) return base::pass_on(script().done.error());
  return 5;
}

}  // namespace chartroom::app

namespace chartroom::api::testing {

namespace {

/// References that are formed and never used: the double touches no port.
template <typename T>
T& untouched() {
  alignas(16) static char place[16];
  return reinterpret_cast<T&>(place);
}

}  // namespace

std::unique_ptr<app::Desk> make_desk_double() {
  return std::make_unique<app::Desk>(app::Desk::Ports{untouched<app::Store>(),
                                                      untouched<base::Clock>(),
                                                      untouched<base::Random>(),
                                                      untouched<base::Logger>(),
                                                      untouched<app::Sealer>(),
                                                      untouched<app::SecretHasher>(),
                                                      untouched<app::TokenService>(),
                                                      untouched<app::LinkSigner>(),
                                                      {},
                                                      {}},
                                     app::DeskSettings{});
}

}  // namespace chartroom::api::testing
