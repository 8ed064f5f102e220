// chartroom_sim: many worlds on all processors. See scripts/sim and docs/testing.md.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <new>
#include <sstream>
#include <thread>
#include <vector>

#include "dice.hpp"
#include "world.hpp"

namespace chartroom::sim {
namespace {

constexpr const char* kUsage =
    "usage: scripts/sim --orders N [--seed S] [--engine model|sqlite] [--plant BUG] [--processes "
    "P]\n"
    "       scripts/sim --replay SEED [--engine model|sqlite] [--plant BUG] [--trace]\n"
    "BUG: lost-outbox, double-completion, dead-timer\n";
constexpr std::uint64_t kOrdersAWorld = 56;  ///< on average, rounded down
constexpr std::size_t kProcessesMost = 64;
constexpr std::uint64_t kNone = ~std::uint64_t{0};
constexpr std::size_t kTextBytes = 256;

struct Arguments {
  std::uint64_t orders = 0, seed = 1;
  std::optional<std::uint64_t> replay;
  unsigned processes = std::max(1U, std::thread::hardware_concurrency());
  WorldOptions world;
};

/// What the processes share.
struct Board {
  std::atomic<std::uint64_t> next{0}, failed{kNone}, orders{0};
  struct Process {
    Figures figures;
    std::atomic<std::uint64_t> world{kNone};  ///< that it is in
    std::uint64_t failed = kNone;
    char violation[kTextBytes]{};
  };
  Process processes[kProcessesMost];
};

/// Of each world, how many orders were placed.
using Counts = std::atomic<std::uint32_t>*;

template <typename T>
T* shared(std::size_t count) {
  void* memory =
      ::mmap(nullptr, sizeof(T) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return new (memory) T[count]{};
}

std::optional<std::uint64_t> number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (end == text || *end != '\0') return std::nullopt;
  return value;
}

std::optional<Arguments> read_arguments(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--trace") {
      out.world.trace = true;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const std::string value = argv[i];
    const auto count = number(argv[i]);
    if (name == "--orders" && count) {
      out.orders = *count;
    } else if (name == "--seed" && count) {
      out.seed = *count;
    } else if (name == "--replay" && count) {
      out.replay = *count;
    } else if (name == "--processes" && count && *count >= 1 && *count <= kProcessesMost) {
      out.processes = static_cast<unsigned>(*count);
    } else if (name == "--engine" && (value == "model" || value == "sqlite")) {
      out.world.engine = value == "model" ? Engine::model : Engine::sqlite;
    } else if (name == "--plant" && plant_from(value)) {
      out.world.plant = plant_from(value);
    } else {
      return std::nullopt;
    }
  }
  if ((out.orders == 0) == !out.replay) return std::nullopt;
  return out;
}

std::string replay_line(const WorldOptions& world) {
  std::string line = "scripts/sim --replay " + std::to_string(world.seed);
  if (world.engine == Engine::sqlite) line += " --engine sqlite";
  if (world.plant) line += std::string(" --plant ") + to_string(*world.plant);
  return line;
}

/// One process: takes world after world until all are taken, or one before them has failed.
void run_worlds(const Arguments& arguments, std::uint64_t worlds, Board& board, Counts counts,
                Board::Process& mine) {
  for (;;) {
    const std::uint64_t index = board.next.fetch_add(1);
    if (index >= worlds || index > board.failed) return;
    mine.world = index;
    WorldOptions options = arguments.world;
    options.seed = world_seed(arguments.seed, index);
    const WorldOutcome outcome = run_world(options);
    mine.figures.add(outcome.figures);
    counts[index] = static_cast<std::uint32_t>(outcome.figures.orders);
    board.orders += outcome.figures.orders;
    mine.world = kNone;
    if (outcome.violation.empty()) continue;
    if (mine.failed == kNone) {
      mine.failed = index;
      std::strncpy(mine.violation, outcome.violation.c_str(), kTextBytes - 1);
    }
    std::uint64_t first = board.failed;
    while (index < first && !board.failed.compare_exchange_weak(first, index)) {
    }
  }
}

void watch(const std::vector<pid_t>& children, Board& board, std::uint64_t orders) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  auto told = begin;
  std::size_t left = children.size();
  while (left > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0;
         ended = ::waitpid(-1, &status, WNOHANG)) {
      --left;
      const auto which = static_cast<std::size_t>(
          std::find(children.begin(), children.end(), ended) - children.begin());
      Board::Process& process = board.processes[which];
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
      process.failed = process.world;
      std::strncpy(process.violation, "the process died in this world", kTextBytes - 1);
      std::uint64_t first = board.failed;
      while (process.failed < first && !board.failed.compare_exchange_weak(first, process.failed)) {
      }
    }
    const auto now = Clock::now();
    if (now - told < std::chrono::seconds{10}) continue;
    told = now;
    const auto seconds = std::chrono::duration<double>(now - begin).count();
    std::cerr << "sim: " << board.orders << " of " << orders << " orders, "
              << static_cast<std::uint64_t>(static_cast<double>(board.orders) / seconds)
              << " a second" << std::endl;
  }
}

void print(const Figures& f, double seconds) {
  const auto row = [](const char* name, auto value) {
    std::cout << std::left << std::setw(26) << name << std::right << std::setw(14) << value << '\n';
  };
  row("worlds", f.worlds);
  row("orders", f.orders);
  row("  completed", f.completed);
  row("    timed out", f.timed_out);
  row("    suppressed", f.suppressed);
  row("  cancelled", f.cancelled);
  row("commits", f.commits);
  row("  lost races", f.conflicts);
  row("jobs run", f.jobs);
  row("  leases lost", f.leases_lost);
  row("restarts after a crash", f.restarts);
  for (std::size_t i = 1; i < kFaults; ++i) {
    row((std::string("fault: ") + to_string(static_cast<Fault>(i))).c_str(), f.faults.at(i));
  }
  row("fault: failed read", f.read_faults);
  row("clock jumps", f.clock_jumps);
  row("things done meanwhile", f.meanwhiles);
  row("channels asked", f.retrievals);
  row("records accepted", f.records.at(0));
  row("  quarantined", f.records.at(1));
  row("  somebody else's", f.records.at(2));
  row("  unreadable", f.records.at(3));
  row("tasks", f.tasks);
  row("reports", f.reports);
  row("events", f.events);
  row("deliveries", f.deliveries);
  row("  of those again", f.delivered_again);
  row("  not accepted", f.not_accepted);
  row("  receiver hung", f.hung);
  row("idempotent calls", f.calls);
  row("  repeated", f.calls_repeated);
  row("  answers compared", f.answers_compared);
  std::cout << std::fixed << std::setprecision(1) << seconds << " s, "
            << static_cast<std::uint64_t>(static_cast<double>(f.orders) / seconds)
            << " orders a second\n";
}

int run_many(const Arguments& arguments) {
  const std::uint64_t worlds = (arguments.orders + kOrdersAWorld - 1) / kOrdersAWorld;
  Board& board = *shared<Board>(1);
  const Counts counts = shared<std::atomic<std::uint32_t>>(worlds);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (unsigned i = 0; i < arguments.processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      run_worlds(arguments, worlds, board, counts, board.processes[i]);
      ::_exit(0);
    }
    if (child < 0) std::abort();
    children.push_back(child);
  }
  watch(children, board, arguments.orders);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  Figures sum;
  for (const Board::Process& process : board.processes) sum.add(process.figures);
  print(sum, took.count());
  if (board.failed == kNone) {
    std::cout << "every promise was kept\n";
    return 0;
  }
  std::uint64_t order = 0;
  for (std::uint64_t i = 0; i <= board.failed; ++i) order += counts[i];
  for (const Board::Process& process : board.processes) {
    if (process.failed != board.failed) continue;
    WorldOptions world = arguments.world;
    world.seed = world_seed(arguments.seed, board.failed);
    std::cout << "FAILED at order " << order << ": " << process.violation
              << " | replay: " << replay_line(world) << '\n';
  }
  return 1;
}

int replay(const Arguments& arguments) {
  WorldOptions options = arguments.world;
  options.seed = *arguments.replay;
  const auto begin = std::chrono::steady_clock::now();
  const WorldOutcome outcome = run_world(options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  print(outcome.figures, took.count());
  if (outcome.violation.empty()) {
    std::cout << "every promise was kept\n";
    return 0;
  }
  std::cout << "FAILED at order " << outcome.figures.orders << ": " << outcome.violation
            << " | replay: " << replay_line(options) << '\n';
  return 1;
}

}  // namespace
}  // namespace chartroom::sim

int main(int argc, char** argv) {
  const auto arguments = chartroom::sim::read_arguments(argc, argv);
  if (!arguments) {
    std::cerr << chartroom::sim::kUsage;
    return 2;
  }
  return arguments->replay ? chartroom::sim::replay(*arguments)
                           : chartroom::sim::run_many(*arguments);
}
