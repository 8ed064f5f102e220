#include "store/postgres/pool.hpp"

namespace chartroom::store::postgres {

base::Result<Pool::Lease> Pool::borrow() {
  std::unique_lock guard(mutex_);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    if (!returned_.wait_until(guard, give_up, [this] { return !free_.empty() || made_ < most_; })) {
      return base::fail(base::ErrorCode::unavailable,
                        "database: all connections of the pool are in use");
    }
    if (free_.empty()) break;
    std::unique_ptr<Connection> connection = std::move(free_.back());
    free_.pop_back();
    guard.unlock();
    if (connection->seems_alive()) return Lease(*this, std::move(connection));
    connection.reset();
    guard.lock();
    --made_;
  }
  ++made_;
  guard.unlock();
  auto connection = Connection::open(options_);
  if (connection) return Lease(*this, std::move(*connection));
  {
    const std::scoped_lock again(mutex_);
    --made_;
  }
  returned_.notify_one();
  return base::pass_on(std::move(connection.error()));
}

void Pool::add(std::unique_ptr<Connection> connection) {
  {
    const std::scoped_lock guard(mutex_);
    ++made_;
  }
  give_back(std::move(connection));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  const bool was_lost = connection->is_lost();
  // Whoever left a transaction open was interrupted; the server undoes it when the session ends.
  if (was_lost || connection->in_transaction()) connection.reset();
  std::vector<std::unique_ptr<Connection>> doubtful;  // ended without the lock
  {
    const std::scoped_lock guard(mutex_);
    if (was_lost) {
      doubtful.swap(free_);
      made_ -= doubtful.size();
    }
    if (connection) {
      free_.push_back(std::move(connection));
    } else {
      --made_;
    }
  }
  if (was_lost) {
    returned_.notify_all();
  } else {
    returned_.notify_one();
  }
}

}  // namespace chartroom::store::postgres
