// The HTTP/1.1 listener (RFC 9110, RFC 9112). One thread parses and writes, a bounded pool runs the
// handlers, since they block on the store's group commit. TLS is a reverse proxy's business.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/limits.hpp"
#include "base/logger.hpp"
#include "base/result.hpp"
#include "http/door.hpp"
#include "http/router.hpp"

namespace chartroom::http {

struct ServerSettings {
  std::string address = "127.0.0.1";           ///< numeric IPv4 or IPv6, or "localhost"
  std::uint16_t port = 0;                      ///< 0: any free one
  unsigned handler_threads = 16;               ///< requests of one caller that run; see HandlerPool
  std::size_t handler_queue = 1'024;           ///< requests waiting for a thread; beyond: 503
  std::size_t handler_queue_per_caller = 256;  ///< of one caller; beyond: 429
  std::size_t connections = 4'096;             ///< open at once; beyond: 503 and closed
  std::size_t head_bytes = base::limits::kHeaderBytes;  ///< beyond: 431
  std::size_t body_bytes = base::limits::kBodyBytes;    ///< decoded; beyond: 413
  /// Of all requests being received or handled, a chunked body counting in full; beyond: 503.
  std::size_t bodies_in_flight_bytes = std::size_t{1'024} * 1024 * 1024;

  std::chrono::milliseconds idle_timeout{75'000};    ///< between two requests of a connection
  std::chrono::milliseconds head_timeout{15'000};    ///< first byte of a head to its end
  std::chrono::milliseconds body_timeout{120'000};   ///< end of a head to the end of its body
  std::chrono::milliseconds write_timeout{120'000};  ///< a whole answer
  std::chrono::milliseconds sweep_interval{500};     ///< how exact the four above are
};

/// Answers 404 and 405 by itself, 400 to what is not HTTP, 500 when a handler throws; all as
/// envelope A. `start` and `stop` are called one after the other, `port` by any thread. Handlers
/// must be thread-safe.
class Server {
 public:
  /// Without a door everybody is the same caller.
  Server(ServerSettings settings, Router router, base::Logger& logger, Door door = {});
  ~Server();  ///< stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Errors: invalid_input (address), unavailable (port taken, no permission). At most once.
  [[nodiscard]] base::Result<void> start();
  /// The port that is listened on; 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  /// Takes no more connections, lets requests that have begun finish for up to `drain`, then cuts
  /// them off. Returns when no handler runs any more: a handler cannot be interrupted.
  void stop(std::chrono::milliseconds drain = std::chrono::seconds(5));

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartroom::http
