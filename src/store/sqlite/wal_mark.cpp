#include "store/sqlite/wal_mark.hpp"

#include <chrono>
#include <cstring>
#include <thread>

namespace chartroom::store::sqlite {
namespace {

using base::ErrorCode;

constexpr std::size_t kIndexHeaderBytes = 48;
constexpr std::size_t kPageSizeAt = 14;  // 2 bytes
constexpr std::size_t kFramesAt = 16;    // 4 bytes
constexpr std::size_t kIndexSaltAt = 32;
constexpr std::uint32_t kIndexVersion = 3'007'000;

constexpr std::uint64_t kLogHeaderBytes = 32;
constexpr std::uint64_t kFrameHeaderBytes = 24;
constexpr std::size_t kLogSaltAt = 16;
constexpr std::size_t kSaltBytes = 8;

/// Both files are in this machine's byte order, except where they are bytes.
template <typename Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace

std::uint64_t WalMark::bytes() const {
  if (frames == 0) return 0;
  return kLogHeaderBytes + std::uint64_t{frames} * (kFrameHeaderBytes + page_bytes);
}

base::Result<WalMark> read_wal_mark(const OpenFile& wal_index) {
  // A writer needs nanoseconds between its two copies, so one that keeps differing means more.
  constexpr int kTries = 1'000;
  constexpr std::chrono::milliseconds kPause{1};
  for (int tries = 0; tries < kTries; ++tries) {
    const auto header = wal_index.read_at(0, 2 * kIndexHeaderBytes);
    if (!header) return base::pass_on(header.error());
    if (header->size() == 2 * kIndexHeaderBytes &&
        header->compare(0, kIndexHeaderBytes, *header, kIndexHeaderBytes, kIndexHeaderBytes) == 0) {
      if (number_at<std::uint32_t>(*header, 0) != kIndexVersion) break;
      WalMark mark;
      mark.frames = number_at<std::uint32_t>(*header, kFramesAt);
      const auto size = number_at<std::uint16_t>(*header, kPageSizeAt);
      mark.page_bytes = size == 1 ? 65'536U : size;
      mark.salt = header->substr(kIndexSaltAt, kSaltBytes);
      return mark;
    }
    std::this_thread::sleep_for(kPause);
  }
  return base::fail(ErrorCode::unavailable, "the database's log cannot be read; try again");
}

base::Result<std::string> read_wal_salt(const OpenFile& log) {
  const auto salt = log.read_at(kLogSaltAt, kSaltBytes);
  if (!salt) return base::pass_on(salt.error());
  return salt->size() == kSaltBytes ? *salt : std::string();
}

}  // namespace chartroom::store::sqlite
