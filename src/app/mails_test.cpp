#include "app/mails.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace chartroom::app {
namespace {

using Template = MailTicket::Template;

order::Task task(order::TaskKind kind) {
  order::Task made;
  made.id = "t1";
  made.kind = kind;
  made.due_at = *base::parse_iso("2026-12-05T10:00:00Z");
  return made;
}

MailFacts invitation() {
  MailFacts facts;
  facts.ticket.kind = Template::invitation;
  facts.ticket.task_id = "t1";
  facts.organization = "Test Life";
  facts.first_name = "Jane";
  facts.link = "https://records.example/?clientId=abc&rq=token";
  facts.tasks = {task(order::TaskKind::connect_portal)};
  return facts;
}

MailFacts to_subscriber(Template kind) {
  MailFacts facts;
  facts.ticket.kind = kind;
  facts.ticket.subscription_id = "s1";
  facts.ticket.state = order::State::pended;
  facts.ticket.task_state = order::TaskState::open;
  facts.organization = "Test Life";
  facts.first_name = "John";
  facts.client_user_id = "policy-1";
  facts.tasks = {task(order::TaskKind::special_authorization)};
  return facts;
}

std::vector<MailFacts> all_kinds() {
  std::vector<MailFacts> all;
  for (const Template kind : {Template::invitation, Template::missing_information,
                              Template::special_authorization, Template::reminder}) {
    all.push_back(invitation());
    all.back().ticket.kind = kind;
    all.back().ticket.number = kind == Template::reminder ? 1 : 0;
  }
  for (const Template kind :
       {Template::subscriber_status, Template::subscriber_task, Template::subscriber_reminder}) {
    all.push_back(to_subscriber(kind));
  }
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Mails, BothBodiesCarryTheOneLink) {
  const MailText mail = compose_mail(invitation());
  EXPECT_EQ(mail.subject, "Your next step for Test Life");
  EXPECT_TRUE(has(mail.text, "\nhttps://records.example/?clientId=abc&rq=token\n"));
  EXPECT_TRUE(has(mail.html, "href=\"https://records.example/?clientId=abc&amp;rq=token\""));
  for (const std::string& body : {mail.text, mail.html}) {
    EXPECT_TRUE(has(body, "Hello Jane,"));
    EXPECT_TRUE(has(body, "works for 8 hours"));
    EXPECT_TRUE(has(body, "December 5, 2026"));
    EXPECT_TRUE(has(body, "Connect the patient portal"));
  }
  EXPECT_EQ(mail.html.find("href"), mail.html.rfind("href"));
}

TEST(Mails, FetchNothingFromAnywhere) {
  for (const MailFacts& facts : all_kinds()) {
    const MailText mail = compose_mail(facts);
    for (const char* part : {"src=", "url(", "<link", "<img", "<script", "@import"})
      EXPECT_FALSE(has(mail.html, part)) << facts.ticket.word() << ": " << part;
    EXPECT_EQ(has(mail.html, "http"), !facts.ticket.is_for_subscriber());
  }
}

TEST(Mails, SubjectsNameNobodyAndNoOrder) {
  for (MailFacts facts : all_kinds()) {
    facts.first_name = "Quillonia";
    facts.client_user_id = "POL-4711";
    const MailText mail = compose_mail(facts);
    EXPECT_FALSE(mail.subject.empty());
    EXPECT_FALSE(has(mail.subject, "Quillonia") || has(mail.subject, "POL-4711")) << mail.subject;
    EXPECT_TRUE(has(mail.text, "Hello Quillonia,")) << facts.ticket.word();
    EXPECT_EQ(has(mail.text, "POL-4711"), facts.ticket.is_for_subscriber());
  }
}

TEST(Mails, NamesAreTextAndNothingElse) {
  for (MailFacts facts : all_kinds()) {
    facts.first_name = "Jane\r\nBcc: thief@example.net";
    facts.client_user_id = "<b>1</b>";
    facts.organization = "A & <i>B</i>\r\nSubject: gotcha";
    const MailText mail = compose_mail(facts);
    EXPECT_EQ(mail.subject.find_first_of("\r\n"), std::string::npos);
    EXPECT_TRUE(has(mail.text, "Hello,\n")) << facts.ticket.word();
    EXPECT_FALSE(has(mail.html, "<i>") || has(mail.html, "<b>"));
    EXPECT_TRUE(has(mail.html, "A &amp; &lt;i&gt;B&lt;/i&gt;  Subject: gotcha"));
  }
  for (const char* doubtful : {"https://evil.example", "win@evil.example", "<b>", "a: b"}) {
    MailFacts facts = invitation();
    facts.first_name = doubtful;
    EXPECT_TRUE(has(compose_mail(facts).text, "Hello,\n")) << doubtful;
  }
}

TEST(Mails, TheLastReminderPromisesNoOther) {
  MailFacts facts = invitation();
  facts.ticket.kind = Template::reminder;
  facts.ticket.number = 2;
  EXPECT_EQ(compose_mail(facts).subject, "Reminder: your next step for Test Life");
  EXPECT_TRUE(has(compose_mail(facts).text, "our next reminder brings one"));
  facts.last = true;
  EXPECT_EQ(compose_mail(facts).subject, "Last reminder: your next step for Test Life");
  EXPECT_FALSE(has(compose_mail(facts).text, "next reminder"));
}

TEST(Mails, TheSandboxSaysSo) {
  MailFacts facts = invitation();
  EXPECT_FALSE(has(compose_mail(facts).text, "fictional"));
  facts.sandbox = true;
  EXPECT_TRUE(has(compose_mail(facts).text, "Test system: everything here is fictional"));
  EXPECT_TRUE(has(compose_mail(facts).html, "Test system: everything here is fictional"));
}

TEST(Mails, AddressesAreRealOnes) {
  for (const char* good : {"jane@example.com", "j.d+x@a-b.example.org", "o'hara@x.co"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad :
       {"", "[email protected]", "[email\u00a0protected]", "jane", "jane@localhost", "@example.com",
        "jane@", "a b@example.com", "jane@exa mple.com", "jane@example.com\r\nBcc: x@y.z",
        "a..b@example.com", "jane@-x.com", "j\u00e4ne@example.com", "a@b@example.com"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@example.com"));
}

TEST(Mails, LinesAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\u4fdd";
  const std::string line = one_line(text);
  EXPECT_TRUE(base::is_valid_utf8(line));
  EXPECT_LT(line.size(), 310U);
  EXPECT_EQ(one_line("a\tb\x01\xff"), "a b \uFFFD");
}

TEST(MailTickets, ComeBackFromTheirPayload) {
  for (const MailFacts& facts : all_kinds()) {
    const auto ticket = ticket_from_payload(ticket_payload(facts.ticket));
    ASSERT_TRUE(ticket) << facts.ticket.word();
    EXPECT_EQ(ticket->word(), facts.ticket.word());
    EXPECT_EQ(ticket->task_id, facts.ticket.task_id);
    EXPECT_EQ(ticket->subscription_id, facts.ticket.subscription_id);
    if (ticket->kind == Template::subscriber_status) {
      EXPECT_EQ(ticket->state, order::State::pended);
    }
    if (ticket->kind == Template::subscriber_task) {
      EXPECT_EQ(ticket->task_state, order::TaskState::open);
    }
  }
  for (const char* broken : {"", "[]", "{}", R"({"template":"letter"})", R"({"template":7})",
                             R"({"template":"reminder","number":"one"})"}) {
    EXPECT_FALSE(ticket_from_payload(broken)) << broken;
  }
}

TEST(MailSettings, ComeBackFromTheRow) {
  ApplicationSettings settings;
  EXPECT_EQ(settings_from_json("{}").value(), settings);
  settings.mails_applicant = false;
  settings.mails_subscribers = {ApplicationSettings::MailKind::tasks,
                                ApplicationSettings::MailKind::reminders};
  settings.mail_from = "records@customer.example";
  EXPECT_EQ(settings_from_json(settings_to_json(settings)).value(), settings);
  settings.mails_subscribers.clear();
  EXPECT_EQ(settings_from_json(settings_to_json(settings)).value(), settings);
  EXPECT_FALSE(settings_from_json(R"({"mailsSubscribers":["gossip"]})"));
  EXPECT_FALSE(settings_from_json(R"({"mailsApplicant":"yes"})"));
}

}  // namespace
}  // namespace chartroom::app
