#include "app/types.hpp"

namespace chartroom::app {

const char* to_string(JobState state) {
  switch (state) {
    case JobState::waiting:
      return "waiting";
    case JobState::running:
      return "running";
    case JobState::blocked:
      return "blocked";
    case JobState::done:
      return "done";
    case JobState::dead:
      return "dead";
  }
  return "";
}

const char* to_string(RecordVerdict verdict) {
  switch (verdict) {
    case RecordVerdict::accepted:
      return "accepted";
    case RecordVerdict::quarantined:
      return "quarantined";
    case RecordVerdict::rejected:
      return "rejected";
    case RecordVerdict::unreadable:
      return "unreadable";
  }
  return "rejected";
}

const VendorQuestion* StoredOrder::question_of(const std::string& task_id) const {
  for (const VendorQuestion& question : questions) {
    if (question.task_id == task_id) return &question;
  }
  return nullptr;
}

}  // namespace chartroom::app
