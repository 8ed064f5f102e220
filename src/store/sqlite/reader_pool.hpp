// A few query_only connections that threads borrow.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/lease.hpp"
#include "store/sqlite/connection.hpp"

namespace chartroom::store::sqlite {

class ReaderPool {
 public:
  static constexpr std::size_t kReaders = 4;
  static constexpr std::chrono::seconds kPatience{5};

  static base::Result<std::unique_ptr<ReaderPool>> open(const std::filesystem::path& file);

  using Lease = store::Lease<ReaderPool, Connection>;

  /// Waits for a free connection. Thread-safe. Error unavailable after kPatience.
  base::Result<Lease> borrow();

 private:
  friend Lease;
  ReaderPool() = default;
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;  ///< guards free_
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace chartroom::store::sqlite
