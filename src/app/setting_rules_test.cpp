#include "app/setting_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chartroom::app {
namespace {

/// The refusal's words; empty when the value was taken.
std::string refusal(const std::string& name, std::string_view text) {
  Application application;
  const auto set = set_setting(application, name, text);
  if (set) return {};
  EXPECT_EQ(set.error().code, base::ErrorCode::invalid_input);
  EXPECT_EQ(set.error().field, name);
  EXPECT_EQ(application.settings, ApplicationSettings{}) << "a refused value changes nothing";
  return set.error().message;
}

TEST(SettingRules, EverySettingCanBeSet) {
  Application application;
  const std::vector<std::pair<std::string, std::string>> changes{
      {"default_order_type", "complete"},
      {"callback_urls", "https://a.example/done, https://b.example"},
      {"task_notifications", "envelope"},
      {"vendor_notes", "true"},
      {"retention_days", "3650"},
      {"require_city_and_state", "true"},
      {"order_id_in_answer", "true"},
      {"legacy_timestamps", "true"},
      {"admin_api", "false"},
      {"mails_applicant", "false"},
      {"mails_subscribers", "tasks, reminders,tasks"},
      {"mail_from", "records@insurer.example"}};
  for (const auto& [name, text] : changes) {
    const auto set = set_setting(application, name, text);
    EXPECT_TRUE(set) << name;
  }
  ApplicationSettings expected;
  expected.callback_urls = {"https://a.example/done", "https://b.example"};
  expected.task_notifications = ApplicationSettings::TaskNotifications::envelope;
  expected.vendor_notes = true;
  expected.retention_days = 3'650;
  expected.require_city_and_state = true;
  expected.order_id_in_answer = true;
  expected.legacy_timestamps = true;
  expected.admin_api = false;
  expected.mails_applicant = false;
  expected.mails_subscribers = {ApplicationSettings::MailKind::tasks,
                                ApplicationSettings::MailKind::reminders};
  expected.mail_from = "records@insurer.example";
  EXPECT_EQ(application.settings, expected);
  EXPECT_EQ(application.default_order_type, "complete");

  const auto all = settings_of(application);
  ASSERT_EQ(all.size(), changes.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].first, changes[i].first);
  EXPECT_TRUE(set_setting(application, "callback_urls", ""));
  EXPECT_TRUE(application.settings.callback_urls.empty());
  EXPECT_TRUE(set_setting(application, "mails_subscribers", ""));
  EXPECT_TRUE(application.settings.mails_subscribers.empty());
  EXPECT_TRUE(set_setting(application, "mail_from", ""));
}

TEST(SettingRules, OtherValuesAreRefusedWithWhatIsAllowed) {
  EXPECT_NE(refusal("retention_days", "0").find("1 to 3650"), std::string::npos);
  for (const char* bad : {"", "-1", "3651", "1.5", "1d", " 1", "99999999999999999999"})
    EXPECT_FALSE(refusal("retention_days", bad).empty()) << bad;
  for (const char* bad : {"", "on", "OFF", "1"})
    EXPECT_FALSE(refusal("task_notifications", bad).empty()) << bad;
  for (const char* name : {"vendor_notes", "require_city_and_state", "order_id_in_answer",
                           "legacy_timestamps", "admin_api", "mails_applicant"}) {
    for (const char* bad : {"", "yes", "1", "True"}) EXPECT_FALSE(refusal(name, bad).empty());
  }
  for (const char* bad : {"a.example", "https://a.example,", "https://a.example?x=1", ","})
    EXPECT_FALSE(refusal("callback_urls", bad).empty()) << bad;
  std::string many = "https://a.example";
  for (int i = 0; i < 20; ++i) many += ",https://a.example";
  EXPECT_FALSE(refusal("callback_urls", many).empty());
  for (const char* bad : {"task", "tasks;reminders", "tasks,", "all"})
    EXPECT_FALSE(refusal("mails_subscribers", bad).empty()) << bad;
  for (const char* bad :
       {"records", "R <records@insurer.example>", "a@b.example\nBcc: c@d.example"})
    EXPECT_FALSE(refusal("mail_from", bad).empty()) << bad;
  EXPECT_FALSE(refusal("default_order_type", "").empty());
  EXPECT_NE(refusal("colour", "red").find("retention_days"), std::string::npos);
}

TEST(SettingRules, TheDefaultOrderTypeIsOneThatCanBeOrdered) {
  EXPECT_TRUE(check_default_order_type("healthcheck", {}));
  EXPECT_FALSE(check_default_order_type("labs", {}));
  order::OrderType labs;
  labs.code = "labs";
  EXPECT_TRUE(check_default_order_type("labs", {labs}));
  const auto gone = check_default_order_type("healthcheck", {labs});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().field, "default_order_type");
  EXPECT_NE(gone.error().message.find("[labs]"), std::string::npos);
}

TEST(SettingRules, TheCatalogHasWhatTheDefaultTypesPromise) {
  for (const order::OrderType& type : order::default_order_types())
    EXPECT_TRUE(order::check_order_type(type, output_catalog()).empty()) << type.code;
  // Each report in each of its formats.
  EXPECT_EQ(output_catalog().known.size(), 23U);
  EXPECT_EQ(output_catalog().bindable,
            (std::vector<std::string>{"healthcheck", "highlights", "unity", "timeline",
                                      "clinicalhistory", "ccdraw", "clinicalnotes", "aps"}));
}

}  // namespace
}  // namespace chartroom::app
