#include "pages/information.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "pages/link.hpp"

namespace chartroom::pages {
namespace {

using order::Field;
using Typed = std::vector<std::pair<std::string, std::string>>;

constexpr base::Date kToday{2026, 3, 4};

http::Request url_encoded(const Typed& typed) {
  http::Request request;
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : typed) {
    request.body +=
        (request.body.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  return request;
}

http::Request with_document(const std::string& bytes, const Typed& typed = {}) {
  http::Request request;
  request.headers.emplace_back("content-type", "multipart/form-data; boundary=xYx");
  for (const auto& [name, value] : typed) {
    request.body +=
        "--xYx\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  request.body +=
      "--xYx\r\nContent-Disposition: form-data; name=\"document\"; filename=\"f\"\r\n\r\n" + bytes +
      "\r\n--xYx--\r\n";
  return request;
}

ReadInput information(const std::set<Field>& wanted, const Typed& typed) {
  const auto request = url_encoded(typed);
  return read_information(Form::read(request).value(), wanted, kToday);
}

ReadInput authorization(const http::Request& request) {
  return read_authorization(Form::read(request).value());
}

std::vector<std::string> wrong(const ReadInput& read) {
  std::vector<std::string> fields;
  for (const auto& error : read.errors) {
    EXPECT_FALSE(error.message.empty());
    fields.push_back(error.field);
  }
  return fields;
}

TEST(Information, TakesAWholeForm) {
  const auto read = information({Field::name, Field::date_of_birth, Field::gender, Field::address,
                                 Field::providers, Field::hipaa_authorization},
                                {{"first_name", "  Zo\xC3\xAB "},
                                 {"last_name", "O'Neil"},
                                 {"birth_month", "2"},
                                 {"birth_day", "29"},
                                 {"birth_year", "1968"},
                                 {"gender", "other"},
                                 {"street1", "1 Main\tSt"},
                                 {"city", "Riverbend"},
                                 {"state", "OR"},
                                 {"zip", "97035-1234"},
                                 {"provider1_organization", "Starfleet Medical"},
                                 {"provider1_phone", "+1 (415) 555-0100"},
                                 {"signature", "Zo\xC3\xAB O'Neil"},
                                 {"agree", "yes"}});
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.input.first_name, "Zo\xC3\xAB");
  EXPECT_EQ(read.input.last_name, "O'Neil");
  EXPECT_EQ(read.input.date_of_birth, (base::Date{1968, 2, 29}));
  EXPECT_EQ(read.input.gender, "other");
  EXPECT_EQ(read.input.address->street1, "1 Main St");
  EXPECT_FALSE(read.input.address->street2);
  EXPECT_EQ(read.input.address->zip, "97035-1234");
  ASSERT_EQ(read.input.providers.size(), 1U);
  EXPECT_EQ(read.input.providers[0].phone, "4155550100");
  EXPECT_FALSE(read.input.providers[0].address);
  EXPECT_EQ(read.input.typed_signature, "Zo\xC3\xAB O'Neil");
  EXPECT_FALSE(read.input.authorization);
}

TEST(Information, NamesEveryEmptyFieldAtOnce) {
  const auto read = information({Field::name, Field::date_of_birth, Field::gender, Field::address,
                                 Field::providers, Field::hipaa_authorization},
                                {});
  EXPECT_EQ(wrong(read),
            (std::vector<std::string>{"first_name", "last_name", "birth_month", "gender", "street1",
                                      "city", "state", "zip", "provider1_name", "signature"}));
}

TEST(Information, ReadsOnlyWhatIsAskedFor) {
  const auto read =
      information({Field::gender}, {{"gender", "male"}, {"first_name", "Mallory"}, {"zip", "x"}});
  EXPECT_TRUE(read.errors.empty());
  EXPECT_FALSE(read.input.first_name);
  EXPECT_FALSE(read.input.address);
}

TEST(Information, RefusesImpossibleBirthDates) {
  const auto field_of = [](const char* month, const char* day, const char* year) {
    const auto fields =
        wrong(information({Field::date_of_birth},
                          {{"birth_month", month}, {"birth_day", day}, {"birth_year", year}}));
    return fields.size() == 1 ? fields.front() : "?";
  };
  EXPECT_EQ(field_of("13", "1", "1970"), "birth_month");
  EXPECT_EQ(field_of("0", "1", "1970"), "birth_month");
  EXPECT_EQ(field_of("Feb", "1", "1970"), "birth_month");
  EXPECT_EQ(field_of("2", "30", "1970"), "birth_day");
  EXPECT_EQ(field_of("2", "29", "1900"), "birth_day");
  EXPECT_EQ(field_of("2", "-1", "1970"), "birth_day");
  EXPECT_EQ(field_of("2", "1", "70"), "birth_year");
  EXPECT_EQ(field_of("3", "5", "2026"), "birth_year");  // tomorrow
  EXPECT_EQ(field_of("1", "1", "1800"), "birth_year");
}

TEST(Information, RefusesWhatIsTooLongOrNotOffered) {
  EXPECT_EQ(wrong(information({Field::name}, {{"first_name", std::string(kNameCodePoints + 1, 'a')},
                                              {"last_name", "b"}})),
            std::vector<std::string>{"first_name"});
  EXPECT_EQ(wrong(information({Field::gender}, {{"gender", "x"}})),
            std::vector<std::string>{"gender"});
  const Typed address{{"street1", "1 Main St"}, {"city", "Riverbend"}};
  for (const auto& [state, zip] : std::vector<std::pair<std::string, std::string>>{
           {"XX", "9703"}, {"or", "970355"}, {"", "97035 1234"}, {"Oregon", "abcde"}}) {
    auto typed = address;
    typed.emplace_back("state", state);
    typed.emplace_back("zip", zip);
    EXPECT_EQ(wrong(information({Field::address}, typed)),
              (std::vector<std::string>{"state", "zip"}));
  }
}

TEST(Information, WantsANameForEveryProviderThatWasBegun) {
  EXPECT_EQ(wrong(information({Field::providers}, {{"provider1_name", "Dr. B"},
                                                   {"provider2_city", "Riverbend"},
                                                   {"provider1_phone", "12345"}})),
            (std::vector<std::string>{"provider1_phone", "provider2_name"}));
}

TEST(Authorization, WantsNameAndConsent) {
  EXPECT_EQ(wrong(authorization(url_encoded({}))), std::vector<std::string>{"signature"});
  EXPECT_EQ(wrong(authorization(url_encoded({{"signature", "x"}, {"agree", "yes"}}))),
            std::vector<std::string>{"signature"});
  EXPECT_EQ(wrong(authorization(url_encoded({{"signature", "12345"}, {"agree", "yes"}}))),
            std::vector<std::string>{"signature"});
  EXPECT_EQ(wrong(authorization(url_encoded({{"signature", "Ann Lee"}}))),
            std::vector<std::string>{"agree"});
  EXPECT_TRUE(
      authorization(url_encoded({{"signature", "\xE6\x9D\x8E\xE6\x98\x8E"}, {"agree", "yes"}}))
          .errors.empty());
}

TEST(Authorization, TakesAFileByItsContent) {
  const std::string pdf = "%PDF-1.7\n\x80 bytes";
  const auto read = authorization(with_document(pdf));
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.input.authorization->content_type, "application/pdf");
  EXPECT_EQ(read.input.authorization->content.reveal(), pdf);
  EXPECT_FALSE(read.input.typed_signature);
  const auto tiff = authorization(with_document(std::string("II*\0rest", 8)));
  ASSERT_TRUE(tiff.errors.empty());
  EXPECT_EQ(tiff.input.authorization->content_type, "image/tiff");
  for (const std::string& bad :
       {std::string("<html>%PDX"), std::string("PK\x03\x04"), std::string()}) {
    EXPECT_EQ(wrong(authorization(with_document(bad))), std::vector<std::string>{"document"});
  }
  EXPECT_EQ(wrong(authorization(
                with_document("%PDF-" + std::string(base::limits::kAttachmentBytes, 'x')))),
            std::vector<std::string>{"document"});
}

TEST(FormReading, HasLimits) {
  http::Request request;
  EXPECT_FALSE(Form::read(request));
  request.headers.emplace_back("content-type", "application/json");
  request.body = "{}";
  EXPECT_FALSE(Form::read(request));
  const auto long_form = url_encoded({{"a", std::string(kFormBytes, 'a')}});
  EXPECT_EQ(Form::read(long_form).error().code, base::ErrorCode::too_large);
  Typed many(kFormFields + 1, {"a", "b"});
  EXPECT_EQ(Form::read(url_encoded(many)).error().code, base::ErrorCode::too_large);
  EXPECT_EQ(Form::read(with_document("%PDF-", many)).error().code, base::ErrorCode::too_large);
  EXPECT_EQ(Form::read(with_document("", {{"a", std::string(kFormBytes + 1, 'a')}})).error().code,
            base::ErrorCode::too_large);
}

TEST(FormReading, MendsTextAndIgnoresAnEmptyFileField) {
  auto request = with_document("x", {{"a", "one\r\ntwo\xFF"}});
  EXPECT_EQ(Form::read(request).value().text("a"), "one  two\xEF\xBF\xBD");
  http::Request none = request;
  none.body =
      "--xYx\r\nContent-Disposition: form-data; name=\"document\"; filename=\"\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n\r\n--xYx--\r\n";
  EXPECT_FALSE(Form::read(none).value().file("document"));
}

}  // namespace
}  // namespace chartroom::pages
