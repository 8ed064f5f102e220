// What comes in for a task, whoever sends it: the applicant's pages or the customer's call. Private
// to this room.
#pragma once

#include <string>
#include <vector>

#include "app/desk.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"

namespace chartroom::app {

/// What an applicant typed in, in the terms of an order request; documents are left out.
[[nodiscard]] NewOrder as_request(const ApplicantInput& input);

/// Given values replace known ones; given providers join them. Attachments are not looked at.
void merge(NewOrder& request, const NewOrder& given);
/// The same for a stored order, whose core counts the providers named.
void take_in(StoredOrder& order, const NewOrder& given);

/// A document for the order. Every one has an id of its own, so that a second one for the same task
/// never stands in the first one's place.
[[nodiscard]] Blob make_blob(const std::string& order_id, const Attachment& attachment,
                             base::TimePoint now, base::Random& random);

/// Answers a missing_information task with all that is known by now. `authorized`: a HIPAA
/// authorisation came in with this input.
[[nodiscard]] order::ResolveTask answer_information(const StoredOrder& order,
                                                    const std::string& task_id,
                                                    const NewOrder& merged, bool authorized);

/// What the task misses still, by the names of the order request.
[[nodiscard]] std::vector<std::string> missing_fields(const order::Task& task,
                                                      const NewOrder& request);

/// Those of the records that an identity_review task is about.
[[nodiscard]] std::vector<RawRecord> records_of_task(const order::Task& task,
                                                     std::vector<RawRecord> records);

/// A person's decision on quarantined records.
struct Review {
  order::ResolveTask resolution;
  std::vector<RawRecord> records;  ///< as decided, without bytes
  Commit writes;                   ///< new verdicts and their rows in the audit trail
};

/// `records`: those of the task, with bytes when they are released. A released record is matched
/// again, so that the decision kept with it is about the applicant as known now.
[[nodiscard]] Review review(const StoredOrder& order, const std::string& task_id,
                            std::vector<RawRecord> records, bool is_applicant, base::TimePoint now);

}  // namespace chartroom::app
