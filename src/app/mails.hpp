// What mails say (contract §10). Pure. Plain words, one way on, nothing medical: to the applicant
// what is asked of them, to subscribers how far the order is. Names stand in bodies alone, never in
// a subject; both kinds of body say the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/mail_queue.hpp"

namespace chartroom::app {

/// Whether mail can be sent there: ASCII, local part and a domain of two labels or more. The masked
/// address of published samples ("[email protected]") is none.
[[nodiscard]] bool is_mail_address(std::string_view text);

struct MailFacts {
  MailTicket ticket;
  std::string organization;        ///< the application's name
  std::string first_name;          ///< of who reads it; may be empty
  std::string client_user_id;      ///< in mails to subscribers
  std::string link;                ///< in mails to the applicant: the Task Manager
  std::vector<order::Task> tasks;  ///< what is asked of the applicant; subscribers: the task
  bool last = false;               ///< no reminder follows this mail
  bool sandbox = false;
};

struct MailText {
  std::string subject;
  std::string text;
  std::string html;
};

[[nodiscard]] MailText compose_mail(const MailFacts& facts);

/// A text for one line of a mail: valid UTF-8 without control characters, not too long.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace chartroom::app
