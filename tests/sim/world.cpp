#include "world.hpp"

#include <unistd.h>

#include <iostream>

#include "delivery/retry_schedule.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "worker/worker.hpp"
#include "world_impl.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClaimBatch = 8;
constexpr unsigned kDepthMost = 2;
constexpr base::Duration kLongestLife = std::chrono::days{200};
/// Longer than the longest wait between two tries of a notification.
constexpr base::Duration kSteadyAfterRest = std::chrono::hours{12};
constexpr base::Duration kLookAround = std::chrono::minutes{10};
constexpr std::uint64_t kJobsMost = 400'000;  ///< a world that needs more does not come to rest

auth::KeyRing ring() {
  base::start_crypto();
  return *auth::KeyRing::from_master_keys({base::Sensitive<std::string>(std::string(32, 'k'))});
}

std::filesystem::path new_folder(std::uint64_t seed) {
  const std::filesystem::path memory("/dev/shm");
  return (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
         ("chartroom-world-" + std::to_string(::getpid()) + "-" + std::to_string(seed));
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      dice_(options.seed),
      random_(dice_.next()),
      seal_random_(options.seed),
      keys_(ring()),
      sealer_(auth::make_sealer(keys_, seal_random_)),
      links_(auth::make_link_signer(keys_)),
      shadow_(clock_, figures_) {
  if (options_.engine == Engine::sqlite) folder_ = new_folder(options.seed);
  if (options_.engine == Engine::model) model_ = make_model_data();
  ehr_ = std::make_unique<Network>(*this, order::Channel::ehr);
  portal_ = std::make_unique<Network>(*this, order::Channel::portal);
  aps_ = std::make_unique<Network>(*this, order::Channel::aps);
  begin_ = looked_at_ = clock_.now();
  open_store();
  open_house();
  set_up_application();
}

World::~World() {
  house_ = {};
  store_.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void World::open_store() {
  if (options_.engine == Engine::model) {
    store_ = open_model_store(model_, clock_, random_);
    return;
  }
  auto opened =
      store::open_sqlite_store(folder_, *sealer_, clock_, random_, {.check_integrity = false});
  if (!opened) violated("the store does not open: " + opened.error().message);
  store_ = std::move(*opened);
}

void World::open_house() {
  house_.faulty = make_faulty_store(*store_, *this, shadow_);
  house_.store = house_.faulty.get();
  if (options_.plant) {
    house_.sabotaged = make_sabotaged_store(*house_.faulty, *options_.plant, dice_.next());
    house_.store = house_.sabotaged.get();
  }
  const std::map<order::Channel, app::RecordChannel*> channels{
      {order::Channel::ehr, ehr_.get()},
      {order::Channel::portal, portal_.get()},
      {order::Channel::aps, aps_.get()}};
  house_.runner = std::make_unique<app::JobRunner>(
      app::JobRunner::Ports{*house_.store, clock_, random_, logger_, *sealer_, *this, channels, {}},
      "https://chartroom.example", "test");
  house_.desk =
      std::make_unique<app::Desk>(app::Desk::Ports{*house_.store,
                                                   clock_,
                                                   random_,
                                                   logger_,
                                                   *sealer_,
                                                   hasher_,
                                                   tokens_,
                                                   *links_,
                                                   channels,
                                                   {}},
                                  app::DeskSettings{"https://chartroom.example", true, false});
}

/// Everything in memory is gone; what was claimed waits for its lease to end.
void World::crash() {
  say("crash");
  ++figures_.restarts;
  claimed_.clear();
  held_.clear();
  depth_ = 0;
  house_ = {};
  if (options_.engine == Engine::sqlite) {
    store_.reset();
    open_store();
  }
  open_house();
  clock_.pass(dice_.between(500ms, 5s));
}

void World::set_up_application() {
  application_.client_id = std::string(40, 'a');
  application_.name = "Test Life";
  application_.sandbox = true;
  application_.created_at = clock_.now();
  auto& settings = application_.settings;
  using Tasks = app::ApplicationSettings::TaskNotifications;
  settings.task_notifications = dice_.of(std::vector{Tasks::off, Tasks::flat, Tasks::envelope});
  settings.vendor_notes = dice_.one_in(2);
  settings.retention_days = static_cast<int>(2 + dice_.roll(40));
  shadow_.tells_tasks(settings.task_notifications != Tasks::off);
  if (!store_->insert_application(application_)) violated("no application");
  application_ = **store_->find_application(application_.client_id);
  types_ = make_order_types();
  app::Commit types;
  for (const order::OrderType& type : types_) types.emplace_back(app::PutOrderType{type});
  if (!store_->tenant(application_.client_id)->commit(types)) violated("no order types");
  add_endpoint("steady", true, {});
  add_endpoint("picky", true, {app::kSummaryEvent, app::kTaskEvent});
  add_endpoint("fickle", false, {});
  // Some worlds are quiet and some are hell.
  const unsigned wild = dice_.roll(4);
  busy_ = 40 * wild;
  lost_ = 30 * wild;
  crash_before_ = 15 * wild;
  crash_after_ = 15 * wild;
  unread_ = 10 * wild;
}

void World::add_endpoint(const std::string& name, bool always, std::vector<std::string> kinds) {
  app::NewWebhook webhook;
  webhook.url = "https://" + name + ".example/hook";
  webhook.kinds = kinds;
  webhook.description = name;
  app::Answering<app::WebhookEndpoint> answering;
  std::string id;
  answering.render = [&](const app::WebhookEndpoint& endpoint) {
    id = endpoint.id;
    return app::RenderedAnswer{201, "application/json", "{}"};
  };
  const auto added = house_.desk->add_webhook(application_, webhook, answering);
  if (!added) return;  // the store was away: this world has one endpoint less
  shadow_.knows_endpoint(id, always, std::move(kinds));
  (name == "steady" ? steady_ : name == "picky" ? picky_ : fickle_) = id;
}

void World::say(const std::string& what) const {
  if (!options_.trace) return;
  std::cerr << base::format_iso(clock_.now()) << std::string(depth_ * 2 + 1, ' ') << what << '\n';
}

// ── faults ──────────────────────────────────────────────────────────────────────────────────────

Fault World::of_write() {
  const auto counted = [this](Fault fault) {
    ++figures_.faults.at(static_cast<std::size_t>(fault));
    if (fault != Fault::none) say(to_string(fault));
    return fault;
  };
  if (calm_) return counted(Fault::none);
  if (clock_.now() < disk_full_until_) return counted(Fault::disk_full);
  unsigned roll = dice_.roll(10'000);
  for (const auto& [fault, share] :
       {std::pair{Fault::busy, busy_}, std::pair{Fault::lost_answer, lost_},
        std::pair{Fault::crash_before, crash_before_},
        std::pair{Fault::crash_after, crash_after_}}) {
    if (roll < share) return counted(fault);
    roll -= share;
  }
  return counted(Fault::none);
}

bool World::of_read() {
  if (calm_ || !dice_.chance(unread_)) return false;
  ++figures_.read_faults;
  say("a read fails");
  return true;
}

// ── time ────────────────────────────────────────────────────────────────────────────────────────

void World::run() {
  plan_people();
  plan_endpoints();
  plan_weather();
  plan_clocks();
  calm_ = false;
  while (!is_over()) step();
  calm_ = true;
  shadow_.look_back(*store_->tenant(application_.client_id));
  ++figures_.worlds;
}

bool World::is_over() {
  if (clock_.now() - begin_ > kLongestLife) violated("the world does not come to rest");
  if (plans_ > 0 || pending_calls_ > 0 || shadow_.open_jobs() > 0) return false;
  const auto due = store_->next_due();
  return due && !*due && !shadow_.next_lease_end();  // the last purge has run
}

base::TimePoint World::next_moment() {
  base::TimePoint next = base::TimePoint::max();
  if (const auto due = store_->next_due(); due && *due) next = **due;
  if (const auto lease_end = shadow_.next_lease_end()) next = std::min(next, *lease_end);
  next = std::max(next, poll_at_);
  if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first);
  return next;
}

void World::step() {
  const base::TimePoint next = next_moment();
  if (next == base::TimePoint::max()) violated("nothing will ever happen again");
  if (next > clock_.now()) clock_.set(next);
  if (clock_.now() - looked_at_ >= kLookAround) {
    looked_at_ = clock_.now();
    if (clock_.now() < disk_full_until_) shadow_.disturbed();
    shadow_.look_around();
  }
  while (!agenda_.empty() && agenda_.begin()->first <= clock_.now()) {
    const auto what = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    alive(what);
  }
  work();
  notice_tasks();
}

void World::alive(const std::function<void()>& what) {
  try {
    what();
  } catch (const Crash&) {
    crash();
  }
}

void World::work() {
  alive([this] {
    while (run_batch()) {
    }
  });
}

/// Claims what is due and runs it, as a worker does. False when there was nothing, or no store.
bool World::run_batch() {
  const auto jobs = house_.store->claim(clock_.now(), worker::kLease, kClaimBatch);
  if (!jobs) {
    poll_at_ = clock_.now() + (clock_.now() < disk_full_until_ ? 30s : 1s);
    return false;
  }
  if (jobs->empty()) return false;
  for (const app::Job& job : *jobs) {
    held_[job.id] = job.lease;
    claimed_.push_back(job);
  }
  while (!claimed_.empty()) run_claimed();
  return true;
}

/// One thread of the worker takes the next of the jobs that were claimed.
void World::run_claimed() {
  if (claimed_.empty()) return;
  const app::Job job = std::move(claimed_.front());
  claimed_.pop_front();
  if (++figures_.jobs > kJobsMost) violated("the world does not come to rest");
  if (options_.trace) say("job " + job.kind + " " + job.payload + " of " + job.order_id);
  const auto ran = house_.runner->run(job);
  held_.erase(job.id);
  if (ran) return;
  figures_.conflicts += ran.error().code == base::ErrorCode::conflict ? 1 : 0;
  if (options_.trace) say("  failed: " + ran.error().message);
}

/// The worker's last heartbeat of a time in which its jobs waited for somebody and nobody else
/// acted. It comes after that time: a long lease given before would outlive a worker that dies at
/// it.
void World::beat() {
  if (held_.empty()) return;
  (void)house_.store->heartbeat({held_.begin(), held_.end()}, clock_.now(), worker::kLease);
}

void World::meanwhile(const std::string& order_id) {
  if (depth_ >= kDepthMost || !dice_.one_in(12)) return;
  struct Deeper {
    unsigned& depth;
    explicit Deeper(unsigned& d) : depth(++d) {}
    ~Deeper() {
      if (depth > 0) --depth;  // a crash has set it back already
    }
  };
  const Deeper deeper(depth_);
  ++figures_.meanwhiles;
  const auto order = shadow_.orders().find(order_id);
  const bool known = order != shadow_.orders().end();
  const std::string name = known ? order->second.client_user_id : std::string();
  const unsigned what = dice_.roll(6);
  if (what == 0) {  // the worker is stopped for longer than its lease; another one takes over
    say("meanwhile: the lease ends");
    clock_.pass(worker::kLease + dice_.between(1s, 20s));
  }
  if (what == 2 && known && dice_.one_in(3)) abort(name);
  if (what == 3 && known && dice_.one_in(4)) list_person(name, true);
  if (what == 4 && known) {
    for (const order::Task& task : std::vector(order->second.core.tasks)) {
      if (task.state == order::TaskState::open) react(order_id, task.id);
    }
  }
  if (what == 1 || (what != 0 && dice_.one_in(2))) {  // the peer takes its time
    say("meanwhile: time passes");
    // Who waits for an answer repeats the call while its key is good: no clock runs away from it.
    const bool long_one = pending_calls_ == 0 && dice_.one_in(20);
    const auto span = long_one ? dice_.between(1h, 72h) : dice_.between(1s, 20min);
    clock_.pass(span);
    // What failed before nobody worked for so long still has its last tries before it: the outages
    // are planned as if somebody always had.
    if (long_one) steady_until_ = std::max(steady_until_, clock_.now() + kSteadyAfterRest);
    shadow_.disturbed();
    beat();
  }
  // Other threads of this worker go on with what it claimed; other workers claim more.
  for (unsigned i = dice_.roll(4); i > 0; --i) run_claimed();
  if (dice_.one_in(2)) (void)run_batch();
}

WorldOutcome run_world(const WorldOptions& options) {
  WorldOutcome outcome;
  std::unique_ptr<World> world;
  try {
    world = std::make_unique<World>(options);
    world->run();
  } catch (const Violation& violation) {
    outcome.violation = violation.what;
  } catch (const std::exception& error) {
    outcome.violation = std::string("unexpected exception: ") + error.what();
  }
  if (world) {
    outcome.figures = world->figures();
    outcome.fingerprint = world->fingerprint();
  }
  return outcome;
}

}  // namespace chartroom::sim
