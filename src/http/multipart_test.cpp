#include "http/multipart.hpp"

#include <gtest/gtest.h>

namespace chartroom::http {
namespace {

using base::ErrorCode;

constexpr std::string_view kType = "multipart/form-data; boundary=----b0undary";

std::string part(const std::string& head, const std::string& content) {
  return "------b0undary\r\n" + head + "\r\n\r\n" + content + "\r\n";
}

std::string named(const std::string& name, const std::string& content) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

constexpr const char* kEnd = "------b0undary--\r\n";

TEST(Multipart, ReadsFieldsAndFilesByteForByte) {
  const std::string bytes("%PDF-1.7\r\n\0--not the end\r\n-- ", 30);
  const std::string body =
      named("signature", "J\xC3\xA9r\xC3\xB4me") + named("empty", "") +
      part(
          "content-disposition: form-data; name=\"document\"; filename=\"my %22form%22.pdf\"\r\n"
          "Content-Type: application/pdf",
          bytes) +
      kEnd;
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0].name, "signature");
  EXPECT_EQ((*parts)[0].content, "J\xC3\xA9r\xC3\xB4me");
  EXPECT_FALSE((*parts)[0].file_name);
  EXPECT_EQ((*parts)[1].content, "");
  EXPECT_EQ((*parts)[2].file_name, "my \"form\".pdf");
  EXPECT_EQ((*parts)[2].content_type, "application/pdf");
  EXPECT_EQ((*parts)[2].content, bytes);
}

TEST(Multipart, AcceptsQuotedBoundaryAndAFormWithoutParts) {
  EXPECT_TRUE(parse_multipart("Multipart/Form-Data; boundary=\"a b:c\"",
                              "--a b:c\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n"
                              "--a b:c--"));
  const auto none = parse_multipart(kType, kEnd);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(Multipart, RefusesWhatIsNotWellFormed) {
  const std::string field = named("a", "1");
  const std::string disposition = "Content-Disposition: form-data; name=\"a\"";
  const std::vector<std::string> bodies = {
      "",
      "preamble\r\n" + field + kEnd,
      field,                                   // no closing boundary
      field + "------b0undary-",               // half of one
      field + std::string(kEnd) + "epilogue",  // something behind it
      field + "------b0undary  \r\n" + kEnd,   // padding
      part("Content-Type: text/plain", "1") + kEnd,
      part("Content-Disposition: attachment; name=\"a\"", "1") + kEnd,
      part("Content-Disposition: form-data", "1") + kEnd,
      part("Content-Disposition: form-data; name=\"a", "1") + kEnd,
      part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "1") + kEnd,
      part("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''x", "1") + kEnd,
      part(disposition + "\r\n" + disposition, "1") + kEnd,
      part(disposition + "\n", "1") + kEnd,  // a line end for some readers
      part(disposition + "\r\nContent-Transfer-Encoding: base64", "MQ==") + kEnd,
      part(disposition + "\r\n folded: no", "1") + kEnd,
      part(disposition + "\nContent-Type: text/plain", "1") + kEnd,
      "------b0undary\r\n\r\n1\r\n" + std::string(kEnd),
      "------b0undary\r\n" + disposition + "\r\n\r\n1",
      "------b0undary\n" + disposition + "\n\n1\n" + kEnd,
  };
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto parts = parse_multipart(kType, bodies[i]);
    ASSERT_FALSE(parts) << "body " << i;
    EXPECT_EQ(parts.error().code, ErrorCode::invalid_input) << "body " << i;
  }
}

TEST(Multipart, RefusesUnusableContentTypes) {
  const std::string body = named("a", "1") + kEnd;
  for (const std::string type :
       {"", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"", "multipart/mixed; boundary=----b0undary",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a\x01\""}) {
    EXPECT_FALSE(parse_multipart(type, body)) << type;
  }
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'a'), body));
}

TEST(Multipart, KeepsItsLimits) {
  MultipartLimits limits;
  limits.parts = 2;
  limits.head_bytes = 60;
  EXPECT_TRUE(parse_multipart(kType, named("a", "1") + named("b", "2") + kEnd, limits));
  auto parts =
      parse_multipart(kType, named("a", "1") + named("b", "2") + named("c", "3") + kEnd, limits);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ErrorCode::too_large);
  parts = parse_multipart(kType, named(std::string(100, 'a'), "1") + kEnd, limits);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ErrorCode::too_large);
}

TEST(Multipart, EveryCutOfAGoodBodyIsRefusedAndNoneCrashes) {
  const std::string body = named("a", "1\r\n--") + named("b", "") + kEnd;
  for (std::size_t length = 0; length + 2 < body.size(); ++length) {
    EXPECT_FALSE(parse_multipart(kType, std::string_view(body).substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace chartroom::http
