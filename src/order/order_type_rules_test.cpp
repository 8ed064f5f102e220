#include "order/order_type_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chartroom::order {
namespace {

using std::chrono::days;
using std::chrono::hours;

OutputCatalog catalog() {
  return {{{"healthcheck", "pdf", {}},
           {"healthcheck", "json", {}},
           {"healthcheck", "html", {}},
           {"ccdraw", "pdf", {}},
           {"ccdraw", "html", {}},
           {"apidata", "json", {}},
           {"combined", "pdf", {}}},
          {"healthcheck", "ccdraw"},
          {"sbp-140", "a1c-65"}};
}

OrderType good() {
  OrderType type;
  type.code = "labs-2";
  type.alias = "Labs Order";
  type.channels = {{Channel::ehr, Trigger::at_start, {}, usual_needs(Channel::ehr)},
                   {Channel::portal, Trigger::when_insufficient, {}, {}}};
  type.outputs = {{"healthcheck", "pdf", {}}, {"combined", "pdf", {"healthcheck"}}};
  return type;
}

std::vector<std::string> keys(const OrderType& type) {
  std::vector<std::string> keys;
  for (const TypeFinding& finding : check_order_type(type, catalog())) {
    EXPECT_FALSE(finding.rule.empty());
    keys.push_back(finding.key);
  }
  return keys;
}

using Keys = std::vector<std::string>;

TEST(OrderTypeRules, WhatEveryApplicationHasIsGood) {
  for (const OrderType& type : default_order_types()) EXPECT_EQ(keys(type), Keys{}) << type.code;
  EXPECT_EQ(keys(good()), Keys{});
}

TEST(OrderTypeRules, CodesAreShortAndPlain) {
  for (const char* bad : {"", "Labs", "labs_2", "labs 2",
                          "l\xC3\xA4"
                          "bs"}) {
    OrderType type = good();
    type.code = bad;
    EXPECT_EQ(keys(type), Keys{"code"}) << bad;
  }
  OrderType type = good();
  type.code = std::string(40, 'a');
  EXPECT_EQ(keys(type), Keys{});
  type.code += 'a';
  EXPECT_EQ(keys(type), Keys{"code"});
}

TEST(OrderTypeRules, TextsCanBeRead) {
  OrderType type = good();
  type.alias = " ";
  type.description = "line\nline";
  EXPECT_EQ(keys(type), (Keys{"alias", "description"}));
  type.alias = std::string(101, 'a');
  type.description = std::string(501, 'a');
  EXPECT_EQ(keys(type), (Keys{"alias", "description"}));
}

TEST(OrderTypeRules, ChannelsAreSomeAndOnceEach) {
  OrderType type = good();
  type.channels.clear();
  EXPECT_EQ(keys(type), Keys{"channels"});
  type = good();
  type.channels.push_back(type.channels.front());
  EXPECT_EQ(keys(type), Keys{"channels[2].channel"});
}

TEST(OrderTypeRules, AChannelForTheInsufficientNeedsOneBeforeIt) {
  OrderType type = good();
  std::swap(type.channels[0], type.channels[1]);
  EXPECT_EQ(keys(type), Keys{"channels[0].trigger"});
  type = good();
  type.channels[1].delay = days{1};
  EXPECT_EQ(keys(type), Keys{"channels[1].delay"});
}

TEST(OrderTypeRules, TimesAreSane) {
  OrderType type = good();
  type.timeout = hours{1};
  type.channels[0].delay = hours{1};
  EXPECT_EQ(keys(type), Keys{"channels[0].delay"});
  type.channels[0].delay = hours{1} - base::Duration{1};
  EXPECT_EQ(keys(type), Keys{});
  type = good();
  type.timeout = hours{1} - base::Duration{1};
  type.task_time = days{90} + base::Duration{1};
  EXPECT_EQ(keys(type), (Keys{"timeout", "task_time"}));
  type.timeout = days{365} + base::Duration{1};
  EXPECT_EQ(keys(type), (Keys{"timeout", "task_time"}));
  type.timeout = days{365};
  type.task_time = days{90};
  EXPECT_EQ(keys(type), Keys{});
}

TEST(OrderTypeRules, RemindersComeOneAfterTheOtherBeforeTheTaskEnds) {
  OrderType type = good();
  type.reminders = {days{3}, days{3}, days{10}, base::Duration{0}};
  EXPECT_EQ(keys(type), (Keys{"reminders[1]", "reminders[2]", "reminders[3]"}));
  type.reminders.clear();
  EXPECT_EQ(keys(type), Keys{});
  for (int i = 1; i <= 11; ++i) type.reminders.emplace_back(hours{i});
  EXPECT_EQ(keys(type), Keys{"reminders"});
}

TEST(OrderTypeRules, SufficiencyHasLimits) {
  OrderType type = good();
  type.sufficiency = {0, 10'001, true, 601};
  EXPECT_EQ(keys(type), (Keys{"sufficiency.sources", "sufficiency.facts", "sufficiency.months"}));
}

TEST(OrderTypeRules, OutputsAreReportsThatCanBeMade) {
  OrderType type = good();
  type.outputs = {{"x-ray", "pdf", {}}, {"apidata", "pdf", {}}, {"healthcheck", "pdf", {}}};
  EXPECT_EQ(keys(type), (Keys{"outputs[0].name", "outputs[1].format"}));
  type.outputs = {{"healthcheck", "pdf", {}}, {"healthcheck", "pdf", {}}};
  EXPECT_EQ(keys(type), Keys{"outputs[1]"});
  type.outputs.clear();
  EXPECT_EQ(keys(type), Keys{"outputs"});
}

TEST(OrderTypeRules, LevelsAreDecimalsOfRulesThatExist) {
  OrderType type = good();
  type.levels = {{"sbp-140", "135"}, {"a1c-65", "6.0"}};
  EXPECT_EQ(keys(type), Keys{});
  for (const char* wrong : {"", "high", "-1", "1.", ".5", "1.2.3", "1e9", "12345678901"}) {
    type.levels = {{"sbp-140", wrong}};
    EXPECT_EQ(keys(type), Keys{"levels.sbp-140"}) << wrong;
  }
  type.levels = {{"sbp-99", "99"}};
  EXPECT_EQ(keys(type), Keys{"levels.sbp-99"});
}

TEST(OrderTypeRules, OnlyCombinedIsMadeOfOthersAndOfItsOwn) {
  OrderType type = good();
  for (const std::vector<std::string>& bases :
       {std::vector<std::string>{}, {"ccdraw"}, {"apidata"}, {"healthcheck", "healthcheck"}}) {
    type.outputs[1].base_reports = bases;
    EXPECT_EQ(keys(type), Keys{"outputs[1].base_reports"});
  }
  type = good();
  type.outputs[0].base_reports = {"ccdraw"};
  EXPECT_EQ(keys(type), Keys{"outputs[0].base_reports"});
}

TEST(OrderTypeRules, EmailIsWaivedOnlyWhereNobodyIsContacted) {
  OrderType type = good();
  type.email_required = false;
  EXPECT_EQ(keys(type), Keys{"email_required"});
  type.channels.pop_back();
  EXPECT_EQ(keys(type), Keys{});
}

TEST(OrderTypeRules, EverythingThatIsWrongIsNamed) {
  OrderType type;
  type.timeout = {};
  EXPECT_EQ(keys(type), (Keys{"code", "alias", "channels", "timeout", "outputs"}));
}

TEST(OrderTypeRules, UsualNeedsIncludeTheAuthorization) {
  EXPECT_EQ(usual_needs(Channel::ehr).count(Field::hipaa_authorization), 1U);
  EXPECT_EQ(usual_needs(Channel::aps).count(Field::providers), 1U);
  EXPECT_TRUE(usual_needs(Channel::portal).empty());
}

}  // namespace
}  // namespace chartroom::order
