// Group commit: many threads change the database through one connection, and share its fsync.
//
// The leader (store/gatherer.hpp) takes what has queued, up to kBatchChanges and kBatchBytes, runs
// each change inside a savepoint of one transaction, and commits.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/ports.hpp"
#include "store/gatherer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/write_lock.hpp"

namespace chartroom::store::sqlite {

/// Runs inside the transaction, on the leader's thread, while its owner waits. An error rolls this
/// change back and no other.
using Change = std::function<base::Result<void>(Connection&)>;

class Writer {
 public:
  static constexpr std::size_t kQueueMost = 4'096;   ///< changes waiting; more are turned away
  static constexpr std::size_t kBatchChanges = 256;  ///< changes in one transaction
  static constexpr std::size_t kBatchBytes =
      std::size_t{16} * 1024 * 1024;  ///< ends a batch when reached
  static constexpr int kCheckpointPages =
      4'000;  ///< new pages in the log between checkpoints: 16 MB

  /// `tidy`: housekeeping, run by a leader between batches in its own transaction; says whether
  /// there is more to do at once. Both are for the server; a tool neither checkpoints nor tidies.
  struct Upkeep {
    bool checkpoints = false;
    std::function<base::Result<bool>(Connection&)> tidy;
  };

  Writer(std::unique_ptr<Connection> connection, FileLock lock, const base::Clock& clock,
         Upkeep upkeep);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// See Gatherer.
  void watch(std::function<void(std::size_t)> watcher) { group_.watch(std::move(watcher)); }

  /// Returns after the change is durable, or with its error. `bytes` is its rough size.
  /// Thread-safe. Errors: those of the change; unavailable (queue full, disk full, busy).
  base::Result<void> run(Change change, std::size_t bytes = 0);

 private:
  using Group = Gatherer<Change>;

  void run_batch(const Group::Batch& batch);
  base::Result<void> run_transaction(const Group::Batch& batch);
  static base::Result<void> run_one(Connection& connection, Group::Waiting& waiting);
  void maintain();

  Group group_{{kQueueMost, kBatchChanges, kBatchBytes, 1}};
  // The rest belongs to the leader.
  std::unique_ptr<Connection> connection_;
  FileLock lock_;
  const base::Clock& clock_;
  Upkeep upkeep_;
  int checkpointed_pages_ = 0;
  base::TimePoint next_tidy_{};
};

}  // namespace chartroom::store::sqlite
