#include "api/paging.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "http/target.hpp"

namespace chartroom::api {
namespace {

http::Request request_for(const std::string& target) {
  const auto parsed = http::parse_target(target);
  EXPECT_TRUE(parsed) << target;
  http::Request request;
  request.path = parsed->path;
  request.raw_query = parsed->raw_query;
  request.query = parsed->query;
  return request;
}

std::string header_of(const http::Response& response, const std::string& name) {
  for (const auto& [known, value] : response.headers) {
    if (known == name) return value;
  }
  return "";
}

std::optional<ListWindow> list_window(const std::string& query) {
  return read_list_window(request_for("/api/v1/tasks?" + query), "tasks");
}

TEST(Cursor, ComesBackAsItWent) {
  for (const std::int64_t position :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{42}, std::int64_t{1'234'567'890'123},
        std::numeric_limits<std::int64_t>::max()}) {
    const auto window = list_window("cursor=" + make_cursor("tasks", position));
    ASSERT_TRUE(window);
    EXPECT_EQ(window->position, position);
  }
}

TEST(Cursor, NothingElseIsOne) {
  // Among them: "tasks/" with nothing, "-1", "x", "01", "+1", "1.0" or a number beyond 64 bits
  // behind it, another list's, and padding.
  for (const auto* text : {"", "1", "42", "dGFza3Mv", "dGFza3MvLTE", "dGFza3MveA", "dGFza3MvMDE",
                           "dGFza3MvKzE", "dGFza3MvMS4w", "dGFza3MvOTk5OTk5OTk5OTk5OTk5OTk5OTk5",
                           "ZXZlbnRzLzE", "dGFza3MvMQ%3D%3D", "%25", "dGFza3MvMQ%20"}) {
    EXPECT_FALSE(list_window(std::string("cursor=") + text)) << text;
  }
}

TEST(Window, TakesTooLargeALimitForTheLargest) {
  const auto window = read_window(request_for("/api/v1/users?offset=3&limit=9999"));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->offset, 3U);
  EXPECT_EQ(window->limit, 500U);
  for (const auto* query : {"limit=0", "offset=-1", "offset=2147483648", "limit=", "offset=1e3"}) {
    EXPECT_FALSE(read_window(request_for(std::string("/api/v1/users?") + query))) << query;
  }
}

TEST(Links, KeepTheOtherParameters) {
  http::Response response;
  add_paging(response, request_for("/api/v1/subscriptions?clientUserId=a%26b&offset=2&limit=1&x=1"),
             "https://h.example", {2, 1}, 9);
  EXPECT_EQ(header_of(response, "x-total-count"), "9");
  EXPECT_EQ(header_of(response, "link"),
            "<https://h.example/api/v1/subscriptions?offset=3&limit=1&clientUserId=a%26b&x=1>; "
            "rel=\"next\", "
            "<https://h.example/api/v1/subscriptions?offset=1&limit=1&clientUserId=a%26b&x=1>; "
            "rel=\"prev\"");
}

TEST(Links, CannotBeEndedEarly) {
  http::Response response;
  add_paging(response, request_for("/api/v1/users?q=a>;\"<b"), "https://h.example", {0, 1}, 2);
  EXPECT_EQ(header_of(response, "link"),
            "<https://h.example/api/v1/users?offset=1&limit=1&q=a%3E;%22%3Cb>; rel=\"next\"");
}

TEST(Links, AreNotThereWhereOnePageIsAll) {
  http::Response response;
  add_paging(response, request_for("/api/v1/users"), "https://h.example", {0, 50}, 50);
  EXPECT_EQ(header_of(response, "link"), "");
}

}  // namespace
}  // namespace chartroom::api
