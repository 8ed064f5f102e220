#include "auth/secret_hasher.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "auth/test_support.hpp"

namespace chartroom::auth {
namespace {

using Secret = base::Sensitive<std::string>;

class SecretHashing : public testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }
  test::ManualClock clock_;
  std::unique_ptr<app::SecretHasher> hasher_ = make_secret_hasher(clock_);
};

TEST_F(SecretHashing, IsArgon2idWithItsOwnSalt) {
  const std::string one = hasher_->hash(Secret("correct"));
  EXPECT_EQ(one.rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0U) << one;
  EXPECT_NE(one, hasher_->hash(Secret("correct")));
  EXPECT_EQ(crypto_pwhash_str_verify(one.c_str(), "correct", 7), 0);
}

TEST_F(SecretHashing, TellsRightFromWrongEveryTime) {
  const std::string hash = hasher_->hash(Secret("correct"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(hasher_->verify(hash, Secret("correct")));
    EXPECT_FALSE(hasher_->verify(hash, Secret("wrong")));
    EXPECT_FALSE(hasher_->verify(hash, Secret("")));
    EXPECT_FALSE(hasher_->verify(hash, Secret(std::string("correct\0", 8))));
  }
}

TEST_F(SecretHashing, ARememberedSecretDoesNotOpenAnotherHash) {
  const std::string before = hasher_->hash(Secret("before"));
  ASSERT_TRUE(hasher_->verify(before, Secret("before")));
  const std::string after = hasher_->hash(Secret("after"));
  EXPECT_FALSE(hasher_->verify(after, Secret("before")));
  // Moving characters between hash and secret makes no remembered pair.
  EXPECT_FALSE(hasher_->verify(before + "b", Secret("efore")));
  EXPECT_FALSE(hasher_->verify(before.substr(0, before.size() - 1),
                               Secret(before.back() + std::string("before"))));
}

TEST_F(SecretHashing, GoesOnAnsweringRightWhenWhatItRemembersIsOld) {
  const std::string hash = hasher_->hash(Secret("correct"));
  ASSERT_TRUE(hasher_->verify(hash, Secret("correct")));
  clock_.advance(std::chrono::minutes(6));
  EXPECT_TRUE(hasher_->verify(hash, Secret("correct")));
  clock_.advance(-std::chrono::hours(1));
  EXPECT_TRUE(hasher_->verify(hash, Secret("correct")));
  EXPECT_FALSE(hasher_->verify(hash, Secret("wrong")));
}

TEST_F(SecretHashing, IsFalseForWhatIsNoHash) {
  for (const std::string& hash :
       {std::string(), std::string("plain"), std::string("$argon2id$"), std::string(10'000, '$')}) {
    EXPECT_FALSE(hasher_->verify(hash, Secret("plain")));
  }
  const std::string hash = hasher_->hash(Secret(std::string(2'000, 'x')));
  EXPECT_FALSE(hasher_->verify(hash, Secret(std::string(2'000, 'x')))) << "over the limit";
}

}  // namespace
}  // namespace chartroom::auth
