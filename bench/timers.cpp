// What open orders cost that wait for months: a store with a million of them beside a small one.
//
//   bench_timers ORDERS SECONDS NONE FEW MANY   three places for stores: folders that do not exist,
//                                               or URLs of empty databases
//
// NONE holds no order, FEW a thousand, MANY as many as ORDERS says. Every order is open, with
// sealed rows and two timers 30 to 210 days ahead.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/house.hpp"

namespace chartroom::bench {
namespace {

constexpr unsigned kFew = 1'000;
constexpr unsigned kRounds = 3;
constexpr unsigned kThreads = 16;
constexpr unsigned kOrdersInOneCommit = 100;
constexpr base::Duration kDay = std::chrono::hours{24};

House::Open open_place(const std::string& place) {
  return place.find("://") == std::string::npos ? open_sqlite(place) : open_postgres(place);
}

double memory_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

/// An order that waits: its rows, and two timers.
void add_waiting_order(House& house, const app::NewOrder& sample, unsigned number,
                       app::Commit& writes) {
  app::NewOrder request = sample;
  request.client_user_id = house.new_id();
  const base::TimePoint due = house.clock.now() + kDay * (30 + number % 180);
  app::Commit rows = rows_of_one_order(house, std::move(request), due);
  app::Job second = std::get<app::InsertJob>(rows[2]).job;
  second.id = house.new_id();
  second.due_at += kDay;
  writes.insert(writes.end(), std::make_move_iterator(rows.begin()),
                std::make_move_iterator(rows.end()));
  writes.emplace_back(app::InsertJob{std::move(second)});
}

/// Seconds.
double fill(House& house, unsigned orders) {
  const app::NewOrder sample = read_order(order_body("sample"), house.clock);
  std::atomic<unsigned> next{0};
  std::atomic<bool> failed{false};
  std::vector<std::thread> threads;
  const auto begin = Timer::now();
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto tenant = house.store->tenant(house.application.client_id);
      for (;;) {
        const unsigned from = next.fetch_add(kOrdersInOneCommit);
        if (from >= orders || failed) return;
        app::Commit writes;
        for (unsigned n = from; n < std::min(orders, from + kOrdersInOneCommit); ++n)
          add_waiting_order(house, sample, n, writes);
        if (!tenant->commit(writes)) failed = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  require(!failed, "the store could not be filled");
  return seconds_since(begin);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Ticks {
  House* house;
  std::size_t timers;
  std::vector<double> idle_us{};   ///< a claim that finds nothing, and when to look again
  std::vector<double> claim_us{};  ///< a claim of 16 jobs that have become due, durably
};

void look_for_nothing(Ticks& ticks) {
  House& house = *ticks.house;
  const auto begin = Timer::now();
  require(take(house.store->claim(house.clock.now(), std::chrono::seconds{9}, 16)).empty(),
          "something is due");
  (void)take(house.store->next_due());
  ticks.idle_us.push_back(seconds_since(begin) * 1e6);
}

void claim_what_is_due(Ticks& ticks) {
  constexpr unsigned kJobs = 16;
  House& house = *ticks.house;
  const auto tenant = house.store->tenant(house.application.client_id);
  app::Commit due;
  for (unsigned n = 0; n < kJobs; ++n) {
    app::Job job;
    job.id = house.new_id();
    job.kind = "bench";
    job.due_at = house.clock.now();
    due.emplace_back(app::InsertJob{job});
  }
  take(tenant->commit(due));
  const auto begin = Timer::now();
  const auto jobs = take(house.store->claim(house.clock.now(), std::chrono::seconds{9}, kJobs));
  ticks.claim_us.push_back(seconds_since(begin) * 1e6);
  require(jobs.size() == kJobs, "what is due was not claimed");
  app::Commit ended;
  for (const app::Job& job : jobs) ended.emplace_back(app::FinishJob{job.id, job.lease});
  take(tenant->commit(ended));
}

/// In turn, so that all of them have the same disk and neighbours.
void measure_ticks(std::vector<Ticks>& all) {
  constexpr int kLooks = 500;
  constexpr int kClaims = 100;
  for (int i = 0; i < kLooks; ++i) {
    for (Ticks& ticks : all) look_for_nothing(ticks);
  }
  for (int i = 0; i < kClaims; ++i) {
    for (Ticks& ticks : all) claim_what_is_due(ticks);
  }
  std::printf("%-12s %16s %22s\n", "waiting", "idle tick us", "claim of 16 due us");
  for (const Ticks& ticks : all) {
    std::printf("%-12zu %9.0f (%.2f) %15.0f (%.2f)\n", ticks.timers, median(ticks.idle_us),
                median(ticks.idle_us) / median(all.front().idle_us), median(ticks.claim_us),
                median(ticks.claim_us) / median(all.front().claim_us));
  }
}

void run(unsigned orders, double seconds, const std::vector<std::string>& places) {
  base::start_crypto();
  const double at_start = memory_mib();
  House none(open_place(places[0]));
  House few(open_place(places[1]));
  House many(open_place(places[2]));
  fill(few, std::min(kFew, orders));
  const double filled_s = fill(many, orders);
  malloc_trim(0);  // what is measured is what waiting orders hold, not what the filling left
  const double waiting = memory_mib();
  std::printf("%u open orders, two timers each: filled in %.0f s (%.0f orders/s)\n", orders,
              filled_s, orders / filled_s);
  std::printf("memory of the process: %.0f MiB before, %.0f MiB with them\n\n", at_start, waiting);

  std::vector<Ticks> ticks{{&none, 0}, {&few, 2 * kFew}, {&many, std::size_t{2} * orders}};
  measure_ticks(ticks);

  const auto measured = std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  const Load load{kThreads, measured / 8, measured};
  std::vector<double> empty_rates;
  std::vector<double> full_rates;
  for (unsigned round = 0; round < kRounds; ++round) {
    empty_rates.push_back(measure(load, [&] { return place_rows(none, 30 * kDay); }).per_second);
    full_rates.push_back(measure(load, [&] { return place_rows(many, 30 * kDay); }).per_second);
  }
  const double empty = median(empty_rates);
  const double full = median(full_rates);
  std::printf(
      "\nintake, %u callers, medians of %u rounds in turn: %.0f orders/s beside none, "
      "%.0f beside %u: %.2f\n",
      kThreads, kRounds, empty, full, orders, full / empty);
  std::printf("memory of the process after it: %.0f MiB\n", memory_mib());
}

}  // namespace
}  // namespace chartroom::bench

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: bench_timers ORDERS SECONDS NONE FEW MANY\n");
    return 2;
  }
  try {
    chartroom::bench::run(static_cast<unsigned>(std::stoul(argv[1])), std::stod(argv[2]),
                          {argv + 3, argv + 6});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_timers: %s\n", error.what());
    return 1;
  }
  return 0;
}
