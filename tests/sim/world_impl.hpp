// The inside of a world. Private to world*.cpp.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/desk.hpp"
#include "app/jobs.hpp"
#include "auth/link_signer.hpp"
#include "auth/master_key.hpp"
#include "auth/sealer.hpp"
#include "base/logger.hpp"
#include "model_store.hpp"
#include "no_tokens.hpp"
#include "people.hpp"
#include "shadow.hpp"
#include "world.hpp"

namespace chartroom::sim {

/// What nobody in a world asks for: tokens and passwords.
class NobodysHasher final : public app::SecretHasher {
 public:
  [[nodiscard]] std::string hash(const base::Sensitive<std::string>& /*secret*/) const override {
    return {};
  }
  [[nodiscard]] bool verify(const std::string& /*hash*/,
                            const base::Sensitive<std::string>& /*secret*/) const override {
    return false;
  }
};

/// A call with an Idempotency-Key by somebody who does not rest before it is answered.
struct Call {
  std::string key;
  std::string what;
  std::function<base::Result<app::RenderedAnswer>(const app::IdempotentCall&)> run;
  std::function<void(const std::string& body)> answered;
  std::function<void(const base::Error&)> refused;
  base::TimePoint first_try{};
  unsigned tries = 0;
  std::optional<std::string> answer;
};

class World final : public Faults, public app::EventSender {
 public:
  explicit World(const WorldOptions& options);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run();
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] std::uint64_t fingerprint() const { return shadow_.fingerprint(); }

  // Faults.
  Fault of_write() override;
  bool of_read() override;

  // EventSender: everybody's endpoints.
  Outcome send(const app::WebhookEndpoint& endpoint, const app::StoredEvent& event,
               base::TimePoint now) override;
  std::optional<base::Duration> delay_after(unsigned failed_tries) override;

 private:
  class Network;  ///< one channel

  /// What dies in a crash: everything that is not the store.
  struct House {
    std::unique_ptr<app::Store> faulty, sabotaged;
    app::Store* store = nullptr;  ///< what the product gets
    std::unique_ptr<app::JobRunner> runner;
    std::unique_ptr<app::Desk> desk;
  };
  // world.cpp: building and time
  void open_store();
  void open_house();
  void crash();
  void set_up_application();
  void add_endpoint(const std::string& name, bool always, std::vector<std::string> kinds);
  bool is_over();
  void step();
  base::TimePoint next_moment();
  void at(base::TimePoint when, std::function<void()> what) {
    agenda_.emplace(when, std::move(what));
  }
  void in(base::Duration after, std::function<void()> what) {
    at(clock_.now() + after, std::move(what));
  }
  void alive(const std::function<void()>& what);  ///< a crash in it restarts the house
  void work();
  bool run_batch();
  void run_claimed();
  void beat();
  /// Something else happens while a job waits for its peer.
  void meanwhile(const std::string& order_id);
  void say(const std::string& what) const;

  // world_clients.cpp: people and customers
  void plan_people();
  void plan_order(std::size_t person, base::TimePoint when);
  void place(std::size_t person, std::shared_ptr<Call> call);
  std::shared_ptr<Call> make_call(std::string what);
  void attempt(const std::shared_ptr<Call>& call);
  void try_again(const std::shared_ptr<Call>& call);
  void take_answer(const std::shared_ptr<Call>& call, const std::string& body);
  void abort(const std::string& client_user_id);
  void resync(const std::string& client_user_id);
  void list_person(const std::string& client_user_id, bool listed);
  void read_reports(const std::string& client_user_id);
  void notice_tasks();
  void react(const std::string& order_id, const std::string& task_id);
  bool answer_as_applicant(const OrderBooks& order, const order::Task& task);
  void answer_as_customer(const OrderBooks& order, const order::Task& task);
  std::optional<bool> is_own_record(const std::string& order_id, const order::Task& task);
  void plan_endpoints();
  void change_endpoint();
  void send_again();
  void plan_clocks();
  void jump();
  const Person& person_of(const std::string& client_user_id) const;

  // world_around.cpp: channels and receivers
  base::Result<app::RetrievalAnswer> retrieve(order::Channel channel,
                                              const app::RetrievalRequest& request);
  std::vector<app::RetrievedItem> some_records(const Person& of, unsigned attempt);
  bool is_away(const std::string& name) const;
  void plan_weather();

  WorldOptions options_;
  Dice dice_;
  WorldClock clock_;
  DiceRandom random_;
  DiceRandom seal_random_;  ///< apart, so that worlds are the same on both engines
  base::NullLogger logger_;
  NobodysHasher hasher_;
  NoTokens tokens_;
  auth::KeyRing keys_;
  std::unique_ptr<app::Sealer> sealer_;
  std::unique_ptr<app::LinkSigner> links_;
  std::filesystem::path folder_;
  std::shared_ptr<ModelData> model_;
  std::unique_ptr<app::Store> store_;  ///< the engine, without faults
  House house_;
  Figures figures_;
  Shadow shadow_;
  app::Application application_;

  std::vector<Person> people_;
  std::vector<order::OrderType> types_;
  std::multimap<base::TimePoint, std::function<void()>> agenda_;
  base::TimePoint begin_{}, poll_at_{}, looked_at_{};
  std::deque<app::Job> claimed_;             ///< and not begun
  std::map<std::string, std::string> held_;  ///< leases of everything claimed and not ended
  unsigned depth_ = 0;
  unsigned pending_calls_ = 0;
  unsigned calls_made_ = 0;
  unsigned plans_ = 0;  ///< orders that are still to be placed

  bool calm_ = true;  ///< no faults: while the world is built
  unsigned busy_ = 0, lost_ = 0, crash_before_ = 0, crash_after_ = 0, unread_ = 0;  ///< of 10,000
  base::TimePoint disk_full_until_{};

  std::string steady_, picky_, fickle_;  ///< ids of the endpoints
  bool fickle_is_gone_ = false;
  base::TimePoint steady_until_{};  ///< the steady ones answer at least so long
  /// Times at which something is away, by its name.
  std::map<std::string, std::vector<std::pair<base::TimePoint, base::TimePoint>>> outages_;
  std::unique_ptr<Network> ehr_, portal_, aps_;
};

/// One channel: asks the world.
class World::Network final : public app::RecordChannel {
 public:
  Network(World& world, order::Channel channel) : world_(world), channel_(channel) {}
  base::Result<app::RetrievalAnswer> retrieve(const app::RetrievalRequest& request) override {
    return world_.retrieve(channel_, request);
  }

 private:
  World& world_;
  order::Channel channel_;
};

}  // namespace chartroom::sim
