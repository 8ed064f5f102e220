// One connection of the server, and what all connections share. Private to this room: it is the
// only header here that knows Asio.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/logger.hpp"
#include "base/ports.hpp"
#include "http/door.hpp"
#include "http/handler_pool.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace chartroom::http {

class Session;
using Steady = std::chrono::steady_clock;

/// Belongs to the io thread, except `pool` and the constant parts.
struct Shared {
  const ServerSettings settings;
  const Router router;
  const Door door;
  base::Logger& logger;
  base::SystemRandom random;
  std::unordered_set<Session*> sessions;
  std::size_t bodies_in_flight_bytes = 0;
  bool stopping = false;
  boost::asio::io_context io{1};
  HandlerPool pool;

  Shared(ServerSettings s, Router r, Door d, base::Logger& l)
      : settings(std::move(s)),
        router(std::move(r)),
        door(std::move(d)),
        logger(l),
        pool({settings.handler_threads, settings.handler_queue,
              settings.handler_queue_per_caller}) {}
};

/// Reads requests one after the other and answers them in order, so that pipelining works. Every
/// phase sets a deadline; the server's sweep closes what has passed it, which saves a timer per
/// request. All members are called on the io thread.
class Session {
 public:
  Session(Shared& shared, boost::asio::ip::tcp::socket socket);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Completes when the connection is over.
  boost::asio::awaitable<void> run();
  /// Ends it between two requests; one that has begun is answered first.
  void finish();
  /// Ends it now; run() completes soon after.
  void close();
  [[nodiscard]] bool is_late(Steady::time_point now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes the answer to a connection that cannot be served, as far as the socket takes it at once.
void turn_away(Shared& shared, boost::asio::ip::tcp::socket socket);

}  // namespace chartroom::http
