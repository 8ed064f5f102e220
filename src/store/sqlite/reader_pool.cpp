#include "store/sqlite/reader_pool.hpp"

namespace chartroom::store::sqlite {

base::Result<std::unique_ptr<ReaderPool>> ReaderPool::open(const std::filesystem::path& file) {
  std::unique_ptr<ReaderPool> pool(new ReaderPool());
  for (std::size_t i = 0; i < kReaders; ++i) {
    auto connection = Connection::open(file, Connection::Kind::reader, false);
    if (!connection) return base::pass_on(connection.error());
    (*connection)->never_checkpoint_on_close();
    pool->free_.push_back(std::move(*connection));
  }
  return pool;
}

base::Result<ReaderPool::Lease> ReaderPool::borrow() {
  std::unique_lock guard(mutex_);
  if (!returned_.wait_for(guard, kPatience, [this] { return !free_.empty(); })) {
    return base::fail(base::ErrorCode::unavailable, "too many readers wait for the database");
  }
  Lease lease(*this, std::move(free_.back()));
  free_.pop_back();
  return lease;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::scoped_lock guard(mutex_);
    free_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace chartroom::store::sqlite
