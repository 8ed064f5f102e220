#include "store/sqlite/write_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace chartroom::store::sqlite {

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

base::Result<FileLock> FileLock::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return base::fail(base::ErrorCode::unavailable, "cannot open or create " + file.string());
  }
  return FileLock(descriptor);
}

bool FileLock::try_lock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

base::Result<void> FileLock::lock(std::chrono::milliseconds patience) {
  // Contention means a command line beside the server: rare and short, so a poll is enough.
  constexpr std::chrono::milliseconds kPause{1};
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!try_lock()) {
    if (std::chrono::steady_clock::now() >= give_up) {
      return base::fail(base::ErrorCode::unavailable,
                        "another process is writing to the data directory");
    }
    std::this_thread::sleep_for(kPause);
  }
  return {};
}

void FileLock::unlock() { ::flock(descriptor_, LOCK_UN); }

}  // namespace chartroom::store::sqlite
