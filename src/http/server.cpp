#include "http/server.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/session.hpp"

namespace chartroom::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Server::Impl {
 public:
  Impl(ServerSettings settings, Router router, Door door, base::Logger& logger)
      : shared_(std::move(settings), std::move(router), std::move(door), logger),
        acceptor_(shared_.io),
        sweep_timer_(shared_.io),
        pause_timer_(shared_.io) {
    base::start_crypto();
  }

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  base::Result<void> start() {
    error_code error;
    const auto& settings = shared_.settings;
    const auto address = asio::ip::make_address(
        settings.address == "localhost" ? "127.0.0.1" : settings.address, error);
    if (error) {
      return base::fail(base::ErrorCode::invalid_input, "not an IP address", "listen");
    }
    if (auto opened = open({address, settings.port}); !opened) return opened;
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(shared_.io, accept(), [](const std::exception_ptr&) {});
    asio::co_spawn(shared_.io, sweep(), [](const std::exception_ptr&) {});
    thread_ = std::thread([this] { shared_.io.run(); });
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void stop(std::chrono::milliseconds drain) {
    if (!thread_.joinable()) return;
    asio::post(shared_.io, [this] { begin_stopping(); });
    wait_for_end(drain);
    asio::post(shared_.io, [this] {
      for (auto* session : shared_.sessions) session->close();
    });
    shared_.pool.close();
    wait_for_end(std::chrono::seconds(5));
    shared_.io.stop();
    thread_.join();
  }

 private:
  base::Result<void> open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) return {};
    error_code ignored;
    acceptor_.close(ignored);
    return base::fail(base::ErrorCode::unavailable, "cannot listen: " + error.message(), "listen");
  }

  asio::awaitable<void> accept() {
    while (!shared_.stopping) {
      error_code error;
      auto socket =
          co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) break;
      if (error) {  // out of file descriptors, most likely: try again when some are free
        shared_.logger.warning("accept failed",
                               {{"error", static_cast<std::int64_t>(error.value())}});
        pause_timer_.expires_after(std::chrono::milliseconds(100));
        co_await pause_timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (shared_.sessions.size() >= shared_.settings.connections) {
        turn_away(shared_, std::move(socket));
        continue;
      }
      begin_session(std::move(socket));
    }
  }

  void begin_session(tcp::socket socket) {
    auto session = std::make_shared<Session>(shared_, std::move(socket));
    shared_.sessions.insert(session.get());
    asio::co_spawn(shared_.io, session->run(), [this, session](const std::exception_ptr& error) {
      if (error) shared_.logger.error("connection failed");
      session->close();
      shared_.sessions.erase(session.get());
      if (shared_.stopping && shared_.sessions.empty()) announce_end();
    });
  }

  /// The one timer of all time-outs.
  asio::awaitable<void> sweep() {
    while (!shared_.stopping || !shared_.sessions.empty()) {
      error_code error;
      sweep_timer_.expires_after(shared_.settings.sweep_interval);
      co_await sweep_timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
      const auto now = Steady::now();
      for (auto* session : shared_.sessions) {
        if (session->is_late(now)) session->close();
      }
    }
  }

  void begin_stopping() {
    shared_.stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_timer_.cancel();
    for (auto* session : shared_.sessions) session->finish();
    if (shared_.sessions.empty()) announce_end();
  }

  void announce_end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    end_.notify_all();
  }

  void wait_for_end(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    end_.wait_for(lock, time, [this] { return ended_; });
  }

  Shared shared_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{shared_.io.get_executor()};
  tcp::acceptor acceptor_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer pause_timer_;
  std::atomic<std::uint16_t> port_{0};
  std::thread thread_;
  std::mutex mutex_;  ///< guards ended_
  std::condition_variable end_;
  bool ended_ = false;
};

Server::Server(ServerSettings settings, Router router, base::Logger& logger, Door door)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(router), std::move(door),
                                   logger)) {}
Server::~Server() = default;
base::Result<void> Server::start() { return impl_->start(); }
std::uint16_t Server::port() const { return impl_->port(); }
void Server::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }

}  // namespace chartroom::http
