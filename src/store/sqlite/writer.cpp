#include "store/sqlite/writer.hpp"

#include <exception>
#include <utility>

#include "store/jobs.hpp"

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

/// How long a batch waits for a command line that writes to the same directory.
constexpr std::chrono::milliseconds kLockPatience{5'000};

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, FileLock lock, const base::Clock& clock,
               Upkeep upkeep)
    : connection_(std::move(connection)),
      lock_(std::move(lock)),
      clock_(clock),
      upkeep_(std::move(upkeep)) {
  if (!upkeep_.checkpoints) connection_->never_checkpoint_on_close();
}

Writer::~Writer() {
  // Closing may checkpoint, so it needs the lock too. When it cannot be had the log stays, and the
  // next start reads it.
  if (lock_.lock(kLockPatience)) {
    const LockedScope locked(lock_);
    connection_.reset();
  } else {
    connection_->never_checkpoint_on_close();
  }
}

base::Result<void> Writer::run(Change change, std::size_t bytes) {
  return group_.run(
      std::move(change), bytes, [this](const Group::Batch& batch) { run_batch(batch); },
      [this] { maintain(); });
}

void Writer::run_batch(const Group::Batch& batch) {
  auto committed = lock_.lock(kLockPatience);
  if (committed) {
    const LockedScope locked(lock_);
    committed = run_transaction(batch);
  }
  if (committed) return;
  // Nothing of the batch was stored, so nobody may believe that it was.
  for (Group::Waiting* waiting : batch) {
    if (waiting->result) waiting->result = base::pass_on(committed.error());
  }
}

base::Result<void> Writer::run_transaction(const Group::Batch& batch) {
  Connection& connection = *connection_;
  if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return base::pass_on(begun.error());
  base::Result<void> outcome;
  bool any = false;
  for (Group::Waiting* waiting : batch) {
    outcome = run_one(connection, *waiting);
    if (!outcome) break;
    any = any || waiting->result.has_value();
  }
  if (outcome && any) {
    if (auto done = connection.run("COMMIT"); !done) outcome = base::pass_on(done.error());
  }
  // Nothing to keep, or COMMIT failed (disk full) and left the transaction open.
  if (connection.in_transaction()) (void)connection.run("ROLLBACK");
  return outcome;
}

/// Sets waiting.result. An error of its own means that the whole transaction is lost: SQLite rolls
/// it back when the disk is full or cannot be read, and no savepoint survives that.
base::Result<void> Writer::run_one(Connection& connection, Group::Waiting& waiting) {
  if (auto saved = connection.run("SAVEPOINT one"); !saved) return base::pass_on(saved.error());
  try {
    waiting.result = waiting.work(connection);
  } catch (const std::exception&) {
    waiting.result = base::fail(ErrorCode::internal, "a change threw an exception");
  }
  if (!connection.in_transaction()) {
    return base::fail(ErrorCode::unavailable, "the database gave up a transaction");
  }
  if (!waiting.result) {
    if (auto undone = connection.run("ROLLBACK TO one"); !undone)
      return base::pass_on(undone.error());
  }
  if (auto released = connection.run("RELEASE one"); !released) {
    return base::pass_on(released.error());
  }
  return {};
}

/// Errors are not reported: a checkpoint or a clean-up that failed is tried again after the next
/// batch, and what is in the log is as durable as what is in the database.
void Writer::maintain() {
  if (upkeep_.tidy && clock_.now() >= next_tidy_ && lock_.lock(kLockPatience)) {
    const LockedScope locked(lock_);
    bool more = false;
    if (connection_->run("BEGIN IMMEDIATE")) {
      const auto tidied = upkeep_.tidy(*connection_);
      more = tidied.value_or(false);
      if (tidied) (void)connection_->run("COMMIT");
      if (connection_->in_transaction()) (void)connection_->run("ROLLBACK");
    }
    next_tidy_ = more ? base::TimePoint{} : clock_.now() + kTidyPause;
  }
  if (!upkeep_.checkpoints) return;
  // The log started anew: SQLite does that once all of it was copied and nobody reads it.
  if (connection_->wal_pages() < checkpointed_pages_) checkpointed_pages_ = 0;
  if (connection_->wal_pages() - checkpointed_pages_ < kCheckpointPages) return;
  if (!lock_.lock(kLockPatience)) return;
  const LockedScope locked(lock_);
  if (connection_->checkpoint()) checkpointed_pages_ = connection_->wal_pages();
}

}  // namespace chartroom::store::sqlite
