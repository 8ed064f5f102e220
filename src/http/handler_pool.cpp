#include "http/handler_pool.hpp"

#include <algorithm>
#include <utility>

namespace chartroom::http {
namespace {

constexpr unsigned kGuestShare = 4;

}  // namespace

HandlerPool::HandlerPool(HandlerPoolSettings settings) : settings_(settings) {
  const unsigned threads = settings.threads + std::max(1U, settings.threads / kGuestShare);
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HandlerPool::~HandlerPool() { close(); }

HandlerPool::Taken HandlerPool::submit(const std::string& caller, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || waiting_ >= settings_.queue) return Taken::full;
    const auto found = callers_.find(caller);
    const bool is_full =
        found != callers_.end() && found->second.waiting.size() >= settings_.queue_per_caller;
    if (is_full) return Taken::caller_full;
    Caller& of_caller = found != callers_.end() ? found->second : callers_[caller];
    if (of_caller.waiting.empty()) turns_.push_back(caller);
    of_caller.waiting.push_back(std::move(job));
    ++waiting_;
  }
  work_or_closing_.notify_one();
  return Taken::yes;
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

HandlerPool::Callers::iterator HandlerPool::next() {
  for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
    const auto found = callers_.find(*turn);
    if (found->second.running >= settings_.threads) continue;
    turns_.erase(turn);
    return found;
  }
  return callers_.end();
}

void HandlerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto caller = callers_.end();
    work_or_closing_.wait(lock, [&] {
      caller = next();
      return caller != callers_.end() || (closing_ && waiting_ == 0);
    });
    if (caller == callers_.end()) return;
    Caller& of_caller = caller->second;  // stays where it is while something of it runs
    const std::function<void()> job = std::move(of_caller.waiting.front());
    of_caller.waiting.pop_front();
    --waiting_;
    ++of_caller.running;
    if (!of_caller.waiting.empty()) turns_.push_back(caller->first);
    lock.unlock();
    job();
    lock.lock();
    const bool was_full = of_caller.running-- == settings_.threads;
    // What it had to wait for may be this thread, which looks again by itself, or another's sleep.
    if (was_full || (closing_ && waiting_ == 0)) work_or_closing_.notify_all();
    if (of_caller.running == 0 && of_caller.waiting.empty()) callers_.erase(caller);
  }
}

}  // namespace chartroom::http
