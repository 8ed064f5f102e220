// The order as JSON for the store.
//
// Format 1. A field may be added with a default; none may change its meaning, since a new release
// reads what the one before it wrote, and the other way round while both run.
#include <array>
#include <boost/json.hpp>

#include "order/order.hpp"

namespace chartroom::order {
namespace {

namespace json = boost::json;

constexpr std::array kStates{State::created, State::in_progress, State::pended, State::completed,
                             State::cancelled};
constexpr std::array kChannels{Channel::portal, Channel::ehr, Channel::aps};
constexpr std::array kChannelStates{ChannelState::waiting,    ChannelState::needs_input,
                                    ChannelState::running,    ChannelState::records,
                                    ChannelState::no_records, ChannelState::failed,
                                    ChannelState::skipped,    ChannelState::cancelled};
constexpr std::array kTaskKinds{
    TaskKind::missing_information, TaskKind::connect_portal, TaskKind::special_authorization,
    TaskKind::identity_review,     TaskKind::extra_fee,      TaskKind::provider_question};
constexpr std::array kTaskStates{TaskState::open, TaskState::resolved, TaskState::expired,
                                 TaskState::withdrawn};
constexpr std::array kAssignees{Assignee::applicant, Assignee::customer};
constexpr std::array kFields{Field::name,    Field::date_of_birth, Field::gender,
                             Field::address, Field::providers,     Field::hipaa_authorization};
constexpr std::array kTriggers{Trigger::at_start, Trigger::when_insufficient};

const char* to_string(Trigger trigger) {
  return trigger == Trigger::at_start ? "atStart" : "whenInsufficient";
}
const char* to_string(State state) { return lower_case(state); }
using order::to_string;

template <typename Enum, std::size_t N>
Enum read_enum(const std::array<Enum, N>& values, const json::value& value) {
  const std::string_view text = value.as_string();
  for (const Enum candidate : values) {
    if (text == to_string(candidate)) return candidate;
  }
  throw std::invalid_argument("unknown word in a stored order");
}

json::array field_names(const std::set<Field>& fields) {
  json::array names;
  for (const Field field : fields) names.emplace_back(to_string(field));
  return names;
}

std::set<Field> read_fields(const json::value& value) {
  std::set<Field> fields;
  for (const json::value& name : value.as_array()) fields.insert(read_enum(kFields, name));
  return fields;
}

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

std::vector<std::string> read_strings(const json::value& value) {
  std::vector<std::string> out;
  for (const json::value& item : value.as_array()) out.emplace_back(item.as_string());
  return out;
}

base::TimePoint read_time(const json::value& value) {
  return base::from_unix_ms(value.to_number<std::int64_t>());
}
base::Duration read_duration(const json::value& value) {
  return base::Duration{value.to_number<std::int64_t>()};
}

json::value optional_time(const std::optional<base::TimePoint>& time) {
  return time ? json::value(base::to_unix_ms(*time)) : json::value(nullptr);
}

std::optional<base::TimePoint> read_optional_time(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return read_time(value);
}

json::object write(const OrderType& type) {
  json::array channels;
  for (const ChannelPlan& plan : type.channels) {
    channels.push_back({{"channel", to_string(plan.channel)},
                        {"trigger", to_string(plan.trigger)},
                        {"delayMs", plan.delay.count()},
                        {"needs", field_names(plan.needs)}});
  }
  json::array outputs;
  for (const Output& output : type.outputs) {
    outputs.push_back({{"name", output.name},
                       {"format", output.format},
                       {"baseReports", strings(output.base_reports)}});
  }
  json::array reminders;
  for (const base::Duration reminder : type.reminders) reminders.emplace_back(reminder.count());
  json::object levels;
  for (const auto& [id, value] : type.levels) levels[id] = value;
  return {{"code", type.code},
          {"alias", type.alias},
          {"description", type.description},
          {"channels", std::move(channels)},
          {"timeoutMs", type.timeout.count()},
          {"taskTimeMs", type.task_time.count()},
          {"remindersMs", std::move(reminders)},
          {"sufficientSources", type.sufficiency.sources},
          {"sufficientFacts", type.sufficiency.facts},
          {"sufficientNamedProviders", type.sufficiency.named_providers},
          {"sufficientMonths", type.sufficiency.months},
          {"outputs", std::move(outputs)},
          {"emailRequired", type.email_required},
          {"withholdRestricted", type.withhold_restricted},
          {"levels", std::move(levels)}};
}

OrderType read_type(const json::object& in) {
  OrderType type;
  type.code = in.at("code").as_string();
  type.alias = in.at("alias").as_string();
  type.description = in.at("description").as_string();
  for (const json::value& item : in.at("channels").as_array()) {
    const json::object& plan = item.as_object();
    type.channels.push_back({read_enum(kChannels, plan.at("channel")),
                             read_enum(kTriggers, plan.at("trigger")),
                             read_duration(plan.at("delayMs")), read_fields(plan.at("needs"))});
  }
  type.timeout = read_duration(in.at("timeoutMs"));
  type.task_time = read_duration(in.at("taskTimeMs"));
  type.reminders.clear();
  for (const json::value& reminder : in.at("remindersMs").as_array()) {
    type.reminders.push_back(read_duration(reminder));
  }
  type.sufficiency.sources = in.at("sufficientSources").to_number<unsigned>();
  type.sufficiency.facts = in.at("sufficientFacts").to_number<unsigned>();
  if (const auto* named = in.if_contains("sufficientNamedProviders")) {
    type.sufficiency.named_providers = named->as_bool();
  }
  if (const auto* months = in.if_contains("sufficientMonths")) {
    type.sufficiency.months = months->to_number<unsigned>();
  }
  for (const json::value& item : in.at("outputs").as_array()) {
    const json::object& output = item.as_object();
    type.outputs.push_back({std::string(output.at("name").as_string()),
                            std::string(output.at("format").as_string()),
                            read_strings(output.at("baseReports"))});
  }
  type.email_required = in.at("emailRequired").as_bool();
  if (const auto* withhold = in.if_contains("withholdRestricted")) {
    type.withhold_restricted = withhold->as_bool();
  }
  if (const auto* levels = in.if_contains("levels")) {
    for (const auto& level : levels->as_object()) {
      type.levels[std::string(level.key())] = level.value().as_string();
    }
  }
  return type;
}

json::object write(const ChannelProgress& channel) {
  return {{"channel", to_string(channel.channel)},
          {"state", to_string(channel.state)},
          {"sources", channel.sources},
          {"facts", channel.facts},
          {"unreadable", channel.unreadable},
          {"rejected", channel.rejected},
          {"named", json::array(channel.named.begin(), channel.named.end())},
          {"newestEncounter",
           channel.newest_encounter ? channel.newest_encounter->iso() : std::string()},
          {"askedAt", optional_time(channel.asked_at)},
          {"answeredAt", optional_time(channel.answered_at)}};
}

ChannelProgress read_channel(const json::object& in) {
  ChannelProgress channel;
  channel.channel = read_enum(kChannels, in.at("channel"));
  channel.state = read_enum(kChannelStates, in.at("state"));
  channel.sources = in.at("sources").to_number<unsigned>();
  channel.facts = in.at("facts").to_number<unsigned>();
  channel.unreadable = in.at("unreadable").to_number<unsigned>();
  channel.rejected = in.at("rejected").to_number<unsigned>();
  if (const auto* named = in.if_contains("named")) {
    for (const json::value& index : named->as_array()) {
      channel.named.insert(index.to_number<unsigned>());
    }
  }
  if (const auto* newest = in.if_contains("newestEncounter")) {
    channel.newest_encounter = base::parse_date(std::string_view(newest->as_string()));
  }
  channel.asked_at = read_optional_time(in.at("askedAt"));
  channel.answered_at = read_optional_time(in.at("answeredAt"));
  return channel;
}

json::object write(const Task& task) {
  json::object out{{"id", task.id},
                   {"kind", to_string(task.kind)},
                   {"assignee", to_string(task.assignee)},
                   {"state", to_string(task.state)},
                   {"channel", to_string(task.channel)},
                   {"fields", field_names(task.fields)},
                   {"recordIds", strings(task.record_ids)},
                   {"detail", task.detail},
                   {"declined", task.declined},
                   {"openedAt", base::to_unix_ms(task.opened_at)},
                   {"dueAt", base::to_unix_ms(task.due_at)},
                   {"closedAt", optional_time(task.closed_at)}};
  if (!task.ask_id.empty()) out["askId"] = task.ask_id;
  if (task.fee) {
    out["fee"] = {{"amountMinor", task.fee->amount_minor}, {"currency", task.fee->currency}};
  }
  return out;
}

Task read_task(const json::object& in) {
  Task task;
  task.id = in.at("id").as_string();
  task.kind = read_enum(kTaskKinds, in.at("kind"));
  task.assignee = read_enum(kAssignees, in.at("assignee"));
  task.state = read_enum(kTaskStates, in.at("state"));
  task.channel = read_enum(kChannels, in.at("channel"));
  task.fields = read_fields(in.at("fields"));
  task.record_ids = read_strings(in.at("recordIds"));
  task.detail = in.at("detail").as_string();
  if (const auto* declined = in.if_contains("declined")) task.declined = declined->as_bool();
  if (const auto* id = in.if_contains("askId")) task.ask_id = id->as_string();
  if (const auto* fee = in.if_contains("fee")) {
    task.fee = Fee{fee->at("amountMinor").to_number<std::int64_t>(),
                   std::string(fee->at("currency").as_string())};
  }
  task.opened_at = read_time(in.at("openedAt"));
  task.due_at = read_time(in.at("dueAt"));
  task.closed_at = read_optional_time(in.at("closedAt"));
  return task;
}

Order read_order(const json::object& in) {
  if (in.at("format").to_number<int>() != 1)
    throw std::invalid_argument("unknown format of a stored order");
  Order order;
  order.id = in.at("id").as_string();
  order.state = read_enum(kStates, in.at("state"));
  order.type = read_type(in.at("type").as_object());
  order.given = read_fields(in.at("given"));
  order.abort_requested = in.at("abortRequested").as_bool();
  order.building_reports = in.at("buildingReports").as_bool();
  order.timed_out = in.at("timedOut").as_bool();
  order.suppressed = in.at("suppressed").as_bool();
  order.data_available = in.at("dataAvailable").as_bool();
  order.reports_available = in.at("reportsAvailable").as_bool();
  if (const auto* named = in.if_contains("namedProviders")) {
    order.named_providers = named->to_number<unsigned>();
  }
  order.created_at = read_time(in.at("createdAt"));
  order.updated_at = read_time(in.at("updatedAt"));
  order.deadline = read_time(in.at("deadline"));
  order.finished_at = read_optional_time(in.at("finishedAt"));
  for (const json::value& item : in.at("channels").as_array()) {
    order.channels.push_back(read_channel(item.as_object()));
  }
  for (const json::value& item : in.at("tasks").as_array()) {
    order.tasks.push_back(read_task(item.as_object()));
  }
  return order;
}

}  // namespace

std::string to_json(const Order& order) {
  json::array channels;
  for (const ChannelProgress& channel : order.channels) channels.push_back(write(channel));
  json::array tasks;
  for (const Task& task : order.tasks) tasks.push_back(write(task));
  return json::serialize(json::object{{"format", 1},
                                      {"id", order.id},
                                      {"state", to_string(order.state)},
                                      {"type", write(order.type)},
                                      {"given", field_names(order.given)},
                                      {"abortRequested", order.abort_requested},
                                      {"buildingReports", order.building_reports},
                                      {"timedOut", order.timed_out},
                                      {"suppressed", order.suppressed},
                                      {"dataAvailable", order.data_available},
                                      {"reportsAvailable", order.reports_available},
                                      {"namedProviders", order.named_providers},
                                      {"createdAt", base::to_unix_ms(order.created_at)},
                                      {"updatedAt", base::to_unix_ms(order.updated_at)},
                                      {"deadline", base::to_unix_ms(order.deadline)},
                                      {"finishedAt", optional_time(order.finished_at)},
                                      {"channels", std::move(channels)},
                                      {"tasks", std::move(tasks)}});
}

std::string to_json(const OrderType& type) { return json::serialize(write(type)); }

base::Result<OrderType> order_type_from_json(std::string_view text) {
  try {
    return read_type(json::parse(text).as_object());
  } catch (const std::exception&) {
    return base::fail(base::ErrorCode::corrupt, "a stored order type cannot be read");
  }
}

base::Result<Order> order_from_json(std::string_view text) {
  try {
    return read_order(json::parse(text).as_object());
  } catch (const std::exception&) {  // Boost.JSON reports a missing or mistyped member this way
    return base::fail(base::ErrorCode::corrupt, "a stored order cannot be read");
  }
}

}  // namespace chartroom::order
