// Mails about whole orders, under a virtual clock.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "house.hpp"

namespace chartroom::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Kind = app::ApplicationSettings::MailKind;
using Verdict = app::MailSender::Outcome::Verdict;
using Lines = std::vector<std::string>;

class Mails : public testing::Test {
 protected:
  /// "to: subject" of everything that was handed over.
  Lines sent() {
    Lines lines;
    for (const app::Mail& mail : house.mailer.accepted)
      lines.push_back(mail.to + ": " + mail.subject);
    return lines;
  }
  std::size_t sent_to(const std::string& address) {
    return static_cast<std::size_t>(
        std::count_if(house.mailer.accepted.begin(), house.mailer.accepted.end(),
                      [&](const app::Mail& mail) { return mail.to == address; }));
  }
  /// Places an order that waits for the applicant's portal.
  void place_pended() {
    ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
    house.run_due();
    ASSERT_EQ(house.order_of("policy-1").core.state, order::State::pended);
  }
  void subscribe(const std::string& email) {
    const auto user = house.tenant()->find_user_by_client_user_id("policy-1");
    app::Subscription subscription;
    subscription.id = base::sha256_hex(email).substr(0, 24);
    subscription.human_id = (**user).human_id;
    subscription.client_user_id = "policy-1";
    subscription.email = email;
    subscription.first_name = "John";
    ASSERT_TRUE(house.tenant()->commit({app::InsertSubscription{subscription}}));
  }
  void set(std::vector<Kind> kinds, bool applicant = true) {
    app::Application application = **house.store().find_application(house.application().client_id);
    application.settings.mails_subscribers = std::move(kinds);
    application.settings.mails_applicant = applicant;
    ASSERT_TRUE(house.store().update_application(application));
  }
  Lines audited() {
    Lines lines;
    const auto entries = house.tenant()->audit_of(house.order_of("policy-1").core.id);
    for (const app::AuditEntry& entry : *entries) {
      if (entry.action.starts_with("mail.")) lines.push_back(entry.action + " " + entry.subject);
    }
    return lines;
  }
  app::TaskList session() {
    const auto order = house.order_of("policy-1");
    return *house.desk().open_link(
        house.application().client_id,
        house.links().sign({house.application().client_id, order.human_id, house.clock.now()}));
  }
  void decline() {
    const app::TaskList list = session();
    ASSERT_EQ(list.open.size(), 1U);
    ASSERT_TRUE(house.desk().connect_portal(list, list.open[0].id, ""));
    house.run_due();
  }

  House house{1, /*mails=*/true};
};

TEST_F(Mails, AnInvitationAndThreeReminders) {
  place_pended();
  EXPECT_EQ(sent(), Lines{"jane@example.com: Your next step for Test Life"});
  for (const auto& [span, count] : std::vector<std::pair<base::Duration, std::size_t>>{
           {hours{23}, 1}, {hours{2}, 2}, {days{2}, 3}, {days{4}, 4}, {days{30}, 4}}) {
    house.pass(span);
    EXPECT_EQ(sent().size(), count);
  }
  EXPECT_EQ(audited(), (Lines{"mail.sent invitation", "mail.sent reminder_1",
                              "mail.sent reminder_2", "mail.sent reminder_3"}));
  EXPECT_EQ(house.mailer.accepted.back().subject, "Last reminder: your next step for Test Life");
  std::set<std::string> ids;
  for (const app::Mail& mail : house.mailer.accepted) ids.insert(mail.message_id);
  EXPECT_EQ(ids.size(), 4U);
}

TEST_F(Mails, NothingFollowsADoneTask) {
  place_pended();
  decline();
  house.pass(days{12});
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(Mails, AMailThatEventsHaveOvertakenIsNotSent) {
  house.mailer.verdict = Verdict::temporary;
  place_pended();
  decline();
  house.mailer.verdict = Verdict::accepted;
  house.pass(days{1});
  EXPECT_EQ(sent(), Lines{});
  EXPECT_EQ(audited(), Lines{"mail.not_sent invitation"});
}

TEST_F(Mails, AutoInviteOffKeepsTheInvitationBack) {
  auto order = house.order_for({}, "policy-1");
  order.auto_invite = false;
  ASSERT_TRUE(house.place(order));
  house.run_due();
  EXPECT_EQ(sent(), Lines{});
  house.pass(days{1});
  EXPECT_EQ(sent(), Lines{"jane@example.com: Reminder: your next step for Test Life"});
}

TEST_F(Mails, OnlyWhereThereIsAServerAnAddressAndAWish) {
  set({}, /*applicant=*/false);
  place_pended();
  house.pass(days{12});
  EXPECT_EQ(sent(), Lines{});
  EXPECT_EQ(audited(), Lines{});

  set({});
  auto masked = house.order_for({}, "policy-2");
  masked.client_user_email = "[email protected]";
  ASSERT_TRUE(house.place(masked));
  house.run_due();
  EXPECT_EQ(sent(), Lines{});
  const auto entries = house.tenant()->audit_of(house.order_of("policy-2").core.id);
  EXPECT_EQ(std::count_if(entries->begin(), entries->end(),
                          [](const app::AuditEntry& e) {
                            return e.action == "mail.not_sent" && e.subject == "invitation";
                          }),
            1);

  House silent(2);
  ASSERT_TRUE(silent.place(silent.order_for({}, "policy-1")));
  silent.pass(days{40});
  EXPECT_TRUE(silent.mailer.accepted.empty());
  EXPECT_TRUE(silent.store().dead_jobs(10)->empty());
}

TEST_F(Mails, AnOrderTypeWithoutAPortalContactsNobody) {
  house.ehr.script = [](const auto&) {
    app::RetrievalAnswer answer;
    answer.status = app::RetrievalAnswer::Status::needs_authorization;
    answer.detail = "Starfleet Medical";
    return answer;
  };
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  ASSERT_TRUE(house.place(house.order_for({}, "policy-2", "healthcheck")));
  house.run_due();
  EXPECT_EQ(house.order_of("policy-1").core.tasks.size(), 1U);
  EXPECT_EQ(sent(), Lines{"jane@example.com: A signature is needed for Test Life"});
  EXPECT_EQ(house.mailer.accepted[0].text.find("Starfleet"), std::string::npos);
}

TEST_F(Mails, TasksThatOpenTogetherShareTheirMails) {
  auto order = house.order_for({}, "policy-1", "complete");
  order.gender.reset();  // the networks need it; the portal does not
  ASSERT_TRUE(house.place(order));
  house.run_due();
  ASSERT_EQ(house.order_of("policy-1").core.tasks.size(), 2U);
  ASSERT_EQ(sent(), Lines{"jane@example.com: Your next step for Test Life"});
  EXPECT_NE(house.mailer.accepted[0].text.find("Connect the patient portal"), std::string::npos);
  EXPECT_NE(house.mailer.accepted[0].text.find("missing details"), std::string::npos);
  house.pass(days{1});
  ASSERT_EQ(sent().size(), 2U);
  // One of the two done: reminders go on, for the other one.
  const app::TaskList list = session();
  const auto portal = std::find_if(list.open.begin(), list.open.end(), [](const order::Task& task) {
    return task.kind == order::TaskKind::connect_portal;
  });
  ASSERT_TRUE(house.desk().connect_portal(list, portal->id, ""));
  house.pass(days{2});
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(house.mailer.accepted[2].text.find("Connect the patient portal"), std::string::npos);
}

TEST_F(Mails, SubscribersHearOfWhatTheApplicationChose) {
  set({Kind::order_status, Kind::tasks, Kind::reminders}, /*applicant=*/false);
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  subscribe("agent@example.org");
  subscribe("[email protected]");
  house.run_due();
  house.pass(days{1});
  decline();
  EXPECT_EQ(
      sent(),
      (Lines{"agent@example.org: Order status: In Progress", "agent@example.org: A task is open",
             "agent@example.org: Order status: Pended",
             "agent@example.org: A task still waits for the applicant",
             "agent@example.org: A task is done", "agent@example.org: Order status: In Progress",
             "agent@example.org: Order status: Completed"}));
  for (const app::Mail& mail : house.mailer.accepted) {
    EXPECT_NE(mail.text.find("policy-1"), std::string::npos);
    for (const char* secret : {"Jane", "Doe", "1968", "Hill Street", "jane@example.com"})
      EXPECT_EQ(mail.text.find(secret), std::string::npos);
  }
}

TEST_F(Mails, KindsThatWereNotChosenStaySilent) {
  set({Kind::reminders}, /*applicant=*/false);
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  subscribe("agent@example.org");
  house.pass(days{30});
  EXPECT_EQ(sent_to("agent@example.org"), 3U);
}

TEST_F(Mails, AnAbortEndsThemAll) {
  place_pended();
  subscribe("agent@example.org");
  ASSERT_TRUE(house.desk().abort(house.application(), app::UserKey{std::nullopt, "policy-1"}));
  house.pass(days{40});
  EXPECT_EQ(sent_to("agent@example.org"), 0U);
  EXPECT_EQ(sent_to("jane@example.com"), 1U) << "the invitation, before";
}

TEST_F(Mails, ASubscriberWhoLeftGetsNoMore) {
  set({Kind::order_status}, false);
  house.mailer.verdict = Verdict::temporary;
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  subscribe("agent@example.org");
  house.run_due();
  const auto order = house.order_of("policy-1");
  const auto all = house.tenant()->subscriptions_of(order.human_id);
  ASSERT_TRUE(house.tenant()->commit({app::DeleteSubscription{all->front().id}}));
  house.mailer.verdict = Verdict::accepted;
  house.pass(days{1});
  EXPECT_EQ(sent(), Lines{});
}

TEST_F(Mails, TriesAgainForTwoDaysAndThenGivesUp) {
  house.mailer.verdict = Verdict::temporary;
  place_pended();
  const auto order = house.order_of("policy-1");
  house.pass(hours{23});
  EXPECT_GT(house.mailer.tries, 5);
  EXPECT_TRUE(house.store().dead_jobs(10)->empty());
  house.pass(days{9});
  EXPECT_EQ(house.store().dead_jobs(10)->size(), 4U) << "invitation and reminders";
  EXPECT_EQ(house.mailer.tries, 4 * 12);
  EXPECT_EQ(house.order_of("policy-1").core.tasks.size(), 1U) << "the order went its way";
}

TEST_F(Mails, ARefusalForGoodIsNotRepeated) {
  house.mailer.verdict = Verdict::permanent;
  place_pended();
  house.pass(hours{20});
  EXPECT_EQ(house.mailer.tries, 1);
  EXPECT_EQ(house.store().dead_jobs(10)->size(), 1U);
  EXPECT_EQ(audited(), Lines{"mail.failed invitation"});
}

TEST_F(Mails, ARepetitionHasTheSameMessageId) {
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  // The mail is out, and before that is committed another worker has taken the job over.
  house.mailer.after_accepting = [this, once = true]() mutable {
    if (!std::exchange(once, false)) return;
    house.clock.set(house.clock.now() + std::chrono::seconds{10});
    EXPECT_TRUE(house.store().claim(house.clock.now(), std::chrono::seconds{9}, 8));
  };
  house.run_due();
  house.pass(minutes{5});
  ASSERT_EQ(house.mailer.accepted.size(), 2U);
  EXPECT_EQ(house.mailer.accepted[0].message_id, house.mailer.accepted[1].message_id);
  EXPECT_EQ(audited(), Lines{"mail.sent invitation"});
}

TEST_F(Mails, TheCustomersOwnAddressIsTheSender) {
  app::Application application = house.application();
  application.settings.mail_from = "records@customer.example";
  ASSERT_TRUE(house.store().update_application(application));
  place_pended();
  ASSERT_EQ(house.mailer.accepted.size(), 1U);
  EXPECT_EQ(house.mailer.accepted[0].from, "records@customer.example");
  EXPECT_EQ(house.mailer.accepted[0].from_name, "Test Life");
  EXPECT_EQ(house.mailer.accepted[0].reply_to, "help@chartroom.example");
}

TEST_F(Mails, JobsKnowNoNamesAndNoAddresses) {
  house.mailer.verdict = Verdict::permanent;
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1")));
  subscribe("agent@example.org");
  house.run_due();
  const auto dead = house.store().dead_jobs(10);
  ASSERT_GE(dead->size(), 2U);
  for (const app::Job& job : *dead) {
    EXPECT_EQ(job.kind, "mail");
    for (const char* secret : {"jane", "Jane", "agent", "@", "policy-1", "John"})
      EXPECT_EQ(job.payload.find(secret), std::string::npos) << job.payload;
  }
}

}  // namespace
}  // namespace chartroom::sim
