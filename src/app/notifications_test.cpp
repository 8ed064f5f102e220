#include "app/notifications.hpp"

#include <gtest/gtest.h>

namespace chartroom::app {
namespace {

const base::TimePoint kAt = base::from_unix_ms(1664472146406);

Subject subject() {
  return {"774b9e333ec3e57b9f86b432be4da21a66901d81", "128a11a292db0de2516a5feeaee8ac98",
          "6261a73f8f6b99987c2f5baa", "Policy_001", R"({"property":"value"})"};
}

order::Order completed() {
  order::Order order;
  order.id = "cd3f23e0-c1a3-11ec-abe5-6bfedf51c8a8";
  order.state = order::State::completed;
  order.reports_available = order.data_available = true;
  return order;
}

TEST(Notifications, OrderSummaryIsTheDocumentedOneKeyByKey) {
  StoredReport health;
  health.id = "r1";
  health.name = "healthcheck";
  health.file_extension = "pdf";
  StoredReport combined;
  combined.id = "r2";
  combined.name = "combined";
  combined.file_extension = "pdf";
  combined.base_report_names = {"highlights", "ccdraw"};
  EXPECT_EQ(
      order_summary_body("b2c02b0f-7c43-42d0-941e-c1baded6aa35", subject(), completed(),
                         order::State::completed, {health, combined}, kAt, "https://admin.example"),
      R"([{"timestamp":"2022-09-29T17:22:26.406Z","eventId":"b2c02b0f-7c43-42d0-941e-c1baded6aa35",)"
      R"("orderId":"cd3f23e0-c1a3-11ec-abe5-6bfedf51c8a8","eventType":"orders.OrderSummaryUpdated",)"
      R"("eventGroup":"order","humanId":"128a11a292db0de2516a5feeaee8ac98",)"
      R"("clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81","userId":"6261a73f8f6b99987c2f5baa",)"
      R"("clientUserId":"Policy_001","clientData":{"property":"value"},)"
      R"("eventPayload":{"orderStatus":"completed","timedOut":false,"reportsAvailable":true,)"
      R"("reports":[{"id":"r1","name":"healthcheck","fileExtension":"pdf",)"
      R"("uri":"https://admin.example/api/v1/user/reports/r1"},)"
      R"({"id":"r2","name":"combined","baseReportNames":["highlights","ccdraw"],"fileExtension":"pdf",)"
      R"("uri":"https://admin.example/api/v1/user/reports/r2"}],)"
      R"("dataAvailable":true,"fcraSuppressed":false}}])");
}

TEST(Notifications, OrderStatusIsTheDocumentedOneKeyByKey) {
  Subject without = subject();
  without.client_data_json.reset();
  EXPECT_EQ(
      order_status_body(without, order::State::in_progress, kAt, "https://admin.example"),
      R"([{"humanId":"128a11a292db0de2516a5feeaee8ac98","clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81",)"
      R"("userId":"6261a73f8f6b99987c2f5baa","clientUserId":"Policy_001",)"
      R"("updatedAt":"2022-09-29T17:22:26.406Z","action":"status",)"
      R"("endpoint":"https://admin.example/api/v1/users","property":"orderState","topic":"order",)"
      R"("value":"In Progress","clientData":{}}])");
}

TEST(Notifications, ReportsAreAbsentWhenThereAreNone) {
  order::Order order = completed();
  order.reports_available = order.data_available = false;
  const std::string body =
      order_summary_body("e", subject(), order, order::State::completed, {}, kAt, "u");
  EXPECT_EQ(body.find("\"reports\""), std::string::npos);
  EXPECT_NE(body.find("\"reportsAvailable\":false"), std::string::npos);
}

TEST(Notifications, ClientDataComeBackAsTheyWereSent) {
  Subject exact = subject();
  exact.client_data_json =
      R"({"rate":0.5,"big":123456789012345678901234567890,"text":"\u0001clientData"})";
  for (const std::string& body :
       {order_status_body(exact, order::State::completed, kAt, "u"),
        order_summary_body("e", exact, completed(), order::State::completed, {}, kAt, "u")}) {
    EXPECT_NE(body.find("\"clientData\":" + *exact.client_data_json), std::string::npos) << body;
  }
  Subject hostile = subject();
  hostile.client_user_id =
      "\x01"
      "clientData";
  const std::string body = order_status_body(hostile, order::State::completed, kAt, "u");
  EXPECT_NE(body.find(R"("clientData":{"property":"value"})"), std::string::npos) << body;
}

order::Task task() {
  order::Task made;
  made.id = "b8d7a2c6-91c3-8f0e-9a57-0d2f6f0b7a11";
  made.kind = order::TaskKind::special_authorization;
  made.assignee = order::Assignee::applicant;
  made.channel = order::Channel::aps;
  made.opened_at = kAt;
  made.due_at = kAt + std::chrono::days{10};
  return made;
}

TEST(Notifications, TaskStatusIsFlatLikeTheOrderStatus) {
  EXPECT_EQ(
      task_status_body(subject(), "o1", task(), kAt, "https://admin.example"),
      R"([{"humanId":"128a11a292db0de2516a5feeaee8ac98","clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81",)"
      R"("userId":"6261a73f8f6b99987c2f5baa","clientUserId":"Policy_001",)"
      R"("updatedAt":"2022-09-29T17:22:26.406Z","action":"status",)"
      R"("endpoint":"https://admin.example/api/v1/users","property":"taskState","topic":"task",)"
      R"("value":"Open","taskId":"b8d7a2c6-91c3-8f0e-9a57-0d2f6f0b7a11",)"
      R"("taskType":"special_authorization","orderId":"o1","assignee":"applicant",)"
      R"("clientData":{"property":"value"}}])");
}

TEST(Notifications, TaskUpdatedIsAnEnvelopeLikeTheOrderSummary) {
  order::Task closed = task();
  closed.state = order::TaskState::resolved;
  closed.closed_at = kAt + std::chrono::hours{1};
  EXPECT_EQ(
      task_updated_body("e1", subject(), "o1", closed, kAt + std::chrono::hours{1}),
      R"([{"timestamp":"2022-09-29T18:22:26.406Z","eventId":"e1","orderId":"o1",)"
      R"("eventType":"tasks.TaskUpdated","eventGroup":"task",)"
      R"("humanId":"128a11a292db0de2516a5feeaee8ac98","clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81",)"
      R"("userId":"6261a73f8f6b99987c2f5baa","clientUserId":"Policy_001",)"
      R"("clientData":{"property":"value"},"eventPayload":{)"
      R"("taskId":"b8d7a2c6-91c3-8f0e-9a57-0d2f6f0b7a11","taskType":"special_authorization",)"
      R"("taskState":"Resolved","assignee":"applicant","channel":"offline",)"
      R"("openedAt":"2022-09-29T17:22:26.406Z","dueAt":"2022-10-09T17:22:26.406Z",)"
      R"("closedAt":"2022-09-29T18:22:26.406Z"}}])");
}

TEST(Notifications, TasksHaveAWordForEveryKindAndState) {
  using order::TaskKind;
  using order::TaskState;
  EXPECT_STREQ(task_type_word(TaskKind::missing_information), "missing_information");
  EXPECT_STREQ(task_type_word(TaskKind::connect_portal), "connect_portal");
  EXPECT_STREQ(task_type_word(TaskKind::identity_review), "identity_review");
  EXPECT_STREQ(task_type_word(TaskKind::extra_fee), "extra_fee");
  EXPECT_STREQ(task_type_word(TaskKind::provider_question), "provider_question");
  EXPECT_STREQ(task_state_word(TaskState::expired), "Expired");
  EXPECT_STREQ(task_state_word(TaskState::withdrawn), "Withdrawn");
}

VendorNote note() {
  return {"sent", "Request sent", {"Maxwell Forrest M.D."}, {"p1", "p2"}, "HAPI-12345"};
}

TEST(Notifications, VendorNoteIsTheDocumentedOneKeyByKey) {
  EXPECT_EQ(
      vendor_note_body("e1", subject(), "o1", order::Channel::aps, note(), kAt, false),
      R"([{"timestamp":"2022-09-29T17:22:26.406Z","eventId":"e1","orderId":"o1",)"
      R"("eventType":"integrations.VendorNoteCreated","eventGroup":"offline",)"
      R"("eventPayload":{"note":"Request sent","providerNames":["Maxwell Forrest M.D."],)"
      R"("providerIds":["p1","p2"],"clientProviderId":"HAPI-12345"},)"
      R"("userId":"6261a73f8f6b99987c2f5baa","clientUserId":"Policy_001",)"
      R"("humanId":"128a11a292db0de2516a5feeaee8ac98","clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81",)"
      R"("clientData":{"property":"value"}}])");
}

TEST(Notifications, VendorNoteHasTheOldTimestampWhereItIsWanted) {
  VendorNote bare = note();
  bare.provider_ids.clear();
  bare.client_provider_id.clear();
  Subject without = subject();
  without.client_data_json.reset();
  EXPECT_EQ(
      vendor_note_body("e1", without, "o1", order::Channel::portal, bare, kAt, true),
      R"([{"timestamp":"2022-09-29T17:22:26.406000","eventId":"e1","orderId":"o1",)"
      R"("eventType":"integrations.VendorNoteCreated","eventGroup":"portal",)"
      R"("eventPayload":{"note":"Request sent","providerNames":["Maxwell Forrest M.D."],)"
      R"("providerIds":[]},"userId":"6261a73f8f6b99987c2f5baa","clientUserId":"Policy_001",)"
      R"("humanId":"128a11a292db0de2516a5feeaee8ac98","clientId":"774b9e333ec3e57b9f86b432be4da21a66901d81"}])");
}

TEST(Notifications, TestNamesNobody) {
  EXPECT_EQ(test_body("e1", "c1", kAt),
            R"([{"timestamp":"2022-09-29T17:22:26.406Z","eventId":"e1",)"
            R"("eventType":"webhooks.Test","eventGroup":"test","clientId":"c1"}])");
}

}  // namespace
}  // namespace chartroom::app
