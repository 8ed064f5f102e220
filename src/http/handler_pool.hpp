// A fixed number of threads and bounded queues: where handlers may block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace chartroom::http {

struct HandlerPoolSettings {
  unsigned threads = 16;               ///< jobs of one caller that run at the same time
  std::size_t queue = 1'024;           ///< jobs of all callers that wait
  std::size_t queue_per_caller = 256;  ///< of one
};

/// Callers take turns: each has a queue of its own, and the next job is that of whoever waited
/// longest for a turn. A quarter of the threads more than the settings say are kept for callers
/// that do not fill theirs, so that one who does delays himself.
/// Thread-safe. The mutex guards queues and flags; jobs run outside of it.
class HandlerPool {
 public:
  explicit HandlerPool(HandlerPoolSettings settings);
  ~HandlerPool();  ///< close()
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  enum class Taken { yes, full, caller_full };
  /// Nothing happens unless it is taken. Full: also when the pool is closed. A job must not throw.
  [[nodiscard]] Taken submit(const std::string& caller, std::function<void()> job);
  /// Runs what is queued, then ends the threads. Waits for them.
  void close();

 private:
  /// What a caller has waiting and running; gone when there is neither.
  struct Caller {
    std::deque<std::function<void()>> waiting;
    unsigned running = 0;
  };
  using Callers = std::map<std::string, Caller>;

  void run();
  /// Whose turn it is, of those that may have one more running; end(): nobody's.
  Callers::iterator next();

  const HandlerPoolSettings settings_;
  std::mutex mutex_;
  std::condition_variable work_or_closing_;
  Callers callers_;
  std::deque<std::string> turns_;  ///< callers with waiting jobs, each once
  std::size_t waiting_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace chartroom::http
