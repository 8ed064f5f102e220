// A PostgreSQL server for the tests of this room, started when the first test asks for it, and a
// database of its own for every test.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <deque>

#include "base/testing.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/store_suite.hpp"

namespace chartroom::store::testing {

/// tests/postgres_server.py, which ends when its pipe does; so a test that crashes leaves nothing.
/// CHARTROOM_TEST_POSTGRES names one that runs already.
class PostgresServer {
 public:
  static PostgresServer& instance() {
    static PostgresServer server;
    return server;
  }
  ~PostgresServer() {
    if (in_ != nullptr) std::fclose(in_);
    if (out_ != nullptr) std::fclose(out_);
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Empty: it runs. Otherwise a line that says why it does not.
  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  [[nodiscard]] std::string url(const std::string& database) const {
    return url_.substr(0, url_.rfind('/') + 1) + database;
  }
  [[nodiscard]] PostgresOptions options(const std::string& database) const {
    PostgresOptions options;
    options.url = base::Sensitive<std::string>(url(database));
    return options;
  }
  /// Whether it is ours to end and start again.
  [[nodiscard]] bool is_own() const { return child_ > 0; }
  /// Ends it at once, as a crash does, and starts it again.
  void restart() {
    std::fputs("restart\n", in_);
    std::fflush(in_);
    (void)read_line();
  }
  void admin(const std::string& sql) const {
    auto db = postgres::Connection::open(options("postgres"));
    ASSERT_TRUE(db) << db.error().message;
    const auto done = (*db)->script(sql);
    ASSERT_TRUE(done) << done.error().message << " " << sql;
  }

 private:
  PostgresServer() {
    if (const auto running = base::testing::environment("CHARTROOM_TEST_POSTGRES")) {
      url_ = *running;
      return;
    }
    start();
    const std::string line = read_line();
    if (line.starts_with("postgres://")) {
      url_ = line;
    } else {
      why_not_ = line.empty() ? "tests/postgres_server.py failed" : line;
    }
  }

  void start() {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(to[0], STDIN_FILENO);
      ::dup2(from[1], STDOUT_FILENO);
      ::execl("/usr/bin/python3", "python3", CHARTROOM_SOURCE_DIR "/tests/postgres_server.py",
              nullptr);
      ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    in_ = ::fdopen(to[1], "w");
    out_ = ::fdopen(from[0], "r");
  }

  std::string read_line() {
    std::array<char, 400> line{};
    if (out_ == nullptr || std::fgets(line.data(), line.size(), out_) == nullptr) return {};
    std::string text(line.data());
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  pid_t child_ = 0;
  FILE* in_ = nullptr;
  FILE* out_ = nullptr;
  std::string url_;
  std::string why_not_;
};

class PostgresBench final : public Bench {
 public:
  PostgresBench() {
    if (!why_not().empty()) return;
    static const bool made = make_template();
    (void)made;
    server().admin("CREATE DATABASE " + name + " TEMPLATE chartroom_template_" + process());
  }
  ~PostgresBench() override {
    if (why_not().empty()) server().admin("DROP DATABASE " + name + " WITH (FORCE)");
  }

  std::string why_not() override { return server().why_not(); }
  base::Result<std::unique_ptr<app::Store>> open() override {
    return open_postgres_store(options(), sealer, clock, random, true);
  }
  [[nodiscard]] PostgresOptions options() const { return server().options(name); }
  [[nodiscard]] std::unique_ptr<postgres::Connection> connect() const {
    auto db = postgres::Connection::open(options());
    EXPECT_TRUE(db) << db.error().message;
    return db ? std::move(*db) : nullptr;
  }

  std::string raw_bytes() override {
    const auto db = connect();
    // Bytes as text, as far as they are some.
    EXPECT_TRUE(db->script("SET bytea_output = escape"));
    const auto text = [](const Row& row) -> base::Result<std::string> { return row.text(0); };
    std::string all;
    const auto tables = db->all<std::string>(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = 'r'",
        text);
    for (const std::string& table : *tables) {
      // Kept: a statement's text is its name in the connection.
      sql_.push_back("SELECT t::text FROM " + table + " t");
      const auto rows = db->all<std::string>(sql_.back(), text);
      EXPECT_TRUE(rows);
      for (const std::string& row : rows.value()) all += row;
    }
    return all;
  }

  static PostgresServer& server() { return PostgresServer::instance(); }
  const std::string name = "t" + process() + "_" + std::to_string(++count());

 private:
  static std::string process() { return std::to_string(::getpid()); }
  static int& count() {
    static int made = 0;
    return made;
  }
  static bool make_template() {
    const std::string name = "chartroom_template_" + process();
    server().admin("CREATE DATABASE " + name);
    const base::SystemClock clock;
    const auto migrated = migrate_postgres(server().options(name), clock);
    EXPECT_TRUE(migrated) << migrated.error().message;
    return migrated.has_value();
  }

  std::deque<std::string> sql_;
};

}  // namespace chartroom::store::testing
