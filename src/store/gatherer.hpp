// Group commit, as far as engines share it: many threads bring work, a few of them carry it out for
// all.
//
// A thread that finds a free place leads: it takes what has queued, carries it out in one go and
// wakes the others with their own results. While it waits for the disk the next batch gathers
// behind it.
#pragma once

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace chartroom::store {

struct GathererLimits {
  std::size_t queue;    ///< work waiting; more is turned away
  std::size_t batch;    ///< work in one batch
  std::size_t bytes;    ///< ends a batch when reached
  std::size_t leaders;  ///< batches at the same time
};

template <typename Work>
class Gatherer {
 public:
  struct Waiting {
    Work work;
    std::size_t bytes = 0;
    base::Result<void> result{};
    bool done = false;
    std::condition_variable wake{};
  };
  /// What a leader still has to answer.
  using Batch = std::vector<Waiting*>;

  explicit Gatherer(const GathererLimits& limits) : limits_(limits) {}
  /// Hears how much goes into each batch; to be set before other threads come. Quick.
  void watch(std::function<void(std::size_t)> watcher) { watcher_ = std::move(watcher); }
  ~Gatherer() { assert(queue_.empty() && leaders_ == 0); }
  Gatherer(const Gatherer&) = delete;
  Gatherer& operator=(const Gatherer&) = delete;

  /// Returns when somebody has carried it out. `carry_out(Batch&)` sets each one's result;
  /// `afterwards()` is called by the leader when all of the batch have been told. Thread-safe.
  /// Errors: those set; unavailable (queue full).
  template <typename CarryOut, typename Afterwards>
  base::Result<void> run(Work work, std::size_t bytes, const CarryOut& carry_out,
                         const Afterwards& afterwards) {
    Waiting self{std::move(work), bytes};
    std::unique_lock guard(mutex_);
    if (queue_.size() >= limits_.queue) {
      return base::fail(base::ErrorCode::unavailable, "too many changes are waiting to be stored");
    }
    queue_.push_back(&self);
    while (!self.done) {
      if (leaders_ >= limits_.leaders || queue_.empty()) {
        self.wake.wait(guard);
        continue;
      }
      ++leaders_;
      Batch batch = take_batch();
      guard.unlock();
      if (watcher_) watcher_(batch.size());
      carry_out(batch);
      guard.lock();
      for (Waiting* waiting : batch) tell(*waiting);
      guard.unlock();
      afterwards();
      guard.lock();
      --leaders_;
      if (!queue_.empty()) queue_.front()->wake.notify_one();
    }
    return std::move(self.result);
  }

  /// For carry_out: answers one of the batch before the others are through.
  void answer(Batch& batch, Waiting* waiting) {
    batch.erase(std::remove(batch.begin(), batch.end(), waiting), batch.end());
    const std::scoped_lock guard(mutex_);
    tell(*waiting);
  }

 private:
  Batch take_batch() {
    Batch batch;
    std::size_t bytes = 0;
    while (!queue_.empty() && batch.size() < limits_.batch && bytes < limits_.bytes) {
      bytes += queue_.front()->bytes;
      batch.push_back(queue_.front());
      queue_.pop_front();
    }
    return batch;
  }

  /// Under the lock: its owner frees it as soon as it sees `done`.
  static void tell(Waiting& waiting) {
    waiting.done = true;
    waiting.wake.notify_one();
  }

  const GathererLimits limits_;
  std::function<void(std::size_t)> watcher_;
  std::mutex mutex_;  ///< guards the following and what Waiting objects say
  std::deque<Waiting*> queue_;
  std::size_t leaders_ = 0;
};

}  // namespace chartroom::store
