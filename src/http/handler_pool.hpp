// A fixed number of threads and a bounded queue: where handlers may block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace chartroom::http {

/// Thread-safe. The mutex guards the queue and the closing flag; jobs run outside of it.
class HandlerPool {
 public:
  HandlerPool(unsigned threads, std::size_t queue_limit);
  ~HandlerPool();  ///< close()
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  /// False, and nothing happens, when the queue is full or the pool is closed. A job must not
  /// throw.
  [[nodiscard]] bool submit(std::function<void()> job);
  /// Runs what is queued, then ends the threads. Waits for them.
  void close();

 private:
  void run();

  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable work_or_closing_;
  std::deque<std::function<void()>> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace chartroom::http
