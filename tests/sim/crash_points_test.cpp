// An order with tasks, records, reports and two webhooks, and a process that is killed at every
// commit of its life: what comes out is the same.
//
// A child lives the order on a SQLite file and kills itself (SIGKILL) right before or right after
// commit i; the parent opens the same file and lives on. What left the house is kept in a file
// beside it, as a receiver would keep it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

#include "forwarding_store.hpp"
#include "house.hpp"
#include "people.hpp"
#include "worker/worker.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;
using Status = app::RetrievalAnswer::Status;

[[noreturn]] void give_up(const char* why) {
  std::cerr << "crash points: " << why << std::endl;
  ::_exit(1);
}

enum class When { never, before, after };

/// Counts what is committed and dies at a certain one.
struct Fate {
  When when = When::never;
  unsigned at = 0;
  unsigned commits = 0;

  void before() {
    if (when == When::before && commits + 1 == at) (void)::raise(SIGKILL);
  }
  void after() {
    ++commits;
    if (when == When::after && commits == at) (void)::raise(SIGKILL);
  }
};

class MortalTenant final : public ForwardingTenant {
 public:
  MortalTenant(std::unique_ptr<app::TenantStore> inner, Fate& fate)
      : ForwardingTenant(std::move(inner)), fate_(fate) {}
  base::Result<void> commit(const app::Commit& writes) override {
    fate_.before();
    auto done = inner().commit(writes);
    fate_.after();
    return done;
  }

 private:
  Fate& fate_;
};

class MortalStore final : public ForwardingStore {
 public:
  MortalStore(app::Store& inner, Fate& fate) : ForwardingStore(inner), fate_(fate) {}
  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<MortalTenant>(inner().tenant(client_id), fate_);
  }
  base::Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                            const app::ClaimLimits& limits) override {
    fate_.before();
    auto jobs = inner().claim(now, lease, limits);
    if (jobs && !jobs->empty()) fate_.after();
    return jobs;
  }

 private:
  Fate& fate_;
};

/// What must not depend on where the process died: ids by their first appearance, no times.
class Comparable {
 public:
  std::string of(const std::string& text) {
    std::string out;
    std::string word;
    for (const char c : text) {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ||
          (c == ':' && !word.empty())) {
        word += c;
        continue;
      }
      add(word, out);
      word.clear();
      out += c;
    }
    add(word, out);
    return out;
  }

 private:
  void add(const std::string& word, std::string& out) {
    const bool is_time = (word.size() == 24 && word[10] == 'T' && word.back() == 'Z') ||
                         (word.size() == 13 && consists_of(word, "0123456789"));
    const bool is_id = (word.size() == 36 || word.size() == 32 || word.size() == 24) &&
                       consists_of(word, "0123456789abcdef-");
    if (is_time) {
      out += "TIME";
    } else if (is_id) {
      out += "#" + std::to_string(numbers_.try_emplace(word, numbers_.size()).first->second);
    } else {
      out += word;
    }
  }
  static bool consists_of(const std::string& word, const char* characters) {
    return word.find_first_not_of(characters) == std::string::npos;
  }

  std::map<std::string, std::size_t> numbers_;
};

/// One process of the house, from its start to the order's end or its own.
class Life {
 public:
  Life(std::filesystem::path folder, std::uint64_t seed, Fate fate)
      : folder_(std::move(folder)), random_(seed), fate_(fate) {
    base::start_crypto();
    keys_ = std::make_unique<auth::KeyRing>(
        *auth::KeyRing::from_master_keys({base::Sensitive<std::string>(std::string(32, 'k'))}));
    sealer_ = auth::make_sealer(*keys_, random_);
    links_ = auth::make_link_signer(*keys_);
    auto opened = store::open_sqlite_store(folder_ / "data", *sealer_, clock_, random_,
                                           {.check_integrity = false});
    if (!opened) give_up("the store does not open");
    engine_ = std::move(*opened);
    store_ = std::make_unique<MortalStore>(*engine_, fate_);
    ehr_.script = [this](const app::RetrievalRequest& request) { return network(request); };
    portal_.script = [this](const app::RetrievalRequest& request) { return connected(request); };
    const std::map<order::Channel, app::RecordChannel*> channels{
        {order::Channel::ehr, &ehr_}, {order::Channel::portal, &portal_}};
    runner_ = std::make_unique<app::JobRunner>(
        app::JobRunner::Ports{*store_, clock_, random_, logger_, *sealer_, receiver_, channels, {}},
        "https://chartroom.example", "test");
    desk_ = std::make_unique<app::Desk>(
        app::Desk::Ports{
            *store_, clock_, random_, logger_, *sealer_, hasher_, tokens_, *links_, channels, {}},
        app::DeskSettings{"https://chartroom.example", true, false});
    receiver_.file = folder_ / "deliveries";
  }

  void set_up() {
    app::Application application;
    application.client_id = std::string(40, 'a');
    application.sandbox = true;
    application.settings.vendor_notes = true;
    application.settings.task_notifications = app::ApplicationSettings::TaskNotifications::envelope;
    if (!engine_->insert_application(application)) give_up("no application");
    order::OrderType type = make_order_types().at(1);
    type.code = "all";
    std::erase_if(type.channels,
                  [](const auto& plan) { return plan.channel == order::Channel::aps; });
    type.outputs.push_back({"healthcheck", "json", {}});
    type.sufficiency = {9, 9, false, 0};  // everybody is heard
    app::Commit writes{app::PutOrderType{type}};
    for (const char* id : {"endpoint-1", "endpoint-2"}) {
      app::WebhookEndpoint endpoint;
      endpoint.id = id;
      endpoint.url = "https://receiver.example/hook";
      writes.emplace_back(app::InsertWebhook{endpoint});
    }
    if (!engine_->tenant(application.client_id)->commit(writes)) give_up("no order type");
  }

  /// Begins, or goes on where another process died. A restart is later than any lease.
  void live() {
    application_ = **engine_->find_application(std::string(40, 'a'));
    const auto before = read_clock();
    set_clock(before ? *before + worker::kLease + 1s : clock_.now());
    place();
    for (int steps = 0; steps < 10'000; ++steps) {
      if (run_due() > 0) continue;
      if (answer_a_task()) continue;
      const auto due = store_->next_due();
      if (order().core.finished_at && **due > *order().core.finished_at + 24h) return;
      set_clock(std::max(clock_.now() + 1ms, **due));
    }
    give_up("it does not come to rest");
  }

  [[nodiscard]] unsigned commits() const { return fate_.commits; }

  /// Everything that can be seen from outside or in the store, in comparable words.
  std::string outcome() {
    Comparable comparable;
    std::ostringstream out;
    std::map<std::string, std::string> bodies;
    std::ifstream file(receiver_.file);
    for (std::string endpoint, id, body; std::getline(file, endpoint, '\t') &&
                                         std::getline(file, id, '\t') &&
                                         std::getline(file, body);) {
      const auto [known, fresh] = bodies.try_emplace(id, body);
      EXPECT_EQ(known->second, body) << "equal id, other body";
      if (!told_[endpoint].insert(id).second) continue;
      lists_[endpoint] += body + "\n";
    }
    for (const auto& [endpoint, list] : lists_) out << endpoint << "\n" << comparable.of(list);
    const app::StoredOrder last = order();
    out << comparable.of(order::to_json(last.core)) << "\n";
    const auto tenant = engine_->tenant(application_.client_id);
    const auto audit = tenant->audit_of(last.core.id);
    for (const auto& entry : *audit) {
      out << comparable.of(entry.action + " " + entry.subject) << "\n";
    }
    const auto records = tenant->records_of(last.core.id, true);
    for (const auto& record : *records) {
      out << to_string(record.verdict) << " " << record.bytes.reveal().size() << "\n";
    }
    const auto reports = tenant->reports_of(last.human_id);
    for (const auto& report : *reports) {
      out << comparable.of(report.id + " " + report.name + "." + report.file_extension) << "\n";
    }
    out << tenant->blobs_of(last.core.id)->size() << " blobs, " << engine_->dead_jobs(10)->size()
        << " dead jobs, " << tenant->list_users(0, 9)->total << " users, "
        << tenant->orders_of(last.human_id)->size() << " orders\n";
    return out.str();
  }

 private:
  /// Keeps what it accepts in a file, which outlives the process. The second endpoint fails when it
  /// is told of a task for the first time.
  class Receiver final : public app::EventSender {
   public:
    Outcome send(const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
                 base::TimePoint /*now*/) override {
      if (endpoint.id == "endpoint-2" && event.kind == app::kTaskEvent &&
          failed_.insert(event.id).second) {
        return {false, false, 503, "endpoint failed"};
      }
      std::ofstream(file, std::ios::app)
          << endpoint.id << '\t' << event.id << '\t' << event.body << '\n';
      return {true, false, 200, ""};
    }
    std::optional<base::Duration> delay_after(unsigned /*failed_tries*/) override { return 1min; }
    std::filesystem::path file;

   private:
    std::set<std::string> failed_;
  };

  const Person& applicant() {
    static Dice dice(1);
    static const std::vector<Person> people = make_people(3, dice);
    return people.front();
  }
  /// A document of the applicant or of somebody else; `vague`: it does not say enough.
  static app::RetrievedItem document(const Person& person, const char* finding, bool vague) {
    app::RetrievedItem item =
        item_of({person.first, person.last, person.birth, person.gender, person.street, person.zip},
                finding);
    if (vague) {
      const auto from = item.bytes.find(",\"gender\"");
      item.bytes.erase(from, item.bytes.find("}},", from) - from);
    }
    return item;
  }
  app::RetrievalAnswer network(const app::RetrievalRequest& request) {
    app::RetrievalAnswer answer;
    answer.notes = {{"1", "asked", {}, {}, ""}};
    if (request.attempt == 0) {
      answer.status = Status::still_running;
      answer.retry_after = 24h;
      return answer;
    }
    answer.notes.push_back({"2", "found", {}, {}, ""});
    Applicant stranger;
    answer.items = {document(applicant(), "Gout", false), document(applicant(), "Asthma", true),
                    item_of(stranger, "Angina")};
    return answer;
  }
  app::RetrievalAnswer connected(const app::RetrievalRequest& request) {
    app::RetrievalAnswer answer;
    answer.detail = "Hill Street Clinic";
    if (!request.authorized) answer.status = Status::needs_authorization;
    if (request.authorized) answer.items = {document(applicant(), "Migraine", false)};
    return answer;
  }

  /// The client repeats its call at once, so it is answered before anything else happens.
  void place() {
    if (*engine_->tenant(application_.client_id)
             ->find_user_by_client_user_id(applicant().client_user_id)) {
      return;
    }
    app::NewOrder request = all_about(applicant());
    request.order_type = "all";
    request.gender.reset();
    const app::IdempotentCall call{"key-1", "hash"};
    const auto kept = desk_->kept_answer(application_, call);
    if (!kept) give_up("no kept answer");
    if (*kept) return;
    app::Answering<app::UserView> answering{[](const app::UserView& view) {
                                              return app::RenderedAnswer{
                                                  202, "text/plain", view.orders.front().order_id};
                                            },
                                            call};
    const auto placed = desk_->place_order(application_, request, answering);
    if (!placed) give_up(placed.error().message.c_str());
  }

  std::size_t run_due() {
    const auto jobs = store_->claim(clock_.now(), worker::kLease, 4);
    if (!jobs) give_up("no claim");
    for (const app::Job& job : *jobs) {
      if (!runner_->run(job)) give_up("a job failed");
    }
    return jobs->size();
  }

  app::StoredOrder order() {
    const auto tenant = engine_->tenant(application_.client_id);
    const auto user = tenant->find_user_by_client_user_id(applicant().client_user_id);
    return tenant->orders_of((**user).human_id)->front();
  }

  bool answer_a_task() {
    const app::StoredOrder now = order();
    app::TaskList session;
    session.client_id = application_.client_id;
    session.human_id = now.human_id;
    session.order_id = now.core.id;
    app::ApplicantInput input;
    input.gender = applicant().gender;
    input.authorization = all_about(applicant()).attachments.front();
    for (const order::Task& task : now.core.tasks) {
      if (task.state != order::TaskState::open) continue;
      switch (task.kind) {
        case order::TaskKind::missing_information:
          return desk_->give_information(session, task.id, input).has_value();
        case order::TaskKind::connect_portal:
          return desk_->connect_portal(session, task.id, "clinic-1").has_value();
        case order::TaskKind::special_authorization:
          return desk_->sign_special_authorization(session, task.id, input).has_value();
        case order::TaskKind::identity_review:
          return desk_->review_identity(application_, now.core.id, task.id, true).has_value();
        case order::TaskKind::extra_fee:
        case order::TaskKind::provider_question:
          return false;  // this order's channels ask for neither
      }
    }
    return false;
  }

  void set_clock(base::TimePoint to) {
    clock_.set(to);
    std::ofstream(folder_ / "clock") << base::to_unix_ms(to) << std::endl;
  }
  std::optional<base::TimePoint> read_clock() {
    std::int64_t ms = 0;
    if (!(std::ifstream(folder_ / "clock") >> ms)) return std::nullopt;
    return base::from_unix_ms(ms);
  }

  std::filesystem::path folder_;
  VirtualClock clock_;
  SeededRandom random_;
  Fate fate_;
  base::NullLogger logger_;
  PlainHasher hasher_;
  NoTokens tokens_;
  ScriptedChannel ehr_, portal_;
  Receiver receiver_;
  std::unique_ptr<auth::KeyRing> keys_;
  std::unique_ptr<app::Sealer> sealer_;
  std::unique_ptr<app::LinkSigner> links_;
  std::unique_ptr<app::Store> engine_, store_;
  std::unique_ptr<app::JobRunner> runner_;
  std::unique_ptr<app::Desk> desk_;
  app::Application application_;
  std::map<std::string, std::set<std::string>> told_;
  std::map<std::string, std::string> lists_;
};

class CrashPoints : public ::testing::TestWithParam<When> {
 protected:
  void SetUp() override {
    const std::filesystem::path memory("/dev/shm");
    root_ = (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
            ("chartroom-crash-points-" + std::to_string(::getpid()));
    std::filesystem::create_directories(root_ / "template");
    Life(root_ / "template", 1, {}).set_up();
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::filesystem::path fresh_folder() {
    const auto folder = root_ / "life";
    std::filesystem::remove_all(folder);
    std::filesystem::copy(root_ / "template", folder, std::filesystem::copy_options::recursive);
    return folder;
  }

  std::filesystem::path root_;
};

TEST_P(CrashPoints, LeaveNoTrace) {
  unsigned commits = 0;
  std::string undisturbed;
  {
    Life life(fresh_folder(), 2, {});
    life.live();
    commits = life.commits();
    undisturbed = life.outcome();
  }
  ASSERT_GT(commits, 40U);
  RecordProperty("commits", static_cast<int>(commits));
  for (const char* part : {"\"value\":\"Completed\"", "task.resolved", "record.released",
                           "record.rejected", "apidata.json", "VendorNoteCreated"}) {
    EXPECT_NE(undisturbed.find(part), std::string::npos) << part;
  }
  for (unsigned at = 1; at <= commits; ++at) {
    SCOPED_TRACE("killed at commit " + std::to_string(at) + " of " + std::to_string(commits));
    const auto folder = fresh_folder();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Life life(folder, 2, {GetParam(), at, 0});
      life.live();
      ::_exit(0);  // too late: it should have died
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    Life next(folder, 3 + at, {});
    next.live();
    ASSERT_EQ(next.outcome(), undisturbed);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCommit, CrashPoints, ::testing::Values(When::before, When::after),
                         [](const auto& when) {
                           return when.param == When::before ? "killedBefore" : "killedAfter";
                         });

}  // namespace
}  // namespace chartroom::sim
