#include "api/resolution_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace chartroom::api {
namespace {

using Decision = app::TaskResolution::Decision;
using order::TaskKind;

constexpr base::Date kAnswerDay{2026, 1, 2};
constexpr TaskKind kKinds[] = {
    TaskKind::missing_information, TaskKind::connect_portal, TaskKind::special_authorization,
    TaskKind::identity_review,     TaskKind::extra_fee,      TaskKind::provider_question};

auto read(const std::string& body, TaskKind kind) {
  return read_resolution(boost::json::parse(body).as_object(), kind, kAnswerDay);
}

TEST(Resolution, EveryKindMayBeDeclined) {
  for (const auto kind : kKinds) {
    const auto read_back = read(R"({"decision":"decline"})", kind);
    ASSERT_TRUE(read_back);
    EXPECT_EQ(read_back->decision, Decision::decline);
  }
}

TEST(Resolution, AReviewIsDecidedAndNothingElseIs) {
  EXPECT_EQ(read(R"({"decision":"release"})", TaskKind::identity_review)->decision,
            Decision::release);
  EXPECT_EQ(read(R"({"decision":"reject"})", TaskKind::identity_review)->decision,
            Decision::reject);
  for (const auto kind : {TaskKind::missing_information, TaskKind::special_authorization,
                          TaskKind::provider_question}) {
    const auto refused = read(R"({"decision":"release"})", kind);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "\"decision\" must be one of [decline]");
  }
}

TEST(Resolution, APortalsOtherAnswersAreLeftToTheUseCase) {
  for (const auto* body :
       {"{}", R"({"decision":"release"})", R"({"firstName":"A"})", R"({"attachments":[]})"}) {
    const auto read_back = read(body, TaskKind::connect_portal);
    ASSERT_TRUE(read_back) << body;
    EXPECT_EQ(read_back->decision, Decision::none);
    EXPECT_FALSE(read_back->given.first_name);
  }
  EXPECT_FALSE(read(R"({"portal":"x"})", TaskKind::connect_portal));
}

TEST(Resolution, InformationIsReadByTheRulesOfAnOrder) {
  const auto read_back = read(R"({"firstName":"A","lastName":"B","gender":"other",
      "dateOfBirth":"3/23/89","phone":"411-133-2332","address":{"street1":"1 Road","zip":712},
      "providers":[{"organizationName":"O","npi":""}],
      "attachments":[{"type":"hipaaAuthorization","contentType":"image/tiff","encoding":"base64",
                      "content":"AAEC"}]})",
                              TaskKind::missing_information);
  ASSERT_TRUE(read_back);
  const auto& given = read_back->given;
  EXPECT_EQ(read_back->decision, Decision::none);
  EXPECT_EQ(given.date_of_birth, (base::Date{1989, 3, 23}));
  EXPECT_EQ(given.address->zip, "00712");
  ASSERT_EQ(given.providers.size(), 1U);
  EXPECT_FALSE(given.providers[0].npi);
  ASSERT_EQ(given.attachments.size(), 1U);
  EXPECT_EQ(given.attachments[0].content.reveal(), std::string("\0\1\2", 3));
}

TEST(Resolution, NamesEverythingThatIsWrong) {
  const auto refused = read(R"({"decision":"x","gender":1,"address":{"city":""},"ssn":"1"})",
                            TaskKind::missing_information);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().keys,
            (std::vector<std::string>{"decision", "gender", "address.city", "ssn"}));
}

TEST(Resolution, ADecisionStandsAlone) {
  const auto refused =
      read(R"({"decision":"decline","firstName":"A"})", TaskKind::missing_information);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().keys, std::vector<std::string>{"decision"});
}

TEST(Resolution, SomethingMustBeSaid) {
  EXPECT_TRUE(read("{}", TaskKind::missing_information).error().keys.empty());
  EXPECT_EQ(read("{}", TaskKind::special_authorization).error().keys,
            std::vector<std::string>{"attachments"});
  for (const auto kind : {TaskKind::identity_review, TaskKind::extra_fee}) {
    EXPECT_EQ(read("{}", kind).error().keys, std::vector<std::string>{"decision"});
  }
}

TEST(Resolution, AFeeIsApprovedOrDeclined) {
  EXPECT_EQ(read(R"({"decision":"approve"})", TaskKind::extra_fee)->decision, Decision::approve);
  EXPECT_EQ(read(R"({"decision":"release"})", TaskKind::extra_fee).error().message,
            "\"decision\" must be one of [approve, decline]");
  EXPECT_EQ(read(R"({"firstName":"A","decision":"approve"})", TaskKind::extra_fee).error().keys,
            std::vector<std::string>{"firstName"});
  EXPECT_FALSE(read(R"({"decision":"approve"})", TaskKind::identity_review));
}

TEST(Resolution, AQuestionIsAnsweredInATextOfSomeLength) {
  const auto answered = read(R"({"answer":"2012 to 2015"})", TaskKind::provider_question);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answer, "2012 to 2015");
  EXPECT_EQ(answered->decision, Decision::none);
  const std::string longest(base::limits::kAnswerCodePoints, 'x');
  EXPECT_TRUE(read(R"({"answer":")" + longest + "\"}", TaskKind::provider_question));
  for (const std::string& body :
       {std::string("{}"), std::string(R"({"answer":""})"), std::string(R"({"answer":" "})"),
        std::string(R"({"answer":7})"), R"({"answer":"x)" + longest + "\"}"}) {
    const auto refused = read(body, TaskKind::provider_question);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().keys, std::vector<std::string>{"answer"});
  }
  EXPECT_FALSE(read(R"({"decision":"decline","answer":"x"})", TaskKind::provider_question));
  EXPECT_FALSE(read(R"({"answer":"x"})", TaskKind::missing_information));
}

TEST(Resolution, AFormMustBeAnAuthorization) {
  for (const auto* content : {R"([])",
                              R"([{"type":"other","contentType":"application/pdf",
                                   "encoding":"base64","content":"AAEC"}])",
                              R"([{"type":"hipaaAuthorization","contentType":"application/pdf",
                                   "encoding":"base64","content":""}])"}) {
    const auto refused =
        read(std::string(R"({"attachments":)") + content + "}", TaskKind::special_authorization);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().keys, std::vector<std::string>{"attachments"});
  }
}

}  // namespace
}  // namespace chartroom::api
