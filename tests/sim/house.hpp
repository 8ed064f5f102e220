// A whole house in one thread: the real use cases, jobs and store around a virtual clock, with
// channels and receivers that do as a test says.
#pragma once

#include <unistd.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "app/applicant.hpp"
#include "app/desk.hpp"
#include "app/jobs.hpp"
#include "auth/link_signer.hpp"
#include "auth/master_key.hpp"
#include "auth/sealer.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/logger.hpp"
#include "delivery/retry_schedule.hpp"
#include "no_tokens.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::sim {

class VirtualClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override {
    now_ += per_look_;
    return now_;
  }
  void set(base::TimePoint to) { now_ = to; }
  /// Time that passes whenever somebody looks, as it does for real.
  void pass_at_every_look(base::Duration by) { per_look_ = by; }

 private:
  mutable base::TimePoint now_ = base::from_unix_ms(1'800'000'000'000);
  base::Duration per_look_{};
};

/// Same seed, same bytes.
class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(engine_() & 0xFFU);
  }

 private:
  std::mt19937_64 engine_;
};

class PlainHasher final : public app::SecretHasher {
 public:
  [[nodiscard]] std::string hash(const base::Sensitive<std::string>& secret) const override {
    return base::sha256_hex(secret.reveal());
  }
  [[nodiscard]] bool verify(const std::string& hash,
                            const base::Sensitive<std::string>& secret) const override {
    return hash == base::sha256_hex(secret.reveal());
  }
};

/// Answers as the test's function says.
class ScriptedChannel final : public app::RecordChannel {
 public:
  using Script = std::function<base::Result<app::RetrievalAnswer>(const app::RetrievalRequest&)>;
  base::Result<app::RetrievalAnswer> retrieve(const app::RetrievalRequest& request) override {
    ++calls;
    return script(request);
  }
  Script script = [](const app::RetrievalRequest&) { return app::RetrievalAnswer{}; };
  int calls = 0;
};

/// A receiver that keeps what it accepts, in order.
class ScriptedReceiver final : public app::EventSender {
 public:
  struct Delivery {
    std::string event_id;
    std::string order_id;
    std::string kind;
    std::string body;
    std::string endpoint_id;
  };
  Outcome send(const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
               base::TimePoint) override {
    if (gone) return {false, true, 410, "gone"};
    if (fails && fails()) return {false, false, 503, "endpoint failed"};
    accepted.push_back({event.id, event.order_id, event.kind, event.body, endpoint.id});
    return {true, false, 200, ""};
  }
  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    return failed_tries > 30 ? std::nullopt
                             : std::optional<base::Duration>(std::chrono::minutes{5});
  }
  std::function<bool()> fails;
  bool gone = false;
  std::vector<Delivery> accepted;
};

/// A mail server that takes what a test lets it take.
class ScriptedMailer final : public app::MailSender {
 public:
  Outcome send(const app::Mail& mail) override {
    ++tries;
    if (verdict != Outcome::Verdict::accepted) return {verdict, "as the test says"};
    accepted.push_back(mail);
    if (after_accepting) after_accepting();
    return {verdict, ""};
  }
  Outcome::Verdict verdict = Outcome::Verdict::accepted;
  std::function<void()> after_accepting;
  std::vector<app::Mail> accepted;
  int tries = 0;
};

/// Destinations of reports that take what a test lets them take.
class ScriptedShipper final : public app::ReportShipper {
 public:
  struct Shipped {
    std::string shipment_id, destination, metadata, content;
  };

  Outcome ship(const app::Destination& destination, const app::Shipment& shipment) override {
    ++tries;
    if (during) during();
    if (fails && fails()) return {false, 503, "endpoint failed"};
    accepted.push_back(
        {shipment.id, destination.name, shipment.metadata_json, shipment.content.reveal()});
    return {true, 200, ""};
  }
  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    return delivery::delay_after(failed_tries, 0x8000'0000U);
  }
  std::function<bool()> fails;
  std::function<void()> during;  ///< while one is on its way
  std::vector<Shipped> accepted;
  int tries = 0;
};

struct Applicant {
  std::string first = "Jane";
  std::string last = "Doe";
  std::string birth = "1968-02-13";
  std::string gender = "female";
  std::string street = "12 Hill Street";
  std::string zip = "83712";
};

/// A FHIR Bundle of this person with one condition.
inline std::string bundle_of(const Applicant& a, const std::string& finding) {
  return R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1",)"
         R"("name":[{"family":")" +
         a.last + R"(","given":[")" + a.first + R"("]}],"birthDate":")" + a.birth +
         R"(","gender":")" + a.gender + R"(","address":[{"line":[")" + a.street +
         R"("],"city":"Boise","state":"ID","postalCode":")" + a.zip +
         R"("}]}},{"resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},)"
         R"("code":{"text":")" +
         finding +
         R"("},"clinicalStatus":{"coding":[{"code":"active"}]},"onsetDateTime":"2020-05-01"}}]})";
}

inline app::RetrievedItem item_of(const Applicant& applicant, const std::string& finding) {
  app::RetrievedItem item;
  item.provider_id = "clinic-1";
  item.provider_name = "Hill Street Clinic";
  item.media_type = "application/fhir+json";
  item.label = "bundle.json";
  item.bytes = bundle_of(applicant, finding);
  return item;
}

class House {
 public:
  explicit House(std::uint64_t seed = 1, bool mails = false) : random_(seed), mails_(mails) {
    base::start_crypto();
    static int number = 0;
    // In memory where there is such a folder: a storm commits thousands of times.
    const std::filesystem::path memory("/dev/shm");
    folder_ = (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
              ("chartroom-sim-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    keys_ = std::make_unique<auth::KeyRing>(
        *auth::KeyRing::from_master_keys({base::Sensitive<std::string>(std::string(32, 'k'))}));
    sealer_ = auth::make_sealer(*keys_, random_);
    links_ = auth::make_link_signer(*keys_);
    open();
    application_.client_id = std::string(40, 'a');
    application_.name = "Test Life";
    application_.sandbox = true;
    application_.created_at = clock.now();
    if (!store_->insert_application(application_)) std::abort();
    app::WebhookEndpoint endpoint;
    endpoint.id = "endpoint-1";
    endpoint.url = "https://receiver.example/hook";
    endpoint.created_at = clock.now();
    if (!store_->tenant(application_.client_id)->commit({app::InsertWebhook{endpoint}}))
      std::abort();
  }
  ~House() {
    close();
    std::filesystem::remove_all(folder_);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  /// As after a crash and a restart: everything in memory is gone.
  void restart() {
    close();
    open();
  }

  app::NewOrder order_for(const Applicant& applicant, const std::string& client_user_id,
                          const std::string& type = "healthcheck") const {
    app::NewOrder order;
    order.order_type = type;
    order.client_user_id = client_user_id;
    order.client_user_email = "jane@example.com";
    order.first_name = applicant.first;
    order.last_name = applicant.last;
    order.gender = applicant.gender;
    order.date_of_birth = base::parse_date(applicant.birth);
    app::Address address;
    address.street1 = applicant.street;
    address.city = "Boise";
    address.state = "ID";
    address.zip = applicant.zip;
    order.address = address;
    order.attachments.push_back(
        {"hipaaAuthorization", "application/pdf", base::Sensitive<std::string>("%PDF-")});
    return order;
  }

  base::Result<app::Desk::Placed> place(const app::NewOrder& order) {
    return desk_->place_order(application_, order);
  }

  app::StoredOrder order_of(const std::string& client_user_id) {
    const auto tenant = store_->tenant(application_.client_id);
    const auto user = tenant->find_user_by_client_user_id(client_user_id);
    return (*tenant->orders_of((**user).human_id)).front();
  }

  /// Runs what is due now; returns how many jobs that were. `dies` may end the worker before a job
  /// (it is then never run under that lease) or after it (its end was committed).
  std::size_t run_due() {
    std::size_t count = 0;
    for (;;) {
      const auto jobs = store_->claim(clock.now(), std::chrono::seconds{9}, 8);
      if (!jobs || jobs->empty()) return count;
      for (const app::Job& job : *jobs) {
        if (dies && dies()) return count;  // everything still claimed waits for its lease to end
        (void)runner_->run(job);
        ++count;
      }
    }
  }

  /// Steps from one due job to the next until `span` has passed.
  void pass(base::Duration span) {
    const base::TimePoint until = clock.now() + span;
    for (;;) {
      run_due();
      const auto due = store_->next_due();
      if (!due || !*due || **due > until) break;
      clock.set(std::max(clock.now() + base::Duration{1}, **due));
    }
    clock.set(until);
    run_due();
  }

  app::Desk& desk() { return *desk_; }
  app::JobRunner& runner() { return *runner_; }
  app::Store& store() { return *store_; }
  std::unique_ptr<app::TenantStore> tenant() { return store_->tenant(application_.client_id); }
  [[nodiscard]] const app::Application& application() const { return application_; }
  app::LinkSigner& links() { return *links_; }
  /// Puts this person on the suppression list.
  void suppress(const app::NewOrder& request) {
    for (const std::string& key : app::suppression_keys(request, *sealer_)) {
      if (!tenant()->commit({app::InsertSuppression{key}})) std::abort();
    }
  }
  app::Sealer& sealer() { return *sealer_; }

  VirtualClock clock;
  ScriptedChannel ehr, portal, aps;
  ScriptedReceiver receiver;
  ScriptedMailer mailer;
  ScriptedShipper shipper;
  std::function<bool()> dies;

 private:
  void open() {
    auto store = store::open_sqlite_store(folder_, *sealer_, clock, random_, {});
    if (!store) std::abort();
    store_ = std::move(*store);
    const std::map<order::Channel, app::RecordChannel*> channels{{order::Channel::ehr, &ehr},
                                                                 {order::Channel::portal, &portal},
                                                                 {order::Channel::aps, &aps}};
    runner_ = std::make_unique<app::JobRunner>(
        app::JobRunner::Ports{*store_,
                              clock,
                              random_,
                              logger_,
                              *sealer_,
                              receiver,
                              channels,
                              {mails_ ? &mailer : nullptr, links_.get(),
                               "records@chartroom.example", "help@chartroom.example"},
                              &shipper,
                              1},
        "https://chartroom.example", "test");
    desk_ = std::make_unique<app::Desk>(
        app::Desk::Ports{
            *store_, clock, random_, logger_, *sealer_, hasher_, tokens_, *links_, channels, {}},
        app::DeskSettings{"https://chartroom.example", true, mails_});
  }
  void close() {
    desk_.reset();
    runner_.reset();
    store_.reset();
  }

  std::filesystem::path folder_;
  SeededRandom random_;
  bool mails_;
  base::NullLogger logger_;
  PlainHasher hasher_;
  NoTokens tokens_;
  std::unique_ptr<auth::KeyRing> keys_;
  std::unique_ptr<app::Sealer> sealer_;
  std::unique_ptr<app::LinkSigner> links_;
  std::unique_ptr<app::Store> store_;
  std::unique_ptr<app::JobRunner> runner_;
  std::unique_ptr<app::Desk> desk_;
  app::Application application_;
};

/// Everything that a channel has.
inline app::RetrievalAnswer found(std::vector<app::RetrievedItem> items) {
  app::RetrievalAnswer answer;
  answer.items = std::move(items);
  return answer;
}

/// The answer's bytes are the API's matter; here the view itself is wanted.
template <typename View>
app::Answering<View> into(View& seen) {
  return {[&seen](const View& view) {
            seen = view;
            return app::RenderedAnswer{200, "application/json", "{}"};
          },
          {}};
}

}  // namespace chartroom::sim
