#include "model_queue.hpp"

#include <algorithm>
#include <limits>

#include "base/ids.hpp"

namespace chartroom::sim {
namespace {

constexpr std::size_t kLeaseDigits = 32;

}  // namespace

void ModelQueue::add_to_indexes(Number number) {
  const Row& row = rows_[number];
  if (unfinished(row)) {
    if (!row.job.lane.empty()) lanes_[{row.job.client_id, row.job.lane}].insert(number);
    orders_[{row.job.client_id, row.job.order_id}].insert(number);
  }
  switch (row.now.state) {
    case State::ready:
      ready_.insert({-row.job.priority, row.now.due, number});
      turn_.insert({-row.job.priority, row.job.client_id, row.now.due, number});
      ready_by_due_.insert({row.now.due, number});
      break;
    case State::claimed:
      claimed_.insert({row.now.lease_until, number});
      break;
    case State::dead:
      dead_.insert({row.now.ended_at, number});
      break;
    case State::blocked:
    case State::done:
      break;
  }
}

void ModelQueue::remove_from_indexes(Number number) {
  const Row& row = rows_[number];
  const auto forget = [&](std::map<Key, std::set<Number>>& index, const Key& key) {
    const auto found = index.find(key);
    found->second.erase(number);
    if (found->second.empty()) index.erase(found);
  };
  if (unfinished(row)) {
    if (!row.job.lane.empty()) forget(lanes_, {row.job.client_id, row.job.lane});
    forget(orders_, {row.job.client_id, row.job.order_id});
  }
  ready_.erase({-row.job.priority, row.now.due, number});
  turn_.erase({-row.job.priority, row.job.client_id, row.now.due, number});
  ready_by_due_.erase({row.now.due, number});
  claimed_.erase({row.now.lease_until, number});
  dead_.erase({row.now.ended_at, number});
}

void ModelQueue::change(Number number, Changing changed, Undo& undo) {
  remove_from_indexes(number);
  std::swap(rows_[number].now, changed);
  add_to_indexes(number);
  undo.then([this, number, before = std::move(changed)] {
    remove_from_indexes(number);
    rows_[number].now = before;
    add_to_indexes(number);
  });
}

void ModelQueue::insert(const std::string& client_id, const app::Job& job, base::TimePoint due,
                        Undo& undo) {
  const Key key{job.id, client_id};
  const Number number = rows_.size();
  if (!by_id_.try_emplace(key, number).second) return;
  Row row{job, {}};
  row.job.client_id = client_id;
  row.now.due = due;
  row.now.attempts = job.attempts;
  const bool behind = !job.lane.empty() && lanes_.contains({client_id, job.lane});
  row.now.state = behind ? State::blocked : State::ready;
  rows_.push_back(std::move(row));
  add_to_indexes(number);
  undo.then([this, key] {
    remove_from_indexes(rows_.size() - 1);
    rows_.pop_back();
    by_id_.erase(key);
  });
}

/// The oldest unfinished job of a lane becomes ready, when it was blocked.
void ModelQueue::release(const std::string& client_id, const std::string& lane, Undo& undo) {
  if (lane.empty()) return;
  const auto found = lanes_.find({client_id, lane});
  if (found == lanes_.end()) return;
  const Number oldest = *found->second.begin();
  if (rows_[oldest].now.state != State::blocked) return;
  Changing changed = rows_[oldest].now;
  changed.state = State::ready;
  change(oldest, std::move(changed), undo);
}

std::optional<ModelQueue::Number> ModelQueue::held(const std::string& client_id,
                                                   const std::string& id,
                                                   const std::string& lease) const {
  const auto found = by_id_.find({id, client_id});
  if (found == by_id_.end()) return std::nullopt;
  const Row& row = rows_[found->second];
  if (row.now.state != State::claimed || row.now.lease != lease) return std::nullopt;
  return found->second;
}

bool ModelQueue::end(const std::string& client_id, const std::string& id, const std::string& lease,
                     State state, const std::string& error, base::TimePoint now, Undo& undo) {
  const auto number = held(client_id, id, lease);
  if (!number) return false;
  Changing changed = rows_[*number].now;
  changed.state = state;
  if (state == State::dead) ++changed.attempts;
  changed.crashes = 0;
  changed.lease.clear();
  changed.ended_at = now;
  changed.error = error;
  change(*number, std::move(changed), undo);
  release(client_id, rows_[*number].job.lane, undo);
  return true;
}

bool ModelQueue::finish(const std::string& client_id, const std::string& id,
                        const std::string& lease, base::TimePoint now, Undo& undo) {
  return end(client_id, id, lease, State::done, {}, now, undo);
}

bool ModelQueue::bury(const std::string& client_id, const std::string& id, const std::string& lease,
                      const std::string& error, base::TimePoint now, Undo& undo) {
  return end(client_id, id, lease, State::dead, error, now, undo);
}

bool ModelQueue::retry(const std::string& client_id, const app::RetryJob& write,
                       base::TimePoint due, Undo& undo) {
  const auto number = held(client_id, write.job_id, write.lease);
  if (!number) return false;
  Changing changed = rows_[*number].now;
  changed.state = State::ready;
  if (write.tried) ++changed.attempts;
  changed.crashes = 0;
  changed.lease.clear();
  changed.error = write.error;
  changed.due = due;
  change(*number, std::move(changed), undo);
  return true;
}

void ModelQueue::drop(const std::string& client_id, const std::string& order_id,
                      const std::string& kind, base::TimePoint now, Undo& undo) {
  const auto found = orders_.find({client_id, order_id});
  if (found == orders_.end()) return;
  const std::set<Number> of_order = found->second;  // what follows changes the index
  std::set<std::string> lanes;
  for (const Number number : of_order) {
    const Row& row = rows_[number];
    if (row.now.state == State::claimed) continue;
    const bool meant =
        kind.empty() ? row.job.kind != "deliver" && row.job.kind != "mail" && row.job.kind != "ship"
                     : row.job.kind == kind;
    if (!meant) continue;
    Changing changed = row.now;
    changed.state = State::done;
    changed.ended_at = now;
    lanes.insert(row.job.lane);
    change(number, std::move(changed), undo);
  }
  for (const std::string& lane : lanes) release(client_id, lane, undo);
}

void ModelQueue::advance(const std::string& client_id, base::Duration by, Undo& undo) {
  for (Number number = 0; number < rows_.size(); ++number) {
    const Row& row = rows_[number];
    if (row.job.client_id != client_id || !unfinished(row) || row.now.state == State::claimed) {
      continue;
    }
    Changing changed = row.now;
    changed.due -= by;
    change(number, std::move(changed), undo);
  }
}

void ModelQueue::free_expired(base::TimePoint now) {
  Undo none;
  while (!claimed_.empty() && claimed_.begin()->first <= now) {
    const Number number = claimed_.begin()->second;
    Changing changed = rows_[number].now;
    changed.state = State::ready;
    changed.lease.clear();
    if (++changed.crashes > app::kCrashesAtOnce) {
      const unsigned doubled = std::min(changed.crashes - app::kCrashesAtOnce, 10U);
      const auto pause = std::min<base::Duration>(app::kCrashBackOffMost,
                                                  std::chrono::milliseconds{1'000U << doubled});
      changed.due = now + pause / 2 + pause / 2 * static_cast<int>(number * 7'919 % 1'000) / 1'000;
    }
    change(number, std::move(changed), none);
  }
}

/// The applications with due work: the highest priority first, within it in the order of turns.
std::vector<store::DueTenant> ModelQueue::due_tenants(base::TimePoint now,
                                                      std::size_t limit) const {
  std::vector<store::DueTenant> due;
  for (auto level = ready_.begin(); level != ready_.end();) {
    const int negative = std::get<0>(*level);
    const std::string start = turns_.last_served(-negative);
    std::vector<store::DueTenant> behind;
    std::vector<store::DueTenant> before;
    const std::tuple first{negative, std::string(), base::TimePoint::min(), Number{0}};
    for (auto next = turn_.lower_bound(first);
         next != turn_.end() && std::get<0>(*next) == negative; ++next) {
      const auto& [level_of, client_id, due_at, number] = *next;
      if (due_at > now) continue;
      auto& list = client_id > start ? behind : before;
      if (list.empty() || list.back().client_id != client_id)
        list.push_back({-negative, client_id, 0});
      if (list.back().jobs < limit) ++list.back().jobs;
    }
    due.insert(due.end(), behind.begin(), behind.end());
    due.insert(due.end(), before.begin(), before.end());
    level =
        ready_.upper_bound({negative, base::TimePoint::max(), std::numeric_limits<Number>::max()});
  }
  return due;
}

std::vector<app::Job> ModelQueue::claim(base::TimePoint now, base::TimePoint lease_until,
                                        const app::ClaimLimits& limits, base::Random& random) {
  free_expired(now);
  std::vector<std::tuple<int, base::TimePoint, Number>> taken;
  for (const store::Share& share : turns_.share_out(due_tenants(now, limits.jobs), limits)) {
    auto next =
        turn_.lower_bound({-share.priority, share.client_id, base::TimePoint::min(), Number{0}});
    for (std::size_t i = 0; i < share.jobs; ++i, ++next) {
      taken.emplace_back(-share.priority, std::get<2>(*next), std::get<3>(*next));
    }
  }
  std::sort(taken.begin(), taken.end());
  Undo none;
  std::vector<app::Job> claimed;
  for (const auto& [negative, due, number] : taken) {
    Changing changed = rows_[number].now;
    changed.state = State::claimed;
    changed.lease = base::make_hex_id(kLeaseDigits, random);
    changed.lease_until = lease_until;
    app::Job job = rows_[number].job;
    job.attempts = changed.attempts;
    job.crashes = changed.crashes;
    job.lease = changed.lease;
    job.due_at = changed.due;  // real time; the store adds the application's clock
    change(number, std::move(changed), none);
    claimed.push_back(std::move(job));
  }
  return claimed;
}

void ModelQueue::give_back(const std::string& id, const std::string& lease, base::TimePoint now,
                           app::GiveBack how) {
  Undo none;
  for (auto found = by_id_.lower_bound({id, ""}); found != by_id_.end() && found->first.first == id;
       ++found) {
    const Row& row = rows_[found->second];
    if (row.now.state != State::claimed || row.now.lease != lease) continue;
    Changing changed = row.now;
    if (how == app::GiveBack::failed) {
      changed.lease_until = now;
    } else {
      changed.state = State::ready;
      changed.lease.clear();
    }
    change(found->second, std::move(changed), none);
    return;
  }
}

bool ModelQueue::heartbeat(const std::string& id, const std::string& lease, base::TimePoint until) {
  Undo none;
  for (auto found = by_id_.lower_bound({id, ""}); found != by_id_.end() && found->first.first == id;
       ++found) {
    const Row& row = rows_[found->second];
    if (row.now.state != State::claimed || row.now.lease != lease) continue;
    Changing changed = row.now;
    changed.lease_until = until;
    change(found->second, std::move(changed), none);
    return true;
  }
  return false;
}

std::optional<base::TimePoint> ModelQueue::next_due(const std::string* client_id) const {
  for (const auto& [due, number] : ready_by_due_) {
    if (client_id == nullptr || rows_[number].job.client_id == *client_id) return due;
  }
  return std::nullopt;
}

std::uint64_t ModelQueue::busy(const std::string& client_id, base::TimePoint now) const {
  std::uint64_t count = 0;
  for (const auto& [until, number] : claimed_) {
    if (rows_[number].job.client_id == client_id) ++count;
  }
  for (const auto& [due, number] : ready_by_due_) {
    if (due > now) break;
    if (rows_[number].job.client_id == client_id) ++count;
  }
  return count;
}

std::vector<app::Job> ModelQueue::dead(std::size_t limit) const {
  std::vector<app::Job> jobs;
  for (auto next = dead_.rbegin(); next != dead_.rend() && jobs.size() < limit; ++next) {
    const Row& row = rows_[next->second];
    jobs.push_back(row.job);
    jobs.back().attempts = row.now.attempts;
    jobs.back().due_at = row.now.due;
  }
  return jobs;
}

// ── for operators ───────────────────────────────────────────────────────────────────────────────

std::optional<ModelQueue::Number> ModelQueue::dead_letter(const std::string& client_id,
                                                          const std::string& id) const {
  const auto found = by_id_.find({id, client_id});
  if (found == by_id_.end() || rows_[found->second].now.state != State::dead) return std::nullopt;
  return found->second;
}

bool ModelQueue::redrive(const std::string& client_id, const std::string& id, base::TimePoint now,
                         Undo& undo) {
  const auto number = dead_letter(client_id, id);
  if (!number) return false;
  Changing changed;
  const std::string& lane = rows_[*number].job.lane;
  if (!lane.empty() && lanes_.contains({client_id, lane})) changed.state = State::blocked;
  changed.due = now;
  change(*number, std::move(changed), undo);
  return true;
}

bool ModelQueue::discard(const std::string& client_id, const std::string& id,
                         const std::string& reason, base::TimePoint now, Undo& undo) {
  const auto number = dead_letter(client_id, id);
  if (!number) return false;
  Changing changed = rows_[*number].now;
  changed.state = State::done;
  changed.ended_at = now;
  changed.error += "; discarded: " + reason;
  change(*number, std::move(changed), undo);
  return true;
}

app::JobView ModelQueue::view(Number number) const {
  const Row& row = rows_[number];
  app::JobView view;
  view.job = row.job;
  view.job.attempts = row.now.attempts;
  view.state = static_cast<app::JobState>(row.now.state);
  view.due_at = row.now.due;
  if (row.now.state == State::claimed) view.lease_until = row.now.lease_until;
  if (row.now.state >= State::done) view.ended_at = row.now.ended_at;
  view.error = row.now.error;
  view.sequence = static_cast<std::int64_t>(number) + 1;
  return view;
}

std::vector<app::JobView> ModelQueue::list(const app::JobFilter& filter, std::int64_t before,
                                           std::size_t limit) const {
  std::vector<app::JobView> views;
  for (Number number = rows_.size(); number-- > 0 && views.size() < limit;) {
    app::JobView seen = view(number);
    const app::Job& job = seen.job;
    const bool state_is_meant =
        filter.state ? seen.state == *filter.state : seen.state != app::JobState::done;
    if (state_is_meant && seen.sequence < before &&
        filter.client_id.value_or(job.client_id) == job.client_id &&
        filter.kind.value_or(job.kind) == job.kind &&
        filter.order_id.value_or(job.order_id) == job.order_id) {
      views.push_back(std::move(seen));
    }
  }
  return views;
}

std::vector<app::JobView> ModelQueue::find(const std::string& id) const {
  std::vector<app::JobView> views;
  for (auto found = by_id_.lower_bound({id, ""}); found != by_id_.end() && found->first.first == id;
       ++found) {
    views.push_back(view(found->second));
  }
  return views;
}

std::vector<app::JobCount> ModelQueue::count(const std::optional<std::string>& client_id) const {
  std::map<std::pair<std::string, app::JobState>, app::JobCount> counts;
  for (Number number = 0; number < rows_.size(); ++number) {
    const app::JobView seen = view(number);
    if (seen.state == app::JobState::done) continue;
    if (client_id && *client_id != seen.job.client_id) continue;
    auto [entry, added] = counts.try_emplace(
        {seen.job.kind, seen.state}, app::JobCount{seen.job.kind, seen.state, 0, seen.due_at});
    ++entry->second.count;
    entry->second.oldest_due = std::min(entry->second.oldest_due, seen.due_at);
  }
  std::vector<app::JobCount> list;
  for (auto& [key, count] : counts) list.push_back(std::move(count));
  return list;
}

}  // namespace chartroom::sim
