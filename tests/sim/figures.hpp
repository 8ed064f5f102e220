// What a simulation counts. Plain numbers, so that processes can hand them over as bytes.
#pragma once

#include <array>
#include <cstdint>

#include "faulty_store.hpp"

namespace chartroom::sim {

struct Figures {
  std::uint64_t worlds = 0, orders = 0;
  std::uint64_t completed = 0, cancelled = 0, timed_out = 0, suppressed = 0;
  std::uint64_t commits = 0, conflicts = 0, jobs = 0, restarts = 0, read_faults = 0;
  std::array<std::uint64_t, kFaults> faults{};
  std::uint64_t clock_jumps = 0, meanwhiles = 0, leases_lost = 0;
  std::uint64_t retrievals = 0, tasks = 0, reports = 0;
  std::array<std::uint64_t, 4> records{};  ///< by app::RecordVerdict
  std::uint64_t events = 0, deliveries = 0, delivered_again = 0, not_accepted = 0, hung = 0;
  std::uint64_t calls = 0, calls_repeated = 0, answers_compared = 0;

  void add(const Figures& other) {
    static_assert(sizeof(Figures) % sizeof(std::uint64_t) == 0);
    auto* mine = reinterpret_cast<std::uint64_t*>(this);
    const auto* theirs = reinterpret_cast<const std::uint64_t*>(&other);
    for (std::size_t i = 0; i < sizeof(Figures) / sizeof(std::uint64_t); ++i) mine[i] += theirs[i];
  }
};

}  // namespace chartroom::sim
