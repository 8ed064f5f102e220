// Who is asking: tokens for applications and users (contract §2).
#include "app/desk_impl.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;
using TokenKind = TokenService::Kind;

tl::unexpected<base::Error> refuse() {
  return fail(ErrorCode::unauthenticated, "credentials or token refused");
}

/// What operators can switch off as a whole.
bool may_call(const Application& application) {
  return application.enabled && application.settings.admin_api;
}

base::TimePoint valid_from(const Application& application) {
  return application.tokens_valid_from.value_or(base::TimePoint{});
}

}  // namespace

/// The application whose secret this is. Every wrong pair costs two hashes, whatever is wrong with
/// it, so that time does not tell an unknown client id from a known one.
Result<Application> Desk::Impl::application_with(const std::string& client_id,
                                                 const base::Sensitive<std::string>& secret) const {
  auto found = ports_.store.find_application(client_id);
  if (!found) return pass_on(found.error());
  // This hash belongs to a secret that nobody knows.
  static const std::string decoy =
      ports_.hasher.hash(base::Sensitive<std::string>("no such application"));
  std::string current = decoy;
  std::string previous = decoy;
  const bool known = found->has_value() && may_call(**found);
  if (known) {
    const Application& application = **found;
    current = application.secret_hash;
    if (!application.previous_secret_hash.empty() && application.previous_secret_until &&
        ports_.clock.now() < *application.previous_secret_until) {
      previous = application.previous_secret_hash;
    }
  }
  if (!ports_.hasher.verify(current, secret) && !ports_.hasher.verify(previous, secret)) {
    return refuse();
  }
  if (!known) return refuse();
  return std::move(**found);
}

/// The application a valid token of this kind belongs to, and what the token says.
Result<std::pair<Application, TokenService::Claims>> Desk::Impl::application_of(
    TokenKind kind, std::string_view token) const {
  auto claims = ports_.tokens.verify(kind, token);
  if (!claims) return pass_on(claims.error());
  auto application = ports_.store.find_application(claims->client_id);
  if (!application) return pass_on(application.error());
  if (!*application || !may_call(**application) || claims->issued_at < valid_from(**application)) {
    return refuse();
  }
  return std::pair(std::move(**application), std::move(*claims));
}

Result<TokenGrant> Desk::grant_token(const std::string& client_id,
                                     const base::Sensitive<std::string>& secret) {
  const auto application = impl_->application_with(client_id, secret);
  if (!application) return pass_on(application.error());
  auto token =
      impl_->ports_.tokens.issue(TokenKind::client, client_id, "", valid_from(*application));
  if (!token) return pass_on(token.error());
  return TokenGrant{std::move(token->token), token->expires_in.count()};
}

Result<Application> Desk::authenticate(std::string_view bearer_token) {
  auto found = impl_->application_of(TokenKind::client, bearer_token);
  if (!found) return pass_on(found.error());
  return std::move(found->first);
}

Result<UserSession> Desk::authenticate_user(std::string_view bearer_token) {
  auto found = impl_->application_of(TokenKind::access, bearer_token);
  if (!found) return pass_on(found.error());
  return UserSession{std::move(found->first), std::move(found->second.human_id)};
}

Result<ConnectGrant> Desk::connect_user(const ConnectRequest& request) {
  std::string refreshed_user;  // whom the refresh token is for
  Result<Application> application;
  if (request.refresh_token) {
    auto found = impl_->application_of(TokenKind::refresh, request.refresh_token->reveal());
    if (!found) return pass_on(found.error());
    if (found->first.client_id != request.client_id) return refuse();
    refreshed_user = std::move(found->second.human_id);
    application = std::move(found->first);
  } else {
    application = impl_->application_with(request.client_id, request.client_secret);
    if (!application) return pass_on(application.error());
  }
  const auto tenant = impl_->ports_.store.tenant(application->client_id);
  const auto user = impl_->find_user(*tenant, {std::nullopt, request.client_user_id});
  if (request.refresh_token &&
      (user ? user->human_id != refreshed_user : user.error().code == ErrorCode::not_found)) {
    return refuse();
  }
  if (!user) return pass_on(user.error());
  if (request.client_user_email &&
      !base::equals_ignoring_case_ascii(*request.client_user_email,
                                        user->profile.client_user_email.value_or(""))) {
    return fail(ErrorCode::conflict, kOtherLogin, "client_user_email");
  }
  return impl_->user_grant(*tenant, *application, user->human_id, request);
}

Result<ConnectGrant> Desk::Impl::user_grant(TenantStore& tenant, const Application& application,
                                            const std::string& human_id,
                                            const ConnectRequest& request) const {
  ConnectGrant grant;
  grant.human_id = human_id;
  if (request.kind == ConnectRequest::Kind::session) {
    const auto now = this->now(tenant);
    if (!now) return pass_on(now.error());
    grant.token = ports_.links.sign({application.client_id, human_id, *now});
    grant.expires_in_seconds = std::chrono::seconds(base::limits::kConsumerLinkLife).count();
    return grant;
  }
  const bool access = request.kind == ConnectRequest::Kind::access;
  const auto issue = [&](TokenKind kind) {
    return ports_.tokens.issue(kind, application.client_id, human_id, valid_from(application));
  };
  auto token = issue(access ? TokenKind::access : TokenKind::id);
  if (!token) return pass_on(token.error());
  grant.token = std::move(token->token);
  grant.expires_in_seconds = token->expires_in.count();
  if (!access) return grant;
  if (request.refresh_token) {
    // The same again: its end stays where it is, and then the client secret is needed.
    grant.refresh_token = request.refresh_token->reveal();
    return grant;
  }
  auto refresh = issue(TokenKind::refresh);
  if (!refresh) return pass_on(refresh.error());
  grant.refresh_token = std::move(refresh->token);
  return grant;
}

}  // namespace chartroom::app
