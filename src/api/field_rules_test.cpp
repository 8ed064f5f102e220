#include "api/field_rules.hpp"

#include <gtest/gtest.h>

#include <random>
#include <regex>

namespace chartroom::api {
namespace {

constexpr base::Date kToday{2024, 6, 15};

// The hand-written rules against the documented expressions, on random texts near the border.
TEST(FieldRulesTest, SsnIsTheDocumentedExpression) {
  const std::regex documented(
      R"(^(((?!(666|000))\d{3}(?!0{2})\d{2}(?!0{4})\d{4})|((?!(666|000))\d{3}-(?!0{2})\d{2}-(?!0{4})\d{4}))$)");
  const std::vector<std::string> areas{"000", "666", "001", "123", "999", "12", "06a"};
  const std::vector<std::string> groups{"00", "01", "45", "4", "0x"};
  const std::vector<std::string> serials{"0000", "0001", "6789", "678", "67890", " 678"};
  for (const std::string hyphen : {"", "-", "--", " "}) {
    for (const std::string other : {"", "-"}) {
      for (const auto& area : areas) {
        for (const auto& group : groups) {
          for (const auto& serial : serials) {
            std::string text = area;
            text.append(hyphen).append(group).append(other).append(serial);
            EXPECT_EQ(parse_ssn(text).has_value(), std::regex_match(text, documented)) << text;
          }
        }
      }
    }
  }
  EXPECT_EQ(parse_ssn("900-12-3456"), "900123456");
  EXPECT_FALSE(parse_ssn("000-00-0000").has_value());
  EXPECT_TRUE(is_ssn_placeholder("000-00-0000"));
  EXPECT_FALSE(is_ssn_placeholder("000000000"));
}

TEST(FieldRulesTest, PhoneIsTheDocumentedExpression) {
  const std::regex documented(R"(^(([()\- .]{0,2}\d){10})[()\- .]{0,2}$)");
  for (const std::string text : {"(555) 213-5555", "411-133-2332", "425.288.2332", "4252882332"}) {
    EXPECT_TRUE(is_phone(text)) << text;
  }
  for (const std::string text : {"+1 425 288 2332", "1-425-288-2332", "425 - 288 2332", "", "()"}) {
    EXPECT_FALSE(is_phone(text)) << text;
  }
  std::mt19937 random(7);  // NOLINT: the same texts in every run
  const std::string alphabet = "0123456789012345678901234567890123456789()- .+x";
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    const auto length = 8 + random() % 7;
    for (unsigned i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    EXPECT_EQ(is_phone(text), std::regex_match(text, documented)) << text;
  }
}

TEST(FieldRulesTest, Email) {
  for (const std::string text : {"a@b.co", "first.last+tag@sub.example.com", "o'neil@example.org",
                                 "m\xC3\xBCller@b\xC3\xBCro.example", "[email protected]"}) {
    EXPECT_TRUE(is_email(text)) << text;
  }
  for (const std::string& text :
       {std::string("a"), std::string("@b.co"), std::string("a@"), std::string("a@b"),
        std::string("a..b@c.co"), std::string(".a@c.co"), std::string("a@-b.co"),
        std::string("a@b..co"), std::string("a b@c.co"), std::string("a@b.co\n"),
        std::string("a@1.2.3.4"), std::string("a@b.co,c@d.co"), std::string(65, 'x') + "@b.co",
        std::string("<a@b.co>"), "a@" + std::string(300, 'b') + ".co"}) {
    EXPECT_FALSE(is_email(text)) << text;
  }
}

TEST(FieldRulesTest, TheSixFormsOfABirthDate) {
  const base::Date born{1990, 12, 30};
  for (const std::string text :
       {"1990-12-30", "12/30/90", "12/30/1990", "1990-12-30T10:20Z", "1990-12-30T10:20:30Z",
        "1990-12-30T10:20:30.456Z", "1990-12-30T10:20", "1990-12-30T10:20:30",
        "1990-12-30T10:20:30.456", "1990-12-30T23:59:59-08:00", "1990-12-30T00:00+14:00"}) {
    EXPECT_EQ(parse_birth_date(text, kToday), born) << text;
  }
  EXPECT_EQ(parse_birth_date("3/23/89", kToday), (base::Date{1989, 3, 23}));
  EXPECT_EQ(parse_birth_date("2/12/2004", kToday), (base::Date{2004, 2, 12}));
  EXPECT_EQ(parse_birth_date("6/15/24", kToday), kToday) << "today is not the future";
  EXPECT_EQ(parse_birth_date("6/16/24", kToday), (base::Date{1924, 6, 16}));
  EXPECT_EQ(parse_birth_date("2/29/00", kToday), (base::Date{2000, 2, 29}));
}

TEST(FieldRulesTest, WhatIsNoBirthDate) {
  for (const std::string text : {"",
                                 "x",
                                 "1990-13-01",
                                 "1990-02-29",
                                 "1990-2-3",
                                 "2024-06-16",
                                 "06/16/2024",
                                 "1873-01-01",
                                 "30/12/1990",
                                 "12/30/199",
                                 "12/30/",
                                 "12-30-1990",
                                 "1/2/3/4",
                                 "19901230",
                                 "1990-12-30T",
                                 "1990-12-30T10",
                                 "1990-12-30T10:20:30.4Z",
                                 "1990-12-30T25:00Z",
                                 "1990-12-30 10:20Z",
                                 "1990-12-30T10:20:30.456Zx",
                                 "1990-12-30Z",
                                 "1990-12-30T10:20:30,456Z",
                                 " 1990-12-30"}) {
    EXPECT_FALSE(parse_birth_date(text, kToday).has_value()) << text;
  }
}

TEST(FieldRulesTest, Content) {
  EXPECT_EQ(decode_content("aGVsbG8="), "hello");
  EXPECT_EQ(decode_content("aGVsbG8"), "hello");
  EXPECT_EQ(decode_content("aGVs..."), "hel");
  EXPECT_EQ(decode_content("aGVsb..."), "hel");
  EXPECT_EQ(decode_content(""), "");
  for (const std::string text : {"a", "a-b_", "aGVs....", "aG..Vs", "data:;base64,aGVs"}) {
    EXPECT_FALSE(decode_content(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace chartroom::api
