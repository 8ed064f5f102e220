#include "http/handler_pool.hpp"

#include <utility>

namespace chartroom::http {

HandlerPool::HandlerPool(unsigned threads, std::size_t queue_limit) : queue_limit_(queue_limit) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HandlerPool::~HandlerPool() { close(); }

bool HandlerPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
  }
  work_or_closing_.notify_one();
  return true;
}

void HandlerPool::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_or_closing_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void HandlerPool::run() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      work_or_closing_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace chartroom::http
