#include "api/new_order_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <random>
#include <sstream>

#include "api/sample_order_test.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/testing.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;
using testing::kSampleOrder;

NewOrderRules rules() {
  return {.today = {2024, 6, 15},
          .order_types = {"healthcheck", "aps-only"},
          .email_required = [](const std::optional<std::string>& type) {
            return type.value_or("healthcheck") != "aps-only";
          }};
}

/// The smallest order, with one more member.
std::string with(const std::string& member) {
  return R"({"clientUserId":"p1","clientUserEmail":"a@b.test",)" + member + "}";
}

app::NewOrder accepted(std::string_view body) {
  auto order = read_new_order(body, rules());
  EXPECT_TRUE(order.has_value()) << body << '\n' << (order ? "" : order.error().message);
  return order.value_or(app::NewOrder{});
}

Validation refused(std::string_view body) {
  auto order = read_new_order(body, rules());
  EXPECT_FALSE(order.has_value()) << body;
  return order ? Validation{} : order.error();
}

TEST(NewOrderReaderTest, CityAndStateAreDemandedWhereTheApplicationWantsThem) {
  const std::string body = with(
      R"("address":{"street1":"1 Main St"},"providers":[{"name":"x","address":{"city":"A"}}])");
  accepted(body);
  NewOrderRules strict = rules();
  strict.address = AddressRule::city_and_state;
  const auto order = read_new_order(body, strict);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().message.find("\"address.city\" is required"), 0U);
  EXPECT_EQ(order.error().keys, (std::vector<std::string>{"address.city", "address.state",
                                                          "providers.0.address.state"}));
  EXPECT_TRUE(read_new_order(with(R"("address":{"city":"A","state":"OR"})"), strict));
  EXPECT_TRUE(read_new_order(with(R"("address":{})"), strict)) << "no address is not half of one";
  EXPECT_TRUE(read_new_order(kSampleOrder, strict));
}

TEST(NewOrderReaderTest, TheDocumentedSampleIsAccepted) {
  const auto order = accepted(kSampleOrder);
  EXPECT_EQ(order.order_type, "healthcheck");
  EXPECT_EQ(order.client_user_id, "your-policy-number");
  EXPECT_EQ(order.client_user_email, "[email protected]");
  EXPECT_EQ(order.first_name, "Jane");
  EXPECT_EQ(order.middle_name, "A.");
  EXPECT_EQ(order.last_name, "Doe");
  EXPECT_EQ(order.gender, "female");
  EXPECT_EQ(order.date_of_birth, (base::Date{1968, 2, 13}));
  EXPECT_EQ(order.suggested_sources.size(), 2U);
  EXPECT_FALSE(order.ssn.has_value()) << "the placeholder is no SSN";
  EXPECT_EQ(order.phone, "(555) 213-5555");
  EXPECT_EQ(order.address->zip, "83712");
  EXPECT_EQ(order.conditions, (std::vector<std::string>{"COPD", "Tobacco use"}));
  ASSERT_EQ(order.providers.size(), 2U);
  EXPECT_EQ(order.providers[0].mrn, "000TB0009-3");
  EXPECT_EQ(order.providers[0].fax, "(715) 912-6931");
  EXPECT_FALSE(order.providers[1].name.has_value());
  EXPECT_EQ(order.providers[1].address->city, "Las Vegas");
  ASSERT_EQ(order.attachments.size(), 1U);
  EXPECT_EQ(order.attachments[0].type, "hipaaAuthorization");
  EXPECT_EQ(order.attachments[0].content_type, "application/pdf");
  EXPECT_TRUE(order.attachments[0].content.reveal().starts_with("\x89PNG\r\n\x1a\n"));
  EXPECT_FALSE(order.client_data_json.has_value());
  EXPECT_FALSE(order.auto_invite.has_value());
}

// The sample in this tree must stay the one of the documentation: every line of it but braces.
TEST(NewOrderReaderTest, TheSampleIsTheDocumentedOne) {
  const std::string path = CHARTROOM_SOURCE_DIR "/../shared/seeds/submitting-orders.txt";
  std::ifstream file(path);
  if (!file) return base::testing::do_without("the seeds are not beside this project");
  // No white space of either kind, no braces and brackets: the page's text has lost some.
  const auto bare = [](std::string text) {
    for (std::size_t at = 0; (at = text.find("\xC2\xA0", at)) != std::string::npos;) {
      text.erase(at, 2);
    }
    std::erase_if(
        text, [](char c) { return std::string_view(" \r\n{}[],").find(c) != std::string::npos; });
    return text;
  };
  std::ostringstream all;
  all << file.rdbuf();
  const auto seed = all.str();
  const auto begin = seed.find("\"orderType\"");
  const auto end = seed.find("Request Body");
  ASSERT_LT(begin, end);
  EXPECT_EQ(bare(seed.substr(begin, end - begin)), bare(std::string(kSampleOrder)));
}

struct Case {
  const char* member;
  const char* message;
  std::vector<std::string> keys;
};

class RefusedMember : public ::testing::TestWithParam<Case> {};

TEST_P(RefusedMember, NamesFieldAndRule) {
  const auto found = refused(with(GetParam().member));
  EXPECT_EQ(found.message, GetParam().message);
  EXPECT_EQ(found.keys, GetParam().keys);
}

INSTANTIATE_TEST_SUITE_P(
    EveryRow, RefusedMember,
    ::testing::Values(
        Case{R"("orderType":"full")",
             R"("orderType" must be one of [healthcheck, aps-only])",
             {"orderType"}},
        Case{R"("orderType":1)", R"("orderType" must be a string)", {"orderType"}},
        Case{R"("firstName":null)", R"("firstName" must be a string)", {"firstName"}},
        Case{R"("firstName":"")", R"("firstName" is not allowed to be empty)", {"firstName"}},
        Case{R"("lastName":" \t")", R"("lastName" is not allowed to be empty)", {"lastName"}},
        Case{R"("middleName":["A"])", R"("middleName" must be a string)", {"middleName"}},
        Case{R"("lastName":"a\u0000b")",
             R"("lastName" must not contain control characters)",
             {"lastName"}},
        Case{R"("gender":"Male")", R"("gender" must be one of [male, female, other])", {"gender"}},
        Case{R"("dateOfBirth":"1990-02-30")",
             R"("dateOfBirth" must be a valid date)",
             {"dateOfBirth"}},
        Case{R"("dateOfBirth":19900212)", R"("dateOfBirth" must be a string)", {"dateOfBirth"}},
        Case{R"("suggestedSources":"x")",
             R"("suggestedSources" must be an array)",
             {"suggestedSources"}},
        Case{R"("suggestedSources":["a",""])",
             R"("suggestedSources.1" is not allowed to be empty)",
             {"suggestedSources.1"}},
        Case{R"("conditions":[{}])", R"("conditions.0" must be a string)", {"conditions.0"}},
        Case{R"("ssn":"666-12-3456")", R"("ssn" fails to match the required pattern)", {"ssn"}},
        Case{R"("phone":"+1 425 288 2332")",
             R"("phone" fails to match the required pattern)",
             {"phone"}},
        Case{R"("address":"Boise")", R"("address" must be an object)", {"address"}},
        Case{R"("address":{"street2":""})",
             R"("address.street2" is not allowed to be empty)",
             {"address.street2"}},
        Case{R"("address":{"country":"US"})",
             R"("address.country" is not allowed)",
             {"address.country"}},
        Case{R"("address":{"zip":100000})", R"("address.zip" must be a string)", {"address.zip"}},
        Case{R"("address":{"zip":-1})", R"("address.zip" must be a string)", {"address.zip"}},
        Case{R"("providers":{})", R"("providers" must be an array)", {"providers"}},
        Case{R"("providers":["x"])", R"("providers.0" must be an object)", {"providers.0"}},
        Case{R"("providers":[{"mrn":"1"}])",
             R"("providers.0" must contain at least one of [name, organizationName])",
             {"providers.0"}},
        Case{R"("providers":[{"name":"x","address":{"city":null}}])",
             R"("providers.0.address.city" must be a string)",
             {"providers.0.address.city"}},
        Case{R"("providers":[{"name":"x"},{"name":"y","fax":"1"}])",
             R"("providers.1.fax" fails to match the required pattern)",
             {"providers.1.fax"}},
        Case{R"("providers":[{"name":"x","npi":true}])",
             R"("providers.0.npi" must be a string)",
             {"providers.0.npi"}},
        Case{R"("providers":[{"name":"x","title":"Dr"}])",
             R"("providers.0.title" is not allowed)",
             {"providers.0.title"}},
        Case{R"("attachments":[{}])",
             R"("attachments.0.type" is required)",
             {"attachments.0.type", "attachments.0.contentType", "attachments.0.encoding",
              "attachments.0.content"}},
        Case{
            R"("attachments":[{"type":"x","contentType":"image/png","encoding":"hex","content":"!"}])",
            R"("attachments.0.type" must be one of [hipaaAuthorization, other])",
            {"attachments.0.type", "attachments.0.contentType", "attachments.0.encoding",
             "attachments.0.content"}},
        Case{R"("clientData":"x")", R"("clientData" must be an object)", {"clientData"}},
        Case{R"("clientData":{"a":{}})",
             R"("clientData.a" must be one of [string, number, boolean])",
             {"clientData.a"}},
        Case{R"("clientData":{"a":null})",
             R"("clientData.a" must be one of [string, number, boolean])",
             {"clientData.a"}},
        Case{R"("clientData":{"a":""})",
             R"("clientData.a" is not allowed to be empty)",
             {"clientData.a"}},
        Case{R"("clientData":{},"customer_metadata":{})",
             R"("customer_metadata" is not allowed together with "clientData")",
             {"customer_metadata"}},
        Case{R"("autoInvite":"true")", R"("autoInvite" must be a boolean)", {"autoInvite"}},
        Case{R"("zip":"83712")", R"("zip" is not allowed)", {"zip"}},
        Case{R"("first_name":"Jane")", R"("first_name" is not allowed)", {"first_name"}}));

TEST(NewOrderReaderTest, RequiredFields) {
  const auto nothing = refused("{}");
  EXPECT_EQ(nothing.message, R"("clientUserId" is required)");
  EXPECT_EQ(nothing.keys, (std::vector<std::string>{"clientUserId", "clientUserEmail"}));
  EXPECT_EQ(refused(R"({"clientUserId":"p"})").message, R"("clientUserEmail" is required)");
  EXPECT_EQ(refused(R"({"clientUserId":"p","clientUserEmail":"x"})").message,
            R"("clientUserEmail" must be a valid email)");
  const auto waived = accepted(R"({"clientUserId":"p","orderType":"aps-only"})");
  EXPECT_FALSE(waived.client_user_email.has_value());
}

TEST(NewOrderReaderTest, FindsEverythingAtOnce) {
  const auto found = refused(
      R"({"clientUserId":"","gender":"x","ssn":"1","address":{"zip":null,"planet":"Mars"},"extra":1})");
  EXPECT_EQ(found.keys,
            (std::vector<std::string>{"clientUserId", "clientUserEmail", "gender", "ssn",
                                      "address.zip", "address.planet", "extra"}));
  EXPECT_EQ(found.message, R"("clientUserId" is not allowed to be empty)");
}

TEST(NewOrderReaderTest, BrokenJsonHasNoKeys) {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("{}x"), std::string("{'a':1}"),
        std::string("{\"a\":\"\xff\"}"), with(R"("ssn":"1","ssn":"2")"),
        with(R"("address":{"city":"A","city":"B"})"), with(R"("x":)" + deep), with(R"("a":NaN)")}) {
    const auto found = refused(body);
    EXPECT_EQ(found.message, "Invalid request payload JSON format") << body;
    EXPECT_TRUE(found.keys.empty());
  }
  for (const std::string body : {"[]", "null", "\"x\"", "1"}) {
    EXPECT_EQ(refused(body).message, R"("value" must be an object)");
  }
}

TEST(NewOrderReaderTest, NormalisesWhatTheContractTolerates) {
  EXPECT_EQ(accepted(with(R"("ssn":"123-45-6789")")).ssn->reveal(), "123456789");
  EXPECT_EQ(accepted(with(R"("address":{"zip":501})")).address->zip, "00501");
  EXPECT_EQ(accepted(with(R"("address":{"zip":83712.0})")).address->zip, "83712");
  EXPECT_EQ(accepted(with(R"("address":{"zip":"00501-1234"})")).address->zip, "00501-1234");
  EXPECT_FALSE(accepted(with(R"("address":{})")).address.has_value());
  const auto npi = [](const std::string& value) {
    return accepted(with(R"("providers":[{"name":"x","npi":)" + value + "}]")).providers[0].npi;
  };
  EXPECT_EQ(npi("\"\""), std::nullopt);
  EXPECT_EQ(npi("1234567893"), "1234567893");
  EXPECT_EQ(npi("\"1234567893\""), "1234567893");
  EXPECT_EQ(accepted(with(R"("autoInvite":false)")).auto_invite, false);
  EXPECT_EQ(accepted(with(R"("gender":"other")")).gender, "other");
}

TEST(NewOrderReaderTest, AttachmentContent) {
  const auto content = [](const std::string& text) {
    return with(R"("attachments":[{"type":"other","contentType":"image/tiff","encoding":"base64",)"
                R"("content":")" +
                text + "\"}]");
  };
  EXPECT_EQ(accepted(content("aGVsbG8=")).attachments[0].content.reveal(), "hello");
  EXPECT_TRUE(accepted(content("")).attachments.empty()) << "no content is no attachment";
  EXPECT_EQ(refused(content("a.b")).message,
            R"("attachments.0.content" must be a valid base64 string)");
  EXPECT_EQ(refused(content("....")).keys, std::vector<std::string>{"attachments.0.content"});
}

TEST(NewOrderReaderTest, EveryLimitHolds) {
  const auto list = [](const std::string& name, std::size_t count, const std::string& item) {
    std::string out = '"' + name + "\":[";
    for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + item;
    return with(out + ']');
  };
  using namespace base::limits;
  accepted(list("conditions", kListEntries, "\"x\""));
  EXPECT_EQ(refused(list("conditions", kListEntries + 1, "\"x\"")).message,
            R"("conditions" must contain less than or equal to 100 items)");
  accepted(list("providers", kProviders, R"({"name":"x"})"));
  refused(list("providers", kProviders + 1, R"({"name":"x"})"));
  const std::string attachment =
      R"({"type":"other","contentType":"image/tiff","encoding":"base64","content":"AAAA"})";
  EXPECT_EQ(accepted(list("attachments", kAttachments, attachment)).attachments.size(),
            kAttachments);
  refused(list("attachments", kAttachments + 1, attachment));

  std::string umlauts;
  for (std::size_t i = 0; i < kFieldCodePoints; ++i) umlauts += "\xC3\xBC";
  accepted(with("\"firstName\":\"" + umlauts + '"'));
  EXPECT_EQ(refused(with("\"firstName\":\"" + umlauts + "x\"")).message,
            R"("firstName" length must be less than or equal to 1000 characters long)");
  refused(R"({"clientUserEmail":"a@b.test","clientUserId":")" + std::string(257, 'x') + "\"}");
}

TEST(NewOrderReaderTest, AnAttachmentMayBeTenMebibytesAndNoMore) {
  const auto body = [](std::size_t bytes) {
    return with(R"("attachments":[{"type":"other","contentType":"image/tiff","encoding":"base64",)"
                R"("content":")" +
                base::to_base64(std::string(bytes, 'x')) + "\"}]");
  };
  accepted(body(base::limits::kAttachmentBytes));
  EXPECT_EQ(refused(body(base::limits::kAttachmentBytes + 1)).message,
            R"("attachments.0.content" must decode to at most 10485760 bytes)");
}

TEST(NewOrderReaderTest, ClientDataIsKeptAsItWasSpelled) {
  const auto data = [](const std::string& text) { return accepted(with(text)).client_data_json; };
  EXPECT_EQ(
      data(R"("clientData":{ "z" : 1.0, "a":-0, "m":1e3,"b":true,"s":"x\u00e9\"","n":1.10 })"),
      R"({"z":1.0,"a":-0,"m":1e3,"b":true,"s":"xé\"","n":1.10})");
  EXPECT_EQ(data(R"("clientData":{"big":123456789012345678901234567890})"),
            R"({"big":123456789012345678901234567890})");
  EXPECT_EQ(data(R"("customer_metadata":{"a":1.50})"), R"({"a":1.50})");
  EXPECT_EQ(data(R"("clientData":{})"), "{}");
}

TEST(NewOrderReaderTest, ClientDataHas2048Characters) {
  const auto data = [](std::size_t length) {
    return with(R"("clientData":{"a":")" + std::string(length, 'x') + "\"}");
  };
  constexpr std::size_t kRest = 8;  // {"a":""}
  accepted(data(2048 - kRest));
  EXPECT_EQ(refused(data(2049 - kRest)).keys, std::vector<std::string>{"clientData"});
}

// ── mutations of the sample ─────────────────────────────────────────────────────────────────────

/// Every value in the tree with its dotted path.
void each_value(json::value& value, const std::string& path,
                const std::function<void(json::value&, const std::string&)>& visit) {
  if (!path.empty()) visit(value, path);
  const auto prefix = path.empty() ? "" : path + '.';
  if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      each_value(member.value(), prefix + std::string(member.key()), visit);
    }
  } else if (auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      each_value((*array)[i], prefix + std::to_string(i), visit);
    }
  }
}

bool names(const Validation& found, const std::string& path) {
  return std::find(found.keys.begin(), found.keys.end(), path) != found.keys.end();
}

TEST(NewOrderReaderMutationTest, ANullOrAWrongTypeIsNamedWhereverItStands) {
  auto sample = json::parse({kSampleOrder.data(), kSampleOrder.size()});
  each_value(sample, "", [&](json::value& value, const std::string& path) {
    const json::value original = value;
    for (const json::value& wrong : {json::value(nullptr), json::value(true), json::value(-1.5)}) {
      value = wrong;
      EXPECT_TRUE(names(refused(json::serialize(sample)), path)) << path;
    }
    value = original;
  });
}

TEST(NewOrderReaderMutationTest, AnEmptyStringIsNamedWhereverItStandsForAText) {
  auto sample = json::parse({kSampleOrder.data(), kSampleOrder.size()});
  each_value(sample, "", [&](json::value& value, const std::string& path) {
    if (!value.is_string() || path.ends_with(".content")) return;
    const json::value original = value;
    value = "";
    EXPECT_TRUE(names(refused(json::serialize(sample)), path)) << path;
    value = original;
  });
}

TEST(NewOrderReaderMutationTest, AnUnknownMemberIsNamedInEveryObject) {
  auto sample = json::parse({kSampleOrder.data(), kSampleOrder.size()});
  const auto check = [&](json::value& value, const std::string& path) {
    auto* object = value.if_object();
    if (object == nullptr) return;
    (*object)["surprise"] = 1;
    EXPECT_TRUE(
        names(refused(json::serialize(sample)), path.empty() ? "surprise" : path + ".surprise"));
    object->erase("surprise");
  };
  check(sample, "");
  each_value(sample, "", check);
}

TEST(NewOrderReaderMutationTest, NoMessageHoldsAValue) {
  const std::string secret = "Zebediah-987-65-4321";
  auto sample = json::parse({kSampleOrder.data(), kSampleOrder.size()});
  each_value(sample, "", [&](json::value& value, const std::string& path) {
    const json::value original = value;
    for (const json::value& wrong : {json::value(secret), json::value(secret + "\x01"),
                                     json::value(json::array{json::string(secret)}),
                                     json::value(json::string(secret + std::string(3000, 'x')))}) {
      value = wrong;
      const auto order = read_new_order(json::serialize(sample), rules());
      if (order) continue;
      EXPECT_EQ(order.error().message.find("Zebediah"), std::string::npos) << path;
      for (const auto& key : order.error().keys) EXPECT_EQ(key.find("Zebediah"), std::string::npos);
    }
    value = original;
  });
}

TEST(NewOrderReaderMutationTest, DamagedBytesAreReadOrRefusedNeverWorse) {
  std::mt19937 random(20'240'615);  // NOLINT: the same damage in every run
  std::size_t refusals = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::string body(kSampleOrder);
    for (int hits = 0; hits < 3; ++hits) {
      body[random() % body.size()] = static_cast<char>(random() % 256);
    }
    const auto order = read_new_order(body, rules());
    if (order) continue;
    ++refusals;
    EXPECT_FALSE(order.error().message.empty());
  }
  EXPECT_GT(refusals, 500U);
}

}  // namespace
}  // namespace chartroom::api
