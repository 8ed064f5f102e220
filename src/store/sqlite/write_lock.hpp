// Who may write to a data directory, among processes.
//
// SQLite up to 3.51.2, so also Debian 12's 3.40.1, can corrupt a database when one connection
// starts the write-ahead log anew (which any writer may do) in the same instant as another one
// checkpoints. Within the server one connection does both. For a command beside the running server
// there is this lock: it is held around every write transaction and every checkpoint.
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace chartroom::store::sqlite {

/// An flock(2) upon a file of its own. The kernel releases it when the process ends, however it
/// ends. Not thread-safe.
class FileLock {
 public:
  FileLock() = default;
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  void swap(FileLock& other) noexcept { std::swap(descriptor_, other.descriptor_); }

  /// Creates the file (0600) when absent. Error unavailable.
  static base::Result<FileLock> open(const std::filesystem::path& file);

  /// False when somebody else holds the lock.
  [[nodiscard]] bool try_lock();
  /// Tries again until `patience` is over. Error unavailable.
  base::Result<void> lock(std::chrono::milliseconds patience);
  void unlock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

/// Holds a lock for a scope in which it was taken.
class LockedScope {
 public:
  explicit LockedScope(FileLock& lock) : lock_(lock) {}
  ~LockedScope() { lock_.unlock(); }
  LockedScope(const LockedScope&) = delete;
  LockedScope& operator=(const LockedScope&) = delete;

 private:
  FileLock& lock_;
};

}  // namespace chartroom::store::sqlite
