#include "app/mails.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "app/mail_letter.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

using order::TaskKind;
using Template = MailTicket::Template;

constexpr std::size_t kLineBytes = 300;

std::string day_words(base::TimePoint at) {
  constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                                "May",       "June",     "July",     "August",
                                                "September", "October",  "November", "December"};
  const auto date = base::Date::from(at);
  return std::string(kMonths.at(date.month - 1)) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

/// A name to greet with. What could pass for an address or a link is not one.
std::string greeting(const std::string& first_name) {
  const std::string name(base::trim(one_line(first_name)));
  const bool doubtful = name.empty() || name != base::trim(first_name) ||
                        name.find_first_of("/:@<>") != std::string::npos;
  return doubtful ? "Hello," : "Hello " + name + ",";
}

/// What the applicant is asked to do.
std::string step_words(const order::Task& task) {
  switch (task.kind) {
    case TaskKind::connect_portal:
      return "Connect the patient portal of your clinic or doctor (about five minutes)";
    case TaskKind::special_authorization:
      return "Sign the form that one of your care providers wants (about two minutes)";
    case TaskKind::missing_information:
    case TaskKind::identity_review:
    case TaskKind::extra_fee:
    case TaskKind::provider_question:
      break;
  }
  if (task.fields == std::set<order::Field>{order::Field::hipaa_authorization})
    return "Sign the permission to release your records (about two minutes)";
  return "Fill in a few missing details (about two minutes)";
}

/// The same for those who look on.
std::string asked_words(const order::Task& task) {
  switch (task.kind) {
    case TaskKind::connect_portal:
      return "The applicant is asked to connect a patient portal.";
    case TaskKind::special_authorization:
      return "The applicant is asked to sign one more authorization form.";
    case TaskKind::missing_information:
      return task.assignee == order::Assignee::applicant
                 ? "The applicant is asked for details that are missing."
                 : "Details are missing that your company can give.";
    case TaskKind::extra_fee:
      return "Whoever has the records asks for a fee, which your company can approve or decline.";
    case TaskKind::provider_question:
      return "A provider or vendor has a question that your company can answer.";
    case TaskKind::identity_review:
      break;
  }
  return "There is a question that your company has to decide.";
}

// ── to the applicant ──

void open_applicants_letter(Letter& letter, const MailFacts& facts, const std::string& who) {
  switch (facts.ticket.kind) {
    case Template::invitation:
      letter.subject = "Your next step for " + who;
      letter.heading = "You can speed this up";
      letter.paragraphs = {
          who + " asked us to gather the health records that your application needs.",
          "The fastest way is your clinic\u2019s patient portal, if you have a sign-in for it. If "
          "not, "
          "open the page and say so: we then look in other ways."};
      return;
    case Template::special_authorization:
      letter.subject = "A signature is needed for " + who;
      letter.heading = "One signature is needed";
      letter.paragraphs = {"We are gathering the health records that " + who +
                           " needs for your application. One of your care providers releases them "
                           "only with a signed form of its own."};
      return;
    case Template::reminder:
      letter.subject =
          (facts.last ? "Last reminder: your next step for " : "Reminder: your next step for ") +
          who;
      letter.heading = facts.last ? "A last reminder" : "A friendly reminder";
      letter.paragraphs = {"The search for the health records that " + who +
                           " needs for your application still waits for you."};
      return;
    default:
      letter.subject = "A few details are missing for " + who;
      letter.heading = "A few details are missing";
      letter.paragraphs = {"We are gathering the health records that " + who +
                           " needs for your application, and cannot go on without you."};
  }
}

Letter to_applicant(const MailFacts& facts, const std::string& who) {
  Letter letter;
  letter.greeting = greeting(facts.first_name);
  open_applicants_letter(letter, facts, who);
  letter.list_title = facts.tasks.size() == 1 ? "What you are asked to do:"
                                              : "What you are asked to do, all in one place:";
  base::TimePoint due{};
  for (const order::Task& task : facts.tasks) {
    letter.list.push_back(step_words(task));
    due = std::max(due, task.due_at);
  }
  if (due != base::TimePoint{}) {
    letter.after_list = "Please answer by " + day_words(due) +
                        ". After that day your application goes on without it.";
  }
  letter.action = "Continue";
  letter.link = facts.link;
  letter.notes = {"This link is for you alone and works for 8 hours. " +
                      (facts.last ? "If it has run out, ask " + who + " for a new one."
                                  : "If it has run out, ask " + who +
                                        " for a new one, or wait: our next reminder brings one."),
                  "We never ask for a password by mail."};
  letter.footer = "Sent by Chartroom, a medical records service, for " + who +
                  ". This mail was written automatically.";
  return letter;
}

// ── to subscribers ──

const char* status_words(order::State state) {
  switch (state) {
    case order::State::pended:
      return "It waits for an answer: at least one task is open.";
    case order::State::completed:
      return "The search has ended, and the result is with the company that ordered it.";
    case order::State::cancelled:
      return "Nothing more will be done.";
    case order::State::created:
    case order::State::in_progress:
      break;
  }
  return "The records are being gathered. There is nothing you have to do.";
}

std::pair<std::string, std::string> task_words(order::TaskState state) {
  switch (state) {
    case order::TaskState::open:
      return {"A task is open", " has a new task."};
    case order::TaskState::resolved:
      return {"A task is done", " has one task less to wait for."};
    case order::TaskState::expired:
      return {"A task has run out of time", " goes on without an answer to a task."};
    case order::TaskState::withdrawn:
      break;
  }
  return {"A task is no longer needed", " no longer waits for a task."};
}

Letter to_subscriber(const MailFacts& facts, const std::string& who) {
  Letter letter;
  letter.greeting = greeting(facts.first_name);
  const std::string order = "Order " + one_line(facts.client_user_id) + " of " + who;
  if (facts.ticket.kind == Template::subscriber_status) {
    letter.heading = order::title_case(facts.ticket.state);
    letter.subject = "Order status: " + letter.heading;
    letter.paragraphs = {order + " is now " + letter.heading + ".",
                         status_words(facts.ticket.state)};
  } else if (facts.ticket.kind == Template::subscriber_reminder) {
    letter.subject = letter.heading = "A task still waits for the applicant";
    letter.paragraphs = {order + " still waits for an answer."};
  } else {
    const auto [title, sentence] = task_words(facts.ticket.task_state);
    letter.subject = letter.heading = title;
    letter.paragraphs = {order + sentence};
  }
  const bool asks = facts.ticket.kind == Template::subscriber_reminder ||
                    (facts.ticket.kind == Template::subscriber_task &&
                     facts.ticket.task_state == order::TaskState::open);
  if (asks && !facts.tasks.empty()) letter.paragraphs.push_back(asked_words(facts.tasks.front()));
  letter.footer =
      "You get this mail because you are subscribed to this order. To end it, write to " + who +
      ". Sent by Chartroom, a medical records service; written automatically.";
  return letter;
}

bool is_atom_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_label(std::string_view label) {
  constexpr std::size_t kMost = 63;
  if (label.empty() || label.size() > kMost || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace

bool is_mail_address(std::string_view text) {
  constexpr std::size_t kMostBytes = 254;
  constexpr std::size_t kMostLocal = 64;
  const auto at = text.rfind('@');
  if (text.size() > kMostBytes || at == std::string_view::npos || at == 0 || at > kMostLocal)
    return false;
  for (const std::string& atom : base::split(text.substr(0, at), '.')) {
    if (atom.empty() || !std::all_of(atom.begin(), atom.end(), is_atom_character)) return false;
  }
  const auto labels = base::split(text.substr(at + 1), '.');
  return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), is_label);
}

std::string one_line(std::string_view text) {
  std::string line = base::to_valid_utf8(text);
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  if (line.size() <= kLineBytes) return line;
  std::size_t end = kLineBytes;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + "\u2026";
}

MailText compose_mail(const MailFacts& facts) {
  const std::string who = one_line(facts.organization);
  Letter letter =
      facts.ticket.is_for_subscriber() ? to_subscriber(facts, who) : to_applicant(facts, who);
  letter.sender = who;
  letter.sandbox = facts.sandbox;
  return {letter.subject, letter_text(letter), letter_html(letter)};
}

}  // namespace chartroom::app
