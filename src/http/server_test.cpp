#include "http/server.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

#include "http/envelope.hpp"
#include "http/raw_client_test.hpp"

namespace chartroom::http {
namespace {

using testing::RawClient;
using testing::Reply;

/// Holds handlers back until the test lets them go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return waiting_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

class RecordingLogger final : public base::Logger {
 public:
  void write(base::LogLevel /*level*/, std::string_view event,
             std::initializer_list<base::LogField> fields) override {
    const std::lock_guard lock(mutex_);
    text_ += event;
    for (const auto& field : fields) {
      if (const auto* value = std::get_if<std::string_view>(&field.value)) {
        text_ += ' ';
        text_ += *value;
      }
    }
    text_ += '\n';
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerSettings settings;
  Gate gate;
  RecordingLogger logger;
  std::unique_ptr<Server> server;

  std::uint16_t start() {
    std::vector<Route> routes;
    routes.push_back({"GET", "/hello", [](const Request&) { return json_response(200, "{}"); }});
    routes.push_back(
        {"POST", "/echo", [](const Request& r) { return json_response(200, r.body); }});
    routes.push_back({"GET", "/items/{id}", [](const Request& r) {
                        return json_response(200, r.path_parameters.at("id"));
                      }});
    routes.push_back({"GET", "/html", [](const Request&) {
                        return Response{.body = "<p>"}.with("content-type", "text/html");
                      }});
    routes.push_back({"GET", "/throw", [](const Request&) -> Response {
                        throw std::runtime_error("Jane Doe 123-45-6789");
                      }});
    routes.push_back({"GET", "/gate", [this](const Request&) {
                        gate.pass();
                        return json_response(200, "passed");
                      }});
    server = std::make_unique<Server>(settings, Router(std::move(routes)), logger);
    const auto started = server->start();
    EXPECT_TRUE(started.has_value());
    return server->port();
  }

  Reply once(const std::string& bytes) {
    if (!server) start();
    RawClient client(server->port());
    client.send(bytes);
    return client.receive();
  }
};

std::string get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

std::string post(const std::string& body, const std::string& more = "") {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

TEST_F(ServerTest, KeepsAConnectionForManyRequests) {
  RawClient client(start());
  for (int i = 0; i < 3; ++i) {
    client.send(post("body " + std::to_string(i)));
    const auto reply = client.receive();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "body " + std::to_string(i));
    EXPECT_FALSE(reply.headers.contains("connection"));
  }
}

TEST_F(ServerTest, ClosesWhenAsked) {
  RawClient client(start());
  client.send(get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(client.receive().headers.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, AnswersHttp10WithoutHostAndCloses) {
  RawClient client(start());
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(start());
  client.send(post("one") + get("/hello") + post("three"));
  EXPECT_EQ(client.receive().body, "one");
  EXPECT_EQ(client.receive().body, "{}");
  EXPECT_EQ(client.receive().body, "three");
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  const auto reply = once(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nfour\r\n5\r\n-five\r\n0\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "four-five");
}

TEST_F(ServerTest, AnswersHeadWithLengthAndNoBody) {
  RawClient client(start());
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
  const auto head = client.receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "2");
  EXPECT_EQ(client.receive().body, "{}");
}

TEST_F(ServerTest, SendsContinueBeforeTheBody) {
  RawClient client(start());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("body");
  EXPECT_EQ(client.receive().body, "body");
}

TEST_F(ServerTest, RefusesTooLargeBodiesInEitherFraming) {
  settings.body_bytes = 10;
  start();
  const auto sized = once(post(std::string(11, 'x')));
  EXPECT_EQ(sized.status, 413);
  EXPECT_NE(sized.body.find("\"code\":413"), std::string::npos);
  const auto chunked = once(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 413);
  EXPECT_EQ(once(post(std::string(10, 'x'))).status, 200);
}

TEST_F(ServerTest, TheAnswerToATooLargeBodyArrivesThoughTheBodyIsBeingSent) {
  settings.body_bytes = 1'000;
  EXPECT_EQ(once(post(std::string(3'000'000, 'x'))).status, 413);
}

TEST_F(ServerTest, RefusesTooLargeHeads) {
  const auto reply = once(get("/hello", "X-Long: " + std::string(17'000, 'a') + "\r\n"));
  EXPECT_EQ(reply.status, 431);
  EXPECT_NE(reply.body.find("\"code\":431"), std::string::npos);
}

TEST_F(ServerTest, RefusesBodiesBeyondTheSharedBudget) {
  settings.bodies_in_flight_bytes = 100;
  settings.body_bytes = 200;
  const auto reply = once(post(std::string(150, 'x')));
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.headers.contains("retry-after"));
  EXPECT_EQ(once(post(std::string(100, 'x'))).status, 200);
  EXPECT_EQ(once(post(std::string(100, 'x'))).status, 200) << "the budget is given back";
}

TEST_F(ServerTest, UnknownPathsAndWrongMethods) {
  const auto unknown = once(get("/nowhere"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find(R"("error":"Not Found","message":"Not Found")"), std::string::npos);
  const auto wrong = once("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD");
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
  for (const std::string bytes :
       {"nonsense\r\n\r\n", "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /hello HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(once(bytes).status, 400) << bytes;
  }
}

TEST_F(ServerTest, NeverTakesARequestWithTwoFramings) {
  const auto reply = once(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n");
  EXPECT_EQ(reply.status, 400);
}

TEST_F(ServerTest, KeepsAWellFormedRequestIdOnly) {
  const auto kept = once(get("/hello", "X-Request-Id: my_request-0001\r\n"));
  EXPECT_EQ(kept.headers.at("x-humanapi-request-id"), "my_request-0001");
  const auto replaced = once(get("/nowhere", "X-Request-Id: bad id!\r\n"));
  const auto& id = replaced.headers.at("x-humanapi-request-id");
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(replaced.body.find("\"x-humanapi-request-id\":\"" + id + "\""), std::string::npos);
}

TEST_F(ServerTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const std::string target : {"/hello", "/nowhere", "/html", "/throw"}) {
    const auto reply = once(get(target));
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff") << target;
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store") << target;
    EXPECT_EQ(reply.headers.at("x-humanapi-request-id").size(), 36U) << target;
    EXPECT_TRUE(reply.headers.contains("date")) << target;
  }
  EXPECT_NE(once(get("/html")).headers.at("content-security-policy").find("frame-ancestors 'none'"),
            std::string::npos);
}

TEST_F(ServerTest, AThrowingHandlerIs500AndItsWordsGoNowhere) {
  const auto reply = once(get("/throw"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("Jane"), std::string::npos);
  EXPECT_NE(logger.text().find("handler failed"), std::string::npos);
  EXPECT_EQ(logger.text().find("Jane"), std::string::npos);
}

TEST_F(ServerTest, DecodesPathParameters) {
  EXPECT_EQ(once(get("/items/a%20b%2Fc")).body, "a b/c");
  EXPECT_EQ(once(get("http://localhost/items/7?x=1")).body, "7");
}

TEST_F(ServerTest, ClosesSlowClientsInEveryPhase) {
  settings.idle_timeout = std::chrono::milliseconds(30);
  settings.head_timeout = std::chrono::milliseconds(30);
  settings.body_timeout = std::chrono::milliseconds(30);
  settings.sweep_interval = std::chrono::milliseconds(10);
  const auto port = start();
  for (const std::string bytes :
       {"", "GET /hel", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"}) {
    RawClient client(port);
    client.send(bytes);
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
}

TEST_F(ServerTest, OverloadIs503WithRetryAfter) {
  settings.handler_threads = 1;
  settings.handler_queue = 1;
  const auto port = start();
  RawClient running(port);
  running.send(get("/gate"));
  gate.wait_for(1);
  // Of the two that come now one takes the queue's only place and one is turned away.
  RawClient first(port);
  RawClient second(port);
  first.send(get("/gate"));
  second.send(get("/gate"));
  auto answered = std::async(std::launch::async, [&] { return first.receive(); });
  auto answered_too = std::async(std::launch::async, [&] { return second.receive(); });
  // Open the gate only when one was turned away.
  while (answered.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready &&
         answered_too.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
  }
  gate.open();
  auto one = answered.get();
  auto two = answered_too.get();
  if (one.status == 200) std::swap(one, two);
  EXPECT_EQ(one.status, 503);
  EXPECT_EQ(one.headers.at("retry-after"), "1");
  EXPECT_NE(one.body.find("\"code\":503"), std::string::npos);
  EXPECT_EQ(two.status, 200);
  EXPECT_EQ(running.receive().status, 200);
}

TEST_F(ServerTest, TurnsAwayConnectionsBeyondTheLimit) {
  settings.connections = 1;
  const auto port = start();
  RawClient kept(port);
  kept.send(get("/hello"));
  EXPECT_EQ(kept.receive().status, 200);
  RawClient refused(port);
  EXPECT_EQ(refused.receive().status, 503);
  kept.send(get("/hello"));
  EXPECT_EQ(kept.receive().status, 200);
}

TEST_F(ServerTest, StoppingFinishesWhatHasBegunAndEndsIdleConnections) {
  const auto port = start();
  RawClient busy(port);
  RawClient idle(port);
  idle.send(get("/hello"));
  EXPECT_EQ(idle.receive().status, 200);
  busy.send(get("/gate"));
  gate.wait_for(1);
  auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::seconds(30)); });
  EXPECT_TRUE(idle.is_closed());
  gate.open();
  const auto reply = busy.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  stopped.get();
  EXPECT_THROW(RawClient{port}, std::runtime_error);
}

TEST_F(ServerTest, StoppingCutsOffAHalfSentRequestAfterTheDrain) {
  const auto port = start();
  RawClient slow(port);
  slow.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(slow.receive().status, 100);
  server->stop(std::chrono::milliseconds(10));
  EXPECT_TRUE(slow.is_closed());
}

TEST_F(ServerTest, ATakenPortIsAnError) {
  settings.port = start();
  Server second(settings, Router({}), logger);
  const auto started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, base::ErrorCode::unavailable);
}

}  // namespace
}  // namespace chartroom::http
