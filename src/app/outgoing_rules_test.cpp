#include "app/outgoing_rules.hpp"

#include <gtest/gtest.h>

namespace chartroom::app {
namespace {

TEST(OutgoingRules, SecretsAndUsers) {
  EXPECT_FALSE(broken_secret_rule("correct horse, ünïcode and : too"));
  EXPECT_FALSE(broken_secret_rule(std::string(kCredentialBytes, 'x')));
  for (const std::string& bad :
       {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"),
        std::string("\xff"), std::string(kCredentialBytes + 1, 'x')}) {
    EXPECT_TRUE(broken_secret_rule(bad));
    EXPECT_TRUE(broken_user_rule(bad));
  }
  EXPECT_FALSE(broken_user_rule("us"));
  EXPECT_TRUE(broken_user_rule("us:them"));
}

TEST(OutgoingRules, Scopes) {
  EXPECT_FALSE(broken_scope_rule("a"));
  EXPECT_FALSE(broken_scope_rule("reports.write https://x/y"));
  for (const char* bad : {"", " a", "a ", "a  b", "a\"b", "a\\b", "a\tb", "ä"}) {
    EXPECT_TRUE(broken_scope_rule(bad)) << bad;
  }
}

TEST(OutgoingRules, DestinationNames) {
  EXPECT_TRUE(is_destination_name("archive-2"));
  EXPECT_TRUE(is_destination_name(std::string(kDestinationNameBytes, 'a')));
  for (const std::string& bad :
       {std::string(), std::string("A"), std::string("-a"), std::string("a b"), std::string("a/b"),
        std::string(kDestinationNameBytes + 1, 'a')}) {
    EXPECT_FALSE(is_destination_name(bad)) << bad;
  }
}

TEST(OutgoingRules, SftpUrls) {
  auto place = read_sftp_url("sftp://us@files.example.com:2222/in/new%20ones/");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->user, "us");
  EXPECT_EQ(place->host, "files.example.com");
  EXPECT_EQ(place->port, 2222);
  EXPECT_EQ(place->directory, "/in/new ones");
  place = read_sftp_url("sftp://us@[2001:db8::1]/~/in");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->host, "2001:db8::1");
  EXPECT_EQ(place->port, 22);
  EXPECT_EQ(place->directory, "in") << "below the home";
  EXPECT_EQ(read_sftp_url("sftp://us@host")->directory, "");
  EXPECT_EQ(read_sftp_url("sftp://us@host/~")->directory, "");
  EXPECT_EQ(read_sftp_url("sftp://us@host/")->directory, "/");
  for (const char* bad :
       {"", "sftp://host/in", "sftp://us:pw@host/in", "https://us@host/in", "sftp://us@/in",
        "sftp://us@host/in?x", "sftp://us@host/in#x", "sftp://us@host:0/", "sftp://us@host:70000/",
        "sftp://us@host/a%0ab", "sftp://us@host/a\nb", "/in"}) {
    EXPECT_FALSE(read_sftp_url(bad)) << bad;
    EXPECT_TRUE(broken_sftp_url_rule(bad)) << bad;
  }
}

TEST(OutgoingRules, Reports) {
  for (const char* good : {"healthcheck", "healthcheck.pdf", "combined.pdf", "*.json", "apidata"}) {
    EXPECT_FALSE(broken_report_rule(good)) << good;
  }
  for (const char* bad :
       {"", "*", "*.docx", "healthcheck.docx", "health", "healthcheck.", ".pdf"}) {
    EXPECT_TRUE(broken_report_rule(bad)) << bad;
  }
}

TEST(OutgoingRules, HostKeys) {
  const std::string good = "SHA256:" + std::string(42, 'x') + "w";
  EXPECT_TRUE(is_host_key("SHA256:DweJ3LrT2C9w3Uc7gaRMqGu4OwJuidKqenXJ+D+I0OQ"));
  EXPECT_TRUE(is_host_key(good));
  for (const std::string& bad :
       {std::string(), std::string("SHA256:"), good + "=", good + "x", "MD5:" + good,
        good.substr(7), "sha256:" + good.substr(7), "SHA256:" + std::string(43, 'x')}) {
    EXPECT_FALSE(is_host_key(bad)) << bad;
  }
}

}  // namespace
}  // namespace chartroom::app
