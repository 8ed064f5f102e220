// Who acts in a world: customers' systems, applicants, reviewers, operators.
#include <algorithm>

#include "app/applicant.hpp"
#include "world_impl.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using std::chrono::days;

/// Within the life of an idempotent answer, with room for a job that holds the clock.
constexpr base::Duration kRepeatWithin = std::chrono::hours{12};
constexpr unsigned kFullReportsOneIn = 1'500;

bool is_passing(const base::Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::internal ||
         error.code == ErrorCode::corrupt || error.field == "InsertIdempotentAnswer";
}

app::RenderedAnswer ok(std::string body) { return {200, "application/json", std::move(body)}; }

}  // namespace

const Person& World::person_of(const std::string& client_user_id) const {
  return *std::find_if(people_.begin(), people_.end(), [&](const Person& person) {
    return person.client_user_id == client_user_id;
  });
}

// ── calls that are repeated until they are answered ─────────────────────────────────────────────

std::shared_ptr<Call> World::make_call(std::string what) {
  auto call = std::make_shared<Call>();
  call->key = "key-" + std::to_string(++calls_made_);
  call->what = std::move(what);
  call->first_try = clock_.now();
  ++figures_.calls;
  ++pending_calls_;
  return call;
}

void World::try_again(const std::shared_ptr<Call>& call) {
  ++figures_.calls_repeated;
  in(dice_.between(1s, 90s), [this, call] { attempt(call); });
}

void World::take_answer(const std::shared_ptr<Call>& call, const std::string& body) {
  if (call->answer) {
    ++figures_.answers_compared;
    if (*call->answer != body) violated("a repeated call got another answer: " + call->what);
    return;
  }
  call->answer = body;
  --pending_calls_;
  say(call->what + ": " + body);
  if (call->answered) call->answered(body);
  // Some clients are not sure that they were answered.
  if (dice_.one_in(5)) {
    in(dice_.between(1s, 8h), [this, call] { attempt(call); });
  }
}

void World::attempt(const std::shared_ptr<Call>& call) {
  if (++call->tries > 10'000) violated("a call is never answered: " + call->what);
  if (call->answer && clock_.now() - call->first_try >= kRepeatWithin) return;
  const app::IdempotentCall once{call->key, "hash of " + call->what};
  try {
    const auto kept = house_.desk->kept_answer(application_, once);
    if (!kept) return try_again(call);
    if (*kept) return take_answer(call, (*kept)->body);
    if (call->answer) violated("a kept answer is lost: " + call->what);
    const auto done = call->run(once);
    if (done) return take_answer(call, done->body);
    if (is_passing(done.error())) {
      say(call->what + " waits: " + done.error().message);
      return try_again(call);
    }
    --pending_calls_;
    say(call->what + " refused: " + done.error().message);
    if (call->refused) call->refused(done.error());
  } catch (const Crash&) {
    try_again(call);
    throw;
  }
}

// ── orders ──────────────────────────────────────────────────────────────────────────────────────

void World::plan_people() {
  people_ = make_people(options_.people, dice_);
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const auto keys = app::suppression_keys(all_about(people_[i]), *sealer_);
    shadow_.knows_person(people_[i].client_user_id, keys.back());
    plan_order(i, begin_ + dice_.between(0s, days{8}));
    const std::string name = people_[i].client_user_id;
    if (dice_.one_in(8)) at(begin_ + dice_.between(0s, days{20}), [this, name] { abort(name); });
    if (dice_.one_in(8)) at(begin_ + dice_.between(0s, days{20}), [this, name] { resync(name); });
    if (dice_.one_in(4)) {
      at(begin_ + dice_.between(0s, days{30}), [this, name] { read_reports(name); });
    }
    if (!dice_.one_in(12)) continue;
    const base::TimePoint listed_at = begin_ + dice_.between(0s, days{16});
    at(listed_at, [this, name] { list_person(name, true); });
    if (dice_.one_in(3))
      at(listed_at + dice_.between(1h, days{4}), [this, name] { list_person(name, false); });
  }
}

void World::plan_order(std::size_t person, base::TimePoint when) {
  ++plans_;
  at(when, [this, person] {
    const OrderBooks* before = shadow_.newest_order_of(people_[person].client_user_id);
    --plans_;
    if (before != nullptr && !order::is_final(before->core.state)) return;
    auto call = make_call("place");
    const auto& type = dice_.one_in(kFullReportsOneIn)
                           ? types_.back()
                           : types_[dice_.roll(static_cast<unsigned>(types_.size()) - 1)];
    const app::NewOrder request = order_for(people_[person], type.code, dice_);
    call->run = [this,
                 request](const app::IdempotentCall& once) -> base::Result<app::RenderedAnswer> {
      app::Answering<app::UserView> answering;
      answering.render = [](const app::UserView& view) { return ok(view.orders.front().order_id); };
      answering.call = once;
      auto placed = house_.desk->place_order(application_, request, answering);
      if (!placed) return base::pass_on(placed.error());
      return std::move(placed->answer);
    };
    place(person, std::move(call));
  });
}

void World::place(std::size_t person, std::shared_ptr<Call> call) {
  const std::string name = people_[person].client_user_id;
  shadow_.intends_order(name);
  call->refused = [](const base::Error& error) {
    violated("an order was refused: " + error.message);
  };
  call->answered = [this, person, name](const std::string& order_id) {
    const auto order = shadow_.orders().find(order_id);
    if (order == shadow_.orders().end() || order->second.client_user_id != name) {
      violated("the answer names an order that is not there");
    }
    if (dice_.one_in(3)) plan_order(person, clock_.now() + dice_.between(days{1}, days{20}));
  };
  attempt(call);
}

void World::abort(const std::string& client_user_id) {
  if (shadow_.newest_order_of(client_user_id) == nullptr) return;
  auto call = make_call("abort");
  call->run = [this, client_user_id](const app::IdempotentCall& once) {
    app::Answering<app::Nothing> answering{[](const auto&) { return ok("aborted"); }, once};
    return house_.desk->abort(application_, {std::nullopt, client_user_id}, answering);
  };
  attempt(call);
}

void World::resync(const std::string& client_user_id) {
  if (shadow_.newest_order_of(client_user_id) == nullptr) return;
  auto call = make_call("resync");
  call->run = [this, client_user_id](const app::IdempotentCall& once) {
    app::Answering<app::Nothing> answering{[](const auto&) { return ok("resynced"); }, once};
    return house_.desk->resync(application_, {std::nullopt, client_user_id}, answering);
  };
  attempt(call);
}

void World::list_person(const std::string& client_user_id, bool listed) {
  const auto keys = app::suppression_keys(all_about(person_of(client_user_id)), *sealer_);
  say(std::string(listed ? "lists " : "unlists ") + client_user_id);
  const auto again = [&] {
    in(dice_.between(1s, 60s),
       [this, client_user_id, listed] { list_person(client_user_id, listed); });
  };
  try {
    const auto tenant = house_.store->tenant(application_.client_id);
    const app::Write write = listed ? app::Write(app::InsertSuppression{keys.back()})
                                    : app::Write(app::RemoveSuppression{keys.back()});
    if (!tenant->commit({write})) again();
  } catch (const Crash&) {
    again();
    throw;
  }
}

void World::read_reports(const std::string& client_user_id) {
  const OrderBooks* order = shadow_.newest_order_of(client_user_id);
  if (order == nullptr) return;
  const auto groups = house_.desk->reports(application_, {std::nullopt, client_user_id}, "");
  if (!groups) return;
  for (const app::ReportGroup& group : *groups) {
    for (const app::StoredReport& listed : group.reports) {
      const OrderBooks& its_order = shadow_.orders().at(listed.order_id);
      if (its_order.core.suppressed) violated("a suppressed order shows reports");
      (void)house_.desk->report(application_, listed.id);
    }
  }
}

// ── tasks ───────────────────────────────────────────────────────────────────────────────────────

void World::notice_tasks() {
  for (const auto& [order_id, task_id] : shadow_.take_new_tasks()) {
    if (dice_.one_in(4)) continue;  // nobody will
    const auto after = dice_.one_in(3) ? dice_.between(0s, 10min) : dice_.between(0s, days{6});
    in(after, [this, order = order_id, task = task_id] { react(order, task); });
  }
}

void World::react(const std::string& order_id, const std::string& task_id) {
  const OrderBooks& order = shadow_.orders().at(order_id);
  const order::Task* found = order.core.find_task(task_id);
  if (found == nullptr || found->state != order::TaskState::open) return;
  const order::Task task = *found;  // the books go on while it is answered
  const auto again = [&] {
    in(dice_.between(1s, 5min), [this, order_id, task_id] { react(order_id, task_id); });
  };
  const bool by_customer =
      task.kind == order::TaskKind::extra_fee || task.kind == order::TaskKind::provider_question ||
      (task.kind == order::TaskKind::identity_review ? dice_.one_in(2) : dice_.one_in(3));
  if (by_customer) return answer_as_customer(order, task);
  try {
    if (!answer_as_applicant(order, task)) again();
  } catch (const Crash&) {
    again();
    throw;
  }
}

/// The Task Manager's side, and the reviewer's. False: try again later.
bool World::answer_as_applicant(const OrderBooks& order, const order::Task& task) {
  const Person& person = person_of(order.client_user_id);
  app::TaskList session;
  session.client_id = application_.client_id;
  session.order_id = order.core.id;
  const auto stored = store_->tenant(application_.client_id)->find_order(order.core.id);
  if (!stored || !*stored) return false;
  session.human_id = (**stored).human_id;
  const app::NewOrder all = all_about(person);
  app::ApplicantInput input;
  input.authorization = all.attachments.front();
  const auto settled = [](const auto& result) { return result || !is_passing(result.error()); };
  app::Desk& desk = *house_.desk;
  switch (task.kind) {
    case order::TaskKind::missing_information:
      input.gender = all.gender;
      if (dice_.one_in(3)) return settled(desk.give_information(session, task.id, input));
      input.first_name = all.first_name;
      input.last_name = all.last_name;
      input.address = all.address;
      input.providers = all.providers;
      return settled(desk.give_information(session, task.id, input));
    case order::TaskKind::connect_portal:
      return settled(desk.connect_portal(session, task.id, dice_.one_in(4) ? "" : "clinic-1"));
    case order::TaskKind::special_authorization:
      return settled(desk.sign_special_authorization(session, task.id, input));
    case order::TaskKind::identity_review: {
      const auto own = is_own_record(order.core.id, task);
      return own && settled(desk.review_identity(application_, order.core.id, task.id, *own));
    }
    case order::TaskKind::extra_fee:
    case order::TaskKind::provider_question:
      violated("the applicant was asked what the customer decides");
  }
  return true;
}

/// A reviewer is right about whose records these are. Nothing: they cannot be read.
std::optional<bool> World::is_own_record(const std::string& order_id, const order::Task& task) {
  const auto records = store_->tenant(application_.client_id)->records_of(order_id, true);
  if (!records) return std::nullopt;
  const std::string own = marker_of(person_of(shadow_.orders().at(order_id).client_user_id));
  return std::all_of(records->begin(), records->end(), [&](const app::RawRecord& record) {
    const bool asked = std::find(task.record_ids.begin(), task.record_ids.end(), record.id) !=
                       task.record_ids.end();
    return !asked || record.bytes.reveal().find(own) != std::string::npos;
  });
}

void World::answer_as_customer(const OrderBooks& order, const order::Task& task) {
  using Decision = app::TaskResolution::Decision;
  app::TaskResolution declined;
  declined.decision = Decision::decline;
  app::TaskResolution resolution;
  switch (task.kind) {
    case order::TaskKind::missing_information:
      resolution.given = all_about(person_of(order.client_user_id));
      if (dice_.one_in(5)) resolution = declined;
      break;
    case order::TaskKind::connect_portal:
      resolution.decision = Decision::decline;
      break;
    case order::TaskKind::special_authorization:
      resolution.given.attachments = all_about(person_of(order.client_user_id)).attachments;
      if (dice_.one_in(5)) resolution = declined;
      break;
    case order::TaskKind::identity_review: {
      const auto own = is_own_record(order.core.id, task);
      resolution.decision = own && *own ? Decision::release : Decision::reject;
      if (dice_.one_in(5)) resolution.decision = Decision::decline;
      break;
    }
    case order::TaskKind::extra_fee:
      resolution.decision = dice_.one_in(3) ? Decision::decline : Decision::approve;
      break;
    case order::TaskKind::provider_question:
      resolution.answer = "Yes";
      if (dice_.one_in(3)) resolution = declined;
      break;
  }
  auto call = make_call("resolve");
  call->run = [this, id = task.id, resolution](const app::IdempotentCall& once) {
    app::Answering<app::TaskView> answering{
        [](const app::TaskView& view) { return ok(view.task.id + to_string(view.task.state)); },
        once};
    return house_.desk->resolve_task(application_, id, resolution, answering);
  };
  attempt(call);
}

// ── endpoints and the log ───────────────────────────────────────────────────────────────────────

void World::plan_endpoints() {
  for (unsigned i = dice_.roll(8); i > 0; --i) {
    at(begin_ + dice_.between(0s, days{25}), [this] { change_endpoint(); });
  }
  for (unsigned i = dice_.roll(4); i > 0; --i) {
    at(begin_ + dice_.between(days{1}, days{25}), [this] { send_again(); });
  }
}

/// The fickle endpoint is switched off and on, removed and set up again, or wants no more.
void World::change_endpoint() {
  const auto known = store_->tenant(application_.client_id)->find_webhook(fickle_);
  const bool there = known && *known;
  if (!there) {
    fickle_is_gone_ = false;
    return add_endpoint("fickle", false, {});
  }
  say("the fickle endpoint changes");
  app::WebhookChange change;
  change.enabled = !(**known).enabled;
  switch (dice_.roll(4)) {
    case 0:
      (void)house_.desk->remove_webhook(application_, fickle_);
      break;
    case 1:
      fickle_is_gone_ = true;
      break;
    default:
      if (*change.enabled) fickle_is_gone_ = false;
      (void)house_.desk->change_webhook(application_, fickle_, change);
  }
}

void World::send_again() {
  if (dice_.one_in(2)) {
    app::ReplayRequest request;
    request.filter.until = shadow_.now();
    request.filter.since = shadow_.now() - dice_.between(1h, days{2});
    request.endpoint_id = steady_;
    request.dry_run = false;
    (void)house_.desk->replay_events(application_, request, {});
    return;
  }
  for (const auto& [id, order] : shadow_.orders()) {
    if (order.events.empty() || !dice_.one_in(10)) continue;
    auto call = make_call("redeliver");
    call->run = [this, event = order.events.front().id](const app::IdempotentCall& once) {
      app::Answering<app::Redelivery> answering{
          [](const app::Redelivery& view) { return ok(view.event_id); }, once};
      return house_.desk->redeliver(application_, event, steady_, answering);
    };
    return attempt(call);
  }
}

// ── clocks ──────────────────────────────────────────────────────────────────────────────────────

void World::plan_clocks() {
  for (unsigned i = dice_.roll(4); i > 0; --i) {
    at(begin_ + dice_.between(0s, days{25}), [this] { jump(); });
  }
  for (unsigned i = dice_.roll(3); i > 0; --i) {
    at(begin_ + dice_.between(0s, days{25}), [this] {
      disk_full_until_ = clock_.now() + dice_.between(5s, 20min);
      say("the disk is full");
      at(disk_full_until_, [this] { shadow_.disturbed(); });
    });
  }
}

void World::jump() {
  // A client that waits two days before it repeats its call has lost its key.
  if (pending_calls_ > 0) return in(1min, [this] { jump(); });
  ++figures_.clock_jumps;
  // Not while a receiver is away: its notifications would have used up their tries at once.
  steady_until_ = clock_.now() + days{3};
  const unsigned kind = dice_.roll(3);
  if (kind == 0) {
    say("the clock is set back");
    clock_.pass(-dice_.between(10ms, 30s));
  } else if (kind == 1) {
    say("the clock jumps");
    clock_.pass(dice_.between(1min, 48h));
  } else {
    say("the application's clock is moved");
    const auto tenant = house_.store->tenant(application_.client_id);
    (void)tenant->commit({app::AdvanceClock{dice_.between(1h, days{3})}});
  }
  shadow_.disturbed();
}

}  // namespace chartroom::sim
