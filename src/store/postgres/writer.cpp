#include "store/postgres/writer.hpp"

#include <algorithm>
#include <chrono>

namespace chartroom::store::postgres {
namespace {

base::Result<void> no_rows(const Row& /*row*/) { return {}; }

void roll_back(Connection& connection) {
  if (connection.is_lost()) return;
  const Statement statement("ROLLBACK", Statement::Kind::plain, std::nullopt, {});
  const Statement* const only = &statement;
  (void)connection.run_all({&only, 1}, no_rows);
}

}  // namespace

base::Result<void> Writer::run(Work work, std::size_t bytes) {
  return group_.run(
      std::move(work), bytes, [this](Group::Batch& batch) { carry_out(batch); }, afterwards_);
}

std::optional<Writer::Failure> Writer::try_once(const std::vector<Group::Waiting*>& works,
                                                bool merge,
                                                std::chrono::milliseconds row_patience) {
  auto connection = pool_.borrow();
  if (!connection) return Failure{connection.error(), Transaction::kNobody, false, false};
  std::vector<const Work*> list;
  list.reserve(works.size());
  for (const Group::Waiting* waiting : works) list.push_back(&waiting->work);
  const Transaction transaction = make_transaction(list, merge, row_patience);
  auto outcome = (*connection)->run_all(transaction.statements, no_rows);
  if (!outcome) return std::nullopt;
  Failure failure{std::move(outcome->error)};
  // COMMIT comes last. Where it failed with the connection, it may have been carried out.
  failure.is_refused = outcome->failed < transaction.statements.size() - 1;
  failure.is_retryable = failure.is_refused && outcome->is_retryable;
  failure.is_locked = failure.is_refused && outcome->is_locked;
  if (failure.is_refused) {
    failure.owner = transaction.owners[outcome->failed].work;
    failure.error.field = transaction.owners[outcome->failed].field;
  }
  roll_back(**connection);
  return failure;
}

std::optional<Writer::Failure> Writer::try_some(const std::vector<Group::Waiting*>& works,
                                                std::chrono::milliseconds row_patience) {
  bool merge = true;
  auto failure = try_once(works, merge, row_patience);
  for (int tries = 1; tries < kTries && failure && failure->is_refused; ++tries) {
    if (!failure->is_retryable) {
      if (failure->owner != Transaction::kNobody || !merge) break;
      merge = false;  // to find out whose row it is
    }
    failure = try_once(works, merge, row_patience);
  }
  return failure;
}

void Writer::carry_out(Group::Batch& batch) {
  // Rows are locked in the order of the commits: where several transactions change the same orders,
  // they do it in the same order.
  std::stable_sort(batch.begin(), batch.end(), [](const auto* a, const auto* b) {
    return a->work.order_id < b->work.order_id;
  });
  std::vector<Group::Waiting*> together = batch;
  std::vector<Group::Waiting*> alone;
  std::vector<Group::Waiting*> locked;  // whose rows somebody else holds
  const auto patience = [&] { return locked.empty() ? kRowPatience : kFurtherPatience; };
  while (together.size() > 1) {
    const auto failure = try_some(together, patience());
    if (failure && failure->is_locked && failure->owner != Transaction::kNobody &&
        locked.size() < kLockedMost) {
      const auto owner = together.begin() + static_cast<std::ptrdiff_t>(failure->owner);
      locked.push_back(*owner);
      together.erase(owner);
      continue;
    }
    if (failure && failure->is_refused && !failure->is_locked) {
      if (failure->owner == Transaction::kNobody || alone.size() >= kSetAsideMost) break;
      const auto owner = together.begin() + static_cast<std::ptrdiff_t>(failure->owner);
      alone.push_back(*owner);
      together.erase(owner);
      continue;
    }
    for (Group::Waiting* waiting : together) {
      if (failure) waiting->result = base::pass_on(failure->error);
      group_.answer(batch, waiting);
    }
    together.clear();
  }
  alone.insert(alone.end(), together.begin(), together.end());
  std::optional<Failure> away;  // no use to ask for the others, too
  for (Group::Waiting* waiting : alone) {
    const auto failure = away ? away : try_some({waiting}, patience());
    if (failure && !away && failure->is_locked && locked.size() < kLockedMost) {
      locked.push_back(waiting);
      continue;
    }
    if (failure) waiting->result = base::pass_on(failure->error);
    if (failure && (!failure->is_refused || failure->is_locked)) away = failure;
    group_.answer(batch, waiting);
  }
  // The first of them is the one that was waited for with all patience.
  if (!locked.empty()) std::rotate(locked.begin(), locked.begin() + 1, locked.end());
  auto look = kSecondLook;
  for (Group::Waiting* waiting : locked) {
    const auto failure = away ? away : try_some({waiting}, look);
    if (failure) waiting->result = base::pass_on(failure->error);
    if (failure && !failure->is_refused) away = failure;
    if (failure && failure->is_locked) look = kFurtherLook;
    group_.answer(batch, waiting);
  }
}

}  // namespace chartroom::store::postgres
