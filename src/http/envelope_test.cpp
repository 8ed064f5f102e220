#include "http/envelope.hpp"

#include <gtest/gtest.h>

#include "http/response_writer.hpp"

namespace chartroom::http {
namespace {

Request request_with(const std::string& accept) {
  Request request;
  request.request_id = "id-1";
  if (!accept.empty()) request.headers.emplace_back("accept", accept);
  return request;
}

// The order of the keys is part of the contract, so whole texts are compared.
TEST(EnvelopeTest, PlainError) {
  const auto response = plain_error(request_with(""), 404);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            R"({"code":404,"statusCode":404,"error":"Not Found","message":"Not Found",)"
            R"("x-humanapi-request-id":"id-1"})");
}

TEST(EnvelopeTest, InvalidInput) {
  const auto response = invalid_input(request_with("application/json"),
                                      R"("dateOfBirth" must be a valid date)", {"dateOfBirth"});
  EXPECT_EQ(
      response.body,
      R"({"statusCode":400,"error":"Bad Request","message":"\"dateOfBirth\" must be a valid date",)"
      R"("validation":{"source":"payload","keys":["dateOfBirth"]},"x-humanapi-request-id":"id-1"})");
}

TEST(EnvelopeTest, ProblemDetailsOnRequest) {
  const auto request = request_with("text/html, application/problem+json;q=0.9");
  const auto plain = plain_error(request, 409, "taken");
  EXPECT_EQ(plain.headers.front().second, "application/problem+json");
  EXPECT_EQ(plain.body, R"({"type":"about:blank","title":"Conflict","status":409,"detail":"taken",)"
                        R"("x-humanapi-request-id":"id-1"})");
  EXPECT_NE(invalid_input(request, "m", {"k"}).body.find(R"("keys":["k"])"), std::string::npos);
  EXPECT_FALSE(wants_problem(request_with("application/problem+json;q=0")));
  EXPECT_FALSE(wants_problem(request_with("*/*")));
  EXPECT_FALSE(wants_problem(request_with("application/problem+jsonx")));
}

TEST(EnvelopeTest, RequestIds) {
  EXPECT_TRUE(is_well_formed_request_id("8a1f6a4e-5f0c-4d7e-9d57-0d3b5a3c3f10"));
  EXPECT_TRUE(is_well_formed_request_id(std::string(64, 'a')));
  for (const std::string& id :
       {std::string("short"), std::string(65, 'a'), std::string("has space"),
        std::string("line\nbreak"), std::string("dots.are.out")}) {
    EXPECT_FALSE(is_well_formed_request_id(id)) << id;
  }
}

TEST(ResponseWriterTest, NoHeaderValueCanEndItsLine) {
  Response response{.status = 302, .headers = {}, .body = ""};
  response.with("location", "/a\r\nset-cookie: x=1");
  const auto head = write_head(response, {}, 784'111'777);
  EXPECT_NE(head.find("location: /aset-cookie: x=1\r\n"), std::string::npos);
  EXPECT_NE(head.find("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), std::string::npos);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 302 Found\r\n"));
}

}  // namespace
}  // namespace chartroom::http
