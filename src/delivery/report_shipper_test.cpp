#include "delivery/report_shipper.hpp"

#include <gtest/gtest.h>

#include "delivery/testing.hpp"

namespace chartroom::delivery {
namespace {

using namespace std::chrono_literals;
using ShipSecret = base::Sensitive<std::string>;

class KeepingFileSender final : public app::FileSender {
 public:
  base::Result<void> send(const app::FileUpload& upload) override {
    sent.push_back(upload);
    content = upload.content;
    return answer;
  }
  base::Result<void> answer;
  std::vector<app::FileUpload> sent;
  std::string content;
};

class SeededRandom final : public base::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 1;
};

class Shipping : public ::testing::Test {
 protected:
  Shipping() {
    to_.id = "d1";
    to_.name = "archive";
    to_.url = "https://customer.example/reports";
    to_.authentication.type = app::OutgoingAuth::Type::basic;
    to_.authentication.user = "u";
    to_.authentication.password = ShipSecret("p");
    to_.authentication.certificate = app::ClientCertificate{"CERT", ShipSecret("KEY"), "CN=us", {}};
    to_.headers = {{"X-Key", ShipSecret("7")}};
    shipment_.id = "ship-1";
    shipment_.file_name = "order_healthcheck_report.pdf";
    shipment_.content_type = "application/pdf";
    shipment_.metadata_json = R"({"orderId":"o"})";
    shipment_.content = ShipSecret("%PDF");
  }
  app::ReportShipper::Outcome ship(app::Destination::Kind kind) {
    to_.kind = kind;
    return shipper_->ship(to_, shipment_);
  }
  app::ReportShipper::Outcome ship_presigned(int status, std::string body) {
    client_.then(status, std::move(body));
    return ship(app::Destination::Kind::presigned);
  }

  doubles::ScriptedClient client_;
  doubles::ManualClock clock_;
  Authenticator authenticator_{client_, clock_};
  KeepingFileSender files_;
  SeededRandom random_;
  std::unique_ptr<app::ReportShipper> shipper_ =
      make_report_shipper(authenticator_, files_, random_);
  app::Destination to_;
  app::Shipment shipment_;
};

TEST_F(Shipping, ByMultipartPostsMetadataAndFile) {
  const auto outcome = ship(app::Destination::Kind::multipart);
  EXPECT_TRUE(outcome.accepted);
  ASSERT_EQ(client_.sent.size(), 1U);
  const app::OutgoingRequest& sent = client_.sent[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, to_.url);
  EXPECT_EQ(sent.timeout, kUploadTimeout);
  EXPECT_EQ(sent.certificate, to_.authentication.certificate);
  EXPECT_EQ(client_.header(0, "idempotency-key"), "ship-1");
  EXPECT_EQ(client_.header(0, "X-Key"), "7");
  EXPECT_EQ(client_.header(0, "authorization"), "Basic dTpw");
  ASSERT_EQ(sent.form.size(), 2U);
  EXPECT_EQ(sent.form[0].name, "metadata");
  EXPECT_EQ(sent.form[0].content_type, "application/json");
  EXPECT_EQ(sent.form[0].file_name, "");
  EXPECT_EQ(sent.form[0].body, shipment_.metadata_json);
  EXPECT_EQ(sent.form[1].name, "file");
  EXPECT_EQ(sent.form[1].content_type, "application/pdf");
  EXPECT_EQ(sent.form[1].file_name, shipment_.file_name);
  EXPECT_EQ(sent.form[1].body, "%PDF");
}

TEST_F(Shipping, ByMultipartIsJudgedByTheStatus) {
  for (const int status : {200, 201, 202, 204}) {
    client_.then(status);
    EXPECT_TRUE(ship(app::Destination::Kind::multipart).accepted) << status;
  }
  const std::pair<int, const char*> failures[] = {
      {302, "redirect"}, {400, "refused"}, {503, "endpoint failed"}, {199, "unexpected status"}};
  for (const auto& [status, words] : failures) {
    client_.then(status);
    const auto outcome = ship(app::Destination::Kind::multipart);
    EXPECT_FALSE(outcome.accepted);
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.error, words);
  }
  client_.otherwise = base::fail(base::ErrorCode::unavailable, "tls failure");
  EXPECT_EQ(ship(app::Destination::Kind::multipart).error, "tls failure");
}

TEST_F(Shipping, ByPresignedUrlAsksAndUploads) {
  const auto outcome =
      ship_presigned(201, R"({"url":"https://store.example/put?sig=1","method":"put"})");
  EXPECT_TRUE(outcome.accepted);
  ASSERT_EQ(client_.sent.size(), 2U);
  EXPECT_EQ(client_.sent[0].url, to_.url);
  EXPECT_EQ(client_.sent[0].body, shipment_.metadata_json);
  EXPECT_EQ(client_.header(0, "content-type"), "application/json");
  EXPECT_EQ(client_.header(0, "idempotency-key"), "ship-1");
  EXPECT_EQ(client_.sent[1].url, "https://store.example/put?sig=1");
  EXPECT_EQ(client_.sent[1].method, "PUT");
  EXPECT_EQ(client_.sent[1].body, "%PDF");
  EXPECT_EQ(client_.header(1, "content-type"), "application/pdf");
  for (const std::size_t request : {0U, 1U}) {
    EXPECT_EQ(client_.header(request, "authorization"), "Basic dTpw");
    EXPECT_EQ(client_.header(request, "X-Key"), "7");
    EXPECT_EQ(client_.sent[request].certificate, to_.authentication.certificate);
  }
}

TEST_F(Shipping, TheUploadMayGoWithoutAuthenticationAndWithHeadersOfItsOwn) {
  to_.upload_authentication = false;
  to_.upload_headers = {{"x-ms-blob-type", ShipSecret("BlockBlob")}};
  EXPECT_TRUE(ship_presigned(201, R"({"url":"https://store.example/put"})").accepted);
  ASSERT_EQ(client_.sent.size(), 2U);
  EXPECT_EQ(client_.header(0, "x-ms-blob-type"), std::nullopt);
  EXPECT_EQ(client_.header(1, "x-ms-blob-type"), "BlockBlob");
  EXPECT_EQ(client_.header(1, "authorization"), std::nullopt);
  EXPECT_EQ(client_.header(1, "X-Key"), std::nullopt);
  EXPECT_FALSE(client_.sent[1].certificate);
}

TEST_F(Shipping, TheAnswerNamesTheUrlInThreeWaysAndTheMethodOrNot) {
  for (const char* body :
       {R"({"url":"https://s.example/"})", R"({"preSignedUrl":"https://s.example/"})",
        R"({"presignedUrl":"https://s.example/","method":"POST"})",
        R"({"url":"https://s.example/","method":null,"more":1})"}) {
    EXPECT_TRUE(ship_presigned(201, body).accepted) << body;
    EXPECT_EQ(client_.sent.back().method, "POST");
    EXPECT_EQ(client_.sent.back().url, "https://s.example/");
  }
}

TEST_F(Shipping, OnlyA201IsAnAnswerWithAUrl) {
  const std::pair<int, const char*> failures[] = {{200, "unexpected status"},
                                                  {202, "unexpected status"},
                                                  {400, "refused"},
                                                  {401, "refused"},
                                                  {500, "endpoint failed"}};
  for (const auto& [status, words] : failures) {
    client_.sent.clear();
    const auto outcome = ship_presigned(status, R"({"url":"https://store.example/"})");
    EXPECT_FALSE(outcome.accepted);
    EXPECT_EQ(outcome.error, words) << status;
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(client_.sent.size(), 1U);
  }
}

TEST_F(Shipping, AnswersThatCannotBeFollowed) {
  const std::pair<std::string, const char*> answers[] = {
      {"", "answer without url"},
      {"[]", "answer without url"},
      {"{}", "answer without url"},
      {R"({"url":7})", "answer without url"},
      {R"({"url":""})", "answer without url"},
      {R"({"url":"ftp://s.example/"})", "answer with a bad url"},
      {R"({"url":"http://s.example/"})", "answer with a bad url"},
      {R"({"url":"https://u:p@s.example/"})", "answer with a bad url"},
      {R"({"url":"https://s.example/)" + std::string(kUploadUrlCharacters, 'a') + "\"}",
       "answer with a bad url"},
      {R"({"url":"https://s.example/","method":"DELETE"})", "answer with another method"},
      {R"({"url":"https://s.example/","method":1})", "answer with another method"}};
  for (const auto& [body, words] : answers) {
    client_.sent.clear();
    const auto outcome = ship_presigned(201, body);
    EXPECT_FALSE(outcome.accepted);
    EXPECT_EQ(outcome.error, words) << body.substr(0, 80);
    EXPECT_EQ(client_.sent.size(), 1U);
  }
  to_.url = "http://127.0.0.1:8/reports";
  EXPECT_TRUE(ship_presigned(201, R"({"url":"http://127.0.0.1:9/"})").accepted) << "in a sandbox";
}

TEST_F(Shipping, AFailedUploadSaysSoWithoutTheUrl) {
  client_.then(201, R"({"url":"https://store.example/SECRET"})");
  client_.then(403);
  auto outcome = ship(app::Destination::Kind::presigned);
  EXPECT_FALSE(outcome.accepted);
  EXPECT_EQ(outcome.error, "upload: refused");
  EXPECT_EQ(outcome.status, 403);
  client_.then(201, R"({"url":"https://store.example/SECRET"})");
  client_.otherwise = base::fail(base::ErrorCode::unavailable, "blocked address");
  outcome = ship(app::Destination::Kind::presigned);
  EXPECT_EQ(outcome.error, "upload: blocked address");
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(Shipping, BySftpSendsTheFileUnderATemporaryNameOfItsOwn) {
  to_.url = "sftp://us@files.example/in";
  to_.private_key = ShipSecret("SSH KEY");
  to_.host_keys = {"SHA256:abc"};
  EXPECT_TRUE(ship(app::Destination::Kind::sftp).accepted);
  EXPECT_TRUE(ship(app::Destination::Kind::sftp).accepted);
  ASSERT_EQ(files_.sent.size(), 2U);
  EXPECT_TRUE(client_.sent.empty());
  const app::FileUpload& sent = files_.sent[0];
  EXPECT_EQ(sent.url, to_.url);
  EXPECT_EQ(sent.private_key.reveal(), "SSH KEY");
  EXPECT_EQ(sent.host_keys, to_.host_keys);
  EXPECT_EQ(sent.file_name, shipment_.file_name);
  EXPECT_EQ(files_.content, "%PDF");
  EXPECT_EQ(sent.temporary_name, ".order_healthcheck_report.pdf.01020304.part");
  EXPECT_NE(sent.temporary_name, files_.sent[1].temporary_name);
  files_.answer = base::fail(base::ErrorCode::unavailable, "host key is another");
  const auto outcome = ship(app::Destination::Kind::sftp);
  EXPECT_FALSE(outcome.accepted);
  EXPECT_EQ(outcome.error, "host key is another");
}

TEST_F(Shipping, WaitsAndGivesUpAsTheScheduleSays) {
  EXPECT_LE(shipper_->delay_after(1).value(), base::Duration(1200ms));
  EXPECT_GE(shipper_->delay_after(6).value(), base::Duration(12min));
  EXPECT_EQ(shipper_->delay_after(36), std::nullopt);
}

}  // namespace
}  // namespace chartroom::delivery
