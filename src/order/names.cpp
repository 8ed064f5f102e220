#include "order/order.hpp"

namespace chartroom::order {

bool is_final(State state) { return state == State::completed || state == State::cancelled; }

bool is_settled(ChannelState state) {
  switch (state) {
    case ChannelState::waiting:
    case ChannelState::needs_input:
    case ChannelState::running:
      return false;
    case ChannelState::records:
    case ChannelState::no_records:
    case ChannelState::failed:
    case ChannelState::skipped:
    case ChannelState::cancelled:
      return true;
  }
  return true;
}

const char* title_case(State state) {
  switch (state) {
    case State::created:
      return "Created";
    case State::in_progress:
      return "In Progress";
    case State::pended:
      return "Pended";
    case State::completed:
      return "Completed";
    case State::cancelled:
      return "Cancelled";
  }
  return "";
}

const char* lower_case(State state) {
  switch (state) {
    case State::created:
      return "created";
    case State::in_progress:
      return "in progress";
    case State::pended:
      return "pended";
    case State::completed:
      return "completed";
    case State::cancelled:
      return "cancelled";
  }
  return "";
}

const char* to_string(Channel channel) {
  switch (channel) {
    case Channel::portal:
      return "portal";
    case Channel::ehr:
      return "ehr";
    case Channel::aps:
      return "aps";
  }
  return "";
}

const char* event_group(Channel channel) {
  return channel == Channel::aps ? "offline" : to_string(channel);
}

const char* to_string(ChannelState state) {
  switch (state) {
    case ChannelState::waiting:
      return "waiting";
    case ChannelState::needs_input:
      return "needsInput";
    case ChannelState::running:
      return "running";
    case ChannelState::records:
      return "records";
    case ChannelState::no_records:
      return "noRecords";
    case ChannelState::failed:
      return "failed";
    case ChannelState::skipped:
      return "skipped";
    case ChannelState::cancelled:
      return "cancelled";
  }
  return "";
}

const char* to_string(TaskKind kind) {
  switch (kind) {
    case TaskKind::missing_information:
      return "missingInformation";
    case TaskKind::connect_portal:
      return "connectPortal";
    case TaskKind::special_authorization:
      return "specialAuthorization";
    case TaskKind::identity_review:
      return "identityReview";
    case TaskKind::extra_fee:
      return "extraFee";
    case TaskKind::provider_question:
      return "providerQuestion";
  }
  return "";
}

const char* to_string(TaskState state) {
  switch (state) {
    case TaskState::open:
      return "open";
    case TaskState::resolved:
      return "resolved";
    case TaskState::expired:
      return "expired";
    case TaskState::withdrawn:
      return "withdrawn";
  }
  return "";
}

const char* to_string(Assignee assignee) {
  return assignee == Assignee::applicant ? "applicant" : "customer";
}

const char* to_string(Field field) {
  switch (field) {
    case Field::name:
      return "name";
    case Field::date_of_birth:
      return "dateOfBirth";
    case Field::gender:
      return "gender";
    case Field::address:
      return "address";
    case Field::providers:
      return "providers";
    case Field::hipaa_authorization:
      return "hipaaAuthorization";
  }
  return "";
}

bool OrderType::has(Channel channel) const {
  for (const ChannelPlan& plan : channels) {
    if (plan.channel == channel) return true;
  }
  return false;
}

const Task* Order::find_task(const std::string& task_id) const {
  for (const Task& task : tasks) {
    if (task.id == task_id) return &task;
  }
  return nullptr;
}

bool Order::has_open_task() const {
  for (const Task& task : tasks) {
    if (task.state == TaskState::open) return true;
  }
  return false;
}

const ChannelProgress* Order::progress(Channel channel) const {
  for (const ChannelProgress& progress : channels) {
    if (progress.channel == channel) return &progress;
  }
  return nullptr;
}

}  // namespace chartroom::order
