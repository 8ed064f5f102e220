// Which mails a decision on an order asks for (contract §10): jobs in the commit of the decision,
// so that none is lost and none is queued twice.
#pragma once

#include <string>

#include "app/store.hpp"

namespace chartroom::app {

/// What a mail's job says: which template, and ids. Who it goes to is looked up when it is sent.
struct MailTicket {
  enum class Template {
    invitation,             ///< to the applicant: connect a portal
    missing_information,    ///< to the applicant
    special_authorization,  ///< to the applicant
    reminder,               ///< to the applicant
    subscriber_status,
    subscriber_task,
    subscriber_reminder,
  };
  Template kind = Template::invitation;
  std::string task_id;                                       ///< all but subscriber_status
  unsigned number = 0;                                       ///< reminder
  std::string subscription_id;                               ///< subscribers
  order::State state = order::State::created;                ///< subscriber_status
  order::TaskState task_state = order::TaskState::resolved;  ///< subscriber_task

  [[nodiscard]] bool is_for_subscriber() const { return !subscription_id.empty(); }
  /// "invitation", "reminder_2", "subscriber_status", …: the audit trail's name for it.
  [[nodiscard]] std::string word() const;
};

[[nodiscard]] std::string ticket_payload(const MailTicket& ticket);
[[nodiscard]] base::Result<MailTicket> ticket_from_payload(const std::string& payload);

struct MailOccasion {
  TenantStore& tenant;
  const StoredOrder& order;  ///< as it was before the decision
  const order::Decision& decision;
  base::TimePoint now;  ///< application's time
  const ApplicationSettings& settings;
};

/// Adds the jobs of the mails that the decision asks for, and an audit row for every person whose
/// address takes no mail. Nobody is written to about an order that was cancelled: an abort ends all
/// subscriptions, and the applicant has nothing left to do.
base::Result<void> queue_mails(const MailOccasion& occasion, Commit& writes);

/// The applicant's tasks that one mail speaks of: those still open that were opened together with
/// this one.
[[nodiscard]] std::vector<order::Task> open_with(const order::Order& order,
                                                 const std::string& task_id);

/// For the trail: who, word, when.
[[nodiscard]] AuditEntry mail_audit(const std::string& order_id, const char* action,
                                    const MailTicket& ticket, base::TimePoint at);

}  // namespace chartroom::app
