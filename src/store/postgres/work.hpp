// A commit as the writer carries it out: statements, and the locks they need first.
//
// PostgreSQL runs transactions side by side, and several nodes write at once. What the embedded
// store has by its single writer is had here by advisory locks that end with the transaction:
//
// clock    An application's clock and its due times change together: whoever adds jobs holds the
//          lock with others, whoever moves the clock holds it alone.
// lane     Who adds a job to a lane, or ends one, holds the lane; so no job comes in unseen while
//          the one before it ends, and a lane's order is that of its commits.
// events   Whoever appends to an application's event log holds the log until the commit. So a
//          sequence is visible no later than any higher one, and nobody who follows the log by
//          sequence can miss an event.
//
// All transactions take them in this order, and those of one kind in the order of their keys; the
// events lock comes after all row locks and nothing but the log is written under it. So these locks
// cause no deadlock, and the busiest one is held the shortest time.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/apply.hpp"
#include "store/postgres/connection.hpp"

namespace chartroom::store::postgres {

/// How long a commit waits for a row that another session has locked. Ours hold one for as long as
/// a commit takes; whoever holds one for longer has forgotten it.
inline constexpr std::chrono::milliseconds kRowPatience{2'000};

/// A statement and the write that it is of.
struct Part {
  Statement statement;
  const char* field;  ///< Error::field when it fails
  std::string key{};  ///< of a hot row: all transactions lock those in order
};

struct Work {
  std::string client_id;
  std::string order_id;  ///< of the order it changes, if it does
  std::vector<Part> rows;
  std::vector<Part> hot_rows;  ///< webhooks, which the deliveries of many orders touch
  std::vector<Part> events;

  bool adds_jobs = false;
  bool moves_clock = false;
  std::vector<std::string> lanes;           ///< that get a job
  std::vector<std::string> ended_lanes;     ///< that move on
  std::vector<std::string> ended_jobs;      ///< whose lanes, if any, move on
  std::vector<std::string> dropped_orders;  ///< all lanes of whose jobs move on
};

/// Errors: those that a write can be told without the database.
base::Result<Work> make_work(const std::string& client_id, base::TimePoint now,
                             const std::vector<Prepared>& writes);

/// The statements of one transaction that carries out several commits, from BEGIN to COMMIT. Refers
/// to their works.
///
/// With `merge`, new rows of the same table and ended jobs of all the commits go in as one
/// statement of many rows, which is most of what makes a batch cheap. They come behind everything
/// else of the commits: nothing that a commit does beside them looks at the rows that it adds, but
/// for jobs of commits that fill or empty lanes, which stay where they are. When a merged statement
/// fails nobody knows whose row it was (Owner::work is kNobody).
struct Transaction {
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  struct Owner {
    std::size_t work = kNobody;  ///< its place among those given
    const char* field = "";
  };
  void add(const Statement& statement, const Owner& owner) {
    statements.push_back(&statement);
    owners.push_back(owner);
  }
  std::deque<Statement> own;  ///< those that are of no commit; they stay where they are
  std::vector<const Statement*> statements;
  std::vector<Owner> owners;  ///< one for each statement
};
[[nodiscard]] Transaction make_transaction(const std::vector<const Work*>& works, bool merge,
                                           std::chrono::milliseconds row_patience = kRowPatience);

}  // namespace chartroom::store::postgres
