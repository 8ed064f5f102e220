// Webhook endpoints: set up, changed, tested and watched by their owner.
#include <mutex>

#include "app/announcements.hpp"
#include "app/desk_impl.hpp"
#include "app/webhook_rules.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

Result<WebhookEndpoint> load(TenantStore& tenant, const std::string& id) {
  auto endpoint = tenant.find_webhook(id);
  if (!endpoint) return pass_on(endpoint.error());
  if (!*endpoint) return fail(ErrorCode::not_found, "unknown webhook");
  return std::move(**endpoint);
}

/// Lets go of an old secret whose time is over. `now` is real time.
WebhookEndpoint as_of(WebhookEndpoint endpoint, base::TimePoint now) {
  if (endpoint.previous_secret_until && *endpoint.previous_secret_until <= now) {
    endpoint.previous_secret = {};
    endpoint.previous_secret_until.reset();
  }
  return endpoint;
}

InsertAudit audit(const char* action, const std::string& id, base::TimePoint at) {
  return {{"", "api", action, id, at}};
}

/// What reading alone does not find: PEM that is none, and two ways to say who is calling. Fills in
/// the certificate's subject and expiry.
Result<void> settle(CertificateReader* reader, WebhookEndpoint& endpoint) {
  const auto refuse = [](std::string rule, std::string field) {
    return fail(ErrorCode::invalid_input, std::move(rule), std::move(field));
  };
  OutgoingAuth& auth = endpoint.authentication;
  if (auth.type != OutgoingAuth::Type::none) {
    for (const auto& header : endpoint.headers) {
      if (!base::equals_ignoring_case_ascii(header.first, "authorization")) continue;
      return refuse("is not allowed together with \"authentication\"", "headers." + header.first);
    }
  }
  if (!auth.certificate || !auth.certificate->subject.empty()) return {};
  if (reader == nullptr) return refuse("is not supported", "clientCertificate");
  auto read = reader->read(auth.certificate->certificate, auth.certificate->private_key);
  if (!read) return refuse(read.error().message, "clientCertificate." + read.error().field);
  auth.certificate = std::move(*read);
  return {};
}

template <typename T>
void take_over(T& value, const std::optional<T>& change) {
  if (change) value = *change;
}

void apply(const WebhookChange& change, WebhookEndpoint& endpoint) {
  take_over(endpoint.url, change.url);
  take_over(endpoint.description, change.description);
  take_over(endpoint.kinds, change.kinds);
  take_over(endpoint.legacy_signature, change.legacy_signature);
  take_over(endpoint.headers, change.headers);
  if (change.authentication) {
    auto certificate = std::move(endpoint.authentication.certificate);
    endpoint.authentication = *change.authentication;
    endpoint.authentication.certificate = std::move(certificate);
  }
  take_over(endpoint.authentication.certificate, change.certificate);
  if (!change.enabled) return;
  endpoint.enabled = *change.enabled;
  // As the store does: an endpoint that is switched on starts with a clean record.
  if (endpoint.enabled) endpoint.suspended_at.reset();
}

/// A change is a read and a write of the whole. One that came in between, here or on another node,
/// must be seen and not undone: then it is read again.
constexpr int kChangeTries = 8;
bool was_overtaken(const base::Error& error) {
  return error.code == ErrorCode::conflict && error.field == "UpdateWebhook";
}

/// Calls `attempt` until no other change comes between its read and its write.
template <typename Attempt>
auto until_undisturbed(const Attempt& attempt) {
  auto done = attempt();
  for (int tries = 1; tries < kChangeTries && !done && was_overtaken(done.error()); ++tries)
    done = attempt();
  return done;
}

}  // namespace

Result<std::vector<WebhookEndpoint>> Desk::webhooks(const Application& application) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto endpoints = tenant->webhooks();
  if (!endpoints) return endpoints;
  for (WebhookEndpoint& endpoint : *endpoints) {
    endpoint = as_of(std::move(endpoint), impl_->ports_.clock.now());
  }
  return endpoints;
}

Result<WebhookEndpoint> Desk::webhook(const Application& application, const std::string& id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  auto endpoint = load(*tenant, id);
  if (!endpoint) return endpoint;
  return as_of(std::move(*endpoint), impl_->ports_.clock.now());
}

Result<RenderedAnswer> Desk::add_webhook(const Application& application, const NewWebhook& webhook,
                                         const Answering<WebhookEndpoint>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const std::lock_guard lock(impl_->webhook_additions_);
  const auto present = tenant->webhooks();
  if (!present) return pass_on(present.error());
  if (present->size() >= kWebhooksMost) {
    return fail(ErrorCode::conflict,
                "An application may have at most " + std::to_string(kWebhooksMost) + " webhooks");
  }
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  WebhookEndpoint endpoint;
  endpoint.created_at = endpoint.updated_at = impl_->ports_.clock.now();
  endpoint.id = base::make_uuid_v7(endpoint.created_at, impl_->ports_.random);
  endpoint.url = webhook.url;
  endpoint.kinds = webhook.kinds;
  endpoint.description = webhook.description;
  endpoint.enabled = webhook.enabled;
  endpoint.legacy_signature = webhook.legacy_signature;
  endpoint.headers = webhook.headers;
  endpoint.authentication = webhook.authentication;
  if (const auto settled = settle(impl_->ports_.certificates, endpoint); !settled) {
    return pass_on(settled.error());
  }
  endpoint.secret = make_webhook_secret(impl_->ports_.random);
  Commit writes{InsertWebhook{endpoint}, audit("webhook.added", endpoint.id, *now)};
  RenderedAnswer answer = impl_->answer(answering, endpoint, writes);
  const auto committed = tenant->commit(writes);
  if (!committed) return pass_on(committed.error());
  return answer;
}

Result<WebhookEndpoint> Desk::change_webhook(const Application& application, const std::string& id,
                                             const WebhookChange& change) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  return until_undisturbed([&]() -> Result<WebhookEndpoint> {
    auto endpoint = webhook(application, id);
    if (!endpoint) return endpoint;
    const auto now = impl_->now(*tenant);
    if (!now) return pass_on(now.error());
    apply(change, *endpoint);
    if (const auto settled = settle(impl_->ports_.certificates, *endpoint); !settled) {
      return pass_on(settled.error());
    }
    endpoint->updated_at = impl_->ports_.clock.now();
    const auto committed =
        tenant->commit({UpdateWebhook{*endpoint}, audit("webhook.changed", id, *now)});
    if (!committed) return pass_on(committed.error());
    return endpoint;
  });
}

Result<void> Desk::remove_webhook(const Application& application, const std::string& id) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  return tenant->commit({DeleteWebhook{id}, audit("webhook.removed", id, *now)});
}

Result<RenderedAnswer> Desk::rotate_webhook_secret(const Application& application,
                                                   const std::string& id, base::Duration overlap,
                                                   const Answering<WebhookEndpoint>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  return until_undisturbed([&]() -> Result<RenderedAnswer> {
    auto endpoint = webhook(application, id);
    if (!endpoint) return pass_on(endpoint.error());
    const auto now = impl_->now(*tenant);
    if (!now) return pass_on(now.error());
    const base::TimePoint real_now = impl_->ports_.clock.now();
    endpoint->previous_secret = std::move(endpoint->secret);
    endpoint->previous_secret_until = real_now + overlap;
    endpoint->secret = make_webhook_secret(impl_->ports_.random);
    endpoint->updated_at = real_now;
    *endpoint = as_of(std::move(*endpoint), real_now);
    Commit writes{UpdateWebhook{*endpoint}, audit("webhook.secret_rotated", id, *now)};
    RenderedAnswer answer = impl_->answer(answering, *endpoint, writes);
    const auto committed = tenant->commit(writes);
    if (!committed) return pass_on(committed.error());
    return answer;
  });
}

Result<RenderedAnswer> Desk::test_webhook(const Application& application, const std::string& id,
                                          const Answering<StoredEvent>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto endpoint = load(*tenant, id);
  if (!endpoint) return pass_on(endpoint.error());
  if (!endpoint->enabled) return fail(ErrorCode::conflict, "The webhook is switched off");
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  StoredEvent event;
  event.id = base::make_uuid_v4(impl_->ports_.random);
  event.kind = kTestEvent;
  event.body = test_body(event.id, application.client_id, *now);
  event.created_at = *now;
  Commit writes{InsertEvent{event}, InsertJob{delivery_job(event, *endpoint, *now)},
                audit("webhook.tested", id, *now)};
  RenderedAnswer answer = impl_->answer(answering, event, writes);
  const auto committed = tenant->commit(writes);
  if (!committed) return pass_on(committed.error());
  impl_->wake();
  return answer;
}

Result<std::vector<DeliveryAttempt>> Desk::attempts(const Application& application,
                                                    const std::string& id, std::int64_t before,
                                                    std::size_t limit) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto endpoint = load(*tenant, id);
  if (!endpoint) return pass_on(endpoint.error());
  return tenant->attempts(id, limit, before);
}

}  // namespace chartroom::app
