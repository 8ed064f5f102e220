// Connections that threads borrow. They are made when they are needed, up to a limit, and thrown
// away when they are lost; so a server that was restarted, or another one that took over, is found
// by itself.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

class Pool {
 public:
  /// How long a borrower waits for a free connection.
  static constexpr std::chrono::seconds kPatience{5};

  Pool(Options options, std::size_t most) : options_(std::move(options)), most_(most) {}

  /// Gives the connection back when it dies.
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

  /// Thread-safe. Errors: unavailable after kPatience, and those of Connection::open.
  base::Result<Lease> borrow();
  void add(std::unique_ptr<Connection> connection);

 private:
  void give_back(std::unique_ptr<Connection> connection);

  const Options options_;
  const std::size_t most_;
  std::mutex mutex_;  ///< guards the following
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> free_;
  std::size_t made_ = 0;  ///< free, lent or being made
};

}  // namespace chartroom::store::postgres
