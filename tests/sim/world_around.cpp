// What surrounds the product in a world: networks, portals, vendors, and customers' receivers.
#include <algorithm>

#include "delivery/retry_schedule.hpp"
#include "delivery/webhook_sender.hpp"
#include "world_impl.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using Status = app::RetrievalAnswer::Status;

constexpr base::Duration kWeather = days{90};
/// Shorter than all waits between a notification's tries together (delivery/retry_schedule.hpp).
constexpr base::Duration kOutageMost = 5h;
/// Longer than the longest wait: whatever failed in one outage arrives before the next.
constexpr base::Duration kOutagesApart = 8h;

}  // namespace

void World::plan_weather() {
  for (const char* name : {"ehr", "portal", "aps"}) {
    for (base::TimePoint from = begin_; from < begin_ + kWeather;) {
      from += dice_.between(1h, days{6});
      const base::TimePoint to = from + dice_.between(1min, 30h);
      outages_[name].emplace_back(from, to);
      from = to;
    }
  }
  for (const std::string& name : {steady_, picky_, fickle_}) {
    for (base::TimePoint from = begin_; from < begin_ + kWeather;) {
      from += dice_.between(kOutagesApart, days{6});
      const base::TimePoint to = from + dice_.between(1min, kOutageMost);
      outages_[name].emplace_back(from, to);
      from = to;
    }
  }
}

bool World::is_away(const std::string& name) const {
  const auto found = outages_.find(name);
  if (found == outages_.end()) return false;
  const base::TimePoint now = clock_.now();
  // The first outage that begins later; the one before it may still last.
  auto later = std::upper_bound(found->second.begin(), found->second.end(), now,
                                [](base::TimePoint t, const auto& span) { return t < span.first; });
  return later != found->second.begin() && now < std::prev(later)->second;
}

// ── channels ────────────────────────────────────────────────────────────────────────────────────

base::Result<app::RetrievalAnswer> World::retrieve(order::Channel channel,
                                                   const app::RetrievalRequest& request) {
  ++figures_.retrievals;
  const OrderBooks& order = shadow_.orders().at(request.order_id);
  if (shadow_.is_listed(order.client_user_id)) violated("somebody asked about a suppressed person");
  const Person& person = person_of(order.client_user_id);
  if (request.applicant.client_user_id != person.client_user_id) {
    violated("a channel was asked about somebody else");
  }
  clock_.pass(dice_.between(0ms, 800ms));
  meanwhile(request.order_id);
  if (is_away(order::to_string(channel)) || dice_.one_in(20)) {
    return base::fail(base::ErrorCode::unavailable, "away");
  }
  app::RetrievalAnswer answer;
  for (unsigned i = 0; i <= request.attempt / 2; ++i) {
    answer.notes.push_back({std::to_string(i), "note " + std::to_string(i), {}, {}, ""});
  }
  switch (dice_.roll(13)) {
    case 0:
    case 1:
      answer.status = Status::still_running;
      answer.retry_after = dice_.between(1h, 90h);
      return answer;
    case 2:
      answer.status = request.authorized ? Status::complete : Status::needs_authorization;
      answer.detail = "Hill Street Clinic";
      answer.items = some_records(person, request.attempt);
      return answer;
    case 3:
      answer.status = Status::failed;
      return answer;
    case 4:
      return answer;
    case 5: {
      // Now and then the same is asked again, as vendors do that lose their papers.
      const auto given = request.approved_fees.size() + request.answers.size();
      const std::string id = std::to_string(dice_.one_in(6) ? 0 : given);
      answer.detail = "Hill Street Clinic";
      answer.items = some_records(person, request.attempt);
      if (dice_.one_in(2)) {
        answer.status = Status::needs_fee_approval;
        answer.ask = {"fee-" + id, {4'500, "USD"}, "", {}};
      } else {
        answer.status = Status::needs_answer;
        answer.ask = {
            "question-" + id, {}, "The clinic has moved. Shall we ask there?", {"Yes", "No"}};
      }
      return answer;
    }
    default:
      answer.items = some_records(person, request.attempt);
      return answer;
  }
}

/// Often the applicant's, sometimes somebody else's, broken, twice, in any order.
std::vector<app::RetrievedItem> World::some_records(const Person& of, unsigned attempt) {
  std::vector<app::RetrievedItem> items;
  const unsigned count = dice_.roll(4) + (attempt > 0 ? 1 : 0);
  const auto self = static_cast<std::size_t>(&of - people_.data());
  for (unsigned i = 0; i < count; ++i) {
    const Person* whose = &of;
    if (dice_.one_in(5)) whose = &people_[dice_.roll(static_cast<unsigned>(people_.size()))];
    // Those who share a name and a house are mixed up most easily.
    if (dice_.one_in(8) && self % 3 == 2) whose = &people_[self - 1];
    items.push_back(record_of(*whose, dice_));
    if (dice_.one_in(10)) items.back().bytes.resize(items.back().bytes.size() / 2);
    if (dice_.one_in(8)) items.push_back(items.back());
  }
  dice_.shuffle(items);
  return items;
}

// ── receivers ───────────────────────────────────────────────────────────────────────────────────

app::EventSender::Outcome World::send(const app::WebhookEndpoint& endpoint,
                                      const app::StoredEvent& event, base::TimePoint /*now*/) {
  clock_.pass(dice_.between(0ms, 60ms));
  if (endpoint.id == fickle_ && fickle_is_gone_) return {false, true, 410, "gone"};
  const bool fickle = endpoint.id != steady_ && endpoint.id != picky_;
  const bool away = is_away(endpoint.id) && (fickle || clock_.now() >= steady_until_);
  if (away || dice_.chance(300)) {
    ++figures_.not_accepted;
    // Those that hang take all the time there is; the worker's heartbeat keeps its leases, unless
    // it is late itself.
    if (!dice_.one_in(12)) return {false, false, 503, "endpoint failed"};
    ++figures_.hung;
    clock_.pass(delivery::kWebhookTimeout);
    if (!dice_.one_in(10)) beat();
    return {false, false, 0, "timeout"};
  }
  shadow_.delivered(endpoint.id, event);
  if (dice_.one_in(4)) meanwhile(event.order_id);
  // It has arrived, but its answer has not.
  if (dice_.chance(150)) return {false, false, 0, "timeout"};
  return {true, false, 200, ""};
}

std::optional<base::Duration> World::delay_after(unsigned failed_tries) {
  return delivery::delay_after(failed_tries, static_cast<std::uint32_t>(dice_.next()));
}

}  // namespace chartroom::sim
