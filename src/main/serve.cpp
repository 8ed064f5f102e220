// `chartroom serve`: the whole house, wired.
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "api/door.hpp"
#include "api/routes.hpp"
#include "app/desk.hpp"
#include "app/jobs.hpp"
#include "auth/link_signer.hpp"
#include "auth/secret_hasher.hpp"
#include "auth/token_service.hpp"
#include "channel/sandbox/sandbox_channel.hpp"
#include "delivery/authenticator.hpp"
#include "delivery/client_certificate.hpp"
#include "delivery/report_shipper.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/standard_webhooks.hpp"
#include "delivery/webhook_sender.hpp"
#include "http/server.hpp"
#include "main/commands.hpp"
#include "main/json_logger.hpp"
#include "main/mail_setup.hpp"
#include "main/password_file.hpp"
#include "main/version.hpp"
#include "main/wiring.hpp"
#include "metrics/metrics.hpp"
#include "metrics/observed_routes.hpp"
#include "metrics/observed_sender.hpp"
#include "metrics/store_watch.hpp"
#include "net/curl_http_client.hpp"
#include "net/sftp_client.hpp"
#include "pages/pages.hpp"
#include "worker/worker.hpp"

namespace chartroom::cli {
namespace {

/// Webhooks over our HTTP client.
class WebhookSender final : public app::EventSender {
 public:
  WebhookSender(delivery::Authenticator& authenticator, app::WebhookSigner& signer,
                base::Random& random)
      : authenticator_(authenticator), signer_(signer), random_(random) {}

  Outcome send(const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
               base::TimePoint now) override {
    using Verdict = delivery::DeliveryOutcome::Verdict;
    delivery::DeliveryOutcome outcome =
        delivery::deliver(authenticator_, signer_, random_, endpoint, event, now);
    return {outcome.verdict == Verdict::accepted, outcome.verdict == Verdict::gone, outcome.status,
            std::move(outcome.error)};
  }

  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    std::uint32_t chance = 0;
    random_.fill(std::as_writable_bytes(std::span{&chance, 1}));
    return delivery::delay_after(failed_tries, chance);
  }

 private:
  delivery::Authenticator& authenticator_;
  app::WebhookSigner& signer_;
  base::Random& random_;
};

/// Blocks the signals that end the server in every thread, so that one waits for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

using Channels = std::map<order::Channel, app::RecordChannel*>;

/// The sandbox's fictional network; empty outside the sandbox.
struct SandboxChannels {
  std::vector<std::unique_ptr<app::RecordChannel>> owned;
  Channels channels;
};

SandboxChannels make_channels(const Config& config, base::Logger& logger) {
  SandboxChannels made;
  if (!config.sandbox) {
    logger.warning("no record channel is set up: orders will find no records");
    return made;
  }
  channel::SandboxOptions options;
  options.folders = config.sandbox_records;
  const auto network = channel::SandboxNetwork::load(options, logger);
  logger.info("sandbox network ready",
              {{"people", static_cast<std::int64_t>(network->folder_people())}});
  for (const order::Channel kind :
       {order::Channel::portal, order::Channel::ehr, order::Channel::aps}) {
    made.owned.push_back(channel::SandboxNetwork::channel(network, kind));
    made.channels[kind] = made.owned.back().get();
  }
  return made;
}

api::LimitSettings limits_of(const Config& config) {
  return {config.token_failures_per_client, config.token_failures_per_address,
          config.actions_per_user, config.trusted_proxies};
}

/// What an operator sees of this process.
class Watch {
 public:
  explicit Watch(OpenStore& house) : house_(house), metrics_(kVersion), store_watch_(metrics_) {
    house.store->observe(store_watch_);
  }
  metrics::Metrics& metrics() { return metrics_; }
  std::string text() {
    // A store that does not answer shows in the failed commits; the last age stands meanwhile.
    if (const auto lag = queue_lag()) metrics_.set_oldest_due(*lag);
    count();
    return metrics_.text();
  }
  base::Result<base::Duration> queue_lag() {
    const auto due = house_.store->next_due();
    if (!due) return base::pass_on(due.error());
    const base::TimePoint now = house_.clock.now();
    const bool waits = due->has_value() && **due < now;
    return waits ? now - **due : base::Duration::zero();
  }

 private:
  /// Costs as much as there is to count, so not more often than that.
  static constexpr std::chrono::seconds kCountPause{15};

  void count() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (counted_ && now - *counted_ < kCountPause) return;
    const auto figures = house_.store->figures();
    if (!figures) return;
    metrics_.set_open_orders(figures->open_orders);
    metrics_.set_dead_jobs(figures->dead_jobs);
    counted_ = now;
  }

  OpenStore& house_;
  std::mutex mutex_;  ///< guards counted_
  std::optional<std::chrono::steady_clock::time_point> counted_;
  metrics::Metrics metrics_;
  metrics::StoreWatch store_watch_;
};

/// Requests that have begun may take so long to end when the process stops.
constexpr std::chrono::milliseconds kDrain{2'500};

/// Ends the process when stopping takes longer than it may: what hangs is a peer, a disk or a
/// database, and any moment is a good one to end, since nothing lives in memory alone.
class StopLimit {
 public:
  explicit StopLimit(base::LogLevel level)
      : logger_(make_json_logger(clock_, level)), thread_([this] {
          std::unique_lock lock(mutex_);
          if (!ended_signal_.wait_for(lock, kLimit, [this] { return ended_; })) leave(*logger_);
        }) {}
  ~StopLimit() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    ended_signal_.notify_one();
    thread_.join();
  }
  StopLimit(const StopLimit&) = delete;
  StopLimit& operator=(const StopLimit&) = delete;

  [[noreturn]] static void leave(base::Logger& logger) {
    logger.warning("stopped without waiting for what still ran");
    std::_Exit(kDone);
  }

 private:
  static constexpr std::chrono::milliseconds kLimit{4'600};

  base::SystemClock clock_;
  std::unique_ptr<base::Logger> logger_;
  std::mutex mutex_;
  std::condition_variable ended_signal_;
  bool ended_ = false;
  std::thread thread_;
};

/// A node without the role "api" answers its operator alone.
bool is_for_operators(const http::Route& route) {
  return route.pattern == "/livez" || route.pattern == "/readyz" || route.pattern == "/metrics";
}

http::Router make_router(const api::ApiPorts& ports, app::LinkSigner& links, const Config& config,
                         metrics::Metrics& metrics) {
  std::vector<http::Route> routes = api::make_routes(ports);
  if (config.has_role("api")) {
    std::vector<http::Route> pages = pages::make_routes(
        {ports.desk, links, ports.clock, ports.logger, ports.public_url, config.sandbox});
    routes.insert(routes.end(), std::make_move_iterator(pages.begin()),
                  std::make_move_iterator(pages.end()));
  } else {
    std::erase_if(routes, std::not_fn(is_for_operators));
  }
  return http::Router(metrics::observe(std::move(routes), metrics));
}

}  // namespace

int serve(const Config& config) {
  const sigset_t signals = block_signals();
  std::optional<StopLimit> stop_limit;  // the last to go: closing the store belongs to stopping
  std::stop_source outgoing;
  auto open = open_store(config, Purpose::serve);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  Watch watch(house);
  const auto logger = make_json_logger(house.clock, config.level());
  const auto listen = parse_listen(config.listen);
  if (!listen) return report_error(listen.error());
  base::Sensitive<std::string> metrics_token;
  if (!config.metrics_token_file.empty()) {
    auto token = read_password(config.metrics_token_file, "metrics_token_file");
    if (!token) return report_error(token.error());
    metrics_token = *std::move(token);
  }

  SandboxChannels channels = make_channels(config, *logger);
  const auto client =
      net::make_http_client({config.sandbox, std::chrono::seconds{5}, {}, outgoing.get_token()});
  const auto signer = delivery::make_webhook_signer();
  delivery::Authenticator authenticator(*client, house.clock);
  WebhookSender webhooks(authenticator, *signer, house.random);
  metrics::ObservedSender sender(webhooks, watch.metrics());
  const auto files =
      net::make_file_sender({config.sandbox, std::chrono::seconds{5}, outgoing.get_token()});
  const auto shipper = delivery::make_report_shipper(authenticator, *files, house.random);
  const auto certificates = delivery::make_certificate_reader();
  const auto hasher = auth::make_secret_hasher(house.clock);
  const auto links = auth::make_link_signer(*house.keys);
  // With port 0 the URL is known only after listening; everything that builds links needs it
  // before, so such a server is for tests that name a --public-url of their own.
  const std::string public_url =
      config.public_url.empty() ? "http://" + config.listen : config.public_url;
  auth::TokenSettings token_settings = auth::token_settings_for(public_url);
  token_settings.life = config.token_life;
  const auto tokens = auth::make_token_service(*house.store, house.clock, house.random,
                                               *house.sealer, token_settings);

  const auto mailer = open_mail(config, house.clock, outgoing.get_token());
  if (!mailer) return report_error(mailer.error());
  app::JobRunner runner({*house.store,
                         house.clock,
                         house.random,
                         *logger,
                         *house.sealer,
                         sender,
                         channels.channels,
                         {mailer->get(), links.get(), config.mail_from, config.mail_reply_to},
                         shipper.get(),
                         std::max(1U, config.worker_threads / 2),
                         outgoing.get_token()},
                        public_url, kVersion);
  worker::WorkerSettings worker_settings;
  worker_settings.threads = config.worker_threads;
  worker_settings.outgoing = outgoing;
  worker::Worker worker(*house.store, runner, house.clock, *logger, worker_settings);
  app::Desk desk({*house.store, house.clock, house.random, *logger, *house.sealer, *hasher, *tokens,
                  *links, channels.channels, [&worker] { worker.wake(); }, certificates.get()},
                 {public_url, config.sandbox, *mailer != nullptr});

  // Works as well when the workers that run what becomes due are other processes.
  desk.set_clock_mover([&worker](const app::Application& application, base::TimePoint target) {
    return worker.move_clock(application, target);
  });
  if (config.has_role("worker")) worker.start();
  const auto door = std::make_shared<api::Door>(
      house.clock, api::DoorSettings{config.requests_per_second, config.trusted_proxies});
  const api::ApiPorts api_ports{
      .desk = desk,
      .tokens = *tokens,
      .clock = house.clock,
      .logger = *logger,
      .public_url = public_url,
      .limit_settings = limits_of(config),
      .metrics = [&watch] { return watch.text(); },
      .queue_lag = [&watch] { return watch.queue_lag(); },
      .queue_lag_degraded = std::chrono::seconds{config.queue_lag_degraded},
      .metrics_token = metrics_token,
      .door = door};
  http::ServerSettings server_settings;
  server_settings.address = listen->address;
  server_settings.port = listen->port;
  server_settings.handler_threads = config.handler_threads;
  http::Server server(server_settings, make_router(api_ports, *links, config, watch.metrics()),
                      *logger, [door, &watch](const http::Request& request) {
                        http::Admission admission = door->admit(request);
                        if (admission.refusal) watch.metrics().refused();
                        return admission;
                      });
  if (config.has_role("api") || config.listen_is_set) {
    if (auto started = server.start(); !started) return report_error(started.error());
    logger->info("listening", {{"port", std::int64_t{server.port()}}, {"sandbox", config.sandbox}});
  }

  int received = 0;
  sigwait(&signals, &received);
  logger->info("stopping", {{"signal", std::int64_t{received}}});
  stop_limit.emplace(config.level());
  // Handlers that wait for the worker hear from it that it stops, so both stop at once.
  std::thread listener([&server] { server.stop(kDrain); });
  const bool idle = worker.stop();
  listener.join();
  if (!idle) StopLimit::leave(*logger);
  return kDone;
}

}  // namespace chartroom::cli
