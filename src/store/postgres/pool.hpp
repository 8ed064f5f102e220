// Connections that threads borrow. They are made when they are needed, up to a limit, and thrown
// away when they are lost; so a server that was restarted, or another one that took over, is found
// by itself. With one that is lost go all that lie unused: where the network has gone silent they
// are as dead, and each would take its borrower's time-out to find that out.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/lease.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

class Pool {
 public:
  /// How long a borrower waits for a free connection.
  static constexpr std::chrono::seconds kPatience{5};

  Pool(Options options, std::size_t most) : options_(std::move(options)), most_(most) {}

  using Lease = store::Lease<Pool, Connection>;

  /// Thread-safe. Errors: unavailable after kPatience, and those of Connection::open.
  base::Result<Lease> borrow();
  void add(std::unique_ptr<Connection> connection);

 private:
  friend Lease;
  void give_back(std::unique_ptr<Connection> connection);

  const Options options_;
  const std::size_t most_;
  std::mutex mutex_;  ///< guards the following
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> free_;
  std::size_t made_ = 0;  ///< free, lent or being made
};

}  // namespace chartroom::store::postgres
