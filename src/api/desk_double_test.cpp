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

std::vector<order::OrderType> Desk::order_types(const Application& /*application*/) {
  order::OrderType first;
  first.code = "healthcheck";
  first.alias = "Healthcheck Order";
  first.description = "Everything";
  order::OrderType second;
  second.code = "aps-only";
  second.email_required = false;
  return {first, second};
}

base::Result<Desk::Placed> Desk::place_order(const Application& /*application*/,
                                             const NewOrder& request, const RenderPlaced& render,
                                             const std::optional<IdempotentCall>& call) {
  script().calls.emplace_back("place_order");
  script().order = request;
  script().idempotent = call;
  if (!script().user) return base::pass_on(script().user.error());
  return Placed{*script().user, render(*script().user), script().replayed};
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

base::Result<void> Desk::abort(const Application& /*application*/, const UserKey& key) {
  script().calls.emplace_back("abort");
  script().key = key;
  return script().done;
}

base::Result<void> Desk::resync(const Application& /*application*/, const UserKey& key) {
  script().calls.emplace_back("resync");
  script().key = key;
  return script().done;
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

base::Result<ClockView> Desk::clock(const Application& /*application*/) { return script().clock; }

base::Result<ClockView> Desk::move_clock(const Application& /*application*/,
                                         base::TimePoint target) {
  script().target = target;
  if (!script().clock) return script().clock;
  return ClockView{target, std::nullopt};
}

base::Result<void> Desk::ready() { return script().done; }

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
