#include "app/task_input.hpp"

#include <algorithm>

#include "app/applicant.hpp"
#include "app/collect.hpp"
#include "app/named_providers.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

template <typename T>
void take_over(std::optional<T>& known, const std::optional<T>& given) {
  if (given) known = given;
}

}  // namespace

NewOrder as_request(const ApplicantInput& input) {
  NewOrder given;
  given.first_name = input.first_name;
  given.last_name = input.last_name;
  given.gender = input.gender;
  given.phone = input.phone;
  given.date_of_birth = input.date_of_birth;
  given.address = input.address;
  given.providers = input.providers;
  return given;
}

void merge(NewOrder& request, const NewOrder& given) {
  take_over(request.first_name, given.first_name);
  take_over(request.last_name, given.last_name);
  take_over(request.gender, given.gender);
  take_over(request.phone, given.phone);
  take_over(request.date_of_birth, given.date_of_birth);
  take_over(request.address, given.address);
  request.providers.insert(request.providers.end(), given.providers.begin(), given.providers.end());
}

void take_in(StoredOrder& order, const NewOrder& given) {
  merge(order.request, given);
  order.core.named_providers = static_cast<unsigned>(order.request.providers.size());
}

Blob make_blob(const std::string& order_id, const Attachment& attachment, base::TimePoint now,
               base::Random& random) {
  Blob blob;
  blob.id = base::make_uuid_v4(random);
  blob.order_id = order_id;
  blob.type = attachment.type;
  blob.content_type = attachment.content_type;
  blob.bytes = attachment.content;
  blob.created_at = now;
  return blob;
}

order::ResolveTask answer_information(const StoredOrder& order, const std::string& task_id,
                                      const NewOrder& merged, bool authorized) {
  order::ResolveTask resolution;
  resolution.task_id = task_id;
  // More than the task asks for counts too: a channel that starts later need not ask again.
  resolution.given = given_fields(
      merged, authorized || order.core.given.contains(order::Field::hipaa_authorization));
  return resolution;
}

std::vector<std::string> missing_fields(const order::Task& task, const NewOrder& request) {
  std::vector<std::string> names;
  for (const order::Field field : task.fields) {
    if (field == order::Field::name) {
      if (!request.first_name) names.emplace_back("firstName");
      if (!request.last_name) names.emplace_back("lastName");
    } else if (field == order::Field::hipaa_authorization) {
      names.emplace_back("attachments");
    } else {
      names.emplace_back(order::to_string(field));
    }
  }
  return names;
}

std::vector<RawRecord> records_of_task(const order::Task& task, std::vector<RawRecord> records) {
  std::erase_if(records, [&](const RawRecord& record) {
    return std::find(task.record_ids.begin(), task.record_ids.end(), record.id) ==
           task.record_ids.end();
  });
  return records;
}

Review review(const StoredOrder& order, const std::string& task_id, std::vector<RawRecord> records,
              bool is_applicant, base::TimePoint now) {
  Review review;
  review.resolution.task_id = task_id;
  review.resolution.declined = !is_applicant;
  const evidence::Person applicant = to_person(order.request);
  for (RawRecord& record : records) {
    if (is_applicant) {
      Judgement judgement;
      if (const auto readings = evidence::read_item(record.bytes.reveal())) {
        judgement = judge(applicant, *readings, trust_of(record.channel),
                          base::Date::from(order.core.created_at), base::Date::from(now));
      }
      review.resolution.released_sources += 1;
      review.resolution.released_facts += judgement.useful_facts;
      review.resolution.released_newest_encounter =
          std::max(review.resolution.released_newest_encounter, judgement.newest_encounter);
      if (const auto named = find_named_provider(order.request.providers, record.provider_name)) {
        review.resolution.released_named.insert(*named);
      }
      record.decision_json = decision_to_json(judgement, true);
    } else {
      record.decision_json = refused_decision(
          record.decision_json, "A reviewer found that this record is not the applicant's.");
    }
    record.verdict = is_applicant ? RecordVerdict::accepted : RecordVerdict::rejected;
    record.bytes = {};
    review.writes.emplace_back(
        UpdateRecordVerdict{record.id, record.verdict, record.decision_json, !is_applicant});
    review.writes.emplace_back(
        InsertAudit{{order.core.id, "reviewer", is_applicant ? "record.released" : "record.refused",
                     record.id, now}});
    review.records.push_back(std::move(record));
  }
  return review;
}

}  // namespace chartroom::app
