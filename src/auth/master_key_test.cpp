#include "auth/master_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "auth/test_support.hpp"
#include "base/bytes.hpp"

namespace chartroom::auth {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using test::counting_key;

class MasterKeyFile : public testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }

  void write(const std::string& content, mode_t mode = 0600) {
    std::ofstream(file_, std::ios::binary) << content;
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }
  ErrorCode code_for(const std::string& content) {
    write(content);
    const auto ring = load_key_ring(file_);
    EXPECT_FALSE(ring);
    return ring ? ErrorCode::internal : ring.error().code;
  }
  std::string id_for(const std::string& content) {
    write(content);
    const auto ring = load_key_ring(file_);
    return ring ? base::to_hex(base::as_bytes(ring->current().id)) : ring.error().message;
  }

  test::TemporaryFolder folder_;
  fs::path file_ = folder_ / "master.key";
  base::SystemRandom random_;
};

TEST_F(MasterKeyFile, HoldsAKeyAsHexBase64OrRawBytes) {
  const std::string key = counting_key();
  const std::string hex = base::to_hex(base::as_bytes(key));
  // The id was computed by an HKDF of another implementation.
  EXPECT_EQ(id_for(hex), "c864035d");
  EXPECT_EQ(id_for("# made in spring\n\n  " + hex + "\r\n"), "c864035d");
  EXPECT_EQ(id_for(base::to_base64(key) + "\n"), "c864035d");
  EXPECT_EQ(id_for(key), "c864035d");
}

TEST_F(MasterKeyFile, FirstOfSeveralKeysIsTheCurrentOne) {
  const std::string old_key = base::to_hex(base::as_bytes(counting_key()));
  write(std::string(64, 'a') + "\n" + old_key + "\n");
  const auto ring = load_key_ring(file_);
  ASSERT_TRUE(ring);
  EXPECT_NE(ring->current().id, ring->oldest().id);
  EXPECT_EQ(base::to_hex(base::as_bytes(ring->oldest().id)), "c864035d");
  EXPECT_EQ(ring->find(ring->oldest().id), &ring->oldest());
  EXPECT_EQ(ring->find("????"), nullptr);
}

TEST_F(MasterKeyFile, SubKeysOfOneMasterKeyDiffer) {
  const KeyRing ring = test::ring_of("a");
  const auto& keys = ring.current();
  EXPECT_EQ(keys.sealing.reveal().size(), 32U);
  EXPECT_NE(keys.sealing, keys.hashing);
  EXPECT_NE(keys.sealing, keys.links);
  EXPECT_NE(keys.hashing, keys.links);
}

TEST_F(MasterKeyFile, RefusesWhatIsNoKey) {
  EXPECT_EQ(code_for(""), ErrorCode::invalid_input);
  EXPECT_EQ(code_for("\n# only a comment\n"), ErrorCode::invalid_input);
  EXPECT_EQ(code_for("correct horse battery staple"), ErrorCode::invalid_input);
  EXPECT_EQ(code_for(std::string(32, 'a')), ErrorCode::invalid_input) << "16 bytes as hex";
  EXPECT_EQ(code_for(std::string(62, 'a')), ErrorCode::invalid_input);
  EXPECT_EQ(code_for(std::string(66, 'a')), ErrorCode::invalid_input);
  EXPECT_EQ(code_for(std::string(64, 'g')), ErrorCode::invalid_input);
  EXPECT_EQ(code_for(std::string(64, 'a') + "\n" + std::string(64, 'a')), ErrorCode::invalid_input)
      << "twice the same";
  EXPECT_EQ(code_for(std::string(5000, '\n')), ErrorCode::invalid_input) << "too long";
}

TEST_F(MasterKeyFile, RefusesAFileThatOthersMayOpenAndSaysWhatToDo) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0601, 0644}) {
    write(std::string(64, 'a'), mode);
    const auto ring = load_key_ring(file_);
    ASSERT_FALSE(ring) << std::oct << mode;
    EXPECT_EQ(ring.error().code, ErrorCode::forbidden);
    EXPECT_NE(ring.error().message.find("chmod 600 " + file_.string()), std::string::npos);
  }
  write(std::string(64, 'a'), 0400);
  EXPECT_TRUE(load_key_ring(file_));
}

TEST_F(MasterKeyFile, RefusesWhatIsNoFile) {
  EXPECT_EQ(load_key_ring(file_).error().code, ErrorCode::not_found);
  EXPECT_EQ(load_key_ring(file_.parent_path()).error().code, ErrorCode::invalid_input);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(load_key_ring(file_).error().code, ErrorCode::invalid_input) << "and does not block";
}

TEST_F(MasterKeyFile, IsMadePrivateAndNeverReplaced) {
  ASSERT_TRUE(create_key_file(file_, random_));
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const auto first = load_key_ring(file_);
  ASSERT_TRUE(first);

  const auto again = create_key_file(file_, random_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(load_key_ring(file_)->current().id, first->current().id);
  EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 1) << "nothing left";
}

TEST_F(MasterKeyFile, CannotBeMadeInAFolderThatIsNotThere) {
  const auto made = create_key_file(folder_ / "absent" / "master.key", random_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::internal);
}

TEST_F(MasterKeyFile, IsOneForAllWhoStartAtOnce) {
  std::vector<std::string> ids(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& id : ids) {
      threads.emplace_back(
          [&] { id = load_or_create_key_ring(file_, random_).value().current().id; });
    }
  }
  for (const std::string& id : ids) EXPECT_EQ(id, ids.front());
}

TEST_F(MasterKeyFile, IsNotReplacedByTheSandboxWhenItIsBroken) {
  write("broken");
  const auto ring = load_or_create_key_ring(file_, random_);
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace chartroom::auth
