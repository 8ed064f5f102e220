#include "app/mail_queue.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

#include "app/context.hpp"
#include "app/mails.hpp"
#include "base/ids.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;
using MailKind = ApplicationSettings::MailKind;
using Template = MailTicket::Template;

/// Orders come first: a mail can wait for a free worker.
constexpr int kMailPriority = -1;

constexpr std::array<std::pair<Template, const char*>, 7> kWords{
    {{Template::invitation, "invitation"},
     {Template::missing_information, "missing_information"},
     {Template::special_authorization, "special_authorization"},
     {Template::reminder, "reminder"},
     {Template::subscriber_status, "subscriber_status"},
     {Template::subscriber_task, "subscriber_task"},
     {Template::subscriber_reminder, "subscriber_reminder"}}};

const char* word_of(Template kind) {
  for (const auto& [known, word] : kWords) {
    if (known == kind) return word;
  }
  return "";
}

template <typename Value, std::size_t Size>
Value value_named(const std::array<Value, Size>& all, std::string_view name,
                  const char* (*name_of)(Value)) {
  for (const Value value : all) {
    if (name == name_of(value)) return value;
  }
  throw std::invalid_argument("unknown word");
}

MailTicket read_ticket(const json::object& in) {
  MailTicket ticket;
  const std::string_view word = in.at("template").as_string();
  const auto known = std::find_if(kWords.begin(), kWords.end(),
                                  [&](const auto& entry) { return word == entry.second; });
  if (known == kWords.end()) throw std::invalid_argument("unknown template");
  ticket.kind = known->first;
  if (const auto* id = in.if_contains("taskId")) ticket.task_id = id->as_string();
  if (const auto* number = in.if_contains("number")) ticket.number = number->to_number<unsigned>();
  if (const auto* id = in.if_contains("subscriptionId")) ticket.subscription_id = id->as_string();
  if (const auto* state = in.if_contains("state")) {
    constexpr std::array kStates{order::State::created, order::State::in_progress,
                                 order::State::pended, order::State::completed,
                                 order::State::cancelled};
    ticket.state = value_named(kStates, state->as_string(), order::lower_case);
  }
  if (const auto* state = in.if_contains("taskState")) {
    constexpr std::array kStates{order::TaskState::open, order::TaskState::resolved,
                                 order::TaskState::expired, order::TaskState::withdrawn};
    ticket.task_state =
        value_named<order::TaskState>(kStates, state->as_string(), &order::to_string);
  }
  return ticket;
}

/// The work of one decision. Every job's id follows from its occasion.
class Queue {
 public:
  Queue(const MailOccasion& occasion, Commit& writes) : in_(occasion), writes_(writes) {}

  base::Result<void> run() {
    if (in_.decision.order.state == order::State::cancelled) return {};
    for_applicant();
    return for_subscribers();
  }

 private:
  /// `occasion` names what the mail is about among all mails of the order.
  void add(const MailTicket& ticket, const std::string& occasion, const std::string& address) {
    if (!is_mail_address(address)) {
      writes_.emplace_back(
          InsertAudit{mail_audit(in_.order.core.id, "mail.not_sent", ticket, in_.now)});
      return;
    }
    Job job;
    job.id = base::make_uuid_from_name(in_.order.core.id + "/mail/" + occasion, in_.order.core.id);
    job.kind = kMailJob;
    job.order_id = in_.order.core.id;
    job.payload = ticket_payload(ticket);
    // A subscriber reads of an order's steps in their order.
    if (ticket.is_for_subscriber()) {
      job.lane = "mail/" + in_.order.core.id + "/" + ticket.subscription_id;
    }
    job.priority = kMailPriority;
    job.due_at = in_.now;
    writes_.emplace_back(InsertJob{std::move(job)});
  }

  [[nodiscard]] const order::Task* applicants_task(const std::string& id) const {
    const order::Task* task = in_.decision.order.find_task(id);
    const bool counts = task != nullptr && task->state == order::TaskState::open &&
                        task->assignee == order::Assignee::applicant;
    return counts ? task : nullptr;
  }

  static Template template_for(order::TaskKind kind) {
    switch (kind) {
      case order::TaskKind::connect_portal:
        return Template::invitation;
      case order::TaskKind::special_authorization:
        return Template::special_authorization;
      case order::TaskKind::missing_information:
      case order::TaskKind::identity_review:
      case order::TaskKind::extra_fee:
      case order::TaskKind::provider_question:
        break;
    }
    return Template::missing_information;
  }

  /// Tasks that open together share one mail, and so do their reminders.
  static std::string opened_at(const order::Task& task) {
    return "applicant/" + std::to_string(base::to_unix_ms(task.opened_at));
  }

  void for_applicant() {
    if (!in_.settings.mails_applicant || order::is_final(in_.decision.order.state)) return;
    // An order type without a portal never contacts the applicant, even where it knows the address.
    const std::optional<std::string>& address = in_.order.request.client_user_email;
    if (!address || !in_.order.core.type.has(order::Channel::portal)) return;
    std::optional<MailTicket> first;
    std::string occasion;
    for (const order::Event& event : in_.decision.events) {
      if (const auto* opened = std::get_if<order::TaskOpened>(&event)) {
        const order::Task* task = applicants_task(opened->task_id);
        if (task == nullptr) continue;
        const Template kind = template_for(task->kind);
        if (kind == Template::invitation && !in_.order.request.auto_invite.value_or(true)) continue;
        if (first && first->kind <= kind) continue;
        first = MailTicket{};
        first->kind = kind;
        first->task_id = task->id;
        occasion = opened_at(*task);
      } else if (const auto* reminder = std::get_if<order::ReminderSent>(&event)) {
        const order::Task* task = applicants_task(reminder->task_id);
        if (task == nullptr) continue;
        MailTicket ticket;
        ticket.kind = Template::reminder;
        ticket.task_id = task->id;
        ticket.number = reminder->number;
        add(ticket, opened_at(*task) + "/reminder/" + std::to_string(reminder->number), *address);
      }
    }
    if (first) add(*first, occasion, *address);
  }

  [[nodiscard]] bool wanted(MailKind kind) const {
    const auto& kinds = in_.settings.mails_subscribers;
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  }

  /// What subscribers hear of the decision, with the name of the occasion.
  std::vector<std::pair<MailTicket, std::string>> news() const {
    std::vector<std::pair<MailTicket, std::string>> all;
    std::size_t index = 0;
    for (const order::Event& event : in_.decision.events) {
      MailTicket ticket;
      std::string occasion = std::to_string(in_.order.version) + "/" + std::to_string(index++);
      if (const auto* change = std::get_if<order::StateChanged>(&event)) {
        if (!wanted(MailKind::order_status)) continue;
        ticket.kind = Template::subscriber_status;
        ticket.state = change->to;
      } else if (const auto* opened = std::get_if<order::TaskOpened>(&event)) {
        if (!wanted(MailKind::tasks)) continue;
        ticket.kind = Template::subscriber_task;
        ticket.task_id = opened->task_id;
        ticket.task_state = order::TaskState::open;
      } else if (const auto* closed = std::get_if<order::TaskClosed>(&event)) {
        if (!wanted(MailKind::tasks)) continue;
        ticket.kind = Template::subscriber_task;
        ticket.task_id = closed->task_id;
        ticket.task_state = closed->state;
      } else if (const auto* reminder = std::get_if<order::ReminderSent>(&event)) {
        const order::Task* task = in_.decision.order.find_task(reminder->task_id);
        if (!wanted(MailKind::reminders) || task == nullptr) continue;
        ticket.kind = Template::subscriber_reminder;
        ticket.task_id = reminder->task_id;
        ticket.number = reminder->number;
        occasion = opened_at(*task) + "/reminder/" + std::to_string(reminder->number);
      } else {
        continue;
      }
      all.emplace_back(std::move(ticket), std::move(occasion));
    }
    return all;
  }

  base::Result<void> for_subscribers() {
    auto all = news();
    if (all.empty()) return {};
    const auto subscribers = in_.tenant.subscriptions_of(in_.order.human_id);
    if (!subscribers) return base::pass_on(subscribers.error());
    for (auto& [ticket, occasion] : all) {
      for (const Subscription& subscriber : *subscribers) {
        ticket.subscription_id = subscriber.id;
        add(ticket, subscriber.id + "/" + occasion, subscriber.email);
      }
    }
    return {};
  }

  const MailOccasion& in_;
  Commit& writes_;
};

}  // namespace

std::string MailTicket::word() const {
  const std::string word = word_of(kind);
  return kind == Template::reminder ? word + "_" + std::to_string(number) : word;
}

std::string ticket_payload(const MailTicket& ticket) {
  json::object payload{{"template", word_of(ticket.kind)}};
  if (!ticket.task_id.empty()) payload["taskId"] = ticket.task_id;
  if (ticket.number > 0) payload["number"] = ticket.number;
  if (ticket.is_for_subscriber()) payload["subscriptionId"] = ticket.subscription_id;
  if (ticket.kind == Template::subscriber_status)
    payload["state"] = order::lower_case(ticket.state);
  if (ticket.kind == Template::subscriber_task)
    payload["taskState"] = order::to_string(ticket.task_state);
  return json::serialize(payload);
}

base::Result<MailTicket> ticket_from_payload(const std::string& payload) {
  try {
    return read_ticket(json::parse(payload).as_object());
  } catch (const std::exception&) {  // Boost.JSON: missing or mistyped member; an unknown word
    return base::fail(base::ErrorCode::corrupt, "a mail's job cannot be read");
  }
}

std::vector<order::Task> open_with(const order::Order& order, const std::string& task_id) {
  std::vector<order::Task> open;
  const order::Task* named = order.find_task(task_id);
  if (named == nullptr) return open;
  for (const order::Task& task : order.tasks) {
    if (task.state == order::TaskState::open && task.assignee == order::Assignee::applicant &&
        task.opened_at == named->opened_at) {
      open.push_back(task);
    }
  }
  return open;
}

AuditEntry mail_audit(const std::string& order_id, const char* action, const MailTicket& ticket,
                      base::TimePoint at) {
  return {order_id, "worker", action, ticket.word(), at};
}

base::Result<void> queue_mails(const MailOccasion& occasion, Commit& writes) {
  return Queue(occasion, writes).run();
}

}  // namespace chartroom::app
