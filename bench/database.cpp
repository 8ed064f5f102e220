// What the store on PostgreSQL does in a second; scripts/bench runs it beside its rivals.
//
//   bench_database intake URL WAY THREADS SECONDS   WAY: commits or desk; orders
//   bench_database jobs URL COUNT                   jobs: put into the queue, then run to their end
//   bench_database job URL                          puts in one order with its job, as a pattern
//
// The database is empty or has our tables. Prints one line of JSON.
#include <atomic>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "bench/house.hpp"
#include "worker/worker.hpp"

namespace chartroom::bench {
namespace {

namespace json = boost::json;

void say(const json::object& figures) { std::printf("%s\n", json::serialize(figures).c_str()); }

void intake(const std::string& url, const std::string& way, unsigned threads, double seconds) {
  require(way == "commits" || way == "desk", "WAY is commits or desk");
  House house(open_postgres(url));
  const auto measured = std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  const Load load{threads, measured / 8, measured};
  const Figures figures =
      measure(load, [&] { return way == "desk" ? place_at_desk(house) : place_rows(house); });
  say({{"per_second", figures.per_second}, {"p50_ms", figures.p50_ms}, {"p99_ms", figures.p99_ms}});
}

/// One order, so that what its rows look like can be read.
void pattern(const std::string& url) {
  House house(open_postgres(url));
  place_rows(house)();
  say({{"client_id", house.application.client_id}});
}

app::Job small_job(House& house) {
  app::Job job;
  job.id = house.new_id();
  job.kind = "bench";
  job.order_id = house.new_id();
  job.payload = R"({"id":1})";
  job.due_at = house.clock.now();
  return job;
}

/// As applications do: many callers, each job a commit of its own. Seconds.
double enqueue_one_by_one(House& house, unsigned count) {
  constexpr unsigned kCallers = 64;
  std::atomic<int> left = static_cast<int>(count);
  std::vector<std::thread> threads;
  const auto begin = Timer::now();
  for (unsigned i = 0; i < kCallers; ++i) {
    threads.emplace_back([&] {
      const auto tenant = house.store->tenant(house.application.client_id);
      while (left.fetch_sub(1) > 0) {
        if (!tenant->commit({app::InsertJob{small_job(house)}})) std::abort();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return seconds_since(begin);
}

/// Many jobs in one commit. Seconds.
double enqueue_together(House& house, unsigned count) {
  constexpr unsigned kTogether = 500;
  const auto tenant = house.store->tenant(house.application.client_id);
  const auto begin = Timer::now();
  for (unsigned done = 0; done < count;) {
    app::Commit writes;
    for (unsigned i = 0; i < kTogether && done < count; ++i, ++done)
      writes.emplace_back(app::InsertJob{small_job(house)});
    take(tenant->commit(writes));
  }
  return seconds_since(begin);
}

/// The real worker with a handler that does nothing but end its job. Seconds until the last has
/// ended, durably.
double run_all(House& house, unsigned count) {
  std::atomic<unsigned> ended{0};
  std::binary_semaphore all{0};
  worker::WorkerSettings settings;
  settings.threads = 64;  // as many as a server takes
  if (const char* threads = std::getenv("BENCH_THREADS")) settings.threads = std::atoi(threads);
  worker::Worker worker(
      *house.store,
      [&](const app::Job& job) -> base::Result<void> {
        const auto tenant = house.store->tenant(job.client_id);
        auto finished = tenant->commit({app::FinishJob::of(job)});
        if (finished && ended.fetch_add(1) + 1 == count) all.release();
        return finished;
      },
      house.clock, house.logger, settings);
  const auto begin = Timer::now();
  worker.start();
  all.acquire();
  const double seconds = seconds_since(begin);
  worker.stop();
  return seconds;
}

void jobs(const std::string& url, unsigned count) {
  House house(open_postgres(url));
  const unsigned alone = count / 4;
  const double one_by_one = enqueue_one_by_one(house, alone);
  const double together = enqueue_together(house, count - alone);
  const double run = run_all(house, count);
  say({{"enqueued_alone_per_second", alone / one_by_one},
       {"enqueued_together_per_second", (count - alone) / together},
       {"run_per_second", count / run}});
}

int run(const std::vector<std::string>& arguments) {
  base::start_crypto();
  const std::string what = arguments.empty() ? "" : arguments[0];
  if (what == "intake" && arguments.size() == 5) {
    intake(arguments[1], arguments[2], static_cast<unsigned>(std::stoul(arguments[3])),
           std::stod(arguments[4]));
  } else if (what == "jobs" && arguments.size() == 3) {
    jobs(arguments[1], static_cast<unsigned>(std::stoul(arguments[2])));
  } else if (what == "job" && arguments.size() == 2) {
    pattern(arguments[1]);
  } else {
    std::fprintf(
        stderr,
        "usage: bench_database intake URL WAY THREADS SECONDS | jobs URL COUNT | job URL\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace chartroom::bench

int main(int argc, char** argv) {
  try {
    return chartroom::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_database: %s\n", error.what());
    return 1;
  }
}
