#include "net/curl_http_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "net/loopback_test.hpp"

namespace chartroom::net {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

/// A peer on loopback that gives the same bytes as answer to every request and keeps what it was
/// sent. With an empty answer it never answers. One that is no HTTP goes out at the first bytes.
class Peer {
 public:
  explicit Peer(std::string answer) : answer_(std::move(answer)) {
    listener_ = listen_on_loopback(port_);
    thread_ = std::thread([this] { run(); });
  }
  ~Peer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
    }
    for (std::thread& thread : talkers_) thread.join();
    for (const int connection : connections_) ::close(connection);
    ::close(listener_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] std::string url(const std::string& path = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }
  [[nodiscard]] std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void run() {
    while (true) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      const std::lock_guard lock(mutex_);
      connections_.push_back(connection);
      talkers_.emplace_back([this, connection] { talk(connection); });
    }
  }

  /// Head up to the empty line, then as many bytes as content-length says.
  static bool is_complete(const std::string& request) {
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t at = request.find("Content-Length: ");
    const std::size_t length = at < end ? std::strtoul(request.c_str() + at + 16, nullptr, 10) : 0;
    return request.size() >= end + 4 + length;
  }

  void talk(int connection) {
    std::string request;
    char buffer[4096];
    while (true) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
      if (answer_.rfind("HTTP/", 0) == 0 && !is_complete(request)) continue;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
      }
      request.clear();
      if (answer_.empty()) continue;
      ::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      if (answer_.find("Connection: close") != std::string::npos) {
        ::shutdown(connection, SHUT_WR);
      }
    }
  }

  const std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<int> connections_;
  std::vector<std::thread> talkers_;
  std::vector<std::string> requests_;
};

std::string answer(const std::string& head, const std::string& body) {
  return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

app::OutgoingRequest request_to(const std::string& url) {
  app::OutgoingRequest request;
  request.url = url;
  request.body = "[]";
  request.timeout = 20s;
  return request;
}

class Client : public testing::Test {
 protected:
  void expect_error(const app::OutgoingRequest& request, ErrorCode code, const std::string& words) {
    const auto got = sandbox_->send(request);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, code);
    EXPECT_EQ(got.error().message, words);
  }
  std::unique_ptr<app::HttpClient> sandbox_ = make_http_client({.allow_private_addresses = true});
  std::unique_ptr<app::HttpClient> strict_ = make_http_client({});
};

TEST_F(Client, SendsWhatItWasGiven) {
  Peer peer(answer("201 Created", "thanks"));
  auto request = request_to(peer.url("/a?b=c"));
  request.headers = {{"content-type", "application/json"}, {"x-empty", ""}, {"user-agent", "me"}};
  request.body = std::string("{\0}", 3);
  const auto got = sandbox_->send(request);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 201);
  EXPECT_EQ(got->body, "thanks");
  const auto seen = peer.requests();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].rfind("POST /a?b=c HTTP/1.1\r\n", 0), 0U);
  EXPECT_NE(seen[0].find("\r\ncontent-type: application/json\r\n"), std::string::npos);
  EXPECT_NE(seen[0].find("\r\nx-empty:\r\n"), std::string::npos);
  EXPECT_NE(seen[0].find("\r\nuser-agent: me\r\n"), std::string::npos);
  EXPECT_TRUE(seen[0].ends_with(std::string("\r\n\r\n{\0}", 7)));
}

TEST_F(Client, KnowsTheUsualMethods) {
  Peer peer(answer("200 OK", ""));
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}) {
    auto request = request_to(peer.url());
    request.method = method;
    if (request.method == "GET" || request.method == "HEAD") request.body.clear();
    ASSERT_TRUE(sandbox_->send(request)) << method;
    const std::string line = peer.requests().back();
    EXPECT_EQ(line.rfind(std::string(method) + " /hook ", 0), 0U) << line;
    EXPECT_EQ(line.find("application/x-www-form-urlencoded"), std::string::npos);
  }
  EXPECT_EQ(peer.connections(), 1U) << "connections are kept";
}

TEST_F(Client, SendsALargeBodyWithoutWaitingForPermission) {
  Peer peer(answer("200 OK", ""));
  auto request = request_to(peer.url());
  request.body = std::string(3'000'000, 'x');
  ASSERT_TRUE(sandbox_->send(request));
  EXPECT_EQ(peer.requests().at(0).find("100-continue"), std::string::npos);
}

TEST_F(Client, FollowsNoRedirect) {
  Peer target(answer("200 OK", "secret"));
  Peer peer(answer("302 Found\r\nLocation: " + target.url(), ""));
  const auto got = sandbox_->send(request_to(peer.url()));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 302);
  EXPECT_EQ(target.connections(), 0U);
}

TEST_F(Client, StopsAtTheResponseLimit) {
  Peer declared(answer("200 OK", std::string(1'001, 'x')));
  auto request = request_to(declared.url());
  request.response_limit_bytes = 1'000;
  expect_error(request, ErrorCode::unavailable, "transfer failed");
  request.response_limit_bytes = 1'001;
  EXPECT_EQ(sandbox_->send(request).value().body.size(), 1'001U);

  Peer undeclared("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(100'000, 'x'));
  expect_error(request_to(undeclared.url()), ErrorCode::unavailable, "transfer failed");
  Peer long_head("HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'x') + "\r\n\r\n");
  expect_error(request_to(long_head.url()), ErrorCode::unavailable, "transfer failed");
}

TEST_F(Client, GivesUpOnAPeerThatNeverAnswers) {
  Peer silent("");
  auto request = request_to(silent.url());
  request.timeout = 150ms;
  expect_error(request, ErrorCode::unavailable, "timeout");
}

TEST_F(Client, SaysWhatWentWrongInFixedWords) {
  Peer garbage("this is no TLS");
  std::string closed_url;
  {
    const Peer gone("");
    closed_url = gone.url();
  }
  expect_error(request_to(closed_url), ErrorCode::unavailable, "connection refused");
  expect_error(request_to("http://name.invalid/"), ErrorCode::unavailable, "name not resolved");
  expect_error(request_to("https://127.0.0.1:" + std::to_string(garbage.port()) + "/"),
               ErrorCode::unavailable, "tls failure");
  Peer old("hello\r\n");
  expect_error(request_to(old.url()), ErrorCode::unavailable, "transfer failed");
}

TEST_F(Client, RefusesLoopbackUnlessItIsForASandbox) {
  Peer peer(answer("200 OK", ""));
  const std::string port = ":" + std::to_string(peer.port());
  for (const std::string& host :
       {"127.0.0.1" + port, "localhost" + port, "127.1" + port, "2130706433" + port,
        "0x7f000001" + port, "[::ffff:127.0.0.1]" + port, "[::1]" + port, "0.0.0.0" + port,
        "[::]" + port}) {
    const auto got = strict_->send(request_to("http://" + host + "/"));
    ASSERT_FALSE(got) << host;
    EXPECT_EQ(got.error().code, ErrorCode::unavailable) << host;
    EXPECT_EQ(got.error().message, "blocked address") << host;
  }
  EXPECT_EQ(peer.connections(), 0U);
}

TEST_F(Client, RefusesMetadataServicesEvenInASandbox) {
  for (const char* url : {"http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/",
                          "http://[fe80::1]/", "http://224.0.0.1/"}) {
    expect_error(request_to(url), ErrorCode::unavailable, "blocked address");
    EXPECT_EQ(strict_->send(request_to(url)).error().message, "blocked address") << url;
  }
}

TEST_F(Client, RefusesUrlsThatItWillNotOpen) {
  for (const std::string& url : {std::string("ftp://example.com/"),
                                 std::string("file:///etc/passwd"),
                                 std::string("gopher://example.com/"),
                                 std::string("example.com"),
                                 std::string(""),
                                 std::string("http://"),
                                 std::string("http:///path"),
                                 std::string("http:/127.0.0.1/"),
                                 std::string("http:127.0.0.1"),
                                 std::string("http://127.0.0.1\\@example.com/"),
                                 std::string("http:/user@127.0.0.1//x"),
                                 std::string("/path"),
                                 std::string("http://user@127.0.0.1/"),
                                 std::string("http://user:pass@127.0.0.1/"),
                                 std::string("http://@127.0.0.1/"),
                                 std::string("http://:@127.0.0.1/"),
                                 std::string("http://127.0.0.1\0.example.com/", 30),
                                 std::string("http://a b/"),
                                 std::string("http://127.0.0.1/\r\nx: y"),
                                 "http://127.0.0.1/" + std::string(9'000, 'a')}) {
    const auto got = sandbox_->send(request_to(url));
    ASSERT_FALSE(got) << url;
    EXPECT_EQ(got.error().code, ErrorCode::invalid_input) << url;
    if (url.empty()) continue;
    EXPECT_EQ(got.error().message.find(url), std::string::npos) << "URLs may hold secrets";
  }
}

TEST_F(Client, RefusesRequestsThatCouldSmuggle) {
  Peer peer(answer("200 OK", ""));
  using Headers = std::vector<std::pair<std::string, std::string>>;
  for (const Headers& headers : {Headers{{"x", "a\r\ny: b"}}, Headers{{"x", "a\nb"}},
                                 Headers{{"x\r\ny", "a"}}, Headers{{"", "a"}}, Headers{{"x:", "a"}},
                                 Headers{{"x y", "a"}}, Headers{{"x", std::string("a\0b", 3)}}}) {
    auto request = request_to(peer.url());
    request.headers = headers;
    EXPECT_EQ(sandbox_->send(request).error().code, ErrorCode::invalid_input);
  }
  for (const char* method : {"", "post", "CONNECT", "TRACE", "GET / HTTP/1.1\r\nx:"}) {
    auto request = request_to(peer.url());
    request.method = method;
    EXPECT_EQ(sandbox_->send(request).error().code, ErrorCode::invalid_input) << method;
  }
  for (const auto timeout : {0ms, -1ms, 400'000ms}) {
    auto request = request_to(peer.url());
    request.timeout = timeout;
    EXPECT_EQ(sandbox_->send(request).error().code, ErrorCode::invalid_input);
  }
  EXPECT_EQ(peer.connections(), 0U);
}

TEST_F(Client, TakesNoProxyFromTheEnvironment) {
  Peer proxy(answer("200 OK", "proxy"));
  Peer peer(answer("200 OK", "peer"));
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url("").c_str(), 1);
  EXPECT_EQ(sandbox_->send(request_to(peer.url())).value().body, "peer");
  EXPECT_FALSE(strict_->send(request_to("http://10.0.0.1/")));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  EXPECT_EQ(proxy.connections(), 0U);
}

TEST_F(Client, ServesManyThreads) {
  Peer peer(answer("200 OK", "ok"));
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 10; ++round) {
          const auto got = sandbox_->send(request_to(peer.url()));
          if (got && got->body == "ok") ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 80);
  EXPECT_LE(peer.connections(), 8U);
}

}  // namespace
}  // namespace chartroom::net
