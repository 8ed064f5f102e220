// The suite's part about what leaves: destinations of reports, and how receivers are convinced of
// who is calling. Runs for every engine.
#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using Secret = base::Sensitive<std::string>;
using Auth = app::OutgoingAuth;

Auth full_auth(base::TimePoint at) {
  Auth auth;
  auth.type = Auth::Type::oauth2;
  auth.token_url = "https://login.example/token";
  auth.client_id = "chartroom";
  auth.client_secret = Secret("OAUTH-MARKER-17");
  auth.scope = "reports.write";
  auth.secret_in_body = true;
  auth.certificate =
      app::ClientCertificate{"CERTIFICATE", Secret("KEY-MARKER-18"), "CN=chartroom", at};
  return auth;
}

app::Destination destination(const std::string& id, const std::string& name, base::TimePoint at) {
  app::Destination out;
  out.id = id;
  out.name = name;
  out.kind = app::Destination::Kind::presigned;
  out.url = "https://insurer.example/URL-MARKER-19";
  out.reports = {"healthcheck.pdf", "apidata"};
  out.authentication = full_auth(at);
  out.headers = {{"X-Key", Secret("HEADER-MARKER-20")}};
  out.upload_authentication = false;
  out.upload_headers = {{"x-ms-blob-type", Secret("BlockBlob")}};
  out.private_key = Secret("SSH-MARKER-21");
  out.host_keys = {"SHA256:abc"};
  out.created_at = at;
  return out;
}

TEST_P(StoreTest, DestinationsComeBackAsTheyWentAndAreSealed) {
  const app::Destination first = destination("d1", "archive", now());
  app::Destination second = destination("d2", "mirror", now());
  second.kind = app::Destination::Kind::sftp;
  second.authentication = {};
  second.authentication.type = Auth::Type::basic;
  second.authentication.user = "us";
  second.authentication.password = Secret("BASIC-MARKER-22");
  ASSERT_TRUE(alpha_->commit({app::InsertDestination{first}, app::InsertDestination{second}}));
  EXPECT_EQ(alpha_->find_destination("d1").value(), first);
  EXPECT_EQ(alpha_->destinations().value(), (std::vector{first, second}));
  EXPECT_TRUE(beta_->destinations().value().empty()) << "another tenant's";
  EXPECT_EQ(beta_->find_destination("d1").value(), std::nullopt);

  const std::string raw = bench_->raw_bytes();
  for (const char* marker : {"OAUTH-MARKER-17", "KEY-MARKER-18", "URL-MARKER-19",
                             "HEADER-MARKER-20", "SSH-MARKER-21", "BASIC-MARKER-22"}) {
    EXPECT_EQ(raw.find(marker), std::string::npos) << marker << " is stored in clear";
  }
}

TEST_P(StoreTest, ADestinationsNameIsTakenOncePerApplication) {
  const auto insert = [&](const std::string& id, const std::string& name) {
    return app::InsertDestination{destination(id, name, now())};
  };
  ASSERT_TRUE(alpha_->commit({insert("d1", "archive")}));
  for (const auto& taken : {insert("d1", "other"), insert("d2", "archive")}) {
    const auto refused = alpha_->commit({taken});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().field, "InsertDestination");
  }
  EXPECT_TRUE(beta_->commit({insert("d1", "archive")})) << "another application's is another one";
  const auto unknown = alpha_->commit({app::DeleteDestination{"d9"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  ASSERT_TRUE(alpha_->commit({app::DeleteDestination{"d1"}}));
  EXPECT_EQ(alpha_->find_destination("d1").value(), std::nullopt);
  EXPECT_TRUE(beta_->find_destination("d1").value());
  EXPECT_TRUE(alpha_->commit({insert("d3", "archive")})) << "the name is free again";
}

TEST_P(StoreTest, AWebhooksAuthenticationComesBackAndIsSealed) {
  app::WebhookEndpoint endpoint;
  endpoint.id = "w1";
  endpoint.url = "https://insurer.example/hook";
  endpoint.secret = Secret("whsec_bmV3");
  endpoint.created_at = endpoint.updated_at = now();
  endpoint.authentication = full_auth(now());
  ASSERT_TRUE(alpha_->commit({app::InsertWebhook{endpoint}}));
  EXPECT_EQ(alpha_->find_webhook("w1").value()->authentication, endpoint.authentication);
  const std::string raw = bench_->raw_bytes();
  for (const char* marker : {"OAUTH-MARKER-17", "KEY-MARKER-18"}) {
    EXPECT_EQ(raw.find(marker), std::string::npos) << marker << " is stored in clear";
  }
  endpoint.version = 1;
  endpoint.authentication = {};
  ASSERT_TRUE(alpha_->commit({app::UpdateWebhook{endpoint}}));
  EXPECT_EQ(alpha_->find_webhook("w1").value()->authentication, Auth{});
}

}  // namespace
}  // namespace chartroom::store::testing
