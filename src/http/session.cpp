#include "http/session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <typeinfo>
#include <utility>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/work_context.hpp"
#include "http/envelope.hpp"
#include "http/response_writer.hpp"
#include "http/target.hpp"

namespace chartroom::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// The status for a request that Beast would not read; 0: the connection is gone or cut off, and
/// there is nobody to answer.
int status_for(const error_code& code) {
  using beast::http::error;
  if (code == error::header_limit || code == error::buffer_overflow) return 431;
  if (code == error::body_limit) return 413;
  if (code == error::end_of_stream || code == error::partial_message) return 0;
  const bool is_http_error = code.category() == make_error_code(error::bad_method).category();
  return is_http_error ? 400 : 0;
}

/// Everything but the body and the route's parameters.
Request convert_head(const Parser::value_type& message, const std::string& remote_address,
                     base::Random& random) {
  Request request;
  request.method = std::string(view(message.method_string()));
  request.remote_address = remote_address;
  for (const auto& field : message) {
    request.headers.emplace_back(base::to_lower_ascii(view(field.name_string())),
                                 std::string(view(field.value())));
  }
  const auto id = request.header("x-request-id");
  request.request_id =
      id && is_well_formed_request_id(*id) ? std::string(*id) : base::make_uuid_v4(random);
  return request;
}

/// The request's part of its caller's trace. More than one traceparent is none.
base::WorkContext context_of(const Request& request) {
  base::WorkContext context{request.request_id, {}, {}, {}};
  const auto is_parent = [](const auto& header) { return header.first == "traceparent"; };
  const auto parent = std::find_if(request.headers.begin(), request.headers.end(), is_parent);
  if (parent == request.headers.end() ||
      std::find_if(parent + 1, request.headers.end(), is_parent) != request.headers.end()) {
    return context;
  }
  context.trace = base::parse_traceparent(parent->second);
  if (context.trace) context.trace = base::next_span(*context.trace);
  return context;
}

/// A handler's exception may quote the request, so only its type is told.
Response run_handler(const Route& route, const Request& request, base::Logger& logger) {
  std::string_view kind;
  const base::WorkScope scope(context_of(request));
  try {
    return route.handler(request);
  } catch (const std::exception& error) {
    kind = typeid(error).name();
  } catch (...) {
    kind = "unknown";
  }
  logger.error("handler failed", {{"route", std::string_view(route.pattern)},
                                  {"request_id", std::string_view(request.request_id)},
                                  {"exception", kind}});
  return plain_error(request, 500);
}

/// 503: too much of all callers; 429: of this one.
Response overloaded(const Request& request, int status = 503) {
  auto response = plain_error(request, status);
  response.with("retry-after", "1");
  return response;
}

/// Counts a body against the budget of all, for as long as it lives.
class BodyShare {
 public:
  BodyShare(Shared& shared, std::size_t bytes) : shared_(shared), bytes_(bytes) {
    shared_.bodies_in_flight_bytes += bytes_;
  }
  ~BodyShare() { shared_.bodies_in_flight_bytes -= bytes_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

 private:
  Shared& shared_;
  std::size_t bytes_;
};

}  // namespace

class Session::Impl {
 public:
  Impl(Shared& shared, asio::ip::tcp::socket socket) : shared_(shared), socket_(std::move(socket)) {
    error_code ignored;
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) remote_address_ = peer.address().to_string();
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  asio::awaitable<void> run() {
    buffer_.reserve(kReadBytes);
    bool keep_alive = true;
    while (keep_alive && !shared_.stopping) {
      if (!co_await wait_for_request()) break;
      keep_alive = co_await serve();
    }
    if (unread_) co_await linger();
    close();
  }

  void finish() {
    if (idle_ || unread_) close();
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

  [[nodiscard]] bool is_late(Steady::time_point now) const { return now >= deadline_; }

 private:
  void allow(std::chrono::milliseconds time) { deadline_ = Steady::now() + time; }

  /// The first bytes of a request are in the buffer, or the connection is over.
  asio::awaitable<bool> wait_for_request() {
    if (buffer_.size() == 0) {
      idle_ = true;
      allow(shared_.settings.idle_timeout);
      error_code error;
      auto space = buffer_.prepare(kReadBytes);
      const auto count =
          co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
      idle_ = false;
      if (error) co_return false;
      buffer_.commit(count);
    }
    co_return true;
  }

  /// One request; false when the connection must end.
  asio::awaitable<bool> serve() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.settings.head_bytes));
    parser.body_limit(shared_.settings.body_bytes);
    error_code error;
    allow(shared_.settings.head_timeout);
    co_await beast::http::async_read_header(socket_, buffer_, parser,
                                            asio::redirect_error(asio::use_awaitable, error));
    auto request = convert_head(parser.get(), remote_address_, shared_.random);
    if (error) co_return co_await refuse_unread(request, status_for(error));
    if (parser.get().version() >= 11 && !request.header("host")) {
      co_return co_await refuse_unread(request, 400);
    }
    const auto declared = parser.content_length();
    const std::size_t bytes = declared           ? static_cast<std::size_t>(*declared)
                              : parser.chunked() ? shared_.settings.body_bytes
                                                 : 0U;
    if (shared_.bodies_in_flight_bytes + bytes > shared_.settings.bodies_in_flight_bytes) {
      co_return co_await refuse_unread(request, 503);
    }
    const BodyShare share(shared_, bytes);
    if (const int status = co_await read_body(parser, request); status != 200) {
      co_return co_await refuse_unread(request, status);
    }
    const bool keep_alive = parser.get().keep_alive();
    const bool is_http_1_0 = parser.get().version() < 11;
    const std::string target(view(parser.get().target()));
    request.body = std::move(parser.get().body());
    auto response = co_await answer(request, target);
    co_return co_await write(request, response, keep_alive, is_http_1_0);
  }

  /// 200, or the status to refuse with; 0: nobody is there any more.
  asio::awaitable<int> read_body(Parser& parser, const Request& request) {
    if (parser.is_done()) co_return 200;
    error_code error;
    allow(shared_.settings.body_timeout);
    if (const auto expectation = request.header("expect")) {
      if (!base::equals_ignoring_case_ascii(*expectation, "100-continue")) co_return 417;
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto bytes = asio::buffer(kContinue.data(), kContinue.size());
      co_await asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return 0;
    }
    co_await beast::http::async_read(socket_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    co_return error ? status_for(error) : 200;
  }

  asio::awaitable<Response> answer(Request& request, const std::string& raw_target) {
    auto target = parse_target(raw_target);
    if (!target) co_return plain_error(request, 400);
    request.path = std::move(target->path);
    request.raw_query = std::move(target->raw_query);
    request.query = std::move(target->query);
    auto match = shared_.router.find(request.method, target->segments);
    if (match.route == nullptr) {
      if (match.allow.empty()) co_return plain_error(request, 404);
      auto response = plain_error(request, 405);
      response.with("allow", match.allow);
      co_return response;
    }
    request.path_parameters = std::move(match.path_parameters);
    deadline_ = Steady::time_point::max();
    const auto begun = Steady::now();
    auto admission = shared_.door ? shared_.door(request) : Admission{};
    auto response = admission.refusal ? std::move(*admission.refusal)
                                      : co_await handle(*match.route, request, admission.caller);
    for (auto& [name, value] : admission.headers) response.with(std::move(name), std::move(value));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begun);
    shared_.logger.write(response.status < 500 ? base::LogLevel::debug : base::LogLevel::warning,
                         "request answered",
                         {{"route", std::string_view(match.route->pattern)},
                          {"status", static_cast<std::int64_t>(response.status)},
                          {"took_ms", static_cast<std::int64_t>(took.count())},
                          {"request_id", std::string_view(request.request_id)}});
    co_return response;
  }

  /// Runs the handler in the pool and comes back to the io thread. What it is given outlives the
  /// wait: the caller's frame holds it.
  asio::awaitable<Response> handle(const Route& route, const Request& request,
                                   const std::string& caller) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(
        [this, &route, &request, &caller](auto&& handler) {
          using Resumption = std::decay_t<decltype(handler)>;
          auto waiting = std::make_shared<Resumption>(std::forward<decltype(handler)>(handler));
          auto& shared = shared_;
          const auto resume = [&shared](std::shared_ptr<Resumption> who, Response response) {
            asio::post(shared.io, [who = std::move(who), response = std::move(response)]() mutable {
              std::move (*who)(std::move(response));
            });
          };
          const auto taken =
              shared.pool.submit(caller, [&shared, &route, &request, waiting, resume]() mutable {
                auto response = run_handler(route, request, shared.logger);
                resume(std::move(waiting), std::move(response));
              });
          if (taken == HandlerPool::Taken::yes) return;
          const int status = taken == HandlerPool::Taken::caller_full ? 429 : 503;
          resume(std::move(waiting), overloaded(request, status));
        },
        asio::use_awaitable);
  }

  /// Answers a request that was not read to its end; the connection cannot be used any further.
  asio::awaitable<bool> refuse_unread(const Request& request, int status) {
    if (status == 0) co_return false;
    auto response = status == 503 ? overloaded(request) : plain_error(request, status);
    co_await write(request, response, false, false);
    unread_ = true;
    co_return false;
  }

  /// Whether the connection can be used for another request.
  asio::awaitable<bool> write(const Request& request, Response& response, bool keep_alive,
                              bool is_http_1_0) {
    add_common_headers(request, response);
    const Framing framing{.keep_alive = keep_alive && !shared_.stopping,
                          .is_http_1_0 = is_http_1_0};
    const auto now = base::to_unix_ms(base::SystemClock().now()) / 1'000;
    const auto head = write_head(response, framing, now);
    const bool with_body = request.method != "HEAD" && has_content(response.status);
    const std::array<asio::const_buffer, 2> parts{
        asio::buffer(head), with_body ? asio::buffer(response.body) : asio::const_buffer{}};
    allow(shared_.settings.write_timeout);
    error_code error;
    co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, error));
    co_return !error && framing.keep_alive;
  }

  /// Reads on for a moment after an early answer: closing with bytes unread would reset the
  /// connection, and the client might never see the answer (RFC 9112 §9.6).
  asio::awaitable<void> linger() {
    error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) co_return;
    allow(kLingerTime);
    buffer_.clear();
    std::size_t total = 0;
    while (!error && total < kLingerBytes && !shared_.stopping) {
      auto space = buffer_.prepare(kReadBytes);
      total +=
          co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    }
  }

  Shared& shared_;
  asio::ip::tcp::socket socket_;
  std::string remote_address_;
  beast::flat_buffer buffer_;
  Steady::time_point deadline_ = Steady::time_point::max();
  bool idle_ = false;    ///< waits for the first byte of a request
  bool unread_ = false;  ///< was answered before all of the request was read
};

Session::Session(Shared& shared, asio::ip::tcp::socket socket)
    : impl_(std::make_unique<Impl>(shared, std::move(socket))) {}
Session::~Session() = default;
asio::awaitable<void> Session::run() { return impl_->run(); }
void Session::finish() { impl_->finish(); }
void Session::close() { impl_->close(); }
bool Session::is_late(Steady::time_point now) const { return impl_->is_late(now); }

void turn_away(Shared& shared, asio::ip::tcp::socket socket) {
  Request request;
  request.request_id = base::make_uuid_v4(shared.random);
  auto response = overloaded(request);
  add_common_headers(request, response);
  const auto now = base::to_unix_ms(base::SystemClock().now()) / 1'000;
  const auto bytes =
      write_head(response, {.keep_alive = false, .is_http_1_0 = false}, now) + response.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(bytes), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace chartroom::http
