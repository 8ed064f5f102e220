// Sending a mail whose time has come: everything about it is looked up now, since it may have been
// overtaken by what happened in between.
#include <algorithm>
#include <array>

#include "app/consumer_url.hpp"
#include "app/job_payload.hpp"
#include "app/jobs.hpp"
#include "app/mails.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

/// What the letter is written from.
struct Addressed {
  std::string to;
  MailFacts facts;
};

/// How many reminders of a task there will be.
unsigned reminders_of(const order::OrderType& type) {
  return static_cast<unsigned>(
      std::count_if(type.reminders.begin(), type.reminders.end(),
                    [&](base::Duration after) { return after < type.task_time; }));
}

/// To the applicant, while there is something to do; nullopt otherwise.
std::optional<Addressed> for_applicant(const MailTicket& ticket, const StoredOrder& order,
                                       const ApplicationSettings& settings) {
  if (!settings.mails_applicant || order::is_final(order.core.state)) return std::nullopt;
  Addressed addressed;
  addressed.to = order.request.client_user_email.value_or("");
  addressed.facts.first_name = order.request.first_name.value_or("");
  addressed.facts.tasks = open_with(order.core, ticket.task_id);
  if (addressed.facts.tasks.empty()) return std::nullopt;
  addressed.facts.last = ticket.number >= reminders_of(order.core.type);
  return addressed;
}

/// To a subscriber who still is one.
base::Result<std::optional<Addressed>> for_subscriber(const MailTicket& ticket,
                                                      const StoredOrder& order,
                                                      TenantStore& tenant) {
  auto found = tenant.find_subscription(ticket.subscription_id);
  if (!found) return base::pass_on(found.error());
  if (!*found) return std::optional<Addressed>();
  const order::Task* task = order.core.find_task(ticket.task_id);
  const bool still_open = task != nullptr && task->state == order::TaskState::open;
  if (ticket.kind == MailTicket::Template::subscriber_reminder && !still_open)
    return std::optional<Addressed>();
  Addressed addressed;
  addressed.to = (*found)->email;
  addressed.facts.first_name = (*found)->first_name.value_or("");
  addressed.facts.client_user_id = order.client_user_id;
  if (task != nullptr) addressed.facts.tasks = {*task};
  return std::optional(std::move(addressed));
}

/// Who the mail goes to and what it is about; nullopt when events have overtaken it.
base::Result<std::optional<Addressed>> address(const MailTicket& ticket, const StoredOrder& order,
                                               const Application& application,
                                               TenantStore& tenant) {
  if (!application.enabled) return std::optional<Addressed>();
  if (ticket.is_for_subscriber()) return for_subscriber(ticket, order, tenant);
  return for_applicant(ticket, order, application.settings);
}

/// The host of a URL, for the right side of a Message-ID.
std::string host_of(const std::string& url) {
  const auto scheme = url.find("://");
  std::string host = scheme == std::string::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/:"));
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  });
  return plain && !host.empty() ? host : "chartroom.invalid";
}

}  // namespace

std::optional<base::Duration> mail_backoff(unsigned failed) {
  using std::chrono::hours;
  using std::chrono::minutes;
  constexpr std::array<base::Duration, 11> kWaits{minutes{1}, minutes{5}, minutes{15}, minutes{30},
                                                  hours{1},   hours{2},   hours{4},    hours{8},
                                                  hours{12},  hours{12},  hours{12}};
  if (failed == 0 || failed > kWaits.size()) return std::nullopt;
  return kWaits.at(failed - 1);
}

base::Result<void> JobRunner::run_mail(const Work& work) {
  const auto ticket = ticket_from_payload(work.job.payload);
  if (!ticket) return bury(work, "payload cannot be read");
  if (ports_.mail.sender == nullptr) return bury(work, "no mail server is set up");
  const auto application = ports_.store.find_application(work.job.client_id);
  if (!application) return base::pass_on(application.error());
  const auto order = work.tenant.find_order(work.job.order_id);
  if (!order) return base::pass_on(order.error());
  if (!*application || !*order) return bury(work, "order is gone");
  const Application& house = **application;

  auto addressed = address(*ticket, **order, house, work.tenant);
  if (!addressed) return base::pass_on(addressed.error());
  if (!*addressed) {
    return work.tenant.commit(
        {FinishJob::of(work.job),
         InsertAudit{mail_audit(work.job.order_id, "mail.not_sent", *ticket, work.now)}});
  }
  MailFacts& facts = (*addressed)->facts;
  facts.ticket = *ticket;
  facts.organization = house.name;
  facts.sandbox = house.sandbox;
  if (!ticket->is_for_subscriber()) {
    facts.link = consumer_url(public_url_, *ports_.mail.links,
                              {house.client_id, (*order)->human_id, work.now});
  }
  MailText text = compose_mail(facts);
  Mail mail;
  mail.to = (*addressed)->to;
  mail.from = house.settings.mail_from.empty() ? ports_.mail.from : house.settings.mail_from;
  mail.from_name = one_line(house.name);
  mail.reply_to = ports_.mail.reply_to;
  mail.subject = std::move(text.subject);
  mail.text = std::move(text.text);
  mail.html = std::move(text.html);
  mail.message_id = "<" + work.job.id + "@" + host_of(public_url_) + ">";
  return send_mail(work, mail, *ticket);
}

base::Result<void> JobRunner::send_mail(const Work& work, const Mail& mail,
                                        const MailTicket& ticket) {
  using Verdict = MailSender::Outcome::Verdict;
  const MailSender::Outcome outcome = ports_.mail.sender->send(mail);
  const auto audit = [&](const char* action) {
    return InsertAudit{mail_audit(work.job.order_id, action, ticket, work.now)};
  };
  if (outcome.verdict == Verdict::accepted) {
    return work.tenant.commit({FinishJob::of(work.job), audit("mail.sent")});
  }
  if (outcome.error == "cancelled" && was_cancelled(0)) return stopping();
  ports_.logger.warning("mail not accepted", {{"order", work.job.order_id},
                                              {"job", work.job.id},
                                              {"mail", ticket.word()},
                                              {"reason", outcome.error}});
  const auto wait = mail_backoff(work.job.attempts + 1);
  if (outcome.verdict == Verdict::temporary && wait) {
    return retry(work, jitter(*wait), outcome.error);
  }
  return work.tenant.commit(
      {BuryJob{work.job.id, work.job.lease, outcome.error}, audit("mail.failed")});
}

}  // namespace chartroom::app
