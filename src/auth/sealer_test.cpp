#include "auth/sealer.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "auth/test_support.hpp"
#include "base/bytes.hpp"

namespace chartroom::auth {
namespace {

using base::ErrorCode;

class Sealing : public testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }
  std::unique_ptr<app::Sealer> sealer(const std::string& keys) {
    return make_sealer(test::ring_of(keys), random_);
  }
  base::SystemRandom random_;
};

TEST_F(Sealing, OpensWhatItSealed) {
  const auto box = sealer("a");
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1'000U, 3'000'000U}) {
    std::string plain(size, '\0');
    random_.fill(std::as_writable_bytes(std::span(plain)));
    const std::string sealed = box->seal(plain, "app/users/ssn/7");
    EXPECT_EQ(sealed.size(), size + 33);
    const auto opened = box->open(sealed, "app/users/ssn/7");
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_EQ(box->open(box->seal("x", ""), "").value(), "x");
}

TEST_F(Sealing, OpensWhatAnotherImplementationSealed) {
  const auto box = make_sealer(
      KeyRing::from_master_keys({base::Sensitive<std::string>(test::counting_key())}).value(),
      random_);
  const std::string sealed = *base::from_hex(
      "01c864035d6465666768696a6b6c6d6e6f9095b4c8b640084f35a7c753430f8968fdcf78f2846933e8");
  EXPECT_EQ(box->open(sealed, "users.ssn.7").value(), "a secret");
  EXPECT_EQ(box->keyed_hash("a person"),
            "57079df8bea57adffa9dd276106d347b6fcaef0d1087cc1e58f39ff9e44c58e0");
}

TEST_F(Sealing, NeverGivesTheSameTwice) {
  const auto box = sealer("a");
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) seen.insert(box->seal("078-05-1120", "c"));
  EXPECT_EQ(seen.size(), 200U);
}

TEST_F(Sealing, DoesNotOpenInAnotherContext) {
  const auto box = sealer("a");
  const std::string sealed = box->seal("plain", "app1/users/ssn/7");
  for (const char* context : {"app2/users/ssn/7", "app1/users/ssn/", "app1/users/ssn/77", ""}) {
    const auto opened = box->open(sealed, context);
    ASSERT_FALSE(opened) << context;
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  }
}

TEST_F(Sealing, DoesNotOpenWhenAnyBitIsChanged) {
  const auto box = sealer("a");
  const std::string sealed = box->seal("plain text", "c");  // version, key id, nonce, text, tag
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
      ASSERT_EQ(box->open(changed, "c").error().code, ErrorCode::corrupt) << at << " " << bit;
    }
  }
}

TEST_F(Sealing, DoesNotOpenWhenBytesAreMissingOrAdded) {
  const auto box = sealer("a");
  const std::string sealed = box->seal("plain text", "c");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_FALSE(box->open(std::string_view(sealed).substr(0, size), "c")) << size;
    ASSERT_FALSE(box->open(std::string_view(sealed).substr(sealed.size() - size), "c")) << size;
  }
  EXPECT_FALSE(box->open(sealed + '\0', "c"));
  EXPECT_FALSE(box->open(sealed + sealed, "c"));
}

TEST_F(Sealing, SurvivesARotationOfTheMasterKey) {
  const auto before = sealer("a");
  const auto after = sealer("ba");
  const std::string old_value = before->seal("old", "c");
  EXPECT_EQ(after->open(old_value, "c").value(), "old");
  const std::string new_value = after->seal("new", "c");
  EXPECT_FALSE(before->open(new_value, "c")) << "sealed with the newest key";
  EXPECT_EQ(sealer("b")->open(new_value, "c").value(), "new");
  EXPECT_FALSE(sealer("b")->open(old_value, "c"));
  EXPECT_EQ(before->keyed_hash("x"), after->keyed_hash("x")) << "look-ups go on matching";
}

TEST_F(Sealing, HashesDependOnKeyAndValue) {
  const auto box = sealer("a");
  EXPECT_EQ(box->keyed_hash("x").size(), 64U);
  EXPECT_EQ(box->keyed_hash("x"), box->keyed_hash("x"));
  EXPECT_NE(box->keyed_hash("x"), box->keyed_hash("y"));
  EXPECT_NE(box->keyed_hash("x"), sealer("b")->keyed_hash("x"));
  EXPECT_NE(box->keyed_hash(""), box->keyed_hash(std::string(1, '\0')));
}

TEST_F(Sealing, RefusesAValueOverTheLimitBeforeItReadsIt) {
  const auto box = sealer("a");
  const std::string small = "x";
  const std::string_view huge(small.data(), kSealedBytesMost + 1);
  EXPECT_THROW(static_cast<void>(box->seal(huge, "c")), std::length_error);
  EXPECT_THROW(static_cast<void>(box->seal("x", huge)), std::length_error);
}

}  // namespace
}  // namespace chartroom::auth
