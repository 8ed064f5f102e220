#include "main/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace chartroom::cli {
namespace {

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("chartroom-config-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::filesystem::path path_;
};

TEST(Config, LaterSourcesWin) {
  const ConfigFile file("listen = \"127.0.0.1:1\"\nlog_level = \"error\"\nworker_threads = 2\n");
  const auto config =
      load_config(file.path_, {{"listen", "127.0.0.1:2"}}, {{"log_level", "debug"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen, "127.0.0.1:2");
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_EQ(config->worker_threads, 2U);
}

TEST(Config, TheDatabaseIsCheckedAndItsPasswordNeverRepeated) {
  const auto good =
      load_config({}, {{"database", "postgres://me:SECRET-3@db1,db2/chart"}},
                  {{"database_pool_size", "3"}, {"database_statement_timeout", "2m"}});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_TRUE(good->has_database());
  EXPECT_EQ(good->database_pool_size, 3U);
  EXPECT_EQ(good->database_statement_timeout, std::chrono::minutes{2});
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"database", "mysql://me:SECRET-3@db1/chart"},
           {"database_pool_size", "2"},
           {"database_pool_size", "201"},
           {"database_connect_timeout", "0s"},
           {"database_tcp_timeout", "1h"}}) {
    const auto refused = load_config({}, {{name, value}}, {});
    ASSERT_FALSE(refused) << name << "=" << value;
    EXPECT_NE(refused.error().message.find("environment: " + name + ": must be"), std::string::npos)
        << refused.error().message;
    EXPECT_EQ(refused.error().message.find("SECRET-3"), std::string::npos);
  }
}

TEST(Config, RefusesWhatItDoesNotKnowAndSaysWhere) {
  const ConfigFile file("listne = \"127.0.0.1:1\"\n");
  const auto config = load_config(file.path_, {}, {});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("unknown setting listne"), std::string::npos);
  EXPECT_NE(config.error().message.find(".toml"), std::string::npos);
}

TEST(Config, RefusesImpossibleValues) {
  const std::array<Settings, 16> wrong{{{{"token_life", "59s"}},
                                        {{"token_life", "25h"}},
                                        {{"token_life", "60"}},
                                        {{"token_failures_per_client", "0"}},
                                        {{"actions_per_user", "100001"}},
                                        {{"trusted_proxies", "proxy.example.com"}},
                                        {{"trusted_proxies", "127.0.0.1,"}},
                                        {{"trusted_proxies", "10.0.0.0/8"}},
                                        {{"listen", "8080"}},
                                        {{"listen", "127.0.0.1:99999"}},
                                        {{"roles", "api,cook"}},
                                        {{"worker_threads", "0"}},
                                        {{"worker_threads", "4x"}},
                                        {{"public_url", "records.example.com"}},
                                        {{"sandbox", "yes"}},
                                        {{"log_level", ""}}}};
  for (const Settings& settings : wrong) {
    const auto config = load_config({}, {}, settings);
    ASSERT_FALSE(config) << settings.begin()->first << "=" << settings.begin()->second;
    EXPECT_EQ(config.error().code, base::ErrorCode::invalid_input);
  }
}

TEST(Config, TokensAndLimitsCanBeSet) {
  const ConfigFile file("trusted_proxies = [\"::ffff:10.0.0.1\", \"0:0::1\"]\n");
  const auto config = load_config(
      file.path_, {},
      {{"token_life", "15m"}, {"token_failures_per_address", "7"}, {"actions_per_user", "9"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->token_life, std::chrono::minutes{15});
  EXPECT_EQ(config->token_failures_per_client, 10U) << "by default";
  EXPECT_EQ(config->token_failures_per_address, 7U);
  EXPECT_EQ(config->actions_per_user, 9U);
  EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"10.0.0.1", "::1"}));
  EXPECT_EQ(load_config({}, {}, {})->token_life, std::chrono::hours{24});
}

TEST(Config, MailSettingsBelongTogether) {
  const Settings sound{{"smtp_url", "smtp://mail.example.com:587"},
                       {"mail_from", "records@example.com"}};
  const auto with = [&](const Settings& more, const Settings& base) {
    Settings all = more;
    all.insert(base.begin(), base.end());
    return load_config({}, {}, all);
  };
  EXPECT_TRUE(with({}, sound));
  EXPECT_TRUE(with({{"smtp_user", "u"}, {"smtp_password_file", "/x"}}, sound));
  for (const char* home :
       {"smtp://localhost:25", "smtp://127.0.0.2", "smtp://[::1]:2525/me.example"})
    EXPECT_TRUE(
        with({{"smtp_url", home}, {"smtp_require_tls", "false"}, {"sandbox", "true"}}, sound))
        << home;
  for (const Settings& wrong : std::vector<Settings>{
           {{"sandbox", "true"}},
           {{"smtp_require_tls", "false"}},
           {{"smtp_user", "u"}},
           {{"smtp_password_file", "/x"}},
           {{"mail_from", "records"}},
           {{"mail_from", "R <records@example.com>"}},
           {{"mail_reply_to", "a@b.example\nBcc: c@d.example"}},
           {{"smtp_url", "mail.example.com"}},
           {{"smtp_url", "http://mail.example.com"}},
           {{"smtp_url", "smtp://user:secret@mail.example.com"}},
           {{"smtp_url", "smtp://127.0.0.1.example.com"}, {"sandbox", "true"}},
           {{"smtp_url", "smtp://localhost.example.com"}, {"smtp_require_tls", "false"}}}) {
    const auto config = with(wrong, sound);
    ASSERT_FALSE(config) << wrong.begin()->first << "=" << wrong.begin()->second;
    EXPECT_EQ(config.error().code, base::ErrorCode::invalid_input);
  }
  EXPECT_FALSE(load_config({}, {}, {{"smtp_url", "smtp://mail.example.com"}}));
}

TEST(Config, BrokenTomlNamesTheLine) {
  const ConfigFile file("listen = \"127.0.0.1:1\"\nroles = [\n");
  const auto config = load_config(file.path_, {}, {});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("line "), std::string::npos);
}

TEST(Config, TheEnvironmentIsStrictToo) {
  std::string good = "CHARTROOM_PUBLIC_URL=https://a.example/";
  std::string other = "PATH=/bin";
  std::array<char*, 3> environment{good.data(), other.data(), nullptr};
  const auto settings = settings_from_environment(environment.data());
  ASSERT_TRUE(settings);
  const auto config = load_config({}, *settings, {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->public_url, "https://a.example");

  std::string bad = "CHARTROOM_PUBLC_URL=x";
  std::array<char*, 2> wrong{bad.data(), nullptr};
  EXPECT_FALSE(settings_from_environment(wrong.data()));
}

}  // namespace
}  // namespace chartroom::cli
