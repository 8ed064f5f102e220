// A connection that a thread has borrowed from a pool.
#pragma once

#include <memory>
#include <utility>

namespace chartroom::store {

/// Gives the connection back when it dies, by Pool::give_back(std::unique_ptr<Connection>).
template <typename Pool, typename Connection>
class Lease {
 public:
  Lease(Pool& pool, std::unique_ptr<Connection> connection)
      : pool_(&pool), connection_(std::move(connection)) {}
  ~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
  }
  Lease(Lease&&) = default;
  Lease& operator=(Lease&&) = delete;

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  Pool* pool_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace chartroom::store
