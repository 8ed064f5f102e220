#include "net/connected_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "net/guard.hpp"

namespace chartroom::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

tl::unexpected<base::Error> not_connected(const char* words) {
  return base::fail(base::ErrorCode::unavailable, words);
}

struct AddressListFree {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListFree>;

AddressList resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
  return AddressList(found);
}

/// How often a connection that is being made looks whether it is still wanted.
constexpr milliseconds kGlance{100};

/// 0, or the error of connect(); ECANCELED when it is no longer wanted.
int connect_until(int descriptor, const addrinfo& address, steady_clock::time_point end,
                  const std::stop_token& stop) {
  if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  for (;;) {
    if (stop.stop_requested()) return ECANCELED;
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    const auto wait = std::clamp(left, milliseconds{0}, kGlance);
    pollfd waiting{descriptor, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(wait.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0 && left > kGlance) continue;
    if (ready <= 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = other.release();
  }
  return *this;
}

base::Result<Socket> connect_guarded(const std::string& host, std::uint16_t port, bool allow_local,
                                     milliseconds timeout, const std::stop_token& stop) {
  const auto end = steady_clock::now() + timeout;
  const AddressList addresses = resolve(host, port);
  if (!addresses) return not_connected("name not resolved");
  const char* words = "connection refused";
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    if (!is_allowed(*address->ai_addr, allow_local)) {
      words = "blocked address";
      continue;
    }
    Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                           address->ai_protocol));
    if (!socket.is_open()) continue;
    const int error = connect_until(socket.get(), *address, end, stop);
    if (error == 0) return socket;
    if (error == ECANCELED) return not_connected("cancelled");
    words = error == ETIMEDOUT ? "timeout" : "connection refused";
  }
  return not_connected(words);
}

Deadline::Deadline(int socket, steady_clock::time_point at, std::stop_token stop)
    : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)), thread_([this, at, stop = std::move(stop)] {
        std::unique_lock lock(mutex_);
        if (ended_signal_.wait_until(lock, stop, at, [this] { return ended_; })) return;
        passed_ = true;
        ::shutdown(socket_.get(), SHUT_RDWR);
      }) {}

Deadline::~Deadline() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ended_signal_.notify_one();
  thread_.join();
}

}  // namespace chartroom::net
