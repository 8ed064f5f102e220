#include <gtest/gtest.h>

#include <regex>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace chartroom::base {
namespace {

TEST(Time, FormatsAsTheContractWritesIt) {
  EXPECT_EQ(format_iso(from_unix_ms(1664472146406)), "2022-09-29T17:22:26.406Z");
  EXPECT_EQ(format_iso(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ReadsIsoWithAndWithoutZone) {
  const TimePoint expected = from_unix_ms(-59184000000);  // 1968-02-16T00:00Z
  EXPECT_EQ(parse_iso("1968-02-16T00:00:00.000Z"), expected);
  EXPECT_EQ(parse_iso("1968-02-16"), expected);
  EXPECT_EQ(parse_iso("1968-02-15T19:00:00-05:00"), expected);
  EXPECT_EQ(parse_iso("1968-02-16T00:00:00.0009"), expected);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "1968", "1968-02-30", "1968-13-01", "1968-02-16T", "1968-02-16T24:00",
        "1968-02-16T00:00:00.", "1968-02-16T00:00Zx", "1968-02-16 00:00"}) {
    EXPECT_EQ(parse_iso(text), std::nullopt) << text;
  }
}

TEST(Time, DurationsReadBackWhatTheyWrite) {
  for (const char* text : {"90s", "8h", "30d", "7d", "1500ms"}) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(parse_duration(format_duration(*duration)), duration);
  }
  for (const char* text : {"", "d", "-1d", "1.5h", "99999999d", "3 d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Time, AgeTurnsOnTheBirthday) {
  EXPECT_EQ(age_in_years({1968, 2, 13}, {2026, 2, 12}), 57);
  EXPECT_EQ(age_in_years({1968, 2, 13}, {2026, 2, 13}), 58);
}

TEST(Ids, HaveTheShapesOfTheContract) {
  start_crypto();
  SystemRandom random;
  const std::regex v7("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  EXPECT_TRUE(std::regex_match(make_uuid_v7(from_unix_ms(1664472146406), random), v7));
  EXPECT_EQ(make_hex_id(40, random).size(), 40U);
  EXPECT_LT(make_uuid_v7(from_unix_ms(1000), random), make_uuid_v7(from_unix_ms(1001), random));
  const std::string order = make_uuid_v7(from_unix_ms(1664472146406), random);
  const std::string beside = make_uuid_from_name("a", order);
  EXPECT_EQ(beside.substr(0, 13), order.substr(0, 13));
  EXPECT_EQ(beside.substr(13), make_uuid_from_name("a").substr(13));
  EXPECT_NE(beside, make_uuid_from_name("b", order));
  EXPECT_EQ(make_uuid_from_name("a", make_uuid_v4(random)), make_uuid_from_name("a"));
  EXPECT_EQ(make_uuid_from_name("a", "short"), make_uuid_from_name("a"));
  const std::string id = make_hex_id(24, from_unix_ms(1664472146406), random);
  EXPECT_EQ(id.size(), 24U);
  EXPECT_EQ(id.substr(0, 8), "6335d452");
  EXPECT_LT(id, make_hex_id(24, from_unix_ms(1664472147406), random));
}

TEST(Bytes, Base64IsStrictAboutItsAlphabet) {
  EXPECT_EQ(from_base64("aGVsbG8="), "hello");
  EXPECT_EQ(from_base64("aGVs\r\nbG8"), "hello");
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("aGVs*G8="), std::nullopt);
  EXPECT_EQ(from_base64("a===="), std::nullopt);
  EXPECT_EQ(from_base64(to_base64(std::string("\0\xFF\x10", 3))), std::string("\0\xFF\x10", 3));
}

TEST(Bytes, HashesAsPublished) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 in_parts;
  in_parts.add("a");
  in_parts.add("");
  in_parts.add("bc");
  EXPECT_EQ(in_parts.finish(), sha256_hex("abc"));
}

TEST(Text, FoldsForComparison) {
  EXPECT_EQ(fold("MÜLLER-Ñandú"), "muller-nandu");
  // ASCII by itself takes a shorter way to the same.
  for (int c = 0; c < 0x80; ++c) {
    const std::string ascii{static_cast<char>(c), 'x'};
    EXPECT_EQ(fold(ascii) + "e", fold(ascii + "é")) << c;
  }
  EXPECT_TRUE(is_valid_utf8("ä€😀"));
  EXPECT_FALSE(is_valid_utf8("\xC3\x28"));
  EXPECT_EQ(to_valid_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(Text, WholeNumbersAreDigitsAndNothingElse) {
  EXPECT_EQ(whole_number<int>("-12"), -12);
  EXPECT_EQ(whole_number<unsigned>("007"), 7U);
  EXPECT_EQ(whole_number<std::uint8_t>("255"), 255);
  for (const char* text : {"", "-1", " 1", "1 ", "+1", "0x1", "1.0", "256"}) {
    EXPECT_FALSE(whole_number<std::uint8_t>(text)) << text;
  }
}

TEST(Text, MarkupKeepsNothingThatMeansSomething) {
  EXPECT_EQ(escape_markup("<a href=\"x\">Tom & 'Jo'</a>\n"),
            "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jo&#39;&lt;/a&gt;\n");
  EXPECT_EQ(escape_markup(std::string_view("a\0b\x7f", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(escape_markup("\xff"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace chartroom::base
