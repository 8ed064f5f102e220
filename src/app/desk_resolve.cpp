// A customer answers a task (contract §15).
#include <algorithm>

#include "app/applicant.hpp"
#include "app/desk_impl.hpp"
#include "app/task_input.hpp"
#include "base/limits.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;
using Decision = TaskResolution::Decision;

constexpr const char* kClosed = "The task is closed";

/// The open task that is answered, and its order as it was when it was looked at.
struct AnsweredTask {
  StoredOrder order;
  order::Task task;
};

Result<AnsweredTask> find_answered_task(TenantStore& tenant, const std::string& task_id) {
  const auto row = tenant.find_task(task_id);
  if (!row) return pass_on(row.error());
  if (!*row) return fail(ErrorCode::not_found, "unknown task", "taskId");
  auto order = tenant.find_order((*row)->order_id);
  if (!order) return pass_on(order.error());
  const order::Task* task = *order ? (*order)->core.find_task(task_id) : nullptr;
  if (task == nullptr) return fail(ErrorCode::corrupt, "an order has lost one of its tasks");
  if (task->state != order::TaskState::open) {
    return fail(ErrorCode::conflict, kClosed, "taskId");
  }
  AnsweredTask open{{}, *task};
  open.order = std::move(**order);
  return open;
}

/// What an answer does to the order, and who gave it.
struct Step {
  order::ResolveTask resolution;
  Companions companions;
  std::vector<RawRecord> records;  ///< identity_review: as they are then
  const char* actor = "api";
};

void add_blobs(const AnsweredTask& open, const NewOrder& given, base::TimePoint now,
               base::Random& random, Step& step) {
  for (const Attachment& attachment : given.attachments) {
    step.companions.writes.emplace_back(
        InsertBlob{make_blob(open.order.core.id, attachment, now, random)});
  }
}

Result<Step> inform(const AnsweredTask& open, const NewOrder& given, base::TimePoint now,
                    base::Random& random) {
  NewOrder merged = open.order.request;
  merge(merged, given);
  if (merged.providers.size() > base::limits::kProviders) {
    return fail(ErrorCode::invalid_input,
                "must not bring the order to more than " +
                    std::to_string(base::limits::kProviders) + " items",
                "providers");
  }
  Step step;
  step.resolution =
      answer_information(open.order, open.task.id, merged, carries_authorization(given));
  step.companions.amend = [given](StoredOrder& order) { take_in(order, given); };
  add_blobs(open, given, now, random, step);
  return step;
}

Result<Step> authorize(const AnsweredTask& open, const NewOrder& given, base::TimePoint now,
                       base::Random& random) {
  if (!carries_authorization(given)) {
    return fail(ErrorCode::invalid_input, "must contain a hipaaAuthorization", "attachments");
  }
  Step step;
  step.resolution.task_id = open.task.id;
  add_blobs(open, given, now, random, step);
  return step;
}

Result<Step> review_step(TenantStore& tenant, const AnsweredTask& open, Decision decision,
                         base::TimePoint now) {
  if (decision == Decision::none) {
    return fail(ErrorCode::invalid_input, "is required", "decision");
  }
  const bool is_applicant = decision == Decision::release;
  auto records = tenant.records_of(open.order.core.id, /*with_bytes=*/is_applicant);
  if (!records) return pass_on(records.error());
  Step step;
  step.records = records_of_task(open.task, std::move(*records));
  if (decision ==
      Decision::decline) {  // nobody decides: the records stay out, and stay as they are
    step.resolution.task_id = open.task.id;
    step.resolution.declined = true;
    return step;
  }
  Review decided = review(open.order, open.task.id, std::move(step.records), is_applicant, now);
  step.resolution = std::move(decided.resolution);
  step.companions.writes = std::move(decided.writes);
  step.records = std::move(decided.records);
  step.actor = "reviewer";
  return step;
}

Result<Step> approve(const AnsweredTask& open, Decision decision) {
  if (decision != Decision::approve) {
    return fail(ErrorCode::invalid_input, "must be one of [approve, decline]", "decision");
  }
  Step step;
  step.resolution.task_id = open.task.id;
  return step;
}

Result<Step> reply(const AnsweredTask& open, const std::optional<std::string>& answer) {
  const VendorQuestion* question = open.order.question_of(open.task.id);
  if (question == nullptr) return fail(ErrorCode::corrupt, "a task has lost its question");
  if (!answer) return fail(ErrorCode::invalid_input, "is required", "answer");
  const auto& choices = question->choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), *answer) == choices.end()) {
    // Choices are the vendor's words about a person, so they are not repeated here.
    return fail(ErrorCode::invalid_input, "must be one of the question's choices", "answer");
  }
  Step step;
  step.resolution.task_id = open.task.id;
  step.companions.amend = [task_id = open.task.id, text = *answer](StoredOrder& order) {
    for (VendorQuestion& asked : order.questions) {
      if (asked.task_id == task_id) asked.answer = text;
    }
  };
  return step;
}

Result<Step> make_step(TenantStore& tenant, const AnsweredTask& open, const TaskResolution& said,
                       base::TimePoint now, base::Random& random) {
  if (open.task.kind == order::TaskKind::identity_review) {
    return review_step(tenant, open, said.decision, now);
  }
  if (said.decision == Decision::decline) {
    Step step;
    step.resolution.task_id = open.task.id;
    step.resolution.declined = true;
    return step;
  }
  if (open.task.kind == order::TaskKind::connect_portal) {
    return fail(ErrorCode::conflict, "Only the applicant can connect a portal", "decision");
  }
  if (open.task.kind == order::TaskKind::extra_fee) return approve(open, said.decision);
  if (said.decision != Decision::none) {
    return fail(ErrorCode::invalid_input, "must be one of [decline]", "decision");
  }
  if (open.task.kind == order::TaskKind::provider_question) return reply(open, said.answer);
  return open.task.kind == order::TaskKind::missing_information
             ? inform(open, said.given, now, random)
             : authorize(open, said.given, now, random);
}

}  // namespace

Result<RenderedAnswer> Desk::resolve_task(const Application& application,
                                          const std::string& task_id,
                                          const TaskResolution& resolution,
                                          const Answering<TaskView>& answering) {
  const auto tenant = impl_->ports_.store.tenant(application.client_id);
  const auto now = impl_->now(*tenant);
  if (!now) return pass_on(now.error());
  for (int attempt = 0; attempt < kConflictTries; ++attempt) {
    const auto open = find_answered_task(*tenant, task_id);
    if (!open) return pass_on(open.error());
    auto step = make_step(*tenant, *open, resolution, *now, impl_->ports_.random);
    if (!step) return pass_on(step.error());
    RenderedAnswer answer;
    Companions& companions = step->companions;
    // What is missing was worked out from the order as it was read: two calls that bring one half
    // of a name each must not overlook each other.
    companions.only_version = open->order.version;
    companions.complete = [&](const StoredOrder& order, Commit& writes) {
      const order::Task* task = order.core.find_task(task_id);
      if (task != nullptr) {
        answer = impl_->answer(answering, view_of(order, *task, step->records), writes);
      }
    };
    if (open->task.kind == order::TaskKind::missing_information && companions.amend) {
      const auto kept = impl_->keep_profile(*tenant, open->order.human_id, *now, companions);
      if (!kept) return pass_on(kept.error());
    }
    const auto applied = impl_->resolve(*tenant, open->order.core.id, step->resolution,
                                        std::move(companions), step->actor);
    if (applied) return answer;
    const base::Error& error = applied.error();
    if (is_conflict(error) && error.field == "taskId") {
      return fail(ErrorCode::conflict, kClosed, "taskId");
    }
    const bool was_overtaken = error.field == "UpdateOrder" || error.field == "UpdateUser";
    if (!is_conflict(error) || !was_overtaken) return pass_on(error);
  }
  return fail(ErrorCode::unavailable, "the order is being changed by others all the time");
}

}  // namespace chartroom::app
