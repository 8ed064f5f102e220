// A TCP connection that the address guard has seen, and its end at a deadline. Private to this
// room.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.hpp"

namespace chartroom::net {

/// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  int release() {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return descriptor;
  }

 private:
  int descriptor_ = -1;
};

/// Connects to the first address of the host that answers; non-blocking socket. Errors:
/// unavailable with "name not resolved", "blocked address", "timeout", "connection refused",
/// "cancelled" within a moment after `stop` asked for it.
[[nodiscard]] base::Result<Socket> connect_guarded(const std::string& host, std::uint16_t port,
                                                   bool allow_local,
                                                   std::chrono::milliseconds timeout,
                                                   const std::stop_token& stop = {});

/// Shuts a connection down when its time is over, or when `stop` asks for it, so that whoever waits
/// for it wakes up.
class Deadline {
 public:
  /// Keeps a descriptor of its own; the socket may be closed meanwhile.
  Deadline(int socket, std::chrono::steady_clock::time_point at, std::stop_token stop = {});
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  [[nodiscard]] bool passed() const { return passed_; }

 private:
  const Socket socket_;
  std::atomic<bool> passed_{false};
  std::mutex mutex_;
  std::condition_variable_any ended_signal_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace chartroom::net
