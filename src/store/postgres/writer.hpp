// Group commit over PostgreSQL: the commits of many threads in one transaction and one round trip.
//
// New rows of the same table and ended jobs of many commits are one statement (see Transaction).
//
// When a statement fails the whole transaction is undone. If it was one of many commits, they are
// tried again with statements of their own. Then the commit that it is of is set aside and the
// others are tried again without it; what was set aside is carried out alone, so that its verdict
// is its own and no neighbour's. When too many fail, all are carried out alone.
//
// A row that somebody else holds, a forgotten transaction of an operator say, is waited for
// kRowPatience. Then the commit that needs it is put off and its neighbours go on, with less
// patience, since their own rows are locked meanwhile. It may have been such a neighbour, of
// another batch, that was waited for, and that one may itself wait for the forgotten row with all
// its patience: so what was put off has a second look that outlasts it before it is answered
// unavailable. Those come first that were put off with little patience.
//
// When the connection dies between COMMIT and its answer nobody knows whether the transaction was
// stored: all of it gets unavailable. Trying again is safe, since every commit stands on unique ids
// and on versions and leases that it changes: what was stored already is a conflict.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "base/ports.hpp"
#include "store/gatherer.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/work.hpp"

namespace chartroom::store::postgres {

class Writer {
 public:
  static constexpr std::size_t kQueueMost = 4'096;
  static constexpr std::size_t kBatchCommits = 128;
  static constexpr std::size_t kBatchBytes = std::size_t{8} * 1024 * 1024;
  /// Batches of this process at the same time: while one waits for the server's disk, the next is
  /// on its way.
  static constexpr std::size_t kLeaders = 2;
  static constexpr std::size_t kSetAsideMost = 8;  ///< of one batch, before all go alone
  static constexpr std::size_t kLockedMost = 8;    ///< of one batch, before all are given up
  /// For rows, after the batch has met a locked one.
  static constexpr std::chrono::milliseconds kFurtherPatience{50};
  /// For the second look; and for those behind one that was in vain, when what another batch waited
  /// for is known to it, too.
  static constexpr std::chrono::milliseconds kSecondLook = kRowPatience + kRowPatience / 2;
  static constexpr std::chrono::milliseconds kFurtherLook{600};
  static constexpr int kTries =
      5;  ///< of a transaction that the server gave up (deadlock, restart)

  /// `afterwards`: what a leader does between batches.
  Writer(Options options, std::function<void()> afterwards)
      : pool_(std::move(options), kLeaders), afterwards_(std::move(afterwards)) {}

  /// See Gatherer.
  void watch(std::function<void(std::size_t)> watcher) { group_.watch(std::move(watcher)); }
  /// Returns after the work is durable, or with its error. Thread-safe.
  base::Result<void> run(Work work, std::size_t bytes);

 private:
  using Group = Gatherer<Work>;

  /// How one transaction ended, when it did not succeed.
  struct Failure {
    base::Error error;
    std::size_t owner = Transaction::kNobody;
    bool is_refused = false;    ///< a statement failed, so surely nothing was stored
    bool is_retryable = false;  ///< the same again may well succeed
    bool is_locked = false;     ///< somebody else holds a row (kRowPatience)
  };

  void carry_out(Group::Batch& batch);
  std::optional<Failure> try_once(const std::vector<Group::Waiting*>& works, bool merge,
                                  std::chrono::milliseconds row_patience);
  /// Tries again what the server gave up, and what failed as one statement of many rows as many.
  std::optional<Failure> try_some(const std::vector<Group::Waiting*>& works,
                                  std::chrono::milliseconds row_patience);

  Pool pool_;
  std::function<void()> afterwards_;
  Group group_{{kQueueMost, kBatchCommits, kBatchBytes, kLeaders}};
};

}  // namespace chartroom::store::postgres
